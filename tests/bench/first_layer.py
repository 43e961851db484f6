"""The first layer's promise: a save is answered within a second, moon's own start apart.

In a copy of the checkout, so that nobody's work tree is touched; programs and packages are ours. Each
run changes one file before it starts, since what has not changed is a cache hit and says nothing.
"""

import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measure import medians
from tests.workbench.conftest import copy_of_checkout
from workbench import moon
from workbench.imports import Imports

PROMISE = 1.0
# Told, not promised: types, the second round of the watch; eslint and vitest, whose start alone is a second;
# the module that every double needs, whose change is a change of all.
TOLD = ("(most)", "backend:typecheck", "frontend:")
NOTHING = "\n  nothing:\n    command: 'true'\n    options: {cache: false}\n"
MOON = "moon alone: a task that does nothing"


def measure(console: Console, *, rounds: int) -> list[str]:
    """Print the table and return what takes longer than promised.

    Args:
        console: where it goes.
        rounds: how often each is run.
    """
    with tempfile.TemporaryDirectory(prefix="strata-bench-") as place:
        checkout = copy_of_checkout(Path(place) / "checkout")
        tasks = checkout / "apps/backend/moon.yml"
        tasks.write_text(tasks.read_text(encoding="utf-8").rstrip() + NOTHING, encoding="utf-8")
        few, half, all_ = modules(checkout / "apps/backend")
        page = checkout / "apps/frontend/src/money.ts"
        runs = {
            MOON: Run(checkout, "run", "backend:nothing"),
            "backend:lint": Run(checkout, "run", "backend:lint", edited=half),
            f"backend:affected, {few.name} (fewest)": affected(checkout, "backend", few),
            f"backend:affected, {half.name} (median)": affected(checkout, "backend", half),
            f"backend:affected, {all_.name} (most)": affected(checkout, "backend", all_),
            "backend:typecheck": Run(checkout, "run", "backend:typecheck", edited=half),
            "frontend:lint": Run(checkout, "run", "frontend:lint", edited=page),
            f"frontend:affected, {page.name}": affected(checkout, "frontend", page),
        }
        found = medians(dict(runs), rounds=rounds)
        # as with the seconds, the first call is not counted
        work = {name: statistics.median(one.work[1:]) for name, one in runs.items()}
        return report(console, found, work=work)


def modules(project: Path) -> tuple[Path, Path, Path]:
    """Those whose change the fewest, a median number, and the most tests can see, of those that one can."""
    imports = Imports(project)
    seen = {path: len(imports.tests_of([path]).tests) for path in sorted((project / "src").rglob("*.py"))}
    ordered = sorted((path for path, tests in seen.items() if tests), key=lambda path: seen[path])
    return ordered[0], ordered[len(ordered) // 2], ordered[-1]


class Run:
    """A run of moon that begins with a change of a file; a call returns its seconds.

    Attributes:
        work: seconds of a processor, one for each call, which grow little when others are busy too.
    """

    def __init__(self, checkout: Path, *words: str, edited: Path | None = None, given: str = "") -> None:
        self.work: list[float] = []
        self._checkout = checkout
        self._words = words
        self._edited = edited
        self._given = given
        self._numbers = count()

    def __call__(self) -> float:
        if (edited := self._edited) is not None:
            mark = "//" if edited.suffix == ".ts" else "#"
            first, rest = edited.read_text(encoding="utf-8").split("\n", 1)
            kept = rest if first.startswith(f"{mark} bench") else f"{first}\n{rest}"
            edited.write_text(f"{mark} bench {next(self._numbers)}\n{kept}", encoding="utf-8")
        before = busy()
        took = seconds(
            [str(moon.program(self._checkout)), *self._words], checkout=self._checkout, given=self._given
        )
        self.work.append(busy() - before)
        return took


def busy() -> float:
    """Seconds that processors have spent on this process's ended children."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def affected(checkout: Path, project: str, edited: Path) -> Run:
    """As the watch does it: moon is told which file changed."""
    name = f"{edited.relative_to(checkout)}\n"
    return Run(checkout, "run", f"{project}:affected", "--affected", "--stdin", edited=edited, given=name)


def seconds(command: Sequence[str], *, checkout: Path, given: str) -> float:
    """Seconds of a command that has to succeed."""
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=checkout, input=given, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return took


def report(console: Console, found: dict[str, float], *, work: dict[str, float]) -> list[str]:
    """Print the table and return the names of what breaks the promise."""
    own = found[MOON]
    table = Table(title="first layer: medians of one session, one file changed each time")
    for column in ("what", "seconds", "without moon", "ratio", "of work", "promise"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, took in found.items():
        promise = f"< {PROMISE:.0f} s" if promised(name) else ""
        apart = "" if name == MOON else f"{took - own:.2f}"
        table.add_row(name, f"{took:.2f}", apart, f"{took / own:.1f}", f"{work[name]:.2f}", promise)
    console.print(table)
    return [
        f"{name}: {took - own:.2f} s"
        for name, took in found.items()
        if promised(name) and took - own >= PROMISE
    ]


def promised(name: str) -> bool:
    """Whether a row is held to the second."""
    return name != MOON and not any(word in name for word in TOLD)
