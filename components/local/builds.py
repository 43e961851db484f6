"""Where a build writes down what it does: pulumi-docker's own errors have only its exit code."""

from pathlib import Path

import pulumi

from components.local.files import ROOT
from components.local.plan import LocalPlan

# Not in the user's cache: the path is an input of the image, and HOME is not the same in every shell.
FOLDER = ROOT / ".toolchain" / "builds"


def log_of(plan: LocalPlan, service: str) -> Path:
    """The file of a service's build; it stays the same from run to run."""
    return FOLDER / f"{plan.container(service)}.log"


def empty_log(plan: LocalPlan, service: str) -> str | None:
    """The same file, there and empty; `None` where nothing can be written.

    A preview builds nothing and leaves it alone: an `up` beside it may be writing there.
    """
    log = log_of(plan, service)
    if pulumi.runtime.is_dry_run():
        return str(log)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")
    except OSError:
        return None
    return str(log)
