"""Where a PR's software comes from."""

import json
from pathlib import Path

import pulumi
import pytest

from components.outputs import Outputs
from components.source import as_output, preview_source
from model.plan import GitSource
from model.settings import Settings
from tests.program.recording import config

DEPLOYED = Outputs(
    preview=as_output(
        GitSource(
            url="https://github.com/zitian-party/finance_report.git",
            ref="preview/pr-12-aaaaaaa",
            commit="a" * 40,
            compose_path="docker-compose.yml",
            compose_file="services: {}",
        )
    )
)


@pytest.fixture
def settings() -> Settings:
    return Settings.load(json.loads(config("pr-12")), project="finance-report")


@pytest.fixture(autouse=True)
def owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OWNER", "zitian-party")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "compose.yml"
    file.write_text("services: {new: {}}", encoding="utf-8")
    monkeypatch.setenv("PREVIEW_REF", "preview/pr-12-bbbbbbb")
    monkeypatch.setenv("PREVIEW_COMMIT", "b" * 40)
    monkeypatch.setenv("PREVIEW_COMPOSE", str(file))
    return file


def test_p7_what_is_asked_for_wins_over_what_is_deployed(settings: Settings, asked: Path) -> None:
    assert preview_source(settings, before=DEPLOYED) == {
        "git_url": "https://github.com/zitian-party/finance_report.git",
        "ref": "preview/pr-12-bbbbbbb",
        "commit": "b" * 40,
        "compose_file": "services: {new: {}}",
    }


def test_what_is_deployed_stays_when_nothing_is_asked_for(settings: Settings) -> None:
    source = preview_source(settings, before=DEPLOYED)

    assert (source["ref"], source["commit"], source["compose_file"]) == (
        "preview/pr-12-aaaaaaa",
        "a" * 40,
        "services: {}",
    )


def test_half_a_source_is_refused_and_the_missing_half_named(
    settings: Settings, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREVIEW_COMMIT")

    with pytest.raises(pulumi.RunError, match="PREVIEW_COMMIT is not set"):
        preview_source(settings, before=DEPLOYED)


def test_nothing_known_is_refused(settings: Settings) -> None:
    with pytest.raises(pulumi.RunError, match="strata preview before"):
        preview_source(settings, before=Outputs())


def test_a_compose_file_that_is_not_there_is_refused(settings: Settings, asked: Path) -> None:
    asked.unlink()

    with pytest.raises(pulumi.RunError, match="which is not a file"):
        preview_source(settings, before=Outputs())


def test_an_unknown_owner_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_OWNER")

    with pytest.raises(pulumi.RunError, match="GITHUB_OWNER is not set"):
        preview_source(settings, before=DEPLOYED)
