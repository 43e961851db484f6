"""What CI runs, what the guide says that it runs, and what the targets for it provide first."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = (ROOT / ".ci/run").read_text(encoding="utf-8")
TARGETS = re.findall(r"^make (?:--\S+ )*([\w-]+)$", SCRIPT, re.MULTILINE)


def recipe(target: str) -> list[str]:
    """The commands of a target and of what it needs, in order, without running them."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", target],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_machine_that_cannot_have_docker_runs_everything_else_first() -> None:
    assert TARGETS[-1] == "test-docker"
    assert "test-long" in TARGETS


def test_the_first_failure_ends_it() -> None:
    assert "set -euo pipefail" in SCRIPT.splitlines()
    assert "|| " not in SCRIPT


def test_the_guide_lists_what_ci_runs_in_its_order() -> None:
    guide = (ROOT / "docs/development.md").read_text(encoding="utf-8")
    above, found, _ = guide.partition(".ci/run             # all of it in that order\n")

    assert found
    assert re.findall(r"^make ([\w-]+)", above.rpartition("```")[2], re.MULTILINE) == TARGETS[1:]
    assert TARGETS[0] == "toolchain"


@pytest.mark.parametrize("target", ["test-docker", "integration"])
def test_a_target_that_needs_an_engine_and_a_browser_provides_both_first(target: str) -> None:
    commands = recipe(target)
    (tests,) = [at for at, command in enumerate(commands) if "pytest" in command]

    for provided in ("toolchain", "toolchain docker", "toolchain browser"):
        assert any(command.endswith(f"-m {provided}") for command in commands[:tests]), provided


def test_ci_runs_the_integration_suite_among_the_tests_on_containers() -> None:
    """It has no step of its own: all of it carries the marker, however it is asked for."""
    (tests,) = [command for command in recipe("test-docker") if "pytest" in command]

    assert " -m docker" in tests
    assert "--ignore" not in tests
