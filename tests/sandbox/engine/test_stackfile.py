"""Texts are those of Docker 28.2.2's `stack deploy` for the same files (2026-11-23)."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sandbox.engine.errors import ComposeFileError
from sandbox.engine.project import Project
from sandbox.engine.stackfile import load_stack

Load = Callable[..., Project]


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def loaded(tmp_path: Path, lines: list[str]) -> Load:
    def load(text: str, *, env: Mapping[str, str] | None = None, env_file: str = "") -> Project:
        (tmp_path / ".env").write_text(env_file)
        path = tmp_path / "docker-compose.yml"
        path.write_text(text)
        return load_stack(path=path, stack="app-x1", env=env or {}, log=lines.append)

    return load


def service(more: str) -> str:
    return f"services:\n  web:\n    image: a\n{more}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("foo: 1\nservices: {}", "(root) Additional property foo is not allowed"),
        (service("    foo: bar\n"), "services.web Additional property foo is not allowed"),
        (service("    pull_policy: always\n"), "services.web Additional property pull_policy is not allowed"),
        (service("    cpus: 1\n"), "services.web Additional property cpus is not allowed"),
        (service("    profiles: [x]\n"), "services.web Additional property profiles is not allowed"),
        (service("    deploy: {foo: 1}\n"), "services.web.deploy Additional property foo is not allowed"),
        (
            service("    mem_limit: 5m\n"),
            (
                "Compose file contains unsupported options:\n\n"
                "mem_limit: Set resource limits using deploy.resources\n"
            ),
        ),
        (service("    depends_on: {a: {}}\n"), "services.web.depends_on must be a list"),
        (
            service("    environment: {H: true}\n"),
            "services.web.environment.H must be a string, number or null",
        ),
        ("services: {web: {command: x}}", "invalid image reference for service web: no image specified"),
        (service("    image: b\n"), 'yaml: line 4: mapping key "image" already defined at line 3'),
        (service("    env_file: gone\n"), "open {folder}/gone: no such file or directory"),
        ("text", "Top-level object must be a mapping"),
    ],
)
def test_a_file_is_refused_in_dockers_words(loaded: Load, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ComposeFileError) as raised:
        loaded(text)

    assert str(raised.value) == said.replace("{folder}", str(tmp_path))


def test_variables_come_from_the_process_and_not_from_the_env_file(loaded: Load, lines: list[str]) -> None:
    project = loaded(service('    environment: {A: "$A", B: "$B"}\n'), env={"A": "a"}, env_file="B=b\n")

    assert project.services["web"].environment == {"A": "a", "B": ""}
    assert lines == []


def test_an_env_file_is_taken_as_it_stands(loaded: Load) -> None:
    project = loaded(
        service("    env_file: .env\n"),
        env={"HOME": "/root"},
        env_file='# c\nA="q" # x\nHOME\nNOBODY\nB=$A\n',
    )

    assert project.services["web"].environment == {"A": '"q" # x', "HOME": "/root", "B": "$A"}


def test_what_a_stack_ignores_is_said(loaded: Load, lines: list[str]) -> None:
    loaded(service("    build: .\n    restart: always\n    container_name: x\n    expose: [80]\n"))

    assert [line for line in lines if line] == [
        "Ignoring unsupported options: build, restart",
        "Ignoring deprecated options:",
        "container_name: Setting the container name is not supported.",
        (
            "expose: Exposing ports is unnecessary - services on the same network can access each other's"
            " containers on any port."
        ),
    ]


def test_what_swarm_needs_is_read(loaded: Load) -> None:
    project = loaded(
        service(
            '    networks: {env: {aliases: [x]}}\n    volumes: ["data:/d"]\n'
            "    deploy:\n      replicas: 2\n      labels: {a: 1}\n"
            "      update_config: {order: start-first, failure_action: rollback}\n"
        )
        + "networks: {env: {name: theirs, external: true}}\nvolumes: {data: }\n"
    )

    web = project.services["web"]
    assert (web.replicas, web.service_labels, web.networks) == (2, {"a": "1"}, {"env": ("x",)})
    assert (web.update.order, web.update.failure_action) == ("start-first", "rollback")
    assert (project.networks["env"].name, project.volumes["data"].name) == ("theirs", "app-x1_data")


def test_without_an_update_config_swarms_defaults_hold(loaded: Load) -> None:
    update = loaded(service("")).services["web"].update

    assert (update.order, update.failure_action) == ("stop-first", "pause")
