import runpy
import shutil
from pathlib import Path

import pytest

from backend import identity


def test_c8_the_commit_is_of_the_image_and_not_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "COMMIT").write_text("c" * 40 + "\n")
    monkeypatch.setattr(identity, "_COMMIT_FILE", tmp_path / "COMMIT")

    assert identity.identity({"COMMIT": "f" * 40, "GIT_COMMIT": "f" * 40, "VERSION": "v1", "ENV": "ci"}) == {
        "version": "v1",
        "commit": "c" * 40,
        "environment": "ci",
    }


def test_what_was_not_built_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_COMMIT_FILE", tmp_path / "COMMIT")

    assert identity.identity({}) == {"version": "unreleased", "commit": "unknown", "environment": "unknown"}


def test_c8_the_commit_stands_outside_the_package_where_mounted_source_does_not_hide_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "backend").mkdir()
    here = str(shutil.copy(identity.__file__, tmp_path / "backend"))
    (tmp_path / "COMMIT").write_text("c" * 40)

    assert runpy.run_path(here)["commit"]() == "c" * 40
