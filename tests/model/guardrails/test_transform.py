from typing import Any

import pytest

from model.guardrails import RULES, resource_violations
from model.layers import Stack
from tests.model.plans import digest

DOKPLOY = "pulumi-python:dynamic/dokploy:"
ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
GUARDED = {
    "environment": "production",
    "reviewers": [{"teams": [1]}],
    "preventSelfReview": True,
    "canAdminsBypass": False,
}


class Unknown:
    """Stands for an Output: nothing can be read off it."""


def told(type_token: str, stack: str = "staging", **props: Any) -> list[tuple[str, str]]:
    found = resource_violations(type_token, props, Stack.parse(stack))
    assert all(one.rule in RULES for one in found)
    return [(one.rule, one.where) for one in found]


def test_a_compose_as_planned_passes() -> None:
    text = "services: {web: {image: $IMAGE}}"

    assert told(
        f"{DOKPLOY}Compose",
        compose_name="finance-report-staging-app",
        compose_file=text,
        env="SECRET_KEY='${{vault.p.a/b:K}}'",
        delete_volumes=False,
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("Compose", "compose_name"),
        ("Application", "application_name"),
        ("Network", "network_name"),
        ("VaultProvider", "provider_name"),
    ],
)
@pytest.mark.parametrize("name", ["app", "finance-report-production", "finance-report-stagingx"])
def test_c3_a_name_without_the_stack_is_refused(kind: str, key: str, name: str) -> None:
    assert told(f"{DOKPLOY}{kind}", **{key: name}) == [("C3", f"{kind} {key}")]


@pytest.mark.parametrize("key", ["auto_deploy", "autoDeploy"])
def test_d9_what_deploys_on_its_own_is_refused(key: str) -> None:
    assert told(f"{DOKPLOY}Compose", **{key: True}) == [("D9", "Compose")]


def test_c6_deleting_standing_volumes_is_refused() -> None:
    assert told(f"{DOKPLOY}Compose", delete_volumes=True) == [("C6", "Compose")]
    assert told(f"{DOKPLOY}Compose", "pr-12", delete_volumes=True) == []


@pytest.mark.parametrize("kind", ["VaultProvider", "Registry"])
def test_p2_a_preview_has_neither_secrets_nor_a_registry(kind: str) -> None:
    assert told(f"{DOKPLOY}{kind}", "pr-12") == [("P2", kind)]


@pytest.mark.parametrize("kind", ["Compose", "Application", "Environment"])
def test_v1_a_secret_value_in_an_environment_is_refused(kind: str) -> None:
    assert told(f"{DOKPLOY}{kind}", env="API_TOKEN='hunter2'") == [("V1", f"{kind} variable API_TOKEN")]


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("ports", ["80:80"], "C4"),
        ("container_name", "web", "C3"),
        ("privileged", True, "P10"),
        ("network_mode", "host", "P10"),
    ],
)
def test_what_no_deployed_compose_may_have_is_refused(key: str, value: object, rule: str) -> None:
    text = f"services: {{web: {{{key}: {value!r}}}}}".replace("True", "true")

    assert told(f"{DOKPLOY}Compose", compose_file=text) == [(rule, f"Compose service web {key}")]


def test_c2_a_compose_file_that_cannot_be_read_is_refused() -> None:
    assert told(f"{DOKPLOY}Compose", compose_file="services: [") == [("C2", "Compose compose_file")]


def test_r3_an_application_of_a_standing_stack_runs_a_digest() -> None:
    name = "finance-report-staging-x"

    assert told(f"{DOKPLOY}Application", application_name=name, docker_image="ghcr.io/a/b:v1.0.0") == [
        ("R3", "Application docker_image")
    ]
    assert (
        told(f"{DOKPLOY}Application", application_name=name, docker_image=f"ghcr.io/a/b:v1.0.0@{digest()}")
        == []
    )


@pytest.mark.parametrize("image", ["ghcr.io/a/b:v1.0.0", "no image"])
def test_r3_a_deployment_of_a_standing_stack_waits_for_digests(image: str) -> None:
    assert told(f"{DOKPLOY}Deployment", images={"backend": image}) == [("R3", "Deployment backend")]


def test_r3_a_preview_builds_and_has_no_digest_to_name() -> None:
    assert told(f"{DOKPLOY}Deployment", "pr-12", images={"backend": "x"}) == []


def test_g2_a_guarded_production_environment_passes() -> None:
    assert told(ENVIRONMENT, "production", **GUARDED) == []


@pytest.mark.parametrize("missing", ["reviewers", "preventSelfReview", "canAdminsBypass"])
def test_g2_each_part_of_the_guard_is_needed(missing: str) -> None:
    props = {key: value for key, value in GUARDED.items() if key != missing}

    assert told(ENVIRONMENT, "production", **props) == [("G2", "gate")]


def test_g2_stagings_environment_needs_no_people() -> None:
    assert told(ENVIRONMENT, "staging", environment="staging") == []


@pytest.mark.parametrize(
    "type_token",
    [
        "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
        "github:index/actionsSecret:ActionsSecret",
        "github:index/dependabotSecret:DependabotSecret",
    ],
)
def test_v1_no_secret_goes_to_github(type_token: str) -> None:
    assert told(type_token, plaintextValue="x") == [("V1", type_token)]


def test_values_that_are_not_plain_are_passed_over() -> None:
    unknown = Unknown()

    assert told(
        f"{DOKPLOY}Compose",
        compose_name=unknown,
        compose_file=unknown,
        env=unknown,
        images={"backend": unknown},
        delete_volumes=unknown,
    ) == []  # fmt: skip


def test_other_resources_are_not_ours() -> None:
    assert told("pulumi:pulumi:Stack", ports=["80:80"], auto_deploy=True) == []


def test_g2_nobody_approves_a_scheduled_look_at_production() -> None:
    assert told(ENVIRONMENT, "production", environment="production-observe") == []
    assert told(ENVIRONMENT, "production", environment="production-other") != []
