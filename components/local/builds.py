"""Where a build writes down what it does: pulumi-docker's own errors have only its exit code."""

import os
from pathlib import Path

from components.local.plan import LocalPlan


def log_of(plan: LocalPlan, service: str) -> Path | None:
    """The file of a service's build, in the user's cache folder; `None` where there is no such place.

    The path is part of the image's inputs: it stays the same from run to run.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    if not base or not Path(base).is_absolute():
        return None
    cache = Path(base) if os.environ.get("XDG_CACHE_HOME") else Path(base) / ".cache"
    return cache / "strata" / "builds" / f"{plan.container(service)}.log"


def empty_log(plan: LocalPlan, service: str) -> str | None:
    """The same file, there and empty; `None` where nothing can be written."""
    log = log_of(plan, service)
    if log is None:
        return None
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")
    except OSError:
        return None
    return str(log)
