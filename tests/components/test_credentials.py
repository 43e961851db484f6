"""What a run needs is missed before it changes anything, all of it at once and never by its value."""

import json
from typing import Any

import pulumi
import pytest

from components.credentials import require_credentials
from model.layers import Stack
from model.settings import Settings
from tests.program.recording import ROOT, config

ALL = {
    "DOKPLOY_URL": "https://dokploy.test",
    "DOKPLOY_API_KEY": "canary-key",
    "GITHUB_TOKEN": "canary-token",
    "GITHUB_OWNER": "team",
    "REGISTRY_PASSWORD": "canary-password",
}


def refusal(
    stack: str, *, without: set[str], dry_run: bool = False, blank: bool = False, **changed: Any
) -> str | None:
    settings = Settings.load(json.loads(config(stack, **changed)), project="finance-report")
    env = {name: value for name, value in ALL.items() if name not in without}
    env |= dict.fromkeys(without, " ") if blank else {}
    try:
        require_credentials(settings, Stack.parse(stack), env=env, dry_run=dry_run)
    except pulumi.RunError as error:
        return str(error)
    return None


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("stack", ["staging", "production", "pr-12"])
def test_a_run_that_has_all_goes_on(stack: str, *, dry_run: bool) -> None:
    assert refusal(stack, without=set(), dry_run=dry_run) is None


@pytest.mark.parametrize("blank", [True, False])
def test_o3_all_that_is_missing_is_named_at_once_with_its_purpose_and_the_next_step(*, blank: bool) -> None:
    said = refusal("production", without=set(ALL), blank=blank) or ""

    assert [name for name in ALL if f"{name} (" not in said] == []
    assert "REGISTRY_PASSWORD (with which Dokploy pulls as zitian-party-bot from ghcr.io)" in said
    assert "nothing was changed" in said
    assert "`strata doctor`" in said
    assert "\n" not in said


@pytest.mark.parametrize("name", sorted(ALL))
def test_v6_what_is_set_is_neither_named_nor_shown(name: str) -> None:
    said = refusal("staging", without={name}) or ""

    assert [other for other in ALL if f"{other} (" in said] == [name]
    assert [value for value in ALL.values() if value in said] == []


def test_a_preview_needs_what_github_is_asked_with_and_nothing_else() -> None:
    said = refusal("staging", without=set(ALL), dry_run=True) or ""

    assert [name for name in ALL if f"{name} (" in said] == ["GITHUB_TOKEN", "GITHUB_OWNER"]


def test_a_pull_request_needs_dokploy_only() -> None:
    said = refusal("pr-12", without=set(ALL)) or ""

    assert [name for name in ALL if f"{name} (" in said] == ["DOKPLOY_URL", "DOKPLOY_API_KEY"]
    assert refusal("pr-12", without=set(ALL), dry_run=True) is None


def test_without_a_login_to_the_registry_no_password_is_asked_for() -> None:
    assert refusal("staging", without={"REGISTRY_PASSWORD"}, registryUsername="") is None


def test_the_readme_says_to_set_all_of_them() -> None:
    _, own_server = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your own server")
    steps = own_server.split("\n## ")[0]

    assert [name for name in ALL if f"{name}=" not in steps] == []
