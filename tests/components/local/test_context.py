import os
from pathlib import Path

import pytest

from components.local.context import digest
from model.errors import ComposeError
from model.local.service import Build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a")
    (tmp_path / "Dockerfile").write_text("FROM scratch")
    (tmp_path / ".dockerignore").write_text("# what is sent\n*\n!src\n**/__pycache__\n")
    return tmp_path


def of(folder: Path, **build: object) -> str:
    return digest("a", Build(context=str(folder), **build))  # type: ignore[arg-type]  # as the reader gives them


def test_the_same_context_has_the_same_digest_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    first = of(folder)
    os.utime(folder / "src" / "a.py", (1, 1))

    moved = folder.rename(folder.with_name("elsewhere"))

    assert of(moved) == first
    assert len(first) == 12


@pytest.mark.parametrize("name", ["src/a.py", "src/new.py", "src/deep/er/new.py", "Dockerfile"])
def test_what_docker_is_sent_changes_it(folder: Path, name: str) -> None:
    first = of(folder)

    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("other")

    assert of(folder) != first


@pytest.mark.parametrize("name", ["notes.md", "src/__pycache__/a.pyc", "tests/test_a.py"])
def test_what_docker_is_not_sent_changes_nothing(folder: Path, name: str) -> None:
    first = of(folder)

    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("other")

    assert of(folder) == first


def test_the_bit_that_makes_a_file_a_program_changes_it(folder: Path) -> None:
    first = of(folder)

    (folder / "src" / "a.py").chmod(0o755)

    assert of(folder) != first


def test_a_link_counts_by_where_it_leads(folder: Path) -> None:
    link = folder / "src" / "link"
    link.symlink_to("a.py")
    first = of(folder)

    link.unlink()
    link.symlink_to("Dockerfile")

    assert of(folder) != first


@pytest.mark.parametrize("build", [{"args": {"X": "1"}}, {"target": "final"}, {"labels": {"x": "y"}}])
def test_how_it_is_built_changes_it(folder: Path, build: dict[str, object]) -> None:
    assert of(folder, **build) != of(folder)


def test_a_context_without_its_dockerfile_is_named(folder: Path) -> None:
    with pytest.raises(ComposeError, match=r"services\.a\.build: there is no Other in"):
        of(folder, dockerfile="Other")
