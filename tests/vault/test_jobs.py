"""Real tokens, signed by an issuer, at the real server: who gets in as what, and what they see then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import hvac.exceptions
import jwt
import pytest

from model.identity import IDENTITIES, Identity, of_environment
from tests.vault.actions import JOBS, PULL, REPOSITORY, UP, Actions, Job, running
from tests.vault.answering import answering
from tests.vault.conftest import Server
from tests.vault.mounts import mount_kv
from vault import policies, roles
from vault.errors import (
    ExpiredToken,
    MisplacedKeys,
    MissingKeys,
    MissingPath,
    NotAdmitted,
    Sealed,
    Unreachable,
)
from vault.jobs import Session, credentials, give_back, log_in

APP, SLUG, MOUNT = "finance_report", "jobs", "jobs-secret"
SERVICES = ("backend", "postgres")
VALUES = {
    "DOKPLOY_URL": "https://dokploy.test",
    "DOKPLOY_API_KEY": "key",
    "PULUMI_BACKEND_URL": "s3://state",
    "PULUMI_CONFIG_PASSPHRASE": "words",
    "GITHUB_APP_ID": "1",
    "GITHUB_APP_PRIVATE_KEY": "pem",
    "GITHUB_APP_INSTALLATION_ID": "2",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """GitHub and Vault, connected."""

    actions: Actions
    bao: Server

    def enter(self, job: Job, *, identity: Identity | None = None, audience: str = "", **run: Any) -> Session:
        """Log in with the token of a job's run, as the job's own identity unless another is tried."""
        token = self.actions.token(job, audience=audience or self.bao.address, **run)
        own = identity or of_environment("pr-7" if job == UP else job.environment)
        assert own is not None
        return log_in({"VAULT_ADDR": self.bao.address}, identity=own, slug=SLUG, token=token)

    def may_read(self, session: Session, path: str) -> bool:
        try:
            session.client.adapter.get(f"/v1/{MOUNT}/{path}")
        except hvac.exceptions.Forbidden:
            return False
        return True


@pytest.fixture(scope="module")
def place(bao: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Policies and roles are applied, each path holds something."""
    mount_kv(bao.root, MOUNT)
    reads = [
        policies.Reads(
            environment=name, mount=MOUNT, service_paths=tuple(f"{APP}/{name}/{one}" for one in SERVICES)
        )
        for name in ("staging", "production")
    ]
    policies.apply(bao.root, policies.documents(slug=SLUG, app=APP, environments=reads), slug=SLUG)
    for path in [*(path for one in reads for path in one.service_paths)]:
        bao.root.secrets.kv.v2.create_or_update_secret(path, {"KEY": "v"}, mount_point=MOUNT)
    for one in IDENTITIES:
        fields = {key: value for key, value in VALUES.items() if key not in one.refused_keys}
        bao.root.secrets.kv.v2.create_or_update_secret(one.deploy_path(APP), fields, mount_point=MOUNT)
    with running(tmp_path_factory.mktemp("actions")) as actions:
        repository = roles.Repository(number="4200001", full_name=REPOSITORY)
        wanted = roles.roles(slug=SLUG, repository=repository, audience=bao.address)
        roles.apply(bao.root, wanted, slug=SLUG, issuer=actions.issuer)
        yield Place(actions=actions, bao=bao)
        bao.root.sys.disable_auth_method("jwt")
    bao.root.sys.disable_secrets_engine(MOUNT)


@pytest.mark.parametrize("job", [*JOBS.values(), UP], ids=lambda job: job.environment)
def test_g5_a_job_behind_its_gate_gets_in_with_its_own_policy_only(place: Place, job: Job) -> None:
    session = place.enter(job)

    token = session.client.auth.token.lookup_self()["data"]
    identity = of_environment("pr-7" if job == UP else job.environment)
    assert identity is not None
    assert token["policies"] == [identity.role(SLUG)]
    assert token["explicit_max_ttl"] == session.seconds <= 3600
    assert token["meta"]["run_id"]
    assert not token.get("identity_policies")


def test_g5_a_release_may_be_deployed_planned_and_rolled_back_from_its_tag(place: Place) -> None:
    production, by_hand = JOBS["production"], {"ref": "refs/tags/v1.2.3"}

    place.enter(replace(production, event_name="workflow_dispatch", event=by_hand))
    place.enter(replace(production, workflow="rollback.yml", event_name="workflow_dispatch", event=by_hand))
    place.enter(replace(production, environment="plan"))


