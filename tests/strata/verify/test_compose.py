"""C2: the real Docker programs read what every stack would get."""

import shutil
from pathlib import Path

import pytest
import yaml

from model.envtext import read
from model.layers import Stack
from strata.project import Project
from strata.verify import compose
from strata.verify.compose import EVERY, files_of, verify_compose
from strata.verify.finding import State
from strata.verify.programs import swarm_program
from tests.model.plans import ROOT, preview, standing, tier_of

PROJECT = Project(folder=ROOT, name="finance-report")


def stacks(*names: str) -> list[Stack]:
    return [Stack.parse(name) for name in names]


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    """A copy of what is read, to break."""
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml", "docker-compose.yml", "docker-compose.override.yml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return Project(folder=tmp_path, name="finance-report")


def test_c2_every_stacks_files_are_taken_without_a_word() -> None:
    found = verify_compose(PROJECT, stacks(*EVERY))

    assert [(one.subject, one.state) for one in found] == [
        (subject, State.FINE)
        for subject in (
            "local",
            "ci",
            "pr-1",
            "staging/data",
            "staging/app",
            "production/data",
            "production/app",
        )
    ]


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_variables_are_those_of_the_plan(stack: str) -> None:
    given = {
        files.subject.partition("/")[2]: set(read(files.env_file))
        for files in files_of(PROJECT, Stack.parse(stack))
    }

    assert given == {tier: set(read(tier_of(standing(stack), tier).env)) for tier in ("data", "app")}


def test_a_previews_variables_are_those_of_its_plan() -> None:
    (files,) = files_of(PROJECT, Stack.parse("pr-12"))

    assert set(read(files.env_file)) == set(read(tier_of(preview(), "preview").env))


def test_c2_a_required_variable_that_nobody_gives_is_named(checkout: Project) -> None:
    template = checkout.folder / "templates" / "data.compose.yaml"
    template.write_text(template.read_text().replace("${NETWORK:?}", "${NETWORKS:?}"))

    data, app = verify_compose(checkout, stacks("staging"))

    assert (data.state, app.state) == (State.WRONG, State.FINE)
    assert "NETWORKS" in data.detail
    assert "correct data.compose.yaml" in data.next_step


def test_c2_a_variable_that_compose_only_warns_of_is_wrong_too(checkout: Project) -> None:
    base = checkout.folder / "docker-compose.yml"
    content = yaml.safe_load(base.read_text())
    content["services"]["backend"]["environment"]["NEW"] = "${NEW_ONE}"
    base.write_text(yaml.safe_dump(content))

    (found,) = verify_compose(checkout, stacks("ci"))

    assert found.state is State.WRONG
    assert found.detail == (
        'docker compose config: The "NEW_ONE" variable is not set. Defaulting to a blank string.'
    )


def test_a_variable_in_env_counts_for_local_as_it_does_for_compose(checkout: Project) -> None:
    base = checkout.folder / "docker-compose.yml"
    content = yaml.safe_load(base.read_text())
    content["services"]["backend"]["environment"]["NEW"] = "${NEW_ONE}"
    base.write_text(yaml.safe_dump(content))
    (checkout.folder / ".env").write_text("NEW_ONE=1\n")

    local, ci = verify_compose(checkout, stacks("local", "ci"))

    assert (local.state, ci.state) == (State.FINE, State.WRONG)


def test_a_missing_file_and_wrong_settings_are_told_and_the_others_looked_at(checkout: Project) -> None:
    (checkout.folder / "templates" / "app.compose.yaml").unlink()
    (checkout.folder / "Pulumi.production.yaml").write_text("config:\n  finance-report:domian: x\n")

    staging, production, ci = verify_compose(checkout, stacks("staging", "production", "ci"))

    assert (staging.state, production.state, ci.state) == (State.WRONG, State.WRONG, State.FINE)
    assert "app.compose.yaml" in staging.detail
    assert "domian" in production.detail


def test_without_compose_nobody_could_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "compose_program", lambda: None)
    monkeypatch.setattr(compose, "swarm_program", lambda: None)

    assert {one.state for one in verify_compose(PROJECT, stacks("ci", "staging"))} == {State.UNKNOWN}


def test_without_the_docker_command_line_compose_reads_the_stacks_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says of Swarm's own keys that they are Swarm's."""
    monkeypatch.setattr(compose, "swarm_program", lambda: None)

    assert [(one.state, one.detail[:21]) for one in verify_compose(PROJECT, stacks("staging"))] == [
        (State.FINE, "docker compose config"),
        (State.FINE, "docker compose config"),
    ]


def test_a_docker_that_cannot_read_stacks_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker 20 prints the help of `docker stack` and ends well (2026-11-23)."""
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'Usage:  docker stack [OPTIONS] COMMAND'\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert swarm_program() is None
