"""`docker-compose.yml`: the base of local development, CI and previews."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from model.compose import ComposeFile
from model.services import SERVICES, Tier, in_tier
from tests.model.plans import ROOT, preview, tier_of
from tests.templates.docker import compose_config

TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES_OF_BASE: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]


def test_it_has_all_five_services() -> None:
    assert tuple(SERVICES_OF_BASE) == tuple(SERVICES)


def test_backend_and_frontend_are_built_from_their_folders() -> None:
    contexts = {name: body["build"]["context"] for name, body in SERVICES_OF_BASE.items() if "build" in body}

    assert contexts == {name: f"./apps/{name}" for name in in_tier(Tier.APP)}
    assert [(ROOT / context / "Dockerfile").is_file() for context in contexts.values()] == [True, True]


def test_c2_docker_compose_takes_it_without_any_variable(tmp_path: Path) -> None:
    told = compose_config(tmp_path, text=TEXT, env="")

    assert (told.returncode, told.stderr) == (0, "")


def test_c2_a_preview_fills_in_every_variable_that_it_has(tmp_path: Path) -> None:
    told = compose_config(
        tmp_path, text=TEXT, env=tier_of(preview(), "preview").env, arguments=("--format", "json")
    )
    services = json.loads(told.stdout)["services"]

    assert (told.returncode, told.stderr) == (0, "")
    assert services["backend"]["build"]["args"] == {
        "GIT_COMMIT": "0123456789abcdef0123456789abcdef01234567",
        "VERSION": "pr-12-0123456",
    }
    assert services["backend"]["environment"]["ENV"] == "pr-12"
    assert services["backend"]["environment"]["VERSION"] == "pr-12-0123456"
    assert services["postgres"]["networks"]["default"]["aliases"] == ["finance-report-db-pr-12"]


def test_a_preview_gives_nothing_that_the_file_does_not_use() -> None:
    given = {line.partition("=")[0] for line in tier_of(preview(), "preview").env.splitlines()}

    assert given == {use.name for use in ComposeFile.parse(TEXT).uses()}


def test_c7_the_backend_gets_the_same_variables_as_in_staging() -> None:
    template = yaml.safe_load((ROOT / "templates" / "app.compose.yaml").read_text())["services"]["backend"]

    assert set(template["environment"]) - {"DRAIN_SECONDS"} == set(SERVICES_OF_BASE["backend"]["environment"])


@pytest.mark.parametrize("name", list(SERVICES_OF_BASE))
def test_c5_every_service_is_watched_and_bounded(name: str) -> None:
    body = SERVICES_OF_BASE[name]

    assert body["healthcheck"].keys() >= {"test", "interval", "timeout", "retries", "start_period"}
    assert body["init"] is True
    assert body["logging"]["options"].keys() == {"max-size", "max-file"}
    assert body.keys() >= {"mem_limit", "cpus"}


@pytest.mark.parametrize("name", list(SERVICES_OF_BASE))
def test_c4_no_service_has_a_port_or_a_name_of_its_own(name: str) -> None:
    assert SERVICES_OF_BASE[name].keys() & {"ports", "container_name"} == set()


def test_p2_volumes_have_no_names_so_that_deleting_the_project_takes_them() -> None:
    """A volume with a name of its own stays when the service that first made it has gone (2026-11-23)."""
    assert yaml.safe_load(TEXT)["volumes"] == {"postgres": None, "minio": None}


@pytest.mark.parametrize("name", in_tier(Tier.APP))
def test_the_images_carry_commit_and_version_and_no_root(name: str) -> None:
    dockerfile = (ROOT / "apps" / name / "Dockerfile").read_text()

    assert 'org.opencontainers.image.revision="${GIT_COMMIT}"' in dockerfile
    assert 'org.opencontainers.image.version="${VERSION}"' in dockerfile
    assert "\nUSER 10001:10001\n" in dockerfile
    assert f"CMD {json.dumps(SERVICES_OF_BASE[name]['healthcheck']['test'][1:])}" in dockerfile
    assert f"\nEXPOSE {SERVICES[name].port}\n" in dockerfile
