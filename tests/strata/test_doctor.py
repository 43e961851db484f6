import base64
import json
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import httpx
import pytest
from typer.testing import Result

from model.app_permissions import APP_PERMISSIONS, Permission
from strata import health
from strata.doctor import github, registry, tools
from strata.doctor.finding import Level
from strata.doctor.github import api_of
from strata.outcome import Exit
from strata.setup.vault import documents
from strata.setup.world import World
from tests.strata.conftest import FakeDokploy, Here
from tests.vault.conftest import Server
from vault import policies

Strata = Callable[..., Result]


@pytest.fixture
def web(
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, httpx.Response | Callable[[httpx.Request], httpx.Response]]:
    """What GitHub and the registry answer, by host; any other host is unreachable."""
    answers: dict[str, Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        found: Any = answers.get(request.url.host)
        if found is None:
            raise httpx.ConnectError("refused")
        response: httpx.Response = found(request) if callable(found) else found
        return response

    monkeypatch.setattr(health, "direct", lambda env: httpx.Client(transport=httpx.MockTransport(answer)))
    return answers


@pytest.fixture
def installed(here: Here) -> Here:
    """The stand-in for pulumi has the right version and plugins."""
    (here.bin / "version").write_text(f"v{tools.LEAST_ENGINE}\n")
    plugins = [{"name": name, "version": version(f"pulumi-{name}")} for name in ("docker", "github")]
    (here.bin / "plugins.json").write_text(json.dumps(plugins))
    for name in ("pulumi-language-python", "docker", "git"):
        program = here.bin / name
        program.write_text("#!/bin/sh\necho git version 2.39.5\n")
        program.chmod(0o755)
    return here


def write_policies(administrator: Server, here: Here) -> None:
    """What an administrator did before; roles and their gates are another test's."""
    with World(env=os.environ, start=here.folder) as world:
        policies.apply(administrator.root, documents(world), slug=here.slug)


def lines(result: Result, subject: str) -> list[str]:
    return [line for line in result.stdout.splitlines() if line[6:].startswith(subject)]


def test_o1_everything_in_order_ends_with_ok(
    strata: Strata,
    installed: Here,
    administrator: Server,
    dokploy: FakeDokploy,
    web: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_policies(administrator, installed)
    for stack in ("staging", "production"):
        strata("vault", "seed", stack)
        strata("vault", "connect", stack)
    policies = [f"strata-{installed.slug}-{stack}-deploy" for stack in ("staging", "production")]
    token = administrator.root.auth.token.create(policies=policies, ttl="1h")["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("GITHUB_OWNER", "team")
    monkeypatch.setenv("DOCKER_CONFIG", str(installed.folder))
    web["api.github.com"] = httpx.Response(200, json={})
    web["ghcr.io"] = httpx.Response(200, json={"tags": []})

    result = strata("doctor")

    assert [line for line in result.stdout.splitlines() if not line.startswith("ok ")] == []
    assert result.exit_code == Exit.OK
    assert "this token can read no value of staging (403 on data/)" in result.stdout
    assert "has all required keys: backend v1" in result.stdout


def test_o1_with_nothing_set_each_prerequisite_is_named_with_its_next_step(
    strata: Strata, installed: Here, web: dict[str, Any]
) -> None:
    result = strata("doctor")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    for subject, said in {
        "dokploy": "DOKPLOY_URL and DOKPLOY_API_KEY not set",
        "vault": "VAULT_ADDR is not set",
        "github": "GITHUB_TOKEN and GITHUB_OWNER not set",
        "registry": "ghcr.io cannot be asked",
    }.items():
        (line,) = lines(result, subject)
        assert line.startswith("fail")
        assert said in line


def test_o1_without_tools_and_project_the_other_checks_go_on(
    strata: Strata, here: Here, web: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(here.folder))
    monkeypatch.chdir(here.folder.parent)

    result = strata("doctor")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert "make toolchain" in lines(result, "pulumi")[0]
    assert "no Pulumi.yaml" in lines(result, "project")[0]
    assert lines(result, "vault")


def test_o1_an_old_engine_and_a_missing_plugin_are_failures(strata: Strata, installed: Here) -> None:
    (installed.bin / "version").write_text("v3.100.0\n")
    (installed.bin / "plugins.json").write_text("[]")

    result = strata("doctor")

    assert "pulumi 3.100.0 is older than" in result.stdout
    assert f"the resource plugin docker {version('pulumi-docker')} is not installed" in result.stdout


def test_the_least_engine_is_the_one_that_the_toolchain_takes() -> None:
    from toolchain.pins import PULUMI_LEAST

    assert tools.LEAST_ENGINE.release == PULUMI_LEAST


def test_o1_an_administrators_token_is_warned_about_not_failed(
    strata: Strata, installed: Here, administrator: Server
) -> None:
    strata("vault", "seed", "staging")

    found = lines(strata("doctor"), "vault")

    assert "root token" in found[0]
    assert any("this token can read staging's values" in line and line.startswith("warn") for line in found)
    assert any("production/backend does not exist" in line and line.startswith("fail") for line in found)


def test_o1_a_token_of_one_environment_is_told_to_be_not_for_the_other(
    strata: Strata, installed: Here, administrator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_policies(administrator, installed)
    strata("vault", "seed", "staging")
    token = administrator.root.auth.token.create(
        policies=[f"strata-{installed.slug}-staging-deploy"], ttl="1h"
    )["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)

    found = lines(strata("doctor"), "vault")

    assert any("this token is not for production" in line and line.startswith("warn") for line in found)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {"message": "Unauthorized"}), "does not accept DOKPLOY_API_KEY"),
        ((502, {}), "settings.getDokployVersion: 502"),
    ],
)
def test_o1_a_dokploy_that_refuses_is_told_with_the_remedy(
    strata: Strata, installed: Here, dokploy: FakeDokploy, answer: tuple[int, Any], said: str
) -> None:
    from dokploy_provider.client import http

    http.ATTEMPTS, attempts = 1, http.ATTEMPTS
    try:
        dokploy.refuse["settings.getDokployVersion"] = answer
        (line,) = lines(strata("doctor"), "dokploy")
    finally:
        http.ATTEMPTS = attempts

    assert line.startswith("fail")
    assert said in line


def test_o1_an_old_dokploy_fails_and_a_newer_one_warns(
    strata: Strata, installed: Here, dokploy: FakeDokploy
) -> None:
    dokploy.version = "v0.29.9"
    assert "older than 0.30.0" in lines(strata("doctor"), "dokploy")[0]

    dokploy.version = "v0.31.0"
    assert "tested up to 0.30.x" in lines(strata("doctor"), "dokploy")[0]


def test_o1_a_key_with_a_small_daily_limit_is_not_used_up(
    strata: Strata, installed: Here, dokploy: FakeDokploy
) -> None:
    strata("doctor")

    assert dokploy.asked == ["settings.getDokployVersion", "vaultProvider.all"]


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (401, {}, "does not accept GITHUB_TOKEN"),
        (404, {}, "does not exist or the token may not see it"),
        (403, {"x-ratelimit-remaining": "0"}, "rate limit is used up"),
        (500, {}, "answers 500"),
    ],
)
def test_o1_what_github_refuses_is_told(
    web: dict[str, Any], status: int, headers: dict[str, str], said: str
) -> None:
    web["api.github.com"] = httpx.Response(status, headers=headers, json={})

    (finding,) = github.check({"GITHUB_TOKEN": "t", "GITHUB_OWNER": "team"}, "app")

    assert finding.level is Level.FAIL
    assert said in finding.text