Change = dict[str, Any]
REFUSED: dict[str, tuple[Change, str]] = {
    "another repository of that name": ({"repository_id": 4_200_002}, "repository_id"),
    "a fork's own run": ({"repository": "stranger/finance_report", "repository_id": 9}, "does not match"),
    "another branch": ({"ref": "refs/heads/topic"}, "does not match"),
    "a branch that is called like a tag": ({"ref": "refs/heads/refs/tags/v1.2.3"}, "does not match"),
    "another workflow": ({"workflow": ".github/workflows/other.yml"}, 'claim "workflow_ref" does not match'),
    "another file that ends alike": (
        {"workflow": ".github/workflows/x/staging-deploy.yml"},
        'claim "workflow_ref" does not match',
    ),
    "a ref of production in a repository's name": (
        {"repository": "zitian-party/finance_report/.github/workflows/staging-deploy.yml@"},
        "does not match",
    ),
    "an expired token": ({"flaw": "expired"}, "token is expired"),
    "another key": ({"flaw": "other-key"}, "error verifying token signature"),
    "no signature": ({"flaw": "unsigned"}, "error verifying token signature"),
    "a signature with the public key as secret": (
        {"flaw": "shared-secret"},
        "error verifying token signature",
    ),
    "another issuer": ({"flaw": "other-issuer"}, r"invalid issuer \(iss\) claim"),
}


@pytest.mark.parametrize("environment", JOBS)
@pytest.mark.parametrize("case", REFUSED)
def test_g5_a_token_with_one_wrong_claim_does_not_get_in(place: Place, environment: str, case: str) -> None:
    changes, said = REFUSED[case]

    with pytest.raises(NotAdmitted, match=said):
        place.enter(JOBS[environment], **changes)


@pytest.mark.parametrize("environment", JOBS)
def test_g5_a_job_that_names_no_environment_or_another_does_not_get_in(
    place: Place, environment: str
) -> None:
    job, identity = JOBS[environment], of_environment(environment)
    for other in {*JOBS, "", "pr-", "Staging", "staging*"} - {environment}:
        if identity is not None and (other in identity.environments or other.startswith("pr-")):
            continue
        with pytest.raises(NotAdmitted, match='claim "environment"'):
            place.enter(replace(job, environment=f'"{other}"'), identity=identity)


@pytest.mark.parametrize("environment", JOBS)
def test_g5_no_identitys_job_gets_in_as_another(place: Place, environment: str) -> None:
    for other in IDENTITIES:
        if other.environment != environment:
            with pytest.raises(NotAdmitted, match="does not match"):
                place.enter(JOBS[environment], identity=other)


def test_g5_a_token_for_somebody_else_does_not_get_in(place: Place) -> None:
    for audience in ("https://github.com/zitian-party", f"{place.bao.address}/", "https://vault.example.org"):
        with pytest.raises(NotAdmitted, match=r"invalid audience \(aud\)"):
            place.enter(JOBS["staging"], audience=audience)


def test_p7_a_pull_request_comes_as_a_plan_and_as_nothing_else(place: Place) -> None:
    """Whoever writes ci.yml in a pull request names the environment that they like: the gates hold, and here
    the ref does.
    """
    for identity in IDENTITIES:
        if identity.environment == "plan":
            continue
        files = {entry.workflow for entry in identity.entries}
        for workflow in files:
            job = Job(
                workflow=workflow,
                name="mine",
                event_name="pull_request",
                event=PULL,
                environment=identity.environment,
            )
            with pytest.raises(NotAdmitted, match="does not match"):
                place.enter(job, identity=identity)


def test_g5_garbage_does_not_get_in(place: Place) -> None:
    identity = IDENTITIES[0]
    forged = jwt.encode({"sub": "x"}, "k" * 64, algorithm="HS256")
    for token in ("x.y.z", forged, "é"):
        with pytest.raises(NotAdmitted):
            log_in({"VAULT_ADDR": place.bao.address}, identity=identity, slug=SLUG, token=token)


