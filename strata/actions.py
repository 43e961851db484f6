"""What a step tells its runner: outputs, variables, masks, the summary. Files, as GitHub documents them.

Values come from titles, branches and other people's text, so a delimiter is random: no value can end its own
block and set another variable.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from strata.errors import UsageError

SUMMARY_LIMIT = 1_000_000
"""Bytes of a step's summary that GitHub takes; a longer one is dropped whole (documented as 1 MiB)."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """The runner of this step, or a person's terminal, which is told the same by stdout.

    Attributes:
        env: of the step.
    """

    env: Mapping[str, str]

    @classmethod
    def here(cls) -> "Runner":
        """The runner that this process was started by."""
        return cls(env=os.environ)

    @property
    def is_one(self) -> bool:
        """Whether this is a job of GitHub Actions."""
        return self.env.get("GITHUB_ACTIONS") == "true"

    def output(self, name: str, value: str) -> None:
        """Give later steps and jobs a value: `steps.<id>.outputs.<name>`."""
        if not self._append("GITHUB_OUTPUT", _block(name, value)):
            typer.echo(f"{name}={value}")

    def variable(self, name: str, value: str) -> None:
        """Set a variable for the later steps of this job.

        Raises:
            UsageError: this is no runner; a secret is not printed to a terminal instead.
        """
        if not self._append("GITHUB_ENV", _block(name, value)):
            raise UsageError(
                f"{name} cannot be handed on: there is no GITHUB_ENV", next_step="run it in a workflow's job"
            )

    def mask(self, value: str) -> None:
        """Have the runner replace a value by `***` in this job's log; each line of it, as logs have lines."""
        if not self.is_one:
            return
        for line in filter(None, (part.strip() for part in value.splitlines())):
            # The runner reads %25, %0A and %0D of a command as characters.
            typer.echo(f"::add-mask::{line.replace('%', '%25')}")

    def summary(self, markdown: str) -> None:
        """Add to the page of this run."""
        if not self._append("GITHUB_STEP_SUMMARY", markdown.rstrip() + "\n"):
            typer.echo(markdown.rstrip())

    def _append(self, file: str, text: str) -> bool:
        place = self.env.get(file)
        if not place:
            return False
        with Path(place).open("a", encoding="utf-8") as opened:
            opened.write(text)
        return True


def _block(name: str, value: str) -> str:
    delimiter = f"strata_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
