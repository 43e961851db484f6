"""Feedback on every save. moon 2 has no watch of its own (on its roadmap), but knows what a file affects."""

import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import watchfiles

from workbench import moon
from workbench.errors import WorkbenchError
from workbench.moon import Result

# What is quick comes first and is told before the rest begins: the promise of a second is about these.
ROUNDS: tuple[tuple[str, ...], ...] = ((":lint", ":affected"), (":typecheck", ":imports"))
_LINES = 30
# the line of pytest, vitest, ruff and mypy that says how much they looked at
_COUNT = re.compile(r"\d+ (?:passed|failed|files? |source files?)")


def watch(root: Path, *, say: Callable[[str], None], saves: Iterable[set[Path]] | None = None) -> None:
    """Run what each save affects and say one line per result; ends when the saves end or with Ctrl-C.

    Args:
        root: the checkout.
        say: prints one line.
        saves: sets of files that changed together; those of the file system if not given.

    Raises:
        WorkbenchError: moon is missing. One that cannot read its files says so, and the next save is awaited.
    """
    moon.program(root)
    told = False
    for changed in saves if saves is not None else saved(root):
        if not told:
            say("watching; Ctrl-C ends it")
            told = True
        files = sorted(changed - ignored(root, changed))
        if not files:
            continue
        say(f"{time.strftime('%H:%M:%S')}  {named(root, files)}")
        try:
            for targets in ROUNDS:
                for result in moon.run(root, targets, changed=files):
                    for line in lines(result):
                        say(line)
        except WorkbenchError as error:
            say(f"  FAILED  {error}")


def saved(root: Path) -> Iterator[set[Path]]:
    """The file system's own news, from the folders that hold tracked files: not from .venv and node_modules.

    The first set comes, empty if need be, when every folder is being watched: no save after it is missed.
    Files of the checkout itself are looked at each time: to watch its folder is to watch those two as well.

    Args:
        root: the checkout.
    """
    listing = _git(root, "ls-files", "-z")
    names = [name for name in listing.split("\0") if name]
    folders = {root / name.partition("/")[0] for name in names if "/" in name}
    singles = [root / name for name in names if "/" not in name]
    before = _times(singles)
    for changes in watchfiles.watch(
        *sorted(folders),
        step=20,
        debounce=200,
        rust_timeout=500,
        yield_on_timeout=True,
    ):
        now = _times(singles)
        yield {Path(name) for _, name in changes} | {path for path in singles if now[path] != before[path]}
        before = now


def _times(files: Iterable[Path]) -> dict[Path, int | None]:
    return {path: path.stat().st_mtime_ns if path.exists() else None for path in files}


def ignored(root: Path, files: Iterable[Path]) -> set[Path]:
    """Those that git ignores: what tools write beside the sources is no save of a person.

    Args:
        root: the checkout.
        files: absolute paths.
    """
    names = "\0".join(str(path) for path in files)
    return {
        Path(name) for name in _git(root, "check-ignore", "-z", "--stdin", text=names).split("\0") if name
    }


def named(root: Path, files: Sequence[Path]) -> str:
    """Up to three files by name, and how many more.

    Args:
        root: the checkout, which the names are relative to.
        files: absolute paths.
    """
    shown = ", ".join(str(path.relative_to(root)) for path in files[:3])
    return shown if len(files) <= len(files[:3]) else f"{shown} and {len(files) - 3} more"


def lines(result: Result) -> Iterator[str]:
    """One line for a task that is well; what it printed too for one that is not.

    Args:
        result: how it ended.
    """
    printed = result.output.splitlines()
    word = result.status if result.good else "FAILED"
    counts = [line for line in printed if _COUNT.search(line)]
    summary = " ".join((counts or printed or [""])[-1].strip("= ").split())
    yield f"  {word:<7} {result.target:<22} {result.seconds:5.2f} s  {summary}".rstrip()
    if not result.good:
        yield from (f"      {line}" for line in printed[-_LINES:])


def _git(root: Path, *words: str, text: str | None = None) -> str:
    # `check-ignore` ends with 1 where nothing is ignored
    return subprocess.run(
        ["git", *words], cwd=root, input=text, capture_output=True, text=True, check=False
    ).stdout
