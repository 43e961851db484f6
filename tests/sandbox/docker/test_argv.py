from pathlib import Path

import pytest
import yaml

from sandbox.docker.argv import Command, translate
from sandbox.docker.mirror import OVERRIDE, Mirror

MIRROR = Mirror(host="127.0.0.1:5000")
FILE = """
services:
  backend: {image: "${BACKEND_IMAGE:?}"}
  cache: {image: redis:8.2.1}
  page: {build: ./page, image: our/page}
  made: {build: .}
"""


def told(cwd: Path, line: str) -> Command:
    return translate(line.split(), cwd=cwd, mirror=MIRROR)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docker-compose.yml").write_text(FILE)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "compose -p app -f docker-compose.yml up -d --build --wait",
            f"compose -p app -f docker-compose.yml -f {OVERRIDE} up -d --build --wait",
        ),
        (
            "stack deploy -c docker-compose.yml app --prune --with-registry-auth --detach=false",
            (
                f"stack deploy -c docker-compose.yml -c {OVERRIDE} app --prune --with-registry-auth"
                " --detach=false"
            ),
        ),
        ("compose -p app up -d", f"compose -f docker-compose.yml -f {OVERRIDE} -p app up -d"),
        (
            "compose -p app --file ./docker-compose.yml config",
            f"compose -p app --file ./docker-compose.yml -f {OVERRIDE} config",
        ),
    ],
)
def test_a_second_file_says_where_images_come_from(folder: Path, line: str, expected: str) -> None:
    command = told(folder, line)

    assert (command.argv, command.app) == (expected.split(), "app")
    assert yaml.safe_load((folder / OVERRIDE).read_text()) == {
        "services": {
            "backend": {"image": "127.0.0.1:5000/${BACKEND_IMAGE:?}"},
            "cache": {"image": "127.0.0.1:5000/docker.io/library/redis:8.2.1"},
        }
    }
    assert (folder / "docker-compose.yml").read_text() == FILE


def test_the_second_file_lies_beside_the_first_so_that_paths_mean_the_same(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "compose.yml").write_text(FILE)

    command = told(tmp_path, "compose -p app -f deploy/compose.yml up -d")

    assert command.argv[3:7] == ["-f", "deploy/compose.yml", "-f", f"deploy/{OVERRIDE}"]


@pytest.mark.parametrize("text", ["services: [", "a: b", "services: {a: null}", "services: {a: {build: .}}"])
def test_a_file_without_images_to_fetch_is_dockers_own_to_judge(tmp_path: Path, text: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(text)

    assert told(tmp_path, "compose -p app -f docker-compose.yml up").argv == [
        *("compose", "-p", "app", "-f", "docker-compose.yml", "up")
    ]
    assert not (tmp_path / OVERRIDE).exists()


def test_a_file_that_is_missing_is_missing(tmp_path: Path) -> None:
    assert "-c" not in told(tmp_path, "stack deploy app").argv
    assert OVERRIDE not in told(tmp_path, "compose -p app -f gone.yml up").argv


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("logout ghcr.io", "logout 127.0.0.1:5000"),
        ("image pull redis:8.2.1", "image pull 127.0.0.1:5000/docker.io/library/redis:8.2.1"),
        ("rmi -f ghcr.io/o/r:v1", "rmi -f 127.0.0.1:5000/ghcr.io/o/r:v1"),
        ("rmi 0123456789ab", "rmi 0123456789ab"),
        ("rmi finance-report-pr-12-abcdef-backend:latest", "rmi finance-report-pr-12-abcdef-backend:latest"),
        ("image inspect sha256:" + "a" * 64, "image inspect sha256:" + "a" * 64),
        ("images --format {{json}}", "images --format {{json}}"),
        ("compose -p app down --volumes", "compose -p app down --volumes"),
        ("stack rm app", "stack rm app"),
        ("service rm app", "service rm app"),
        (
            "service update --force --image ghcr.io/o/r:v2 app",
            "service update --detach --force --image 127.0.0.1:5000/ghcr.io/o/r:v2 app",
        ),
        ("service scale app=2", "service scale --detach app=2"),
        ("network rm net", "network rm net"),
        ("container logs --tail 5 abc", "container logs --tail 5 abc"),
    ],
)
def test_what_names_a_registry_names_the_mirror_and_the_rest_stays(
    tmp_path: Path, line: str, expected: str
) -> None:
    assert told(tmp_path, line).argv == expected.split()


@pytest.mark.parametrize(
    "line",
    [
        "login ghcr.io -u bot -p word",
        "login -u bot -p word",
        "login --password word -u bot ghcr.io",
        "login -u bot --password=word ghcr.io",
    ],
)
def test_v1_a_password_is_no_word_of_the_command(tmp_path: Path, line: str) -> None:
    command = told(tmp_path, line)

    assert command.argv == ["login", "-u", "bot", "--password-stdin", "127.0.0.1:5000"]
    assert command.given == "word"
    assert "word" not in repr(command).replace("--password-stdin", "")


def test_what_is_made_is_known_by_its_name(tmp_path: Path) -> None:
    created = told(tmp_path, "service create --name app --network net --env A=b ghcr.io/o/r:v1")

    assert created.app == "app"
    assert created.argv[-1] == "127.0.0.1:5000/ghcr.io/o/r:v1"
    assert told(tmp_path, "network create --driver overlay --attachable net").network == "net"
    assert told(tmp_path, "volume create data").volume == "data"
    assert told(tmp_path, "stack rm app") == Command(argv=["stack", "rm", "app"])
