"""Texts are those of Docker Compose 5.6.1 `config` for the same files (2026-11-23)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.engine.composefile import load_compose
from sandbox.engine.errors import ComposeFileError
from sandbox.engine.project import Condition, Project

Load = Callable[..., Project]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def loaded(tmp_path: Path, lines: list[str]) -> Load:
    def load(text: str, *, env: Mapping[str, str] | None = None, **files: str) -> Project:
        for name, content in files.items():
            (tmp_path / name.replace("_dot_", ".")).write_text(content)
        path = tmp_path / "docker-compose.yml"
        path.write_text(text)
        return load_compose(path=path, project="app-x1", env=env or {}, log=lines.append, now=NOW)

    return load


def service(more: str) -> str:
    return f"services:\n  web:\n    image: a\n{more}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty compose file"),
        ("text", "top-level object must be a mapping"),
        ("services: [a]", "validating {path}: services must be a mapping"),
        ("services: {web: }", "validating {path}: services.web must be a mapping"),
        ("foo: 1\nservices: {}", "validating {path}: additional properties 'foo' not allowed"),
        (service("    foo: bar\n"), "validating {path}: services.web.foo false schema"),
        (
            service("    deploy: {foo: 1}\n"),
            "validating {path}: services.web.deploy additional properties 'foo' not allowed",
        ),
        (
            service("    healthcheck: {foo: 1}\n"),
            "validating {path}: services.web.healthcheck additional properties 'foo' not allowed",
        ),
        ("services: {web: {image: [a]}}", "validating {path}: services.web.image must be a string"),
        (
            "services: {web: {command: x}}",
            'service "web" has neither an image nor a build context specified: invalid compose project',
        ),
        (
            "services: {web: {image: ''}}",
            'service "web" has neither an image nor a build context specified: invalid compose project',
        ),
        (
            service("    networks: [nope]\n"),
            'service "web" refers to undefined network nope: invalid compose project',
        ),
        (
            service('    volumes: ["data:/x"]\n'),
            'service "web" refers to undefined volume data: invalid compose project',
        ),
        (
            service("    secrets: [s]\n"),
            'service "web" refers to undefined secret s: invalid compose project',
        ),
        (
            service("    depends_on: [nope]\n"),
            'service "web" depends on undefined service "nope": invalid compose project',
        ),
        (
            service("    depends_on: {web: {condition: soon}}\n"),
            (
                "validating {path}: services.web.depends_on.web.condition value must be one of"
                " 'service_started', 'service_healthy', 'service_completed_successfully'"
            ),
        ),
        (
            service("    depends_on: [db]\n  db: {image: b, depends_on: [web]}\n"),
            "dependency cycle detected: db -> web -> db",
        ),
        (
            service("    network_mode: host\n    networks: [default]\n"),
            "service web declares mutually exclusive `network_mode` and `networks`: invalid compose project",
        ),
        (
            service("    container_name: x\n  db: {image: b, container_name: x}\n"),
            'services.db: container name "x" is already in use by service web',
        ),
        (
            service("    deploy: {replicas: abc}\n"),
            (
                "error while interpolating services.web.deploy.replicas: failed to cast to expected type:"
                ' strconv.Atoi: parsing "abc": invalid syntax'
            ),
        ),
        (
            service("    env_file: gone\n"),
            "env file {folder}/gone not found: stat {folder}/gone: no such file or directory",
        ),
        (
            service("    image: b\n"),
            'failed to parse {path}: yaml: line 4: mapping key "image" already defined at line 3',
        ),
    ],
)
def test_a_file_is_refused_in_composes_words(loaded: Load, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ComposeFileError) as raised:
        loaded(text)

    expected = said.replace("{path}", str(tmp_path / "docker-compose.yml")).replace("{folder}", str(tmp_path))
    assert str(raised.value) == expected


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.yml"

    with pytest.raises(ComposeFileError, match=f'"{path}" is invalid: open {path}: no such file'):
        load_compose(path=path, project="x", env={}, log=lambda _: None, now=NOW)


@pytest.mark.parametrize("more", ["    extends: {service: x}\n", "include: [other.yml]\n"])
def test_other_files_are_not_followed(loaded: Load, more: str) -> None:
    with pytest.raises(ComposeFileError, match="does not follow other files"):
        loaded(service(more))


def test_variables_come_from_the_env_file_beside_it_and_the_process_wins(loaded: Load) -> None:
    project = loaded(
        service('    environment: {A: "$A", B: "$B"}\n'), env={"B": "process"}, _dot_env='A="a\\$1"\nB=file\n'
    )

    assert project.services["web"].environment == {"A": "a$1", "B": "process"}


def test_each_variable_that_is_not_set_is_warned_of_once(loaded: Load, lines: list[str]) -> None:
    loaded(service('    command: ["$A", "$A", "${B:-x}"]\n'))

    assert lines == [
        (
            'time="2026-11-23T12:00:00Z" level=warning'
            ' msg="The \\"A\\" variable is not set. Defaulting to a blank string."'
        )
    ]


def test_environment_has_one_form(loaded: Load) -> None:
    as_list = loaded(service('    environment: ["A=1", "HOME", "NOBODY", "E="]\n'), env={"HOME": "/root"})
    as_map = loaded(service("    environment: {A: 1, HOME: , NOBODY: , E: ''}\n"), env={"HOME": "/root"})

    assert as_list.services["web"].environment == {"A": "1", "HOME": "/root", "E": ""}
    assert as_map.services["web"].environment == as_list.services["web"].environment


def test_scalars_reach_the_container_as_text(loaded: Load) -> None:
    project = loaded(service("    environment: {T: true, F: 1.50, N: 0x10, O: on}\n"))

    assert project.services["web"].environment == {"T": "true", "F": "1.5", "N": "16", "O": "on"}


def test_env_files_are_read_in_order_and_the_environment_wins(loaded: Load) -> None:
    project = loaded(
        service("    env_file: [one, {path: gone, required: false}, two]\n    environment: {C: own}\n"),
        one="A=1\nB='$x'\nC=1\n",
        two="A=2\n",
    )

    assert project.services["web"].environment == {"A": "2", "B": "$x", "C": "own"}


def test_a_broken_env_file_is_named(loaded: Load, tmp_path: Path) -> None:
    with pytest.raises(ComposeFileError, match=f"failed to read {tmp_path}/.env: line 1: unterminated"):
        loaded(service(""), _dot_env="A='x\n")


def test_names_carry_the_project_unless_they_are_given(loaded: Load) -> None:
    project = loaded(
        service('    networks: [default, own, out]\n    volumes: ["data:/d", "named:/n", "out:/o"]\n')
        + "networks: {own: {name: mine}, out: {external: true}}\n"
        + "volumes: {data: , named: {name: mine}, out: {external: true, name: theirs}}\n"
    )

    assert {k: (n.name, n.external) for k, n in project.networks.items()} == {
        "default": ("app-x1_default", False),
        "own": ("mine", False),
        "out": ("out", True),
    }
    assert {k: (v.name, v.external) for k, v in project.volumes.items()} == {
        "data": ("app-x1_data", False),
        "named": ("mine", False),
        "out": ("theirs", True),
    }


def test_drivers_are_composes_own_unless_they_are_given(loaded: Load) -> None:
    project = loaded(
        service("    networks: [default, own]\n")
        + "networks: {own: {driver: overlay, attachable: true}}\nvolumes: {a: , b: {driver: nfs}}\n"
    )

    assert [n.driver for n in project.networks.values()] == ["overlay", "bridge"]
    assert [v.driver for v in project.volumes.values()] == ["local", "nfs"]


def test_a_service_that_names_no_network_is_on_the_default_one(loaded: Load) -> None:
    project = loaded(service("  other: {image: b, networks: {default: {aliases: [x]}}}\n"))

    assert [dict(s.networks) for s in project.services.values()] == [{"default": ()}, {"default": ("x",)}]


def test_depends_on_has_one_form(loaded: Load) -> None:
    project = loaded(
        service("    depends_on: {db: {condition: service_healthy, required: false}}\n")
        + "  db: {image: b}\n  job: {image: c, depends_on: [db]}\n"
    )

    assert project.services["web"].depends_on["db"].condition is Condition.HEALTHY
    assert not project.services["web"].depends_on["db"].required
    assert project.services["job"].depends_on["db"].condition is Condition.STARTED
    assert [s.name for s in project.in_order()] == ["db", "job", "web"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("    healthcheck: {test: curl x}\n", True),
        ("    healthcheck: {interval: 5s}\n", None),
        ("    healthcheck: {disable: true}\n", False),
        ("    healthcheck: {test: [NONE]}\n", False),
    ],
)
def test_a_health_check_is_set_left_or_taken_away(loaded: Load, text: str, value: bool | None) -> None:  # noqa: FBT001  # a table's column
    assert loaded(service(text)).services["web"].healthcheck is value


def test_services_with_a_profile_stay_away(loaded: Load) -> None:
    assert list(loaded(service("  tool: {image: b, profiles: [tools]}\n")).services) == ["web"]


def test_the_build_has_one_form(loaded: Load) -> None:
    project = loaded(
        "services:\n  a: {build: ./x}\n"
        '  b: {build: {context: ., dockerfile: D, args: ["A=1", HOME], labels: {l: 1}}}\n',
        env={"HOME": "/root"},
    )

    short, long = project.services["a"].build, project.services["b"].build
    assert short is not None
    assert long is not None
    assert (short.context, short.dockerfile) == ("./x", "Dockerfile")
    assert (long.dockerfile, long.args, long.labels) == ("D", {"A": "1", "HOME": "/root"}, {"l": "1"})
