import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from strata import health
from strata.errors import CommandError
from strata.registry_commands import write
from tests.strata.conftest import Here

Strata = Callable[..., Result]
TOKEN = "ghs_canary"
AUTH = base64.b64encode(f"octocat:{TOKEN}".encode()).decode()


class Ghcr:
    """ghcr.io, which takes one token."""

    taken = TOKEN
    down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("gone")
        assert request.url.host == "ghcr.io"
        shown = request.headers.get("authorization", "")
        if request.url.path == "/token":
            known = shown == "Basic " + base64.b64encode(f"octocat:{self.taken}".encode()).decode()
            return httpx.Response(200, json={"token": "t"}) if known else httpx.Response(403)
        if shown == "Bearer t":
            return httpx.Response(200, json={})
        return httpx.Response(401, headers={"www-authenticate": 'Bearer realm="https://ghcr.io/token"'})


@pytest.fixture
def ghcr(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ghcr:
    """A job with a token, and the only registry that it reaches."""
    found = Ghcr()
    monkeypatch.setattr(health, "direct", lambda env: httpx.Client(transport=httpx.MockTransport(found)))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_ACTOR", "octocat")
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "docker" / "config.json"


def test_a_jobs_token_becomes_a_login_that_only_its_user_reads(
    strata: Strata, ghcr: Ghcr, file: Path
) -> None:
    result = strata("registry", "login")

    assert (result.exit_code, result.output) == (0, "logged in to ghcr.io\n")
    assert json.loads(file.read_text()) == {"auths": {"ghcr.io": {"auth": AUTH}}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["config.json"]


def test_logout_takes_it_away_and_leaves_the_rest(strata: Strata, ghcr: Ghcr, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"auths": {"other.test": {"auth": "x"}}, "proxies": {}}))
    strata("registry", "login")

    assert strata("registry", "logout").exit_code == 0
    assert strata("registry", "logout").exit_code == 0
    assert json.loads(file.read_text()) == {"auths": {"other.test": {"auth": "x"}}, "proxies": {}}


def test_a_login_that_the_registry_does_not_take_is_not_written_down(
    strata: Strata, ghcr: Ghcr, file: Path
) -> None:
    ghcr.taken = "another"

    result = strata("registry", "login")

    assert result.exit_code == 3
    assert "packages: read" in result.output
    assert TOKEN not in result.output
    assert not file.exists()


def test_a_registry_that_cannot_be_asked_is_told(strata: Strata, ghcr: Ghcr, file: Path) -> None:
    ghcr.down = True

    result = strata("registry", "login")

    assert (result.exit_code, "cannot be asked (ConnectError)" in result.output) == (3, True)
    assert not file.exists()


def test_without_a_token_it_says_where_one_comes_from(
    strata: Strata, ghcr: Ghcr, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")

    result = strata("registry", "login")

    assert (result.exit_code, "there is no login for ghcr.io" in result.output) == (3, True)
    assert not file.exists()


def test_where_another_registry_stands_in_nothing_is_needed(
    strata: Strata, ghcr: Ghcr, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRATA_REGISTRY_MIRROR", "127.0.0.1:5000")

    assert strata("registry", "login").exit_code == 0
    assert strata("registry", "logout").exit_code == 0
    assert not file.exists()


@pytest.mark.parametrize("content", ["no json", "[]"])
def test_a_configuration_that_is_none_is_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)

    with pytest.raises(CommandError, match="left alone"):
        write(file, "ghcr.io", AUTH)
    assert file.read_text() == content
