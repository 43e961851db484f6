"""The real Pulumi engine against one sandbox: what an operator types, and where one looks afterwards."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import hvac
import yaml

from sandbox import credentials, daemon, environment
from sandbox.folder import CHECKOUT, Engine, Folder
from sandbox.preview import Preview
from sandbox.project import Project

RUN_SECONDS = 600
# Dokploy's host needs its time, the simulated one does not.
QUICK = {"STRATA_POLL_SECONDS": "0.1", "STRATA_SETTLE_SECONDS": "0.2"}
IMAGES = "ghcr.io/zitian-party/finance-report"
engine_runs = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """One command's end.

    Attributes:
        output: stdout and stderr, as a person sees them.
        seconds: how long it took.
    """

    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    def ok(self) -> "Result":
        """Itself, after it is sure that the command succeeded."""
        assert self.code == 0, f"exit code {self.code}:\n{self.output}"
        return self

    def refused(self, code: int = 1) -> "Result":
        """Itself, after it is sure that the command failed."""
        assert self.code == code, f"exit code {self.code}, not {code}:\n{self.output}"
        return self


@dataclass(kw_only=True)
class Sandbox:
    """A running sandbox of one test worker."""

    folder: Folder

    def __post_init__(self) -> None:
        self.ports = daemon.running(self.folder)
        known = credentials.load(self.folder)
        variables = environment.variables(self.folder, ports=self.ports, credentials=known)
        self.environment = environment.for_command(variables, os.environ)
        Project(self.folder).refresh(
            registry=environment.registry_mirror(self.ports), vault=environment.vault_address(self.ports)
        )


@dataclass(kw_only=True)
class Cloud:
    """One test's own state and stack files in a sandbox that is as new.

    Attributes:
        sandbox: where everything is deployed to.
        place: the test's folder.
        environment: of every command; a test may change it.
    """

    sandbox: Sandbox
    place: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []
        self.project = self.place / "project"
        self.state = self.place / "state"
        self.state.mkdir(parents=True)
        self._copy_project()
        self.environment = {
            **self.sandbox.environment,
            **self.environment,
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            **(QUICK if self.sandbox.folder.engine is Engine.SIMULATED else {}),
        }
        ports = self.sandbox.ports
        self.control = httpx.Client(base_url=f"http://127.0.0.1:{ports.control}", timeout=60, trust_env=False)
        self.dokploy = httpx.Client(
            base_url=f"http://127.0.0.1:{ports.dokploy}/api",
            headers={"x-api-key": self.environment["DOKPLOY_API_KEY"]},
            timeout=60,
            trust_env=False,
        )

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()
        self.control.close()
        self.dokploy.close()

    # What an operator types -----------------------------------------------------------------------

    def up(self, stack: str, *options: str, release: str | None = None, **variables: str) -> Result:
        """`pulumi up`, without the preview in front of it."""
        return self._stack("up", stack, "--yes", "--skip-preview", *options, release=release, **variables)

    def preview(self, stack: str, *options: str, release: str | None = None, **variables: str) -> Result:
        """`pulumi preview --diff`."""
        return self._stack("preview", stack, "--diff", *options, release=release, **variables)

    def refresh(self, stack: str, *options: str) -> Result:
        """`pulumi refresh`; with `--preview-only --expect-no-changes` exit code 7 is drift."""
        always = [] if "--preview-only" in options else ["--yes", "--skip-preview"]
        return self._stack("refresh", stack, *always, *options)

    def destroy(self, stack: str, *options: str) -> Result:
        """`pulumi destroy`."""
        return self._stack("destroy", stack, "--yes", "--skip-preview", *options)

    def outputs(self, stack: str) -> dict[str, Any]:
        """`pulumi stack output --json`."""
        found: dict[str, Any] = json.loads(
            self.pulumi("stack", "output", "--json", "--stack", stack).ok().stdout
        )
        return found

    def export(self, stack: str) -> dict[str, Any]:
        """`pulumi stack export`: the whole state."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "export", "--stack", stack).ok().stdout)
        return found

    def resources(self, stack: str) -> dict[str, dict[str, Any]]:
        """Name to resource in the state."""
        found = self.export(stack)["deployment"].get("resources", [])
        return {one["urn"].rsplit("::", 1)[1]: one for one in found}

    def pulumi(self, *words: str, **variables: str) -> Result:
        """Any `pulumi` command."""
        global engine_runs  # noqa: PLW0603 - counts for the whole session: none at all is a failure
        engine_runs += 1
        return self.run("pulumi", *words, "--non-interactive", **variables)

    def run(self, *words: str, **variables: str) -> Result:
        """Any command with the sandbox's environment, in the folder of the stack files."""
        return _run(words, cwd=self.project, env={**self.environment, **variables})

    def start(self, *words: str, **variables: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running, in a process group of its own; ended with the test."""
        process = subprocess.Popen(
            words,
            cwd=self.project,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    # Where one looks afterwards ------------------------------------------------------------------

    def health(self, host: str, path: str = "/health") -> httpx.Response:
        """GET an address of a deployed application through the sandbox's ingress, checking TLS."""
        context = ssl.create_default_context(cafile=self.environment["SSL_CERT_FILE"])
        with httpx.Client(verify=context, trust_env=False, timeout=10) as client:
            return client.get(
                f"https://127.0.0.1:{self.sandbox.ports.ingress}{path}",
                headers={"Host": host},
                extensions={"sni_hostname": host},
            )

    @property
    def vault_admin(self) -> hvac.Client:
        """Vault with the administrator's token."""
        return hvac.Client(
            url=self.environment["VAULT_ADDR"],
            token=(self.sandbox.folder.openbao / "root-token").read_text(encoding="utf-8"),
        )

    def cursor(self) -> int:
        """Where the access log stands now."""
        return int(self.control.get("/log", params={"since": 10**9}).raise_for_status().json()["cursor"])

    def log(self, since: int, part: str = "dokploy") -> list[dict[str, Any]]:
        """What a part was asked after a cursor."""
        found: list[dict[str, Any]] = (
            self.control.get("/log", params={"since": since, "part": part})
            .raise_for_status()
            .json()["entries"]
        )
        return found

    def fault(self, **fields: Any) -> None:
        """Arm a fault (fields of `sandbox.faults.Fault`)."""
        self.control.post("/faults", json=fields).raise_for_status()

    def release(
        self, version: str, *, commit: str = "a" * 40, **services: Mapping[str, str]
    ) -> dict[str, str]:
        """Put both images of a release into the registry; service to digest.

        Args:
            version: the tag.
            commit: baked into both.
            services: labels of `backend` or `frontend` (`strata.sandbox.behaviour` and others).
        """
        baked = {"org.opencontainers.image.revision": commit}
        return {
            service: self.image(f"{IMAGES}-{service}:{version}", {**baked, **services.get(service, {})})
            for service in ("backend", "frontend")
        }

    def image(self, name: str, labels: Mapping[str, str]) -> str:
        """Put an image into the registry and return its digest."""
        body = {"name": name, "labels": dict(labels)}
        return str(self.control.post("/images", json=body).raise_for_status().json()["digest"])

    def pr(self, stack: str) -> Mapping[str, str]:
        """What `strata preview before` gives for HEAD: PREVIEW_REF, PREVIEW_COMMIT, PREVIEW_COMPOSE."""
        return Preview(self.sandbox.folder, self.sandbox.ports).variables(stack)

    def files(self) -> list[Path]:
        """Every file that this test's stacks left: state, history, stack files."""
        return [path for path in self.place.rglob("*") if path.is_file()]

    # ---------------------------------------------------------------------------------------------

    def _stack(
        self, verb: str, stack: str, *options: str, release: str | None = None, **variables: str
    ) -> Result:
        if not (self.state / ".pulumi" / "stacks" / "finance-report" / f"{stack}.json").exists():
            self.pulumi("stack", "init", stack)
        given = dict(variables) if release is None else {**variables, "RELEASE": release}
        return self.pulumi(verb, "--stack", stack, *options, **given)

    def _copy_project(self) -> None:
        shutil.copytree(
            self.sandbox.folder.project, self.project, ignore=shutil.ignore_patterns(".originals")
        )
        file = self.project / "Pulumi.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["main"] = str(CHECKOUT)
        content["runtime"]["options"]["virtualenv"] = str(CHECKOUT / ".venv")
        file.write_text(yaml.safe_dump(content), encoding="utf-8")


def start_sandbox(place: Path, *, engine: Engine = Engine.SIMULATED) -> Sandbox:
    """A sandbox of its own in a folder."""
    words = ["-m", "sandbox", "up", "--dir", str(place), "--engine", engine]
    done = _run([sys.executable, *words], cwd=CHECKOUT, env=dict(os.environ))
    assert done.code == 0, done.output
    return Sandbox(folder=Folder(place))


def use_sandbox(place: Path) -> Sandbox:
    """A sandbox that runs already, for a test that is written or repaired."""
    return Sandbox(folder=Folder(place))


def stop_sandbox(sandbox: Sandbox) -> None:
    """Stop it; its folder is the test session's to remove."""
    words = ["-m", "sandbox", "down", "--dir", str(sandbox.folder.root)]
    _run([sys.executable, *words], cwd=CHECKOUT, env=dict(os.environ)).ok()


def _run(words: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Result:
    began = time.monotonic()
    done = subprocess.run(
        list(words),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    return Result(
        code=done.returncode, stdout=done.stdout, stderr=done.stderr, seconds=time.monotonic() - began
    )
