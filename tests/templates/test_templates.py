"""The compose templates of staging and production, read by Docker's own programs and against the plan."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from model.compose import ComposeFile
from model.envtext import read
from model.services import SERVICES, Service, Tier, in_tier
from tests.model.plans import ROOT, STANDING, standing, tier_of
from tests.templates.docker import compose_config, stack_config

TIERS = ("data", "app")


def text_of(tier: str) -> str:
    return (ROOT / "templates" / f"{tier}.compose.yaml").read_text()


def services_of(tier: str) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(text_of(tier))["services"]
    return services


@pytest.mark.parametrize("tier", TIERS)
def test_a_template_has_the_services_of_its_tier(tier: str) -> None:
    assert tuple(services_of(tier)) == in_tier(Tier(tier))


@pytest.mark.parametrize("tier", TIERS)
def test_c2_every_variable_is_required(tier: str) -> None:
    assert {use.operator for use in ComposeFile.parse(text_of(tier)).uses()} == {":?"}


@pytest.mark.parametrize("stack", STANDING)
@pytest.mark.parametrize("tier", TIERS)
def test_c2_the_plan_gives_what_the_template_asks_for_and_nothing_else(stack: str, tier: str) -> None:
    asked = {use.name for use in ComposeFile.parse(text_of(tier)).uses()}

    assert set(read(tier_of(standing(stack), tier).env)) == asked


@pytest.mark.parametrize("stack", STANDING)
def test_c2_docker_compose_takes_the_data_tier_without_a_word(stack: str, tmp_path: Path) -> None:
    told = compose_config(tmp_path, text=text_of("data"), env=tier_of(standing(stack), "data").env)

    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("stack", STANDING)
def test_c2_docker_takes_the_app_tier_as_a_stack(stack: str, tmp_path: Path) -> None:
    told = stack_config(tmp_path, text=text_of("app"), env=read(tier_of(standing(stack), "app").env))

    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "NETWORK", "REDIS_IMAGE"])
def test_c2_docker_compose_stops_at_a_variable_that_is_missing(name: str, tmp_path: Path) -> None:
    lines = tier_of(standing(), "data").env.splitlines()
    env = "\n".join(line for line in lines if not line.startswith(f"{name}="))

    told = compose_config(tmp_path, text=text_of("data"), env=env)

    assert told.returncode != 0
    assert name in told.stderr


def test_c2_a_stack_stops_at_a_variable_that_is_missing(tmp_path: Path) -> None:
    env = read(tier_of(standing(), "app").env)
    del env["SECRET_KEY"]

    told = stack_config(tmp_path, text=text_of("app"), env=env)

    assert told.returncode != 0
    assert "SECRET_KEY" in told.stderr


@pytest.mark.parametrize("tier", TIERS)
def test_dokploy_rewrites_the_file_so_it_uses_no_anchors(tier: str) -> None:
    """It parses and dumps the YAML to add labels (2026-11-23); a merge key need not survive that."""
    tokens = [
        token for token in yaml.scan(text_of(tier)) if isinstance(token, yaml.AliasToken | yaml.AnchorToken)
    ]

    assert tokens == []


def test_c3_data_services_answer_by_the_stacks_alias_on_the_stacks_network() -> None:
    compose = ComposeFile.parse(text_of("data")).interpolated(read(tier_of(standing(), "data").env))

    assert {name: body["networks"]["env"]["aliases"] for name, body in compose.services.items()} == {
        "postgres": ["finance-report-db-staging"],
        "redis": ["finance-report-redis-staging"],
        "minio": ["finance-report-minio-staging"],
    }
    assert compose.top_level("networks") == {"env": {"name": "finance-report-staging", "external": True}}


def test_v4_only_the_backend_gets_secrets() -> None:
    secrets = {"DATABASE_URL", "REDIS_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "SECRET_KEY"}
    services = services_of("app")

    assert {name: set(body["environment"]) & secrets for name, body in services.items()} == {
        "backend": secrets,
        "frontend": set(),
    }


def test_r6_tasks_go_on_answering_until_the_router_has_noticed() -> None:
    """Traefik asks Swarm every 15 s; the grace period must leave room for the last request."""
    for body in services_of("app").values():
        drain = int(body["environment"]["DRAIN_SECONDS"])
        grace = int(body["stop_grace_period"].removesuffix("s"))
        assert 15 < drain <= grace - 10


def test_r6_a_crash_leaves_another_one_answering() -> None:
    assert [body["deploy"]["replicas"] for body in services_of("app").values()] == [2, 2]


def test_v1_passwords_reach_programs_by_environment_or_standard_input_and_never_as_arguments() -> None:
    scripts = "\n".join(body["entrypoint"][-1] for body in services_of("data").values())

    assert [line.strip() for line in scripts.splitlines() if "PASSWORD" in line] == [
        r"\getenv password POSTGRES_PASSWORD",
        "ALTER ROLE CURRENT_USER PASSWORD :'password';",
        'requirepass "$$REDIS_PASSWORD"',
    ]


def test_ports_are_those_of_the_table() -> None:
    env = read(tier_of(standing(), "app").env)

    assert env["DATABASE_URL"].endswith(f":{SERVICES[Service.POSTGRES].port}/finance_report")
    assert env["S3_ENDPOINT"].endswith(f":{SERVICES[Service.MINIO].port}")
