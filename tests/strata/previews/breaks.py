"""What may break inside a step: a call is lost, or the whole job is killed at it."""

from dataclasses import dataclass, field

from strata.errors import EngineError


class Killed(BaseException):
    """The runner is gone: nothing of the job runs any more, not even what always runs."""


@dataclass
class Breaks:
    """Counted down by each call to GitHub or the backend.

    Attributes:
        kill: the job dies at this call, counted from 1; 0: at none.
        late: it dies when the call was done, and not before.
        backend: that many calls of the backend from now fails; 0: none.
    """

    kill: int = 0
    late: bool = False
    backend: int = 0
    happened: list[str] = field(default_factory=list)

    def call(self, what: str, *, done: bool = False) -> None:
        """One call begins, or was done."""
        if done is self.late and self.kill:
            self.kill -= 1
            if not self.kill:
                self.happened.append(f"killed at {what}")
                raise Killed
        if what == "backend" and self.backend:
            self.backend -= 1
            if not self.backend:
                self.happened.append("the backend refused")
                raise EngineError("the backend does not answer", next_step="wait")

    def end(self) -> None:
        """Nothing breaks any more."""
        self.kill = self.backend = 0
