from dataclasses import dataclass

import hvac
import hvac.exceptions
import pytest

from model.identity import IDENTITIES, PREVIEW, Identity, observer_of
from tests.vault.conftest import Server
from vault.policies import (
    Reads,
    State,
    apply,
    deploy_policy,
    differences,
    documents,
    dokploy_policy,
    exists,
    plan_policy,
)

SERVICES = ("backend", "minio", "postgres", "redis")


def reads(environment: str, mount: str = "") -> Reads:
    return Reads(
        environment=environment,
        mount=mount,
        service_paths=tuple(f"finance_report/{environment}/{service}" for service in SERVICES),
    )


STAGING, PRODUCTION = reads("staging"), reads("production")


APP = "finance_report"
DEPLOY_PATHS = {one.environment: one.deploy_path(APP) for one in IDENTITIES}
ROLES = ["deploy", "dokploy", "plan", "observe", "preview"]


def policy(role: str, slug: str, environment: str = "staging") -> str:
    """The policy of a kind of identity."""
    names = {
        "deploy": deploy_policy(slug=slug, environment=environment),
        "dokploy": dokploy_policy(slug=slug, environment=environment),
        "plan": plan_policy(slug=slug),
        "observe": observer_of(environment).role(slug),
        "preview": PREVIEW.role(slug),
    }
    return names[role]


