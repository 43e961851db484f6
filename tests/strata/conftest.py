"""A project folder with the real Pulumi.yaml, a stand-in for the `pulumi` command, and one for Dokploy."""

import itertools
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from dokploy_provider.client import Client
from strata.cli import app
from tests.strata.gates import Github, github_of
from tests.strata.release.town import town  # noqa: F401 - a fixture
from tests.vault.actions import REPOSITORY, Actions, running
from tests.vault.conftest import ROOT_TOKEN, Server, bao, new_mount  # noqa: F401 - fixtures
from tests.vault.mounts import mount_kv

ROOT = Path(__file__).resolve().parents[2]
KEY = "dokploy-key-canary"
_numbers = itertools.count()

PULUMI = """#!/bin/sh
# Answers from the files beside it: `stack ls` from stacks.json, `stack output --stack X` from X.json,
# `stack history --page-size N --stack X` from X.history.json.
here=$(dirname "$0")
case "$1 $2" in
  "stack ls") cat "$here/stacks.json" ;;
  "stack output")
    cat "$here/$4.json" 2>/dev/null && exit
    echo "error: no stack named '$4' found" >&2; exit 6 ;;
  "stack history") cat "$here/$6.history.json" 2>/dev/null || echo "[]" ;;
  "version "*) cat "$here/version" ;;
  "plugin ls") cat "$here/plugins.json" ;;
  *) echo "error: unexpected: $*" >&2; exit 1 ;;
esac
"""


@dataclass(frozen=True, kw_only=True)
class Here:
    """The folder in which the commands of a test run."""

    folder: Path
    bin: Path
    slug: str
    app: str
    mount: str

    def stack_file(self, stack: str, **settings: Any) -> None:
        """Write Pulumi.<stack>.yaml on top of the test's own mount and application."""
        own = {"vaultMount": self.mount, "app": self.app, **settings}
        lines = [f"  finance-report:{key}: {json.dumps(value)}" for key, value in own.items()]
        (self.folder / f"Pulumi.{stack}.yaml").write_text("config:\n" + "\n".join(lines) + "\n")

    def stacks(self, outputs: Mapping[str, Mapping[str, Any]]) -> None:
        """What the stand-in for `pulumi` knows: stacks and their outputs."""
        rows = [{"name": name, "lastUpdate": "2026-11-22T08:00:00.000Z"} for name in outputs]
        (self.bin / "stacks.json").write_text(json.dumps(rows))
        for name, values in outputs.items():
            (self.bin / f"{name}.json").write_text(json.dumps(values))

    def history(self, stack: str, *runs: tuple[str, str]) -> None:
        """Kind and result of a stack's runs, newest first."""
        rows = [
            {"kind": kind, "result": result, "endTime": "2026-11-23T09:00:00.000Z"} for kind, result in runs
        ]
        (self.bin / f"{stack}.history.json").write_text(json.dumps(rows))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    number = next(_numbers)
    folder, programs = tmp_path / "project", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    script = programs / "pulumi"
    script.write_text(PULUMI)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.chdir(folder)
    place = Here(
        folder=folder, bin=programs, slug=f"app-{number}", app=f"app_{number}", mount=f"strata-{number}"
    )
    for stack in ("staging", "production"):
        place.stack_file(stack)
    place.stacks({})
    return place


@pytest.fixture
def strata() -> Callable[..., Result]:
    """Run a command; standard output and error are apart."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


@pytest.fixture
def administrator(bao: Server, here: Here, monkeypatch: pytest.MonkeyPatch) -> Server:  # noqa: F811
    """The environment of an administrator, and a mount for the project."""
    mount_kv(bao.root, here.mount)
    monkeypatch.setenv("VAULT_ADDR", bao.address)
    monkeypatch.setenv("VAULT_TOKEN", ROOT_TOKEN)
    return bao


@pytest.fixture(scope="session")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """The issuer of jobs' tokens, and the GitHub that knows the repository."""
    with running(tmp_path_factory.mktemp("actions")) as found:
        yield found


