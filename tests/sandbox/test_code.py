"""A sandbox's code is known by its modules."""

from pathlib import Path

import pytest

from sandbox.code import fingerprint


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "app.py").write_text("answer = 1\n")
    return tmp_path


def now(package: Path) -> str:
    return fingerprint.__wrapped__(package)


def test_a_changed_module_a_new_one_and_a_renamed_one_give_another_fingerprint(package: Path) -> None:
    seen = {now(package)}
    (package / "part" / "app.py").write_text("answer = 2\n")
    seen.add(now(package))
    (package / "new.py").touch()
    seen.add(now(package))
    (package / "new.py").rename(package / "renamed.py")
    seen.add(now(package))

    assert len(seen) == 4


def test_what_python_leaves_behind_does_not_count(package: Path) -> None:
    before = now(package)
    (package / "part" / "__pycache__").mkdir()
    (package / "part" / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"x")

    assert now(package) == before


def test_a_daemon_keeps_the_code_that_it_was_started_with(package: Path) -> None:
    before = fingerprint(package)
    (package / "part" / "app.py").write_text("answer = 2\n")

    assert fingerprint(package) == before
