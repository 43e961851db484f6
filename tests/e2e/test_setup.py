"""The set-up in the sandbox: from an administrator's first look to the first green staging, and back.

One `up` for all: each thing is taken away from what is complete, looked for, and put back.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import yaml

from sandbox.github.accounts import ORGANISATION, REPOSITORY
from strata.outcome import Exit
from strata.setup import STEPS
from strata.setup.step import Look, first_undone, looked, ok
from strata.setup.world import World
from tests.e2e.cloud import Cloud

pytestmark = pytest.mark.e2e

MOUNT = "secret"
APP = "finance_report"
SECRETS = ("DOKPLOY_API_KEY", "GITHUB_TOKEN", "VAULT_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "REGISTRY_PASSWORD")
ROLE = "/v1/auth/jwt/role/strata-finance-report-staging-deploy"


@pytest.fixture
def set_up(cloud: Cloud) -> Cloud:
    """The sandbox as its administrator sees it, before the roles: a reset leaves Vault's as they are."""
    cloud.vault_admin.adapter.delete(ROLE)
    cloud.environment["VAULT_TOKEN"] = str(cloud.vault_admin.token)
    return cloud


# They start the engine, which takes seconds; what is taken away here is none of theirs.
SLOW = ("tools", "state", "images", "first-up", "green")
QUICK = [replace(step, check=lambda world: ok("")) if step.name in SLOW else step for step in STEPS]


def first(cloud: Cloud) -> Look | None:
    with World(env=cloud.environment, start=cloud.project) as world:
        return first_undone(looked(QUICK, world))


def github(cloud: Cloud, method: str, path: str, body: Any = None) -> Any:
    base = cloud.environment["GITHUB_BASE_URL"].rstrip("/")
    headers = {"Authorization": f"Bearer {cloud.environment['GITHUB_TOKEN']}"}
    url = f"{base}/api/v3/repos/{ORGANISATION}/{REPOSITORY}/{path}"
    answer = httpx.request(method, url, json=body, headers=headers, trust_env=False).raise_for_status()
    return answer.json() if answer.content else None


@contextmanager
def without_role(cloud: Cloud) -> Iterator[None]:
    there = cloud.vault_admin.adapter.get(ROLE)["data"]
    cloud.vault_admin.adapter.delete(ROLE)
    yield
    cloud.vault_admin.adapter.post(ROLE, json=there)


def kept(cloud: Cloud, path: str) -> dict[str, str]:
    kv = cloud.vault_admin.secrets.kv.v2
    there = kv.read_secret_version(path=path, mount_point=MOUNT, raise_on_deleted_version=True)
    return dict(there["data"]["data"])


@contextmanager
def changed(cloud: Cloud, path: str, change: Callable[[dict[str, str]], None]) -> Iterator[None]:
    """A path in Vault whose fields are others for a while."""
    kv = cloud.vault_admin.secrets.kv.v2
    before = kept(cloud, path)
    fields = dict(before)
    change(fields)
    kv.create_or_update_secret(path, fields, mount_point=MOUNT)
    yield
    kv.create_or_update_secret(path, before, mount_point=MOUNT)


@contextmanager
def setting(cloud: Cloud, key: str, value: object) -> Iterator[None]:
    """A default of the project that is another for a while."""
    file = cloud.project / "Pulumi.yaml"
    before = file.read_text(encoding="utf-8")
    content = yaml.safe_load(before)
    content["config"][key]["default"] = value
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    yield
    file.write_text(before, encoding="utf-8")


@contextmanager
def without_policy_of_a_gate(cloud: Cloud) -> Iterator[None]:
    place = "environments/staging/deployment-branch-policies"
    (policy,) = github(cloud, "GET", place)["branch_policies"]
    github(cloud, "DELETE", f"{place}/{policy['id']}")
    yield
    github(cloud, "POST", place, {"name": policy["name"], "type": policy["type"]})


def another_app(fields: dict[str, str]) -> None:
    fields["GITHUB_APP_ID"] = "4711"


def dokploys_key(fields: dict[str, str]) -> None:
    fields["DOKPLOY_API_KEY"] = "x"


# What needs the whole sandbox; the other steps are taken away one by one in tests/strata/setup.
AWAY: dict[str, tuple[str, Callable[[Cloud], Any]]] = {
    "jobs of another Vault": (
        "vault-address",
        lambda cloud: setting(cloud, "vaultAddr", "https://vault.example.org"),
    ),
    "the App": ("github-app", lambda cloud: changed(cloud, f"{APP}/staging/deploy", another_app)),
    "a plan without power": (
        "credentials-plan",
        lambda cloud: changed(cloud, f"{APP}/plan/deploy", dokploys_key),
    ),
    # the sandbox has one key for production and previews; that the key is tried too is tested beside the step
    "the acknowledgement": (
        "credentials-preview",
        lambda cloud: setting(cloud, "previewsBesideStanding", value=False),
    ),
    "a rule of a gate": ("audit", without_policy_of_a_gate),
    "a role": ("roles", without_role),
}


def test_o1_the_way_to_a_green_staging_is_looked_at_step_by_step_and_each_missing_one_is_named(
    set_up: Cloud,
) -> None:
    before = set_up.run("strata", "doctor", "--setup").refused(Exit.NOT_AS_IT_SHOULD_BE)
    assert "first-up (docs/setup.md#first-up):" in before.stdout
    assert before.stdout.splitlines()[-1].strip().startswith("pulumi stack init staging")

    set_up.up("staging", release="v1.0.0").ok()
    roles = first(set_up)
    assert roles is not None
    assert (roles.step.name, roles.answer.command) == ("roles", "strata vault policies --apply")

    # production's roles are refused until its own gate is there
    set_up.run("strata", "vault", "policies", "--apply").refused(Exit.NOT_AS_IT_SHOULD_BE)
    after = set_up.run("strata", "doctor", "--setup", "--json").ok()
    assert {row["state"] for row in json.loads(after.stdout)} == {"ok"}

    named = {}
    for what, (_, away) in AWAY.items():
        with away(set_up):
            found = first(set_up)
        assert found is not None, what
        assert found.answer.command, what
        named[what] = found.step.name
    assert named == {what: step for what, (step, _) in AWAY.items()}
    assert first(set_up) is None

    held = [set_up.environment[name] for name in SECRETS]
    held += kept(set_up, f"{APP}/staging/deploy")["GITHUB_APP_PRIVATE_KEY"].splitlines()[1:-1]
    assert [value for value in held if value in before.output + after.output] == []