@pytest.fixture
def github(actions: Actions, here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Github]:
    """A GitHub of the test's own, and the environment that leads an administrator to it."""
    with github_of(tmp_path / "github") as found:
        monkeypatch.setenv("GITHUB_API_URL", found.api)
        monkeypatch.setenv("GITHUB_TOKEN", found.token)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_OIDC_ISSUER", actions.issuer)
        yield found


@dataclass
class FakeDokploy:
    """The procedures of `strata`, answering as 0.30.2 was recorded to (2026-11-22); unknown ones give 404.

    Attributes:
        version: what it says of itself.
        vaults: vault providers by id, tokens in clear.
        answers: further GET procedures and what they answer.
        refuse: procedure to status and JSON body, used instead of the real answer.
        lost: procedures that are applied and then answered with a 502.
        asked: the procedures, in order.
    """

    version: str = "v0.30.2"
    vaults: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Callable[[Mapping[str, str]], Any]] = field(default_factory=dict)
    refuse: dict[str, tuple[int, Any]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        procedure = request.url.path.removeprefix("/api/")
        self.asked.append(procedure)
        if procedure in self.refuse:
            status, body = self.refuse[procedure]
            return httpx.Response(status, json=body)
        body = json.loads(request.content) if request.content else {}
        handler = getattr(self, procedure.replace(".", "_"), None)
        if procedure in self.answers:
            answer = self.answers[procedure](request.url.params)
        elif handler:
            answer = handler(body)
        else:
            return httpx.Response(404, json={"message": "Not found", "code": "NOT_FOUND"})
        if procedure in self.lost:
            return httpx.Response(502, text="bad gateway")
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def settings_getDokployVersion(self, body: Any) -> str:  # noqa: N802 - the procedure's name
        return self.version

    def vaultProvider_all(self, body: Any) -> list[dict[str, Any]]:  # noqa: N802
        return [{**row, "config": {**row["config"], "token": "********"}} for row in self.vaults.values()]

    def vaultProvider_testConnection(self, body: Any) -> Any:  # noqa: N802
        config = body["config"]
        answer = httpx.get(
            f"{config['url']}/v1/auth/token/lookup-self",
            headers={"X-Vault-Token": config["token"]},
            trust_env=False,
        )
        if answer.is_success:
            return True
        said = f"HashiCorp Vault: token validation failed (status {answer.status_code})"
        return httpx.Response(400, json={"message": said, "code": "BAD_REQUEST"})

    def vaultProvider_create(self, body: Any) -> Any:  # noqa: N802
        if any(row["name"] == body["name"] for row in self.vaults.values()):
            said = f'Failed query: insert into "vault_provider" params: {body["config"]["token"]}'
            return httpx.Response(500, json={"message": said, "code": "INTERNAL_SERVER_ERROR"})
        identity = f"vault-{len(self.vaults)}"
        self.vaults[identity] = {**body, "vaultProviderId": identity}
        return {"vaultProviderId": identity}

    def vaultProvider_update(self, body: Any) -> Any:  # noqa: N802
        self.vaults[body["vaultProviderId"]] = dict(body)
        return {"vaultProviderId": body["vaultProviderId"]}

    def token(self) -> str:
        """The one that the only vault provider holds."""
        (row,) = self.vaults.values()
        return str(row["config"]["token"])


@pytest.fixture
def dokploy(monkeypatch: pytest.MonkeyPatch) -> FakeDokploy:
    """Every client of the test talks to this one."""
    fake = FakeDokploy()
    from_env = Client.from_env
    monkeypatch.setattr(Client, "from_env", lambda env: from_env(env, transport=httpx.MockTransport(fake)))
    monkeypatch.setenv("DOKPLOY_URL", "http://dokploy.test")
    monkeypatch.setenv("DOKPLOY_API_KEY", KEY)
    return fake
