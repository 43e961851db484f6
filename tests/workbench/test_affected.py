"""The command that moon's `affected` tasks run, as a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.workbench.conftest import ROOT, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "src/shop/__init__.py": "",
        "src/shop/money.py": "CENTS = 100\n",
        "src/shop/unused.py": "",
        "checks/__init__.py": "",
        "checks/test_money.py": "from shop.money import CENTS\ndef test_cents():\n    assert CENTS == 100\n",
        "checks/test_other.py": "def test_other():\n    raise AssertionError\n",
        "pytest.ini": "[pytest]\npythonpath = src\n",
    }.items():
        write(tmp_path / name, text)
    return tmp_path


def affected(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbench", "affected", *words],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_the_tests_of_the_change_and_no_others(project: Path) -> None:
    done = affected(project, "src/shop/money.py")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_moon_says_what_changed_in_a_variable(project: Path) -> None:
    done = affected(project, MOON_AFFECTED_FILES="src/shop/money.py:checks/test_money.py")

    assert "1 passed" in done.stdout


def test_a_broken_change_is_its_exit_code(project: Path) -> None:
    write(project / "src/shop/money.py", "CENTS = 10\n")

    done = affected(project, "src/shop/money.py")

    assert done.returncode == 1
    assert "assert 10 == 100" in done.stdout


def test_what_no_test_reaches_is_said_with_the_next_command(project: Path) -> None:
    done = affected(project, "src/shop/unused.py")

    assert done.returncode == 0
    assert "no test reaches src/shop/unused.py" in done.stdout


def test_a_module_that_cannot_be_parsed_is_named_with_its_line(project: Path) -> None:
    write(project / "src/shop/money.py", "CENTS = = 100\n")

    done = affected(project, "src/shop/money.py")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "money.py" in done.stderr
    assert "line 1" in done.stderr
