"""P1, P3, P4, P6, P8: a thousand seeded sequences of events, and after each the one right answer.

Everything but Pulumi, Dokploy and git is real: the commands, their client, GitHub's emulator.
"""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from model.guardrails import check as all_rules
from strata.previews import before as before_module
from strata.previews.sweep import sweep
from tests.strata.previews.actions import Actions
from tests.strata.previews.answer import Answer
from tests.strata.previews.github import Github, use
from tests.strata.previews.standin import Engine

SEQUENCES = 1_000
CHUNKS = 20
FEW = 6  # of the chunks run in `make test`, all of them in `make test-long`
NUMBERS = (1, 2, 12, 121)
BATCHES = 4


@pytest.fixture(autouse=True)
def rules_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan's rules read the same compose file each time; a text that has passed passes."""
    passed = set[str]()

    def check(plan: object) -> None:
        text = plan.tiers[0].source.compose_file  # type: ignore[attr-defined]  # a preview's plan
        if text not in passed:
            all_rules(plan)  # type: ignore[arg-type]  # as above
            passed.add(text)

    monkeypatch.setattr(before_module, "check", check)


class Replay:
    """One sequence."""

    def __init__(self, seed: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.random = Random(seed)
        self.github = Github(place)
        use(self.github, monkeypatch)
        self.engine = Engine(self.github)
        label = self.random.choice(["", "preview"])
        limit = self.random.choice([1, 2, 3])
        settings = {"previewLimit": str(limit), "previewLabel": label}
        self.actions = Actions(self.github, self.engine, place, self.random, settings=settings)
        self.answer = Answer(self.github, self.engine, limit=limit, label=label)
        self.told = [f"limit {limit}, label {label!r}"]
        self.changes = 0

    def run(self) -> None:
        try:
            for _ in range(BATCHES):
                for _ in range(self.random.choice([1, 1, 2, 3])):
                    self.happen()
                    for _ in range(self.random.randrange(5)):
                        self.actions.step()
                self.actions.settle()
                self.told.append("settled")
                assert self.actions.ended == []
                self.answer.check()
        except AssertionError as error:
            raise AssertionError("\n".join([*self.told, str(error)])) from error
        finally:
            self.github.close()

    def happen(self) -> None:
        """One thing that a person, GitHub or time does."""
        known = self.answer.numbers()
        number = self.random.choice(NUMBERS)
        if number not in known:
            self.opens(number)
        else:
            does = self.random.choice(
                [
                    self.pushes,
                    self.pushes_twice,
                    self.closes,
                    self.closes_twice,
                    self.reopens,
                    self.labels,
                    self.unlabels,
                    self.deletes_branch,
                    self.comes_again,
                    self.comes_again,
                    self.loses_its_comment,
                    self.time_passes,
                ]
            )
            self.told.append(f"{number} {does.__name__}")
            does(number)
        self.answer.something_happened()

    def opens(self, number: int) -> None:
        fork = self.random.random() < 0.15
        labels = ["preview"] if self.random.random() < 0.7 else []
        self.told.append(f"{number} opens{' from a fork' if fork else ''} {labels}")
        more = {"fork": "somebody/finance_report", "author": "reviewer"} if fork else {}
        self.github.opens(number, labels=labels, **more)
        self.event(number)

    def pushes(self, number: int) -> None:
        if self.github.row(number)["state"] != "open":
            return
        self.changes += 1
        self.github.pushes(number, {"NOTES.md": str(self.changes)})
        self.event(number)

    def pushes_twice(self, number: int) -> None:
        self.pushes(number)
        self.pushes(number)

    def closes(self, number: int) -> None:
        self.github.changes(number, state="closed")
        self.event(number)

    def closes_twice(self, number: int) -> None:
        self.closes(number)
        self.actions.step()
        self.event(number)

    def reopens(self, number: int) -> None:
        self.answer.something_happened()
        if not self.gone(number):
            self.github.changes(number, state="open")
        self.event(number)

    def labels(self, number: int) -> None:
        self.github.changes(number, labels=["preview", "$(id)"])
        self.event(number)

    def unlabels(self, number: int) -> None:
        self.github.changes(number, labels=["other"])
        self.event(number)

    def deletes_branch(self, number: int) -> None:
        if not self.gone(number):
            self.github.deletes_branch(number)
            self.event(number)

    def comes_again(self, number: int) -> None:
        """An event that was delivered before, or one that is late."""
        self.event(number)

    def loses_its_comment(self, number: int) -> None:
        self.github.deletes_comments(number)
        self.answer.since.pop(number, None)
        self.event(number)

    def time_passes(self, _number: int) -> None:
        """Some hours, and the sweep at their end."""
        self.actions.settle()
        self.answer.check()
        self.github.clock.turn(self.random.choice([1, 30, 80]) * 3600)
        sweep(self.actions.desk("schedule"), dry_run=False)

    def gone(self, number: int) -> bool:
        row = self.github.row(number)["pull"]
        return bool(row["fork_gone"]) or f"refs/heads/{row['head']}" not in self.github.git.kept

    def event(self, number: int) -> None:
        self.actions.event(number)


def chunks(count: int, *, few: int) -> list[Any]:
    """The first ones for every run of the tests, the others for the long one."""
    return [pytest.param(one, marks=[pytest.mark.long] if one >= few else []) for one in range(count)]


@pytest.mark.parametrize("chunk", chunks(CHUNKS, few=FEW))
def test_p1_p3_p4_p6_p8_whatever_happens_in_whatever_order_ends_at_what_is_asked_for(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = SEQUENCES // CHUNKS
    for seed in range(chunk * size, (chunk + 1) * size):
        Replay(seed, tmp_path, monkeypatch).run()
