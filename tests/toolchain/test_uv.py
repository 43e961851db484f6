import sys
from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs
from toolchain import uv
from toolchain.cache import Cache
from toolchain.errors import ToolchainError
from toolchain.progress import Progress

# stands for `python -m venv DIR` and for the pip inside it, which brings a uv
PYTHON = """\
case "$2" in
    venv) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    pip) echo '#!/bin/sh' > "${0%/python}/uv" ;;
esac
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", say=lambda text: None)


def test_a_uv_on_path_is_used(programs: Programs, cache: Cache, progress: Progress) -> None:
    path = programs.add("uv", "echo 'uv 0.13.9 (x86_64)'")

    assert uv.find(cache, progress=progress) == path


@pytest.mark.parametrize("answer", ["uv 0.4.30", "what?"])
def test_an_old_uv_gives_way_to_a_pinned_one_in_the_cache(
    programs: Programs, cache: Cache, progress: Progress, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    programs.add("uv", f"echo '{answer}'")
    python = programs.add("python3", f"PATH=/usr/bin:/bin\n{PYTHON}")
    monkeypatch.setattr(uv, "base_python", lambda: python)

    first = uv.find(cache, progress=progress)
    second = uv.find(cache, progress=progress)

    assert first == second
    assert first.name == "uv"
    assert cache.root in first.parents
    venv, pip = programs.calls("python3")
    assert venv.startswith("-m venv ")
    assert "--require-hashes --only-binary :all:" in pip


def test_a_python_without_venv_is_explained(
    programs: Programs, cache: Cache, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = programs.add("python3", "echo 'ensurepip is not available' >&2; exit 1")
    monkeypatch.setattr(uv, "base_python", lambda: python)

    with pytest.raises(ToolchainError, match="ensurepip is not available") as caught:
        uv.find(cache, progress=progress)

    assert "apt install python3-venv" in caught.value.todo


def test_uv_never_downloads_an_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")

    env = uv.environment()

    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert "VIRTUAL_ENV" not in env


def test_uv_trusts_whom_the_machine_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):
        monkeypatch.delenv(name, raising=False)

    assert uv.environment()["UV_SYSTEM_CERTS"] == "true"

    monkeypatch.setenv("UV_SYSTEM_CERTS", "false")

    assert uv.environment()["UV_SYSTEM_CERTS"] == "false"


def test_a_mirror_that_pip_is_told_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    assert uv.environment()["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_a_mirror_that_uv_is_told_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    assert uv.environment()["UV_DEFAULT_INDEX"] == "https://own.example/simple"


def test_the_interpreter_below_a_virtual_environment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "python3.11"
    base.write_text("")
    inside = tmp_path / "venv-python"
    inside.symlink_to(base)
    monkeypatch.setattr(sys, "executable", str(inside))
    monkeypatch.setattr(sys, "prefix", "/venv")

    assert uv.base_python() == base

    monkeypatch.setattr(sys, "prefix", sys.base_prefix)

    assert uv.base_python() == inside
