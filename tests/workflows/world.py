"""A sandbox as a repository's own: main is this work tree, people open pull requests, and workflows run."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from model import identity
from tests.e2e.cloud import Cloud
from tests.workflows.documents import ROOT, Document, load
from tests.workflows.runner import Machine, Run
from vault import roles

REPOSITORY = "zitian-party/finance_report"
REPOSITORY_ID = 4_200_001
SLUG = "finance-report"
MAIN = "refs/heads/main"
FIRST = "v1.0.0"
_AUTHOR = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")


@dataclass(kw_only=True)
class World:
    """One test's sandbox, repository and runner.

    Attributes:
        cloud: the sandbox and the administrator's own commands.
        place: for what runs leave.
    """

    cloud: Cloud
    place: Path
    runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bare = self.cloud.sandbox.folder.git / f"{REPOSITORY}.git"
        self.main = self._publish()
        self._let_jobs_in()
        self._use_own_state()
        self._began = self.cloud.cursor()

    # What people and time do -----------------------------------------------------------------------

    def tell(self, method: str, path: str, **body: Any) -> Any:
        """The control endpoint's `/github/…`."""
        answer = self.cloud.control.request(method, f"/github/{path}", json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def table(self, name: str) -> list[dict[str, Any]]:
        """What GitHub keeps of a kind."""
        found: list[dict[str, Any]] = self.tell("GET", f"tables/{name}")
        return found

    def ci_passed(self, commit: str, *, conclusion: str = "success", job: str = "success") -> int:
        """A run of ci.yml on main that somebody else's runner made."""
        jobs = [{"name": "required", "conclusion": job}]
        body = {"workflow": "ci.yml", "head_sha": commit, "conclusion": conclusion, "jobs": jobs}
        return int(self.tell("POST", "runs", **body)["id"])

    def images(self, commit: str, **services: Mapping[str, str]) -> dict[str, str]:
        """The images of a commit of main, as ci.yml pushes them."""
        return self.cloud.release(f"sha-{commit}", commit=commit, **services)

    def commit(self, files: Mapping[str, str]) -> str:
        """One more commit on main."""
        answer = self.cloud.control.post("/git/commits", json={"files": dict(files), "branch": "main"})
        self.main = str(answer.raise_for_status().json()["sha"])
        return self.main

    def tag(self, name: str, commit: str) -> None:
        """Set a tag, as publishing a release does."""
        self.cloud.control.post("/git/tags", json={"name": name, "sha": commit}).raise_for_status()

    def staging_stands(self) -> None:
        """What an administrator did once, from a laptop: gates and a first release."""
        self.cloud.release(FIRST, commit=self.main)
        self.cloud.up("staging", release=FIRST).ok()

    def production_stands(self) -> None:
        """The same, of what staging has verified."""
        self.cloud.up("production", release=FIRST).ok()

    def issues(self) -> list[dict[str, Any]]:
        """Issues that are no pull requests."""
        return [one for one in self.table("issue") if not one.get("pull")]

    # What GitHub does ------------------------------------------------------------------------------

    def run(
        self,
        workflow: str,
        *,
        event: str = "workflow_dispatch",
        payload: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        ref: str = MAIN,
        sha: str | None = None,
        make: Mapping[str, int] | None = None,
        change: Callable[[Document], None] = lambda _document: None,
    ) -> Run:
        """Run a workflow; its tokens are of the sandbox's GitHub and its OIDC issuer.

        Args:
            workflow: its file.
            event: that starts it.
            payload: of the event, over what every event has.
            inputs: of `workflow_dispatch`.
            ref: of the run.
            sha: of the run; main's newest commit.
            make: exit codes of stubbed programs.
            change: breaks the workflow first.
        """
        commit = sha or self.main
        number = int(
            self.tell("POST", "runs", workflow=workflow, event=event, head_sha=commit, status="in_progress")[
                "id"
            ]
        )
        given = {
            "ref": ref,
            "repository": {"full_name": REPOSITORY, "id": REPOSITORY_ID, "default_branch": "main"},
            **({"inputs": dict(inputs)} if inputs else {}),
            **(payload or {}),
        }
        document = load(workflow)
        change(document)
        registered = self.cloud.control.post(
            "/oidc/runs",
            json={
                "workflow": f".github/workflows/{workflow}",
                "event_name": event,
                "event": given,
                "sha": commit,
                "ref": ref,
                "inputs": dict(inputs or {}),
                "fork": _is_fork(given),
                "text": yaml.safe_dump(document),
                "number": number,
            },
        )
        issued = registered.raise_for_status().json()
        ports = self.cloud.sandbox.ports
        machine = Machine(
            place=self.place,
            repository=REPOSITORY,
            server=f"http://127.0.0.1:{ports.git}",
            api=f"http://127.0.0.1:{ports.github}/api/v3",
            environment=self._environment(),
            token=self._token,
            issuer=(issued["url"], issued["token"]),
        )
        done = machine.run(
            workflow,
            event=event,
            payload=given,
            sha=commit,
            ref=ref,
            run_id=str(number),
            make=make,
            change=change,
        )
        self.tell("PATCH", f"runs/{number}", conclusion="failure" if done.code else "success")
        self.runs.append(done)
        return done

    def pull(self, number: int, action: str, **more: Any) -> dict[str, Any]:
        """The payload of a pull request's event, of what GitHub says of it now."""
        found = self.cloud.control.get("/github/tables/issue").raise_for_status().json()
        row = next(one for one in found if one["number"] == number)
        sha = self._git("rev-parse", f"refs/pull/{number}/head")
        fork = row["pull"]["fork"]
        head = {"ref": row["pull"]["head"], "sha": sha, "repo": {"full_name": fork or REPOSITORY}}
        pull = {
            "number": number,
            "state": row["state"],
            "title": row["title"],
            "head": head,
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
        }
        return {"action": action, "number": number, "pull_request": pull, **more}

    def asked(self, part: str) -> list[str]:
        """What a part was asked since this test began: `GET /path`."""
        return [f"{one['method']} {one['path']}" for one in self.cloud.log(self._began, part)]

    def refs(self) -> list[str]:
        """Every ref of the repository."""
        return self._git("for-each-ref", "--format=%(refname)").splitlines()

    def file(self, path: str) -> str:
        """A file of main."""
        return self._git("show", f"{MAIN}:{path}")

    def commit_of(self, tag: str) -> str:
        """The commit that a tag leads to."""
        return self._git("rev-parse", f"{tag}^{{commit}}")

    def show(self, tag: str) -> str:
        """An annotated tag with its message."""
        return self._git("cat-file", "-p", f"refs/tags/{tag}")

    def merge_of(self, number: int) -> str:
        """The commit that ci.yml runs on for a pull request."""
        return self._git("rev-parse", f"refs/pull/{number}/merge")

    # -----------------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        """What leads a job here in place of the real servers; nothing of it is a credential."""
        names = (
            "GITHUB_BASE_URL",
            "VAULT_ADDR",
            "GITHUB_LEGACY_CLIENT",
            "STRATA_REGISTRY_MIRROR",
            "STRATA_CONNECT_TO",
            "STRATA_POLL_SECONDS",
            "STRATA_SETTLE_SECONDS",
            "SSL_CERT_FILE",
            "DOCKER_CONFIG",
        )
        control = f"http://127.0.0.1:{self.cloud.sandbox.ports.control}"
        here = {name: self.cloud.environment[name] for name in names if name in self.cloud.environment}
        return {
            **here,
            "HARNESS_CONTROL": control,
            "NO_PROXY": "127.0.0.1,localhost",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def _token(self, permissions: Mapping[str, str]) -> str:
        given = {name: level for name, level in permissions.items() if name != "id-token"}
        return str(self.tell("POST", "tokens", permissions=given)["token"])

    def _let_jobs_in(self) -> None:
        """Vault's roles; that none is written before its gate stands is tested where they are written."""
        environment = self.cloud.environment
        repository = roles.Repository(number=str(REPOSITORY_ID), full_name=REPOSITORY)
        wanted = roles.roles(slug=SLUG, repository=repository, audience=environment["VAULT_ADDR"])
        roles.apply(self.cloud.vault_admin, wanted, slug=SLUG, issuer=environment["GITHUB_OIDC_ISSUER"])

    def _use_own_state(self) -> None:
        """A test's state is its own, where the deploy paths say that state is."""
        client = self.cloud.vault_admin
        own = {"PULUMI_BACKEND_URL": self.cloud.environment["PULUMI_BACKEND_URL"]}
        for one in identity.IDENTITIES:
            path = f"secret/data/{one.deploy_path('finance_report')}"
            there = client.read(path)["data"]["data"]
            client.write_data(path, data={"data": {**there, **own}})

    def _publish(self) -> str:
        """Make main what this work tree is, with the sandbox's stack files in place of the real ones."""
        index = self.place / "index"
        env = {"GIT_WORK_TREE": str(ROOT), "GIT_INDEX_FILE": str(index)}
        self._git("add", "--all", ".", cwd=ROOT, env=env)
        stack_files = [file for file in self.cloud.project.glob("Pulumi*.yaml") if file.is_file()]
        for file in stack_files:
            blob = self._git("hash-object", "-w", "--stdin", given=_as_in_checkout(file))
            self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{file.name}", env=env)
        tree = self._git("write-tree", env=env)
        commit = self._git(*_AUTHOR, "commit-tree", tree, "-p", MAIN, "-m", "The work tree")
        self._git("update-ref", MAIN, commit)
        return commit

    def _git(
        self, *words: str, given: str = "", cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        plain = {"GIT_DIR": str(self.bare), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *words],
            input=given,
            cwd=cwd or self.bare,
            env={"PATH": os.environ["PATH"], **plain, **(env or {})},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


def _as_in_checkout(file: Path) -> str:
    """The sandbox's Pulumi.yaml leads back into the checkout; on main it is the checkout."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if file.name == "Pulumi.yaml":
        del content["main"]
        content["runtime"]["options"]["virtualenv"] = ".venv"
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _is_fork(payload: Mapping[str, Any]) -> bool:
    repository = (payload.get("pull_request") or {}).get("head", {}).get("repo") or {}
    return "pull_request" in payload and repository.get("full_name") != REPOSITORY
