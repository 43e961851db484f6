"""What a person sees after a save, with the real moon and, once, the real file system."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from tests.workbench.conftest import write
from workbench import watch
from workbench.moon import Result

SOURCE = "apps/backend/src/backend/__init__.py"
LIMIT = 240  # seconds; types of a fresh clone are checked cold, on a busy machine


def told(clone: Path, *saves: set[Path]) -> list[str]:
    lines: list[str] = []
    watch.watch(clone, say=lines.append, saves=saves)
    return lines[1:]


def test_a_save_is_one_line_for_the_file_and_one_per_result(clone: Path) -> None:
    lines = told(clone, {clone / SOURCE})

    assert lines[0].endswith(f"  {SOURCE}")
    results = [word for line in lines[1:] if (word := line[10:].partition(" ")[0]).startswith("backend:")]
    assert (set(results[:2]), results[2:]) == ({"backend:affected", "backend:lint"}, ["backend:typecheck"])


def test_what_is_wrong_follows_its_line(clone: Path) -> None:
    write(clone / SOURCE, '"""The backend."""\n\nimport os\n')

    lines = told(clone, {clone / SOURCE})

    (position,) = (at for at, line in enumerate(lines) if line.startswith("  FAILED  backend:lint"))
    assert any("F401" in line for line in lines[position + 1 :])


def test_what_git_ignores_is_no_save(clone: Path) -> None:
    assert told(clone, {clone / "apps/backend/src/backend/__pycache__/x.pyc", clone / ".moon/cache/x"}) == []


def test_a_save_in_the_checkouts_own_folder_is_one_too(clone: Path) -> None:
    saves = watch.saved(clone)
    assert next(saves) == set()

    write(clone / "docker-compose.yml", "services: {}\n")

    assert next(filter(None, saves)) == {clone / "docker-compose.yml"}
    saves.close()


def test_a_file_that_moon_cannot_read_is_told_and_the_next_save_is_awaited(clone: Path) -> None:
    write(clone / "apps/backend/moon.yml", "tasks: [")

    lines = told(clone, {clone / SOURCE}, {clone / SOURCE})

    assert sum(line.startswith("  FAILED  moon failed before it ran anything") for line in lines) == 2


def test_many_files_at_once_are_three_names_and_a_number() -> None:
    root = Path("/a")

    assert watch.named(root, [root / name for name in "bcdef"]) == "b, c, d and 2 more"


@pytest.mark.parametrize(
    ("output", "summary"),
    [
        ("....\n=== 3 passed in 0.10s ===", "3 passed in 0.10s"),
        (
            " Test Files  1 passed (1)\n      Tests  51 passed (51)\n   Start at  20:04\n",
            "Tests 51 passed (51)",
        ),
        ("All checks passed!\n2 files already formatted", "2 files already formatted"),
        ("Success: no issues found in 8 source files", "Success: no issues found in 8 source files"),
        ("no count", "no count"),
        ("", ""),
    ],
)
def test_the_line_of_a_result_ends_with_how_much_was_looked_at(output: str, summary: str) -> None:
    result = Result(target="a:b", status="passed", seconds=1, output=output)

    (line,) = watch.lines(result)
    assert line.partition(" s")[2].strip() == summary


def test_a_long_output_is_cut_to_its_end() -> None:
    result = Result(target="a:b", status="failed", seconds=1, output="\n".join(map(str, range(100))))

    assert [line.strip() for line in watch.lines(result)][1:] == [str(line) for line in range(70, 100)]


@contextmanager
def watching(clone: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "watch"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    late = Timer(LIMIT, process.kill)  # ends the reading below too
    late.start()
    try:
        yield process
    finally:
        late.cancel()
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_command_tells_of_a_save_and_ends_with_ctrl_c(clone: Path) -> None:
    with watching(clone) as process:
        assert process.stdout
        assert process.stderr
        assert "watching" in process.stdout.readline()
        write(clone / SOURCE, '"""The backend, changed."""\n')
        first = process.stdout.readline()
        while (line := process.stdout.readline()) and "backend:typecheck" not in line:
            pass
        process.send_signal(2)

        assert (first.split()[1], process.wait(LIMIT)) == (SOURCE, 0)
        assert process.stderr.read().strip() == ""
