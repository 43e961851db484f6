"""One `pulumi preview`, with what this process holds and no more."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from dokploy_provider.client import scrub
from strata import engine
from strata.plan.changes import Change, Told, told
from strata.project import Project

if TYPE_CHECKING:
    import subprocess

_SECONDS = 900
_NO_STACK = "no stack named"
_RUNS_NOTHING = "runs nothing yet"
_AFTERWARDS = "an unhandled error occurred: program exited"  # said after every refusal of the program
_LONGEST_MESSAGE = 4_000
_SHORTEST_SECRET = 6  # a shorter one would be found in any text
_HELD = (
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "DOKPLOY_API_KEY",
    "GH_TOKEN",
    "GITHUB_APP_PRIVATE_KEY",
    "GITHUB_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "REGISTRY_PASSWORD",
    "STRATA_GITHUB_TOKEN",
    "VAULT_TOKEN",
)


class Outcome(StrEnum):
    """How a preview ended."""

    CHANGES = "changes"
    UNCHANGED = "unchanged"
    NOTHING_YET = "nothing yet"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What one stack would become.

    Attributes:
        stack: its name.
        outcome: how it ended.
        changes: what changes.
        unchanged: how many resources do not.
        diff: as `pulumi preview --diff` prints it, without what this process holds.
        message: why it failed or is not there, in the engine's own words, likewise.
        warnings: what the engine or the program warned of, likewise.
    """

    stack: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    diff: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()


def preview(project: Project, stack: str, *, env: Mapping[str, str], release: str | None = None) -> Preview:
    """Ask the engine what an `up` would change; changes nothing, also not the state.

    Args:
        project: where it is run.
        stack: its name.
        env: of the command. GITHUB_TOKEN becomes STRATA_GITHUB_TOKEN where `strata login` gave one.
        release: to plan for; without it what runs is kept.

    Raises:
        EngineError: pulumi is missing or does not end.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "events.json"
        done = _run(project, stack, env=_environment(env, release), log=log)
        events = told(log.read_text(encoding="utf-8").splitlines() if log.exists() else ())
    hidden = held(env)
    warnings = tuple(_shown(one, hidden) for one in events.warnings)
    if done.returncode == 0:
        return Preview(
            stack=stack,
            outcome=Outcome.CHANGES if events.changes else Outcome.UNCHANGED,
            changes=events.changes,
            unchanged=events.unchanged,
            diff=scrub.by_value(done.stdout, hidden),
            warnings=warnings,
        )
    message = _why(events, done.stderr)
    nothing_yet = _NO_STACK in message or _RUNS_NOTHING in message
    return Preview(
        stack=stack,
        outcome=Outcome.NOTHING_YET if nothing_yet else Outcome.FAILED,
        message=_shown(message, hidden),
        warnings=warnings,
    )


def held(env: Mapping[str, str]) -> list[str]:
    """The credentials that this process holds, each also line by line: a key has several."""
    values = [env.get(name, "").strip() for name in _HELD]
    return [
        line for value in values for line in (value, *value.splitlines()) if len(line) >= _SHORTEST_SECRET
    ]


def _environment(env: Mapping[str, str], release: str | None) -> dict[str, str]:
    kept = {name: value for name, value in env.items() if name != "RELEASE"}
    if token := env.get("STRATA_GITHUB_TOKEN"):
        kept["GITHUB_TOKEN"] = token
    if release:
        kept["RELEASE"] = release
    # Without it the engine does not know --event-log, the one way to have events and the diff of one run.
    return {**kept, "PULUMI_DEBUG_COMMANDS": "true"}


def _run(
    project: Project, stack: str, *, env: Mapping[str, str], log: Path
) -> "subprocess.CompletedProcess[str]":
    words = ["preview", "--stack", stack, "--diff", "--non-interactive", "--color", "never"]
    return engine.run(
        project,
        env,
        words,
        options=["--event-log", str(log)],
        seconds=_SECONDS,
        next_step="run it by hand and see what it waits for",
    )


def _why(events: Told, stderr: str) -> str:
    """The engine's own words. Before its first event it has only standard error."""
    printed = [line.removeprefix("error: ") for line in stderr.splitlines() if line.strip()]
    said = [one for one in events.errors or printed if not one.startswith(_AFTERWARDS)]
    return "\n".join(said) or "it said nothing"


def _shown(text: str, hidden: Iterable[str]) -> str:
    masked = scrub.by_shape(scrub.by_value(text, hidden))
    return masked if len(masked) <= _LONGEST_MESSAGE else masked[: _LONGEST_MESSAGE - 1] + "…"
