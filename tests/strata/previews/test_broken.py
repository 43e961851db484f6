"""P1, P3, P4, P5: whatever breaks inside a step, after three sweeps there is the one right answer."""

from pathlib import Path

import pytest

from strata.errors import CommandError
from strata.previews.comment import State
from strata.previews.sweep import sweep
from tests.strata.previews.github import COMPOSE
from tests.strata.previews.test_replay import Replay, chunks, rules_once

CHUNKS = 3
EACH = 40
SWEEPS = 3  # what two of them do at once for the same place needs another look
__all__ = ["rules_once"]

REFUSED = "services: {x: {image: y, privileged: true}}"
FAULTS = ("reject", "drop-before", "drop-after", "error-after")
METHODS = ("GET", "POST", "PATCH", "DELETE", "")


class Broken(Replay):
    """A sequence in which things break; when all is quiet, the sweep."""

    def run(self) -> None:
        try:
            for _ in range(2):
                for _ in range(self.random.choice([2, 3, 4])):
                    self.breaks()
                    self.happen()
                    for _ in range(self.random.randrange(7)):
                        self.actions.step()
                self.actions.settle()
                self.quiet()
                self.repair()
                self.actions.settle()
                self.answer.check()
        except (AssertionError, CommandError) as error:
            raise AssertionError("\n".join([*self.told, *self.github.breaks.happened, str(error)])) from error
        finally:
            self.github.close()

    def breaks(self) -> None:
        """Something is about to break, or a commit will be refused."""
        breaks, number = self.github.breaks, self.random.choice((1, 2, 12, 121))
        match self.random.randrange(6):
            case 0:
                breaks.kill, breaks.late = self.random.randrange(1, 40), self.random.random() < 0.5
            case 1:
                breaks.backend = self.random.randrange(1, 8)
            case 2:
                self.engine.failing.add(number)
            case 3:
                kind, method = self.random.choice(FAULTS), self.random.choice(METHODS)
                self.told.append(f"{kind} {method}")
                times, after = self.random.choice([1, 1, 5]), self.random.randrange(12)
                self.github.fault(kind, "", method=method, status=502, times=times, after=after)
            case 4 if number in self.answer.numbers() and self.github.row(number)["state"] == "open":
                self.told.append(f"{number} gets a commit that is refused")
                self.github.pushes(number, {"docker-compose.yml": REFUSED})
                self.event(number)
            case 5 if self.actions.running:
                self.told.append("killed between two steps")
                self.actions.kill(self.random.choice(sorted(self.actions.running)))

    def quiet(self) -> None:
        """Nothing breaks any more, and the sweep comes a few times."""
        self.github.breaks.end()
        self.engine.failing.clear()
        self.github.world.faults.clear()
        for _ in range(SWEEPS):
            found = sweep(self.actions.desk("schedule"), dry_run=False)
            self.told.append(f"sweep: {[(one.number, str(one.action), one.where) for one in found]}")
            self.actions.settle()

    def repair(self) -> None:
        """What failed or was refused says so of the newest commit, and people do what it says."""
        for number in self.answer.numbers():
            memory = self.actions.desk("schedule").memory(number)
            if memory is None or memory.state not in {State.FAILED, State.REFUSED}:
                continue
            assert self.answer.wanted(number), f"{number} is told as {memory.state}, and nobody asks for it"
            assert memory.push is not None
            assert memory.push.commit == self.github.head(number)
            assert self.engine.server.get(number) != self.github.head(number)
            self.told.append(f"{number} is repaired: {memory.state}")
            if memory.state is State.REFUSED:
                self.github.pushes(number, {"docker-compose.yml": COMPOSE})
            self.event(number)

    def time_passes(self, _number: int) -> None:
        """Not here: it asks for the right answer in between."""


@pytest.mark.parametrize("chunk", chunks(CHUNKS, few=2))
def test_p1_p3_p4_p5_whatever_breaks_three_sweeps_later_there_is_the_one_right_answer(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        Broken(seed, tmp_path, monkeypatch).run()
