import platform

import pytest

from tests.toolchain.fakes import Programs
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.virtualenv import Virtualenv

# makes an interpreter that says its version where `uv venv … DIR` is asked for one
UV = f"""\
PATH=/usr/bin:/bin
case "$1 $2" in
    "--version ") echo "uv 0.13.9" ;;
    "venv --clear")
        mkdir -p "$5/bin"
        printf '#!/bin/sh\\necho {platform.python_version()}\\n' > "$5/bin/python"
        chmod +x "$5/bin/python"
        ;;
esac
"""


@pytest.fixture
def virtualenv(layout: Layout, progress: Progress, programs: Programs) -> Virtualenv:
    programs.add("uv", UV)
    return Virtualenv(layout, progress=progress)


def asked(programs: Programs) -> list[str]:
    return [" ".join(call.split()[:2]) for call in programs.calls("uv") if call != "--version"]


def test_it_is_made_filled_by_hash_and_gets_the_project(virtualenv: Virtualenv, programs: Programs) -> None:
    assert virtualenv.ready() is None

    words = virtualenv.install()

    assert asked(programs) == ["venv --clear", "pip sync", "pip install"]
    sync, install = programs.calls("uv")[-2:]
    assert "--require-hashes --compile-bytecode requirements.txt" in sync
    assert "--no-deps --no-build-isolation -e ." in install
    assert words == f"python {platform.python_version()}"
    assert virtualenv.ready() == words


def test_one_with_the_right_interpreter_is_kept(virtualenv: Virtualenv, programs: Programs) -> None:
    virtualenv.install()

    virtualenv.install()

    assert asked(programs).count("venv --clear") == 1


def test_one_with_another_interpreter_is_made_anew(
    virtualenv: Virtualenv, programs: Programs, layout: Layout
) -> None:
    virtualenv.install()
    layout.python.write_text("#!/bin/sh\necho 3.10.1\n")

    virtualenv.install()

    assert asked(programs).count("venv --clear") == 2


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_file_is_noticed(virtualenv: Virtualenv, layout: Layout, name: str) -> None:
    virtualenv.install()

    (layout.root / name).write_text("changed\n")

    assert virtualenv.ready() is None


def test_another_python_is_noticed(virtualenv: Virtualenv, monkeypatch: pytest.MonkeyPatch) -> None:
    virtualenv.install()

    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")

    assert virtualenv.ready() is None


def test_a_failed_step_leaves_it_unready_and_shows_what_uv_said(
    virtualenv: Virtualenv, programs: Programs
) -> None:
    virtualenv.install()
    programs.add("uv", f"{UV}\n[ \"$2\" = sync ] && {{ echo 'hash mismatch' >&2; exit 2; }}\nexit 0\n")

    with pytest.raises(ToolchainError, match="hash mismatch"):
        virtualenv.install()

    assert virtualenv.ready() is None


def test_a_folder_that_is_no_checkout_is_explained(virtualenv: Virtualenv, layout: Layout) -> None:
    layout.requirements.unlink()

    with pytest.raises(ToolchainError, match=r"requirements\.txt: No such file"):
        virtualenv.ready()


def test_the_lock_file_is_for_every_platform_with_hashes_and_without_an_index(
    virtualenv: Virtualenv, programs: Programs
) -> None:
    virtualenv.lock(["--upgrade"])

    assert programs.calls("uv")[-2] == (
        "pip compile pyproject.toml --group dev "
        "apps/backend/pyproject.toml --group apps/backend/pyproject.toml:dev "
        "--universal --generate-hashes --no-header --no-annotate "
        "--no-emit-index-url --no-emit-find-links -o requirements.txt --upgrade"
    )


def test_the_backends_image_gets_the_versions_that_the_project_is_checked_with(
    virtualenv: Virtualenv, programs: Programs
) -> None:
    virtualenv.lock([])

    assert programs.calls("uv")[-1] == (
        "pip compile apps/backend/pyproject.toml -c requirements.txt "
        "--universal --generate-hashes --no-header --no-annotate "
        "--no-emit-index-url --no-emit-find-links -o apps/backend/requirements.txt"
    )
