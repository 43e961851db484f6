import re
from pathlib import Path

import pytest
import yaml

from model.errors import ReleaseError
from model.images import ImageRef
from model.pins import BASE_IMAGE, PINS, postgres_major, require_postgres_major
from model.services import SERVICES, Service, Tier, in_tier
from tests.model.plans import ROOT

DOCKERFILES = sorted((ROOT / "apps").glob("*/Dockerfile"))


def test_c1_no_pin_floats() -> None:
    assert [pin for pin in (*PINS.values(), BASE_IMAGE) if ImageRef.parse(pin).floating] == []


def test_c1_there_is_a_pin_for_each_service_that_is_not_built_here() -> None:
    assert tuple(PINS) == in_tier(Tier.DATA)


def test_c1_the_base_compose_file_uses_the_table() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    images = {name: body["image"] for name, body in services.items() if "image" in body}

    assert images == PINS


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_c1_the_dockerfiles_use_the_table(dockerfile: Path) -> None:
    bases = re.findall(r"^FROM (\S+)", dockerfile.read_text(), re.MULTILINE)

    assert bases == [BASE_IMAGE]


def test_c1_both_built_services_have_a_dockerfile() -> None:
    assert [path.parent.name for path in DOCKERFILES] == sorted(in_tier(Tier.APP))


def test_a_tier_has_its_services_and_a_preview_has_all() -> None:
    assert in_tier(Tier.APP) == (Service.BACKEND, Service.FRONTEND)
    assert in_tier(Tier.PREVIEW) == tuple(SERVICES)


@pytest.mark.parametrize(
    ("reference", "major"), [("postgres:17.6", 17), ("docker.io/library/postgres:9.6.24-alpine", 9)]
)
def test_c6_the_major_version_is_read_off_the_tag(reference: str, major: int) -> None:
    assert postgres_major(reference) == major


@pytest.mark.parametrize("reference", ["postgres", "postgres:latest", "postgres:bookworm"])
def test_c6_an_image_that_does_not_say_its_version_is_refused(reference: str) -> None:
    with pytest.raises(ReleaseError, match="does not say its PostgreSQL version"):
        postgres_major(reference)


@pytest.mark.parametrize("recorded", [None, 17])
def test_c6_the_first_deployment_and_the_same_major_pass(recorded: int | None) -> None:
    assert require_postgres_major(recorded=recorded, reference="postgres:17.7") == 17


@pytest.mark.parametrize("recorded", [16, 18])
def test_c6_another_major_is_refused_with_the_playbook(recorded: int) -> None:
    with pytest.raises(ReleaseError, match="playbook 'upgrading PostgreSQL'"):
        require_postgres_major(recorded=recorded, reference="postgres:17.6")
