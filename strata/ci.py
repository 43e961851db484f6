"""The one check that a ruleset requires (W3).

GitHub takes a required check that was skipped for one that passed, and `needs` skips what comes after a
failure (documented, read 2026-11-23): so one job runs always and says itself what the others' results mean.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from strata import show
from strata.actions import Runner
from strata.errors import CommandError
from strata.outcome import Exit

app = typer.Typer(help="What CI says of a commit.", no_args_is_help=True)

PLAN = "plan"
"""The job that runs with credentials: not at all for a fork, and not on main, where nobody reviews."""
_SUCCESS, _SKIPPED = "success", "skipped"
_RESULTS = {_SUCCESS, "failure", "cancelled", _SKIPPED}


@app.callback()
def _group() -> None:
    """What CI says of a commit."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What started the run.

    Attributes:
        event: GitHub's name of it.
        foreign: whether the commit comes from another repository, a fork, deleted ones included.
    """

    event: str
    foreign: bool

    @classmethod
    def of_run(cls, env: Mapping[str, str]) -> "Facts":
        """Read the runner's variables and the event's file.

        Args:
            env: GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY.

        Raises:
            CommandError: this is no run, or its event cannot be read.
        """
        missing = [
            n for n in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY") if not env.get(n)
        ]
        if missing:
            raise CommandError(f"{', '.join(missing)} not set", next_step="run it in a workflow's job")
        try:
            event = json.loads(Path(env["GITHUB_EVENT_PATH"]).read_bytes())
        except (OSError, ValueError):
            raise CommandError(
                "the event's file cannot be read", next_step="run the workflow again; the runner writes it"
            ) from None
        home = _at(event, "pull_request", "head", "repo", "full_name")
        return cls(event=env["GITHUB_EVENT_NAME"], foreign=home != env["GITHUB_REPOSITORY"])

    def may_skip(self, job: str) -> bool:
        """Whether a job has a reason not to run."""
        return job == PLAN and (self.event != "pull_request" or self.foreign)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One job's result and what it means.

    Attributes:
        job: its id in the workflow.
        result: as GitHub says it.
        good: whether the commit may pass with it.
        words: for a person.
    """

    job: str
    result: str
    good: bool
    words: str


def verdicts(needs: str, facts: Facts) -> list[Verdict]:
    """What the results mean.

    Args:
        needs: `toJSON(needs)`.
        facts: of the run.

    Raises:
        CommandError: there are none, or it is not what GitHub gives.
    """
    found = _results(needs)
    if not found:
        raise CommandError(
            "there are no jobs to judge by, and nothing is not everything",
            next_step="name the jobs in `needs:` of this one",
        )
    return [_verdict(job, result, facts) for job, result in found.items()]


def _results(needs: str) -> dict[str, str]:
    try:
        given = json.loads(needs)
    except ValueError:
        given = None
    jobs = given if isinstance(given, dict) else {"": None}
    found = {job: _at(need, "result") for job, need in jobs.items()}
    if not all(isinstance(result, str) for result in found.values()):
        raise CommandError(
            "NEEDS is not the results of jobs", next_step="give it as `NEEDS: ${{ toJSON(needs) }}`"
        )
    return found


def _verdict(job: str, result: str, facts: Facts) -> Verdict:
    words = result
    if result not in _RESULTS:
        result, words = "unknown", "a result that is not known here"
    elif result == _SKIPPED:
        why = "no credentials for a fork" if facts.event == "pull_request" else f"not on {facts.event}"
        words = f"skipped: {why}" if facts.may_skip(job) else "skipped without a reason"
    good = result == _SUCCESS or (result == _SKIPPED and facts.may_skip(job))
    return Verdict(job=job, result=result, good=good, words=words)


@app.command()
def result(
    needs: Annotated[str, typer.Option(envvar="NEEDS", help="toJSON(needs) of the job.")] = "",
) -> None:
    """Whether all jobs before this one are as they should be; exit code 1 if one is not."""
    found = verdicts(needs, Facts.of_run(os.environ))
    bad = [one for one in found if not one.good]
    rows = [[one.job, "good" if one.good else "BAD", one.words] for one in found]
    show.table(["job", "", "result"], rows)
    Runner.here().summary(_markdown(rows))
    if bad:
        names = ", ".join(one.job for one in bad)
        show.note(
            f"{len(bad)} of {len(found)} jobs are not as they should be: {names}. Next: open their logs."
        )
        raise typer.Exit(Exit.NOT_AS_IT_SHOULD_BE)


def _markdown(rows: list[list[str]]) -> str:
    lines = ["| job | | result |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def _at(document: Any, *path: str) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document
