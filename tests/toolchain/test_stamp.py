from pathlib import Path

import pytest

from toolchain import stamp


def test_what_was_written_is_read(tmp_path: Path) -> None:
    stamp.write(tmp_path / "made" / "stamp.json", {"key": "abc"})

    assert stamp.read(tmp_path / "made" / "stamp.json") == {"key": "abc"}


def test_nothing_is_left_beside_it(tmp_path: Path) -> None:
    stamp.write(tmp_path / "stamp.json", {"key": "abc"})

    assert [path.name for path in tmp_path.iterdir()] == ["stamp.json"]


@pytest.mark.parametrize("content", ["", '{"key": ', "[]", "\x00"])
def test_a_broken_stamp_is_no_stamp(tmp_path: Path, content: str) -> None:
    path = tmp_path / "stamp.json"
    path.write_text(content)

    assert stamp.read(path) == {}


def test_no_stamp_is_no_stamp(tmp_path: Path) -> None:
    assert stamp.read(tmp_path / "stamp.json") == {}


def test_a_forgotten_stamp_is_gone_and_may_be_forgotten_twice(tmp_path: Path) -> None:
    path = tmp_path / "stamp.json"
    stamp.write(path, {"key": "abc"})

    stamp.forget(path)
    stamp.forget(path)

    assert stamp.read(path) == {}
