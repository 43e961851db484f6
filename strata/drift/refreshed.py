"""What a refresh would change in a stack's state: `pulumi refresh --preview-only --expect-no-changes`.

Of a value nothing is passed on, names only: an issue is read by more people than a state is.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dokploy_provider.client import scrub
from strata import engine
from strata.errors import EngineError
from strata.plan.preview import held
from strata.project import Project

if TYPE_CHECKING:
    import subprocess

DRIFT = 7
"""The engine's exit code for changes that were not expected (measured with engine 3.250 on 2026-11-23)."""

_SECONDS = 900
_LONGEST = 1_000
# Said by the engine itself around what it means.
_AROUND = ("preview failed", "refresh failed", "an unhandled error occurred")
_CLASS = re.compile(r"^Preview failed: (?:[\w.]+: )?")
# Of the provider, about each resource after the first that met the same fault.
_LATER = "the first error says more"
_OF_PROVIDERS = "pulumi:providers:"
_NOT_SHOWN = frozenset({"__provider", "__defaults", "__meta"})


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One resource that is not what the state says.

    Attributes:
        name: of the resource in the program.
        type: the last part of its type.
        gone: it does not exist any more.
        properties: names of what differs, sorted.
    """

    name: str
    type: str
    gone: bool = False
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.gone:
            return f"{self.name} ({self.type}) is gone"
        return (
            f"{self.name} ({self.type}) differs: {', '.join(self.properties) or 'the engine names nothing'}"
        )


def refreshed(project: Project, stack: str, *, env: Mapping[str, str]) -> tuple[Moved, ...]:
    """Ask every provider what there is; the state stays as it is.

    Args:
        project: where it is run.
        stack: its name.
        env: of the command. GITHUB_TOKEN becomes STRATA_GITHUB_TOKEN where `strata login` gave one.

    Raises:
        EngineError: pulumi is missing, does not end, or could not look; with its own words.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "events.json"
        done = _run(project, stack, env=_environment(env), log=log)
        events = list(_events(log.read_text(encoding="utf-8").splitlines() if log.exists() else ()))
    if done.returncode not in (0, DRIFT):
        said = scrub.by_shape(scrub.by_value(_why(events, done.stderr), held(env)))
        raise EngineError(
            f"pulumi could not look at {stack}: {said[:_LONGEST].rstrip('.')}",
            next_step=f"`pulumi refresh --preview-only --stack {stack}`, `strata doctor`",
        )
    return tuple(sorted(_moved(events), key=lambda one: one.name))


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    token = env.get("STRATA_GITHUB_TOKEN")
    # Without it the engine does not know --event-log; with --json it says of a dynamic resource that nothing
    # has changed, which has (measured with engine 3.250 on 2026-11-23).
    return {**env, **({"GITHUB_TOKEN": token} if token else {}), "PULUMI_DEBUG_COMMANDS": "true"}


def _run(
    project: Project, stack: str, *, env: Mapping[str, str], log: Path
) -> "subprocess.CompletedProcess[str]":
    words = ["refresh", "--stack", stack, "--preview-only", "--expect-no-changes", "--non-interactive"]
    return engine.run(
        project,
        env,
        words,
        options=["--color", "never", "--event-log", str(log)],
        seconds=_SECONDS,
        next_step="run it by hand and see what it waits for",
    )


def _events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # cut off by a kill
        if isinstance(event, dict):
            yield event


def _moved(events: Iterable[Mapping[str, Any]]) -> Iterator[Moved]:
    for event in events:
        metadata = (event.get("resOutputsEvent") or {}).get("metadata") or {}
        kind = str(metadata.get("type", ""))
        gone = metadata.get("op") == "delete"
        if kind.startswith(_OF_PROVIDERS) or not (gone or metadata.get("op") == "update"):
            continue
        yield Moved(
            name=str(metadata.get("urn", "")).rpartition("::")[2],
            type=kind.rpartition(":")[2],
            gone=gone,
            properties=() if gone else tuple(sorted(_differing(metadata) - _NOT_SHOWN)),
        )


def _differing(metadata: Mapping[str, Any]) -> set[str]:
    """Names; a dynamic provider gives no detail, hence what it read is compared with the state too."""
    old, new = (((metadata.get(side) or {}).get("outputs") or {}) for side in ("old", "new"))
    compared = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    listed = [*(metadata.get("diffs") or ()), *(metadata.get("detailedDiff") or ())]
    return compared | {path.partition(".")[0].partition("[")[0] for path in map(str, listed)}


def _why(events: Iterable[Mapping[str, Any]], stderr: str) -> str:
    """The first error in the engine's own words; the others follow from it."""
    told = [
        " ".join(str(event["diagnosticEvent"].get("message", "")).split())
        for event in events
        if (event.get("diagnosticEvent") or {}).get("severity") == "error"
    ]
    told += [" ".join(line.split()) for line in stderr.splitlines()]
    meant = [_CLASS.sub("", one.removeprefix("error: ")).partition(" Next: ")[0] for one in told]
    telling = [one for one in meant if one and not one.startswith(_AROUND)]
    return next((one for one in telling if _LATER not in one), telling[0] if telling else "it said nothing")
