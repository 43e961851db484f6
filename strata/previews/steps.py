"""How the steps before `pulumi` ended: what `after` must know to tell the truth (P4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from strata.previews.decision import Outcome

_COMMANDS = {
    "login": "`strata login`",
    "before": "`strata preview before`",
    "lock": "`strata lock take`",
}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What GitHub says of a job up to its `pulumi`.

    Attributes:
        go: what `before` decided; `None`: it did not come to a decision.
        ended: outcome by the step's id (`login`, `before`, `lock`); one that is not there is not known.
        cancelled: the whole job is being cancelled.
    """

    go: bool | None = None
    ended: Mapping[str, Outcome] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def decided(self) -> bool:
        """Whether `pulumi` did not run because `before` said so, and has told why."""
        return self.go is False

    @property
    def why(self) -> str:
        """Why `pulumi` did not run although nobody decided so; words of ours, as Markdown."""
        if self.cancelled or Outcome.CANCELLED in self.ended.values():
            return "the run was cancelled"
        for step, command in _COMMANDS.items():
            if self.ended.get(step) is Outcome.FAILURE:
                return f"{command} failed"
        return "a step before it did not end well"
