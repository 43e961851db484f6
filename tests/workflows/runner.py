"""The project's own workflow files, run by act on this machine against a sandbox (docs/adr/0015).

What is real: the files, their expressions, `needs`, `if`, outputs, masks, summaries, the commands, Git, Vault
and the Pulumi engine. What act does not do: gates of environments, concurrency, a token of each job; the last
is put in here. Nothing of the machine's own is used: HOME, caches and settings lie in the test's folder.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.workflows.documents import ROOT, load, parse, permissions_of

STUBS = Path(__file__).with_name("stubs")
SECONDS = 900
_TOKEN = "${{ github.token }}"
_ACTION = re.compile(r"uses: (actions/([a-z-]+)@[0-9a-f]{40})")
Record = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run's end.

    Attributes:
        code: of act; 0 when no job failed.
        jobs: job to `success`, `failure` or `skipped`.
        records: what act logged.
        made: what stubbed programs were called for, sorted: jobs run side by side.
        seconds: how long it took.
    """

    code: int
    jobs: Mapping[str, str]
    records: list[Record]
    made: list[str]
    seconds: float

    @property
    def log(self) -> str:
        """What a person sees of it."""
        return "\n".join(
            f"[{r.get('jobID', '')}/{r.get('step', '')}] {str(r['msg']).rstrip()}" for r in self.records
        )

    def of(self, job: str) -> str:
        """What a person sees of one job."""
        return "\n".join(str(r["msg"]).rstrip() for r in self.records if r.get("jobID") == job)

    @property
    def summary(self) -> str:
        """What the run's page shows."""
        return "\n".join(str(r["content"]) for r in self.records if r.get("command") == "summary")

    def outputs(self, job: str) -> dict[str, str]:
        """What a job's steps put out."""
        return {
            str(r["name"]): str(r["arg"])
            for r in self.records
            if r.get("jobID") == job and r.get("command") == "set-output"
        }

    def step(self, job: str, named: str) -> str:
        """How a step of a job ended: `success`, `failure`, or `skipped`.

        Args:
            job: its job.
            named: its id, or the command that it runs.
        """
        ended = [r for r in self.records if r.get("jobID") == job and "stepResult" in r]
        found = [r for r in ended if r.get("stepID") == [named]]
        found = found or [r for r in ended if str(r.get("step", "")).startswith(named)]
        return str(found[-1]["stepResult"]) if found else "skipped"

    def ok(self) -> "Run":
        """Itself, after it is sure that no job failed."""
        assert self.code == 0, self.log
        return self

    def red(self) -> "Run":
        """Itself, after it is sure that a job failed."""
        assert self.code != 0, self.log
        return self


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where the runner's servers are, and who it is.

    Attributes:
        place: the run's folder.
        repository: `owner/name`.
        server: of Git.
        api: GitHub's REST base.
        environment: more variables, the same in every job.
        token: makes a job's GITHUB_TOKEN from its permissions.
        issuer: where a job asks for its OIDC token, and what it asks with.
    """

    place: Path
    repository: str
    server: str
    api: str
    environment: Mapping[str, str] = field(default_factory=dict)
    token: Callable[[Mapping[str, str]], str] = lambda _permissions: "token-of-nothing"
    issuer: tuple[str, str] = ("", "")

    def run(
        self,
        workflow: str,
        *,
        event: str,
        payload: Mapping[str, Any],
        sha: str,
        ref: str = "refs/heads/main",
        run_id: str = "7001",
        make: Mapping[str, int] | None = None,
        change: Callable[[Record], None] = lambda _document: None,
    ) -> Run:
        """Run a workflow.

        Args:
            workflow: its file.
            event: what starts it.
            payload: the event, as GitHub's webhook has it.
            sha: the run's commit.
            ref: the run's ref.
            run_id: GitHub's number of the run.
            make: exit codes of stubbed targets of `make` (all but `toolchain`); 0 if not named.
            change: breaks the document before it is run.
        """
        place = self.place / f"run-{run_id}"
        shutil.rmtree(place, ignore_errors=True)
        binaries = place / "bin"
        binaries.mkdir(parents=True)
        for folder in ("home", "tmp", "work"):
            (place / folder).mkdir()
        _git(place / "work", "init", "--quiet", "--initial-branch", "main")
        file = place / "work" / ".github" / "workflows" / workflow
        file.parent.mkdir(parents=True)
        tokens = self._write(workflow, file, change)
        (place / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        calls = _stub_programs(binaries, make or {})
        _env_file(place / "secrets", tokens)
        given = {
            **self.environment,
            **self._runner(sha=sha, ref=ref, run_id=run_id, binaries=binaries, may_ask=_may_ask(file)),
            "PATH": f"{binaries}:{_system_path()}",
            "HOME": str(place / "home"),
            "TMPDIR": str(place / "tmp"),
        }
        _env_file(place / "env", given)
        command = [
            *(str(Path(sys.executable).with_name("act")), event, "-W", str(file), "--json"),
            *("-e", str(place / "event.json"), "-P", "ubuntu-24.04=-self-hosted"),
            *("--no-cache-server", "--no-skip-checkout", "--use-gitignore=false", "--actor", "operator"),
            *("--secret-file", str(place / "secrets"), "--var-file", str(place / "none")),
            *("--env-file", str(place / "env"), "--input-file", str(place / "none")),
            *(word for action in _stubbed(file) for word in ("--local-repository", action)),
        ]
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=place / "work",
            env={
                "PATH": given["PATH"],
                "HOME": given["HOME"],
                "TMPDIR": given["TMPDIR"],
                "DOCKER_HOST": "unix:///nonexistent",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        records = list(_records(done.stdout + done.stderr))
        return Run(
            code=done.returncode,
            jobs=_results(file, records),
            records=records,
            made=sorted(calls.read_text(encoding="utf-8").splitlines()) if calls.exists() else [],
            seconds=time.monotonic() - began,
        )

    def _write(self, workflow: str, file: Path, change: Callable[[Record], None]) -> dict[str, str]:
        """Write the workflow with a token of each job instead of the one that act knows for all."""
        document = load(workflow)
        change(document)
        tokens: dict[str, str] = {}
        for job, body in document["jobs"].items():
            name = f"TOKEN_OF_{job.upper().replace('-', '_')}"
            granted = permissions_of(document, job)
            tokens[name] = self.token(granted)
            for step in body["steps"]:
                for variable, value in step.get("env", {}).items():
                    step["env"][variable] = str(value).replace(_TOKEN, f"${{{{ secrets.{name} }}}}")
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return tokens

    def _runner(
        self, *, sha: str, ref: str, run_id: str, binaries: Path, may_ask: list[str]
    ) -> dict[str, str]:
        owner = self.repository.partition("/")[0]
        return {
            "CI": "true",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_REPOSITORY_OWNER": owner,
            "GITHUB_SERVER_URL": self.server,
            "GITHUB_API_URL": self.api,
            "GITHUB_REF": ref,
            "GITHUB_REF_NAME": ref.removeprefix("refs/heads/").removeprefix("refs/tags/"),
            "GITHUB_REF_TYPE": "tag" if ref.startswith("refs/tags/") else "branch",
            "SHA_REF": sha,
            "GITHUB_SHA": sha,
            "GITHUB_RUN_ID": run_id,
            "GITHUB_RUN_NUMBER": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "HARNESS_STUBS": str(STUBS),
            "HARNESS_CHECKOUT": str(ROOT),
            "HARNESS_BIN": str(binaries),
            "HARNESS_WITHOUT_ENGINE": "ci-stack",
            "HARNESS_ISSUER": self.issuer[0],
            "HARNESS_ISSUER_TOKEN": self.issuer[1],
            "HARNESS_MAY_ASK": " ".join(may_ask),
        }


def _may_ask(file: Path) -> list[str]:
    """The jobs that GitHub gives an address to ask for a token at."""
    document = parse(file.read_text(encoding="utf-8"))
    return [job for job in document["jobs"] if permissions_of(document, job).get("id-token") == "write"]


def _results(file: Path, records: list[Record]) -> dict[str, str]:
    jobs = parse(file.read_text(encoding="utf-8"))["jobs"]
    ended = {str(r["jobID"]): str(r["jobResult"]) for r in records if "jobResult" in r}
    return {job: ended.get(job, "skipped") for job in jobs}


def _records(text: str) -> Iterator[Record]:
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        yield record if isinstance(record, dict) and "msg" in record else {"msg": line}


def _stubbed(file: Path) -> list[str]:
    setup = (ROOT / ".github/actions/setup/action.yml").read_text(encoding="utf-8")
    found = _ACTION.findall(setup + file.read_text(encoding="utf-8"))
    return sorted({f"{action}={STUBS / name}" for action, name in found})


def _stub_programs(folder: Path, codes: Mapping[str, int]) -> Path:
    """`make` for everything but the toolchain, and `pulumi` for the job of stack ci: both need Docker."""
    calls = folder / "calls"
    cases = "".join(f"  {target}) exit {code} ;;\n" for target, code in codes.items())
    (folder / "make").write_text(
        f'#!/bin/sh\n[ "$1" = toolchain ] && exec {shutil.which("make")} "$@"\n'
        f'echo "make $*" >> {calls}\ncase "$1" in\n{cases}  *) exit 0 ;;\nesac\n',
        encoding="utf-8",
    )
    (folder / "pulumi").write_text(
        f'#!/bin/sh\necho "pulumi $*" >> {calls}\ncase "pulumi-$1" in\n{cases}  *) exit 0 ;;\nesac\n',
        encoding="utf-8",
    )
    # the real engine comes first on the PATH of every other job
    for program in ("make", "pulumi"):
        (folder / program).chmod(0o755)
    return calls


def _system_path() -> str:
    python = Path(sys.base_prefix) / "bin"
    return f"{python}:/usr/local/bin:/usr/bin:/bin"


def _env_file(path: Path, values: Mapping[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={json.dumps(value)}\n" for name, value in values.items()))


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