@pytest.mark.parametrize("taken", [one for one in APP_PERMISSIONS if one.probe], ids=lambda one: one.name)
def test_each_permission_that_the_token_lacks_is_named_as_github_names_it(
    web: dict[str, Any], taken: Permission
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(f"/app/{taken.probe}"):
            accepted = {"x-accepted-github-permissions": f"{taken.name}=read"}
            return httpx.Response(403, headers=accepted, json={"message": "Resource not accessible"})
        return httpx.Response(200, json={})

    web["api.github.com"] = answer

    reached, lacking = github.check({"GITHUB_TOKEN": "t", "GITHUB_OWNER": "team"}, "app")

    assert reached.level is Level.OK
    assert lacking.level is Level.WARN
    assert f"GitHub asks for {taken.name}=read" in lacking.text
    assert f"{taken.shown}: Read-only" in lacking.text


def test_a_github_of_ones_own_is_asked_below_api_v3() -> None:
    assert api_of({}) == "https://api.github.com"
    assert api_of({"GITHUB_BASE_URL": "https://api.github.com/"}) == "https://api.github.com"
    assert api_of({"GITHUB_BASE_URL": "http://127.0.0.1:7/"}) == "http://127.0.0.1:7/api/v3"


class Registry:
    """A registry that gives pull tokens to one user, as ghcr.io does."""

    def __init__(self, *, basic: str, status: int = 200) -> None:
        self.basic, self.status = basic, status

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            fits = request.headers.get("authorization") == f"Basic {self.basic}"
            return httpx.Response(200, json={"token": "pull"}) if fits else httpx.Response(401, json={})
        if request.headers.get("authorization") == "Bearer pull":
            return httpx.Response(self.status, json={})
        challenge = f'Bearer realm="https://{request.url.host}/token",service="s",scope="repository:x:pull"'
        return httpx.Response(401, headers={"www-authenticate": challenge})


BASIC = base64.b64encode(b"user:canary-password").decode()


@pytest.mark.parametrize(
    ("config", "status", "level", "said"),
    [
        ({"auths": {"ghcr.io": {"auth": BASIC}}}, 200, Level.OK, "can be pulled"),
        (
            {"auths": {"ghcr.io": {"username": "user", "password": "canary-password"}}},
            200,
            Level.OK,
            "can be",
        ),
        ({"auths": {"ghcr.io": {"auth": BASIC}}}, 404, Level.WARN, "has no image of backend yet"),
        ({"auths": {"ghcr.io": {"auth": "d3Jvbmc="}}}, 200, Level.FAIL, "docker login ghcr.io"),
        ({}, 200, Level.FAIL, "without credentials it may not pull"),
        ({"credsStore": "desktop"}, 200, Level.WARN, "a helper program keeps"),
    ],
)
def test_o1_the_registrys_credentials_are_tried_as_a_pull_would(
    here: Here, web: dict[str, Any], config: Any, status: int, level: Level, said: str
) -> None:
    (here.folder / "config.json").write_text(json.dumps(config))
    web["ghcr.io"] = Registry(basic=BASIC, status=status)

    (finding,) = registry.check({"DOCKER_CONFIG": str(here.folder)}, {"backend": "ghcr.io/team/app-backend"})

    assert finding.level is level
    assert said in finding.text
    assert "canary" not in finding.text


def test_o1_a_missing_password_of_dokploys_login_is_told_and_the_images_are_looked_at(
    strata: Strata, installed: Here, web: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.stack_file("production", registryUsername="bot")
    web["ghcr.io"] = httpx.Response(200, json={})

    missing, *others = lines(strata("doctor"), "registry")
    monkeypatch.setenv("REGISTRY_PASSWORD", "canary-password")
    there = lines(strata("doctor"), "registry")

    assert missing.startswith("fail")
    assert "REGISTRY_PASSWORD not set, with which Dokploy pulls as bot" in missing
    assert len(others) == 2
    assert [line[:4] for line in there] == ["ok  "] * 3
    assert "canary" not in "".join(there)


def test_the_mirror_is_asked_for_the_real_names(here: Here, web: dict[str, Any]) -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, json={})

    web["127.0.0.1"] = answer
    env = {"DOCKER_CONFIG": str(here.folder), "STRATA_REGISTRY_MIRROR": "127.0.0.1:5443"}

    list(registry.check(env, {"backend": "ghcr.io/team/app-backend"}))

    assert paths == ["/v2/ghcr.io/team/app-backend/tags/list"]


def test_credentials_are_not_sent_to_a_token_address_in_plain_text(here: Here, web: dict[str, Any]) -> None:
    (here.folder / "config.json").write_text(json.dumps({"auths": {"ghcr.io": {"auth": BASIC}}}))
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.scheme}://{request.url.host}{request.url.path}")
        return httpx.Response(401, headers={"www-authenticate": 'Bearer realm="http://ghcr.io/token"'})

    web["ghcr.io"] = answer

    list(registry.check({"DOCKER_CONFIG": str(here.folder)}, {"backend": "ghcr.io/team/x"}))

    assert {place for place in asked if place.startswith("http://")} == set()
