"""One bad program a rule: none of them deploys, and all are refused before the first resource."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program import recording
from tests.program.conftest import Program

Edit = Callable[[dict[str, Any]], object]


def refused_by(run: recording.Run, rule: str) -> None:
    assert run.resources == []
    assert f"\n  {rule}  " in (run.error or ""), run.error


@pytest.fixture
def template(program: Program) -> Callable[[str, Edit], recording.Run]:
    """Runs staging with one template changed."""

    def run(tier: str, edit: Edit) -> recording.Run:
        folder = program.folder / "templates"
        shutil.copytree(recording.ROOT / "templates", folder)
        _edit(folder / f"{tier}.compose.yaml", edit)
        program.patch.setattr("components.planning.TEMPLATES", folder)
        program.set(RELEASE="v1.0.0")
        return program.run("staging")

    return run


def _edit(file: Path, edit: Edit) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    edit(content)
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


def backend(**changed: Any) -> Edit:
    return lambda content: content["services"]["backend"].update(changed)


def postgres(**changed: Any) -> Edit:
    return lambda content: content["services"]["postgres"].update(changed)


@pytest.mark.parametrize(
    ("rule", "tier", "edit"),
    [
        ("A9", "app", backend(labels={"traefik.enable": "true"})),
        ("C2", "app", backend(environment={"NEW": "${NOBODY_SETS_IT:?}"})),
        ("A9", "app", lambda content: content["services"].pop("backend")),
        ("C3", "data", lambda content: content["volumes"].update(postgres={"name": "data"})),
        ("C3", "data", postgres(networks={"env": {"aliases": ["db"]}})),
        ("C4", "app", backend(ports=["8000:8000"])),
        ("C5", "app", lambda content: content["services"]["backend"].pop("healthcheck")),
        ("P10", "data", lambda content: content["services"]["redis"].pop("mem_limit")),
        ("C6", "data", lambda content: content["volumes"].update(postgres={})),
        ("P10", "app", backend(privileged=True)),
        ("P10", "data", postgres(volumes=["/var/run/docker.sock:/var/run/docker.sock"])),
        ("R3", "data", postgres(image="docker.io/library/postgres:17.6")),
        ("R6", "app", lambda content: content["services"]["backend"]["deploy"].pop("update_config")),
        ("V1", "app", backend(environment={"SECRET_KEY": "written-down-here"})),
        ("V1", "data", postgres(command=["postgres", "-c", "password=${POSTGRES_PASSWORD:?}"])),
    ],
)
def test_a_template_that_breaks_a_rule_deploys_nothing(
    template: Callable[[str, Edit], recording.Run], rule: str, tier: str, edit: Edit
) -> None:
    refused_by(template(tier, edit), rule)


@pytest.mark.parametrize(
    ("rule", "edit"),
    [
        ("A9", backend(labels=["traefik.http.routers.x.rule=Host(`report.zitian.party`)"])),
        ("C1", postgres(image="docker.io/library/postgres:latest")),
        ("C3", backend(container_name="backend")),
        ("C4", backend(ports=["8000:8000"])),
        ("P10", backend(privileged=True)),
        ("P10", backend(network_mode="host")),
        ("P10", backend(volumes=["/:/host"])),
        ("P10", backend(cap_add=["SYS_ADMIN"])),
        ("P10", backend(pid="host")),
        ("P10", backend(build={"context": "https://elsewhere.example/repo.git"})),
        ("P10", backend(extends={"file": "../other.yml", "service": "x"})),
        ("P10", lambda content: content.update(include=["other.yml"])),
        ("P2", lambda content: content.update(networks={"staging": {"external": True, "name": "x"}})),
    ],
)
def test_a_pull_request_that_breaks_a_rule_deploys_nothing(program: Program, rule: str, edit: Edit) -> None:
    content = yaml.safe_load((recording.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    edit(content)

    refused_by(program.run_preview(compose=yaml.safe_dump(content)), rule)


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        ("G1", {"reviewerUsers": "[1, 2, 3, 4, 5, 6, 7]", "reviewerTeams": "[]"}),
        ("G1", {"reviewerUsers": "[]", "reviewerTeams": "[]"}),
    ],
)
def test_a_gate_that_does_not_guard_production_deploys_nothing(
    program: Program, rule: str, settings: dict[str, str]
) -> None:
    program.staging_has_verified("v1.0.0")
    program.set(RELEASE="v1.0.0")

    refused_by(program.run("production", **settings), rule)
