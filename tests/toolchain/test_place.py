import errno
import os
import subprocess
from pathlib import Path

import pytest

from toolchain import place


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "pulumi"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho new\n")
    path.chmod(0o755)
    return path


def run(path: Path) -> str:
    return subprocess.run([path], check=True, capture_output=True, text=True).stdout


def test_a_program_takes_no_second_place_on_disk(tmp_path: Path, source: Path) -> None:
    place.program(source, at=tmp_path / "bin" / "pulumi")

    assert (tmp_path / "bin" / "pulumi").samefile(source)
    assert not (tmp_path / "bin" / "pulumi").is_symlink()


def test_what_had_the_name_is_replaced(tmp_path: Path, source: Path) -> None:
    at = tmp_path / "bin" / "pulumi"
    at.parent.mkdir()
    at.symlink_to("/nowhere")

    place.program(source, at=at)
    place.program(source, at=at)

    assert run(at) == "new\n"
    assert [path.name for path in at.parent.iterdir()] == ["pulumi"]


def test_on_another_file_system_it_is_copied(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)

    place.program(source, at=tmp_path / "bin" / "pulumi")

    assert not (tmp_path / "bin" / "pulumi").samefile(source)
    assert run(tmp_path / "bin" / "pulumi") == "new\n"


def test_a_call_becomes_the_program_and_passes_its_arguments(tmp_path: Path) -> None:
    target = tmp_path / "it's here"
    target.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    target.chmod(0o755)

    place.call(target, at=tmp_path / "bin" / "pulumi")

    done = subprocess.run([tmp_path / "bin" / "pulumi", "up", "a b"], check=True, capture_output=True)
    assert done.stdout == b"up|a b|"
