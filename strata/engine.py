"""The `pulumi` command as a source of facts: stacks and their outputs; makes and removes bare stacks."""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dokploy_provider.client import scrub
from strata.errors import EngineError, NotThere
from strata.project import Project

_SECONDS = 60
_RUNS = "10"
_LOOKS = ("refresh", "preview", "rename")
_HELD = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "VAULT_TOKEN", "DOKPLOY_API_KEY", "GITHUB_TOKEN")


@dataclass(frozen=True, kw_only=True)
class StackEntry:
    """One stack of the backend.

    Attributes:
        name: short.
        last_update: ISO 8601, `None` if nothing ever ran.
        resources: how many, `None` if the backend does not say.
        busy: whether an update runs now, as far as the backend knows.
    """

    name: str
    last_update: str | None
    resources: int | None
    busy: bool


@dataclass(frozen=True, kw_only=True)
class Update:
    """One run that was to change a stack.

    Attributes:
        kind: `update`, `destroy`, `import`, …
        result: `succeeded`, `failed`, or `in-progress`.
        time: when it ended, or began if it has not ended; ISO 8601.
    """

    kind: str
    result: str
    time: str | None


def stacks(project: Project, env: Mapping[str, str] = os.environ) -> list[StackEntry]:
    """The project's stacks (`pulumi stack ls --json`), by name.

    Raises:
        EngineError: pulumi is missing or cannot ask the backend.
    """
    return sorted(
        (
            StackEntry(
                name=str(row["name"]).rsplit("/", 1)[-1],
                last_update=row.get("lastUpdate"),
                resources=row.get("resourceCount"),
                busy=bool(row.get("updateInProgress")),
            )
            for row in _asked(project, env, "stack", "ls")
        ),
        key=lambda entry: entry.name,
    )


def outputs(project: Project, stack: str, env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """A stack's outputs (`pulumi stack output --json`); secret ones are masked by Pulumi.

    Raises:
        NotThere: there is no such stack.
        EngineError: pulumi is missing or failed.
    """
    answer = _asked(project, env, "stack", "output", "--stack", stack)
    return answer if isinstance(answer, dict) else {}


def last_update(project: Project, stack: str, env: Mapping[str, str] = os.environ) -> Update | None:
    """The last run that was to change a stack (`pulumi stack history --json`); a refresh alone does not.

    Returns:
        `None` if the newest runs hold none.

    Raises:
        NotThere: there is no such stack.
        EngineError: pulumi is missing or failed.
    """
    for row in _asked(project, env, "stack", "history", "--page-size", _RUNS, "--stack", stack) or []:
        if row.get("kind") not in _LOOKS:
            return Update(
                kind=str(row.get("kind")),
                result=str(row.get("result")),
                time=row.get("endTime") or row.get("startTime"),
            )
    return None


def backend(project: Project, env: Mapping[str, str] = os.environ) -> str:
    """Where the state is: PULUMI_BACKEND_URL, else what `pulumi login` chose (`pulumi whoami --verbose`).

    Raises:
        EngineError: pulumi is missing or failed.
    """
    given = env.get("PULUMI_BACKEND_URL", "").strip()
    return given or str(_asked(project, env, "whoami", "--verbose").get("url", ""))


def change(project: Project, env: Mapping[str, str], *words: str) -> None:
    """Run a command that changes the backend's list of stacks, such as `stack init`.

    Raises:
        NotThere: there is no such stack.
        EngineError: pulumi is missing or failed.
    """
    _run(project, env, *words)


def _asked(project: Project, env: Mapping[str, str], *words: str) -> Any:
    done = _run(project, env, *words, "--json")
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise EngineError(
            f"`pulumi {' '.join(words)}` did not answer with JSON",
            next_step="`pulumi version`, `strata doctor`",
        ) from None


def run(
    project: Project,
    env: Mapping[str, str],
    words: Sequence[str],
    *,
    options: Sequence[str],
    seconds: float,
    next_step: str,
) -> "subprocess.CompletedProcess[str]":
    """Run `pulumi` to its end, whatever that is.

    Args:
        project: where it is run.
        env: of the command.
        words: the command, as a message names it.
        options: what a message leaves out.
        seconds: it may take.
        next_step: what to do if it takes longer.

    Raises:
        EngineError: pulumi is missing or does not end.
    """
    try:
        return subprocess.run(
            ["pulumi", *words, *options],
            cwd=project.folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError:
        raise EngineError(
            "pulumi is not on PATH", next_step='`make toolchain`, then `eval "$(python3 -m toolchain env)"`'
        ) from None
    except subprocess.TimeoutExpired:
        raise EngineError(
            f"`pulumi {' '.join(words)}` did not end within {seconds:g} s", next_step=next_step
        ) from None


def _run(project: Project, env: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    named = [word for word in words if word != "--json"]
    shown = f"pulumi {' '.join(named)}"
    done = run(
        project,
        env,
        named,
        options=[*(["--json"] if "--json" in words else []), "--non-interactive"],
        seconds=_SECONDS,
        next_step="check that its backend answers (PULUMI_BACKEND_URL)",
    )
    if done.returncode:
        said = scrub.message(_last(done.stderr), [env.get(name, "") for name in _HELD])
        if re.search("no stack named", said):
            raise NotThere(
                f"There is no stack {_last_word(words)}",
                next_step="`strata status` lists the stacks that are",
            )
        raise EngineError(f"`{shown}` failed: {said.rstrip('.')}", next_step=_remedy(said, project))
    return done


def _last_word(words: Sequence[str]) -> str:
    return [word for word in words if not word.startswith("--")][-1]


def _remedy(said: str, project: Project) -> str:
    """What helps against pulumi's error. Without a backend it asks for a token of Pulumi Cloud."""
    if "PULUMI_ACCESS_TOKEN" in said or "pulumi login" in said:
        return (
            "say where the state lives: `pulumi login <backend>` (file://…, s3://…, gs://…, azblob://…) or "
            "PULUMI_BACKEND_URL; PULUMI_ACCESS_TOKEN is for Pulumi Cloud"
        )
    return f"run it in {project.folder}"


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else "it said nothing"
