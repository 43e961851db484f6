from pathlib import Path

import pytest

from toolchain.layout import Layout


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return tmp_path


def test_the_cache_is_the_user_s(home: Path) -> None:
    assert Layout.of_checkout().cache == home / ".cache" / "strata" / "toolchain"


def test_the_cache_follows_the_desktop_s_convention(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))

    assert Layout.of_checkout().cache == home / "xdg" / "strata" / "toolchain"


def test_the_project_s_own_variable_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))
    monkeypatch.setenv("STRATA_CACHE_DIR", "~/own")

    assert Layout.of_checkout().cache == home / "own" / "toolchain"


def test_the_checkout_is_the_folder_above_the_package() -> None:
    assert (Layout.of_checkout().root / "toolchain" / "layout.py").exists()
