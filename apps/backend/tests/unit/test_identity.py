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