def of(mount: str) -> dict[str, str]:
    """The mount's name is also the slug, so that tests do not see each other's policies."""
    return documents(slug=mount, app=APP, environments=[reads("staging", mount), reads("production", mount)])


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The policies are on the server, and each path holds a secret."""

    bao: Server
    mount: str

    def client(self, policy: str) -> hvac.Client:
        return self.bao.client(self.bao.token(policy))

    def status(self, client: hvac.Client, path: str, *, method: str = "GET", **body: object) -> int:
        try:
            answer = client.adapter.request(method, f"/v1/{path}", **({"json": body} if body else {}))
        except hvac.exceptions.Forbidden:
            return 403
        return answer.status_code if hasattr(answer, "status_code") else 200

    def readable(self, client: hvac.Client, view: str, environment: Reads) -> set[int]:
        return {self.status(client, f"{self.mount}/{view}/{path}") for path in environment.service_paths}


@pytest.fixture
def applied(bao: Server, mount: str) -> Applied:
    apply(bao.root, of(mount), slug=mount)
    for environment in (STAGING, PRODUCTION):
        for path in environment.service_paths:
            bao.root.secrets.kv.v2.create_or_update_secret(path, {"KEY": "v"}, mount_point=mount)
    for path in DEPLOY_PATHS.values():
        bao.root.secrets.kv.v2.create_or_update_secret(path, {"KEY": "v"}, mount_point=mount)
    return Applied(bao=bao, mount=mount)


def test_v3_the_deployer_sees_names_and_versions_and_gets_403_on_each_value(applied: Applied) -> None:
    client = applied.client(deploy_policy(slug=applied.mount, environment="staging"))

    assert applied.readable(client, "subkeys", STAGING) == {200}
    assert applied.readable(client, "metadata", STAGING) == {200}
    assert applied.readable(client, "data", STAGING) == {403}


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda one: one.environment)
def test_v3_what_ci_comes_as_reads_its_own_deploy_path_and_no_other(
    applied: Applied, identity: Identity
) -> None:
    client = applied.client(identity.role(applied.mount))

    readable = {
        environment
        for environment, path in DEPLOY_PATHS.items()
        if applied.status(client, f"{applied.mount}/data/{path}") == 200
    }
    assert readable == {identity.environment}


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda one: one.environment)
def test_v3_what_ci_comes_as_reads_no_value_of_a_service(applied: Applied, identity: Identity) -> None:
    client = applied.client(identity.role(applied.mount))

    for environment in (STAGING, PRODUCTION):
        assert applied.readable(client, "data", environment) == {403}
        names = 200 if environment.environment in identity.stacks else 403
        assert applied.readable(client, "subkeys", environment) == {names}
        assert applied.readable(client, "metadata", environment) == {names}


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda one: one.environment)
def test_v5_what_ci_comes_as_can_give_its_token_back(applied: Applied, identity: Identity) -> None:
    client = applied.client(identity.role(applied.mount))

    client.auth.token.revoke_self()

    assert not client.is_authenticated()


@pytest.mark.parametrize(("own", "other"), [(STAGING, PRODUCTION), (PRODUCTION, STAGING)])
@pytest.mark.parametrize("name", [deploy_policy, dokploy_policy])
def test_v3_each_environments_identities_get_403_on_the_others(
    applied: Applied, own: Reads, other: Reads, name: object
) -> None:
    assert callable(name)
    client = applied.client(name(slug=applied.mount, environment=own.environment))

    assert {
        code for view in ("data", "metadata", "subkeys") for code in applied.readable(client, view, other)
    } == {403}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["auth/token/create", "auth/token/create-orphan"])
def test_v3_no_identity_can_mint_a_token(applied: Applied, role: str, path: str) -> None:
    client = applied.client(policy(role, applied.mount))
    more = dokploy_policy(slug=applied.mount, environment="staging")

    assert applied.status(client, path, method="POST", policies=[more]) == 403


@pytest.mark.parametrize("role", ROLES)
def test_v3_no_identity_can_change_a_policy_a_role_or_a_secret(applied: Applied, role: str) -> None:
    name = policy(role, applied.mount)
    client = applied.client(name)
    path = f"{applied.mount}/data/{STAGING.service_paths[0]}"

    assert applied.status(client, f"sys/policies/acl/{name}", method="PUT", policy="") == 403
    assert applied.status(client, f"auth/jwt/role/{name}", method="POST", user_claim="sub") == 403
    assert applied.status(client, path, method="POST", data={"KEY": "mine"}) == 403


def test_v3_dokploys_token_reads_the_values_of_its_environment_only(applied: Applied) -> None:
    client = applied.client(dokploy_policy(slug=applied.mount, environment="staging"))

    assert applied.readable(client, "data", STAGING) == {200}
    assert applied.readable(client, "subkeys", STAGING) == {403}
    assert applied.status(client, f"{applied.mount}/data/{DEPLOY_PATHS['staging']}") == 403
    assert applied.status(client, "auth/token/lookup-self") == 200


def test_v8_applying_twice_changes_nothing_the_second_time(bao: Server, mount: str) -> None:
    assert apply(bao.root, of(mount), slug=mount) == list(of(mount))
    assert apply(bao.root, of(mount), slug=mount) == []


def test_v8_check_tells_missing_different_and_unknown_policies_apart(bao: Server, mount: str) -> None:
    policies = of(mount)
    apply(bao.root, policies, slug=mount)
    edited = deploy_policy(slug=mount, environment="staging")
    gone = plan_policy(slug=mount)
    bao.root.sys.create_or_update_acl_policy(
        edited, policies[edited] + '\npath "secret/*" {\n  capabilities = ["read"]\n}\n'
    )
    bao.root.sys.delete_acl_policy(gone)
    bao.root.sys.create_or_update_acl_policy(f"strata-{mount}-old", policies[gone])

    found = {difference.name: difference for difference in differences(bao.root, policies, slug=mount)}

    assert {name: difference.state for name, difference in found.items()} == {
        edited: State.DIFFERENT,
        gone: State.MISSING,
        f"strata-{mount}-old": State.UNKNOWN,
    }
    assert '-path "secret/*" {' in found[edited].diff


def test_v8_applying_repairs_what_check_found_and_leaves_unknown_policies(bao: Server, mount: str) -> None:
    policies = of(mount)
    bao.root.sys.create_or_update_acl_policy(f"strata-{mount}-old", policies[plan_policy(slug=mount)])

    apply(bao.root, policies, slug=mount)

    assert [found.state for found in differences(bao.root, policies, slug=mount)] == [State.UNKNOWN]


def test_an_unknown_policy_does_not_exist(bao: Server, mount: str) -> None:
    assert not exists(bao.root, f"strata-{mount}-plan")
    assert exists(bao.root, "default")