@pytest.mark.parametrize("job", [*JOBS.values(), UP], ids=lambda job: job.environment)
def test_v3_a_job_sees_names_of_its_stacks_no_value_and_its_own_deploy_path(place: Place, job: Job) -> None:
    session = place.enter(job)
    identity = of_environment("pr-7" if job == UP else job.environment)
    assert identity is not None

    for stack in ("staging", "production"):
        for service in SERVICES:
            path = f"{APP}/{stack}/{service}"
            assert not place.may_read(session, f"data/{path}")
            for view in ("metadata", "subkeys"):
                assert place.may_read(session, f"{view}/{path}") == (stack in identity.stacks)
    for one in IDENTITIES:
        assert place.may_read(session, f"data/{one.deploy_path(APP)}") == (one is identity)


@pytest.mark.parametrize("job", [*JOBS.values(), UP], ids=lambda job: job.environment)
def test_v3_a_job_can_make_no_token_and_change_no_role(place: Place, job: Job) -> None:
    client = place.enter(job).client

    for path, body in {
        "auth/token/create": {"policies": ["default"]},
        "auth/token/create-orphan": {},
        f"auth/jwt/role/strata-{SLUG}-preview": {"user_claim": "sub"},
        "sys/policies/acl/default": {"policy": ""},
        "sys/auth/mine": {"type": "approle"},
    }.items():
        with pytest.raises(hvac.exceptions.Forbidden):
            client.adapter.post(f"/v1/{path}", json=body)


def test_v5_a_token_that_was_given_back_opens_nothing(place: Place) -> None:
    session = place.enter(JOBS["staging"])

    give_back(session.client)

    with pytest.raises(ExpiredToken):
        give_back(session.client)


def test_v8_a_role_that_was_refused_is_named_with_what_to_do(place: Place) -> None:
    token = place.actions.token(JOBS["staging"], audience=place.bao.address)

    with pytest.raises(NotAdmitted, match=r'role "strata-other-staging-deploy" could not be found.*gate'):
        log_in({"VAULT_ADDR": place.bao.address}, identity=IDENTITIES[0], slug="other", token=token)


def test_v2_a_vault_that_is_sealed_or_not_there_is_told_apart(place: Place) -> None:
    """The words of a sealed server; the real one says them in test_client.py."""
    token = place.actions.token(JOBS["staging"], audience=place.bao.address)

    with answering(("503 Service Unavailable", '{"errors": ["Vault is sealed"]}')) as (sealed, _):
        for address, error in ((sealed, Sealed), ("http://127.0.0.1:9", Unreachable)):
            with pytest.raises(error):
                log_in({"VAULT_ADDR": address}, identity=IDENTITIES[0], slug=SLUG, token=token)


def test_credentials_are_what_stands_at_the_identitys_path(place: Place) -> None:
    session = place.enter(JOBS["staging"])

    assert credentials(session.client, identity=IDENTITIES[0], app=APP, mount=MOUNT) == VALUES


@pytest.mark.parametrize(
    ("environment", "change", "error", "said"),
    [
        ("staging", {"DOKPLOY_API_KEY": None}, MissingKeys, "lacks DOKPLOY_API_KEY"),
        ("staging", {"DOKPLOY_API_KEY": " "}, MissingKeys, "lacks DOKPLOY_API_KEY"),
        ("staging", {"DOKPLOY_API_KEY": 7}, MissingKeys, "vault kv patch -mount=mount-"),
        ("plan", {"DOKPLOY_API_KEY": "key"}, MisplacedKeys, "holds DOKPLOY_API_KEY"),
        ("preview", {}, MisplacedKeys, "GITHUB_APP_PRIVATE_KEY"),
    ],
)
def test_v2_what_is_missing_or_misplaced_at_a_deploy_path_is_named(
    bao: Server, mount: str, environment: str, change: Change, error: type[Exception], said: str
) -> None:
    identity = of_environment(environment)
    assert identity is not None
    fields = {key: value for key, value in {**VALUES, **change}.items() if value is not None}
    bao.root.secrets.kv.v2.create_or_update_secret(identity.deploy_path(APP), fields, mount_point=mount)

    with pytest.raises(error, match=said) as raised:
        credentials(bao.root, identity=identity, app=APP, mount=mount)
    assert "words" not in str(raised.value)


def test_v2_a_deploy_path_that_is_not_there_is_named_with_what_belongs_there(bao: Server, mount: str) -> None:
    with pytest.raises(MissingPath, match=r"PULUMI_BACKEND_URL.* there, the first with `vault kv put"):
        credentials(bao.root, identity=IDENTITIES[0], app=APP, mount=mount)
