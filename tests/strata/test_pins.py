import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from model.pins import IMAGES
from strata import pins
from tests.strata.registryserver import RegistryServer, serving

Strata = Callable[..., Result]

REPOSITORY = {name: image.rpartition(":")[0] for name, image in IMAGES.items()}
TAG = {name: image.rpartition(":")[2] for name, image in IMAGES.items()}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    """The only registry, with the pinned tags and others that do not count."""
    with serving(tmp_path / "registry") as running:
        monkeypatch.setenv("STRATA_REGISTRY_MIRROR", running.address)
        monkeypatch.setenv("SSL_CERT_FILE", str(running.ca))
        monkeypatch.setenv("HOME", str(tmp_path))
        for name, repository in REPOSITORY.items():
            running.tags[repository] = ["latest", "1.0", TAG[name], "edge"]
        yield running


def line(result: Result, name: str) -> str:
    (found,) = [line for line in result.stdout.splitlines() if line.startswith(f"{name} ")]
    return found


def test_c1_pins_lists_the_table_and_asks_nobody(strata: Strata) -> None:
    result = strata("pins")

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()[1:]] == [
        [name, image] for name, image in IMAGES.items()
    ]


def test_c1_pins_for_programs(strata: Strata) -> None:
    rows = json.loads(strata("pins", "--json").stdout)

    assert {row["name"]: row["image"] for row in rows} == dict(IMAGES)


def test_c1_what_is_up_to_date_ends_with_0(strata: Strata, registry: RegistryServer) -> None:
    result = strata("pins", "--check")

    assert result.exit_code == 0, result.output
    assert result.stdout.count("up to date") == len(IMAGES)


def test_c1_a_newer_tag_on_a_later_page_is_found_and_ends_with_1(
    strata: Strata, registry: RegistryServer
) -> None:
    registry.tags[REPOSITORY["redis"]] += ["8.2.2-alpine", "8.4.0", "8.10.1"]

    result = strata("pins", "--check")

    assert result.exit_code == 1
    assert "behind: 8.10.1" in line(result, "redis")
    assert "up to date" in line(result, "minio")
    assert f"/v2/{REPOSITORY['redis']}/tags/list?last={TAG['redis']}" not in registry.asked
    assert len({path for path in registry.asked if "redis" in path}) == 4  # pages, two tags each


def test_c1_a_new_major_of_postgres_names_its_playbook(strata: Strata, registry: RegistryServer) -> None:
    registry.tags[REPOSITORY["postgres"]] += ["17.9", "18.1", "19beta1"]
    registry.tags[REPOSITORY["node"]] += ["26.1.0-slim"]

    result = strata("pins", "--check")

    assert "behind: 17.9, 18.1 (playbook 'upgrading PostgreSQL' in" in line(result, "postgres")
    assert "behind: 26.1.0-slim (a new major version)" in line(result, "node")


def test_c1_the_playbook_that_is_named_exists() -> None:
    text = Path("docs/playbooks.md").read_text(encoding="utf-8").lower()

    assert all(f"# {playbook.lower()}" in text for playbook in pins._PLAYBOOKS.values())


def test_c1_a_registry_out_of_reach_is_named_and_nothing_of_it_is_up_to_date(
    strata: Strata, registry: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRATA_REGISTRY_MIRROR", "127.0.0.1:1")

    result = strata("pins", "--check")

    assert result.exit_code == 3
    assert result.stdout.count("could not look: 127.0.0.1:1 cannot be asked (ConnectError)") == len(IMAGES)
    assert "up to date" not in result.stdout
    assert "may be behind" in result.stderr


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda it, name: it.refuse.update({name: 429}), "answers 429"),
        (lambda it, name: it.refuse.update({name: 404}), "answers 404"),
        (lambda it, name: it.odd.update({name: "<html>"}), "no list of tags"),
        (lambda it, name: it.odd.update({name: "[]"}), "no list of tags"),
        (lambda it, name: it.tags.update({name: ["18.0"]}), "does not list 17.6 itself"),
    ],
)
def test_c1_one_that_cannot_be_looked_up_counts_before_one_that_is_behind(
    strata: Strata, registry: RegistryServer, spoil: Callable[[RegistryServer, str], None], said: str
) -> None:
    spoil(registry, REPOSITORY["postgres"])
    registry.tags[REPOSITORY["redis"]].append("8.4.0")

    result = strata("pins", "--check")

    assert result.exit_code == 3
    assert said in line(result, "postgres")
    assert "behind: 8.4.0" in line(result, "redis")


def test_c1_a_token_is_asked_for_the_repository_and_not_shown(
    strata: Strata, registry: RegistryServer
) -> None:
    result = strata("pins", "--check", "--json")

    assert set(registry.scopes) == {f"repository:{name}:pull" for name in REPOSITORY.values()}
    assert "canary" not in result.output
    assert {row["problem"] for row in json.loads(result.stdout)} == {None}
