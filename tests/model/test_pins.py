from pathlib import Path

import pytest

from model.errors import ReleaseError
from model.images import ImageRef
from model.pins import BASES, IMAGES, PINS, postgres_major, require_postgres_major
from model.services import SERVICES, Service, Tier, in_tier
from tests.model.imagescan import images
from tests.model.plans import ROOT

APPLICATION = "ghcr.io/"


def strangers(root: Path) -> list[tuple[str, str]]:
    """What a file names and the table does not; the application's own images have versions elsewhere."""
    return sorted(
        (file, image)
        for file, image in images(root)
        if image not in IMAGES.values() and not image.startswith(APPLICATION)
    )


def test_c1_no_pin_floats() -> None:
    assert [pin for pin in IMAGES.values() if ImageRef.parse(pin).floating] == []


def test_c1_there_is_a_pin_for_each_service_that_is_not_built_here() -> None:
    assert tuple(PINS) == in_tier(Tier.DATA)


def test_c1_every_image_of_every_file_is_of_the_table() -> None:
    assert strangers(ROOT) == []


def test_c1_each_place_that_names_images_is_looked_at() -> None:
    named: dict[str, set[str]] = {}
    for file, image in images(ROOT):
        named.setdefault(file, set()).add(image)

    assert named["docker-compose.yml"] == set(PINS.values())
    assert named["apps/backend/Dockerfile"] == {BASES["python"]}
    assert named["apps/frontend/Dockerfile"] == {BASES["node"]}
    assert set(PINS.values()) <= named["sandbox/registry/seeds.py"]
    assert named["toolchain/standins/table.py"] == set(IMAGES.values())


@pytest.mark.parametrize(
    ("file", "text", "image"),
    [
        ("docker-compose.yml", "services: {cache: {image: 'redis:latest'}}", "redis:latest"),
        ("docker-compose.ci.yml", "services: {db: {image: 'docker.io/library/postgres:17.7'}}", None),
        ("templates/data.compose.yaml", "services: {db: {image: 'postgres'}}", "postgres"),
        ("apps/backend/Dockerfile", "FROM python:3.13-slim", "python:3.13-slim"),
        ("apps/x/Dockerfile.dev", "FROM a:1.2 AS build\nFROM build\nCOPY --from=b:1.2 /x /y", "b:1.2"),
        ("apps/x/Dockerfile", "ARG NODE_IMAGE=node:latest\nFROM ${NODE_IMAGE}", "node:latest"),
        ("sandbox/registry/seeds.py", "NAMES = ('docker.io/library/redis:8.2.2',)", None),
        ("toolchain/standins/table.py", "StandIn('docker.io/library/postgres:18.0')", None),
        ("tools/run.sh", "docker run docker.io/library/redis:8 redis-cli", "docker.io/library/redis:8"),
    ],
)
def test_c1_a_planted_difference_is_found(tmp_path: Path, file: str, text: str, image: str | None) -> None:
    place = tmp_path / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)

    found = strangers(tmp_path)

    assert {name for name, _ in found} == {file}
    assert image is None or (file, image) in found


def test_c1_what_is_of_the_table_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        f"services: {{db: {{image: '{PINS[Service.POSTGRES]}'}}, own: {{build: ., image: own}},"
        " data: {image: '${POSTGRES_IMAGE:?}'}}"
    )
    (tmp_path / "Dockerfile").write_text(
        f"ARG B={BASES['node']}\nFROM ${{B}} AS a\nFROM $B\nCOPY --from=a / /\n"
    )

    assert strangers(tmp_path) == []


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
