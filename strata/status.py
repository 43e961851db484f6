"""All stacks of the backend at a glance (O1)."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from model.errors import ReleaseError
from model.release import VerifiedRelease
from strata import engine, show
from strata.errors import CommandError
from strata.health import State, probe
from strata.project import Project

COLUMNS = ("STACK", "VERSION", "HEALTH", "DEPLOYED", "AGE", "LAST UPDATE", "DRIFT", "ADDRESS")
_UNKNOWN = "unknown"
_FAILED = "failed"
_AT_ONCE = 4
_DAY_HOURS = 24


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """One row.

    Attributes:
        version: of the release that was verified last; `None` before the first.
        commit: of that release.
        health: what `/health` says now.
        served_commit: what it says of itself, when it differs from `commit`.
        deployed: when the release was verified, ISO 8601; for a stack without one the last update.
        last_update: `succeeded`, `failed`, … of the last run that was to change the stack, with its kind if
            that was not `update`. After a failed one services may run different releases: `/health` is the
            backend's.
        drift: what the last refresh found, or `unknown`: only a refresh looks.
        url: public address.
        problem: why this row is incomplete.
    """

    stack: str
    version: str | None = None
    commit: str | None = None
    health: str = str(State.NO_ADDRESS)
    served_commit: str | None = None
    deployed: str | None = None
    last_update: str = _UNKNOWN
    drift: str = _UNKNOWN
    url: str | None = None
    problem: str | None = None


def collect(
    project: Project, *, through: httpx.BaseTransport, env: Mapping[str, str] = os.environ
) -> list[StackStatus]:
    """The status of each stack of the backend, by name.

    Raises:
        EngineError: the backend cannot be asked; a stack that cannot is a row with its problem.
    """
    entries = engine.stacks(project, env)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        updates = pool.map(lambda entry: _last_update(project, entry, env), entries)
        rows = pool.map(lambda entry: _status(project, entry, through=through, env=env), entries)
        return [
            replace(row, last_update=update) for row, update in zip(list(rows), list(updates), strict=True)
        ]


def _last_update(project: Project, entry: engine.StackEntry, env: Mapping[str, str]) -> str:
    """One word or two; what cannot be asked is unknown here, and the row's own problem says why."""
    try:
        found = engine.last_update(project, entry.name, env)
    except CommandError:
        return _UNKNOWN
    if found is None:
        return _UNKNOWN
    return found.result if found.kind == "update" else f"{found.kind} {found.result}"


def _status(
    project: Project, entry: engine.StackEntry, *, through: httpx.BaseTransport, env: Mapping[str, str]
) -> StackStatus:
    try:
        outputs = engine.outputs(project, entry.name, env)
        release = VerifiedRelease.parse(outputs["release"]) if outputs.get("release") else None
    except (CommandError, ReleaseError) as problem:
        return StackStatus(stack=entry.name, deployed=entry.last_update, problem=str(problem))
    url = outputs.get("url")
    health = probe(url if isinstance(url, str) else "", through)
    commit = release.commit if release else None
    other = health.commit if commit and health.commit and health.commit != commit else None
    return StackStatus(
        stack=entry.name,
        version=release.version if release else None,
        commit=commit,
        health=str(health) + (f", serves another commit ({other[:12]})" if other else ""),
        served_commit=other,
        deployed=release.time if release else entry.last_update,
        drift=_drift(outputs),
        url=url,
        problem="an update runs, or one was killed: `pulumi cancel` if none does" if entry.busy else None,
    )


def _drift(outputs: Mapping[str, Any]) -> str:
    found = outputs.get("drift")
    return "; ".join(map(str, found)) if isinstance(found, list) and found else _UNKNOWN


def print_status(rows: Sequence[StackStatus], *, json: bool, now: datetime | None = None) -> None:
    """The rows as a table or as JSON, then how to learn about drift."""
    if json:
        show.as_json([asdict(row) for row in rows])
        return
    moment = now or datetime.now(UTC)
    show.table(COLUMNS, [_cells(row, moment) for row in rows])
    for row in rows:
        if row.problem:
            show.note(f"{row.stack}: {row.problem}")
        if row.last_update.endswith(_FAILED):
            show.note(
                f"{row.stack}: last update: failed. VERSION is what was verified before; services may run "
                f"different releases. Next: `strata logs {row.stack}`, then "
                f"`pulumi {_again(row)} --stack {row.stack}`."
            )
    if not rows:
        show.note(
            "No stack yet. Next: `make up` for the sandbox, or "
            "RELEASE=v1.0.0 pulumi up --refresh --stack staging."
        )
    elif any(row.drift == _UNKNOWN for row in rows):
        show.note("Drift is known after a look: pulumi refresh --preview-only --stack STACK.")


def _again(row: StackStatus) -> str:
    """A destroy without `--refresh`: what it left behind is still in the state, and is looked for again."""
    return "destroy" if row.last_update.startswith("destroy") else "up --refresh"


def _cells(row: StackStatus, now: datetime) -> tuple[str, ...]:
    return (
        row.stack,
        row.version or "-",
        row.health,
        (row.deployed or "never")[:16].replace("T", " "),
        age(row.deployed, now),
        row.last_update,
        row.drift,
        row.url or "-",
    )


def age(moment: str | None, now: datetime) -> str:
    """`3d`, `5h` or `7min` since an ISO 8601 moment; `-` if there is none or it cannot be read."""
    try:
        passed = now - datetime.fromisoformat(moment or "")
    except (ValueError, TypeError):  # TypeError: it names no time zone
        return "-"
    hours, rest = divmod(max(0, int(passed.total_seconds())), 3600)
    if hours >= _DAY_HOURS:
        return f"{hours // _DAY_HOURS}d"
    return f"{hours}h" if hours else f"{rest // 60}min"
