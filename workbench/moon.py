"""Running moon and reading its own report: its output is for people and changes with its versions."""

import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from workbench.errors import WorkbenchError

_REPORT = Path(".moon/cache/runReport.json")
_STATES = Path(".moon/cache/states")
_LABEL = "RunTask("


class _Duration(BaseModel):
    secs: int = 0
    nanos: int = 0


class _Action(BaseModel):
    label: str
    status: str
    duration: _Duration | None = None


class _Report(BaseModel):
    actions: list[_Action] = Field(default_factory=list)


class Result(BaseModel):
    """How one task ended.

    Attributes:
        target: `<project>:<task>`.
        status: moon's word: `passed`, `cached`, `failed`, `skipped`, …
        seconds: how long it took, with moon's own work for it.
        output: what the task printed, both streams.
    """

    target: str
    status: str
    seconds: float
    output: str

    @property
    def good(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.status in {"passed", "cached", "cached-from-remote", "skipped"}


def program(root: Path) -> Path:
    """Find moon itself: its npm package's `bin` is a Node script that costs a tenth of a second more.

    Args:
        root: the checkout.

    Raises:
        WorkbenchError: `npm ci` has not been run here.
    """
    found = sorted(root.glob("node_modules/@moonrepo/core-*/moon"))
    if not found:
        raise WorkbenchError(
            f"{root / 'node_modules'} has no moon for {sys.platform} {platform.machine()}",
            next_step="`make apps`",
        )
    return found[0]


def run(root: Path, targets: Sequence[str], *, changed: Iterable[Path]) -> Iterator[Result]:
    """Run those of the targets that a change affects; a failure does not stop the others.

    Args:
        root: the checkout.
        targets: such as `:lint`: the task of that name in each project that has it.
        changed: absolute paths of files that changed, also of those that are gone.

    Raises:
        WorkbenchError: moon is missing, or it failed before any task began.
    """
    report = root / _REPORT
    report.unlink(missing_ok=True)  # moon leaves the last one where it is when nothing is affected
    done = subprocess.run(
        [program(root), "exec", *targets, "--affected", "--stdin", "--on-failure", "continue"],
        cwd=root,
        input="".join(f"{path.relative_to(root)}\n" for path in changed),
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        if done.returncode:
            raise WorkbenchError(
                f"moon failed before it ran anything:\n{done.stderr.strip() or done.stdout.strip()}",
                next_step="correct the file it names; `moon run :lint` shows the same",
            )
        return
    for action in _Report.model_validate_json(report.read_bytes()).actions:
        if action.label.startswith(_LABEL):
            yield _result(root, action)


def _result(root: Path, action: _Action) -> Result:
    target = action.label.removeprefix(_LABEL).removesuffix(")")
    took = action.duration or _Duration()
    folder = root / _STATES.joinpath(*target.split(":"))
    texts = [(folder / name) for name in ("stdout.log", "stderr.log")]
    return Result(
        target=target,
        status=action.status,
        seconds=took.secs + took.nanos / 1e9,
        output="\n".join(
            text.read_text("utf-8", errors="replace") for text in texts if text.exists()
        ).strip(),
    )
