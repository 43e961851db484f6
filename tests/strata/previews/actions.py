"""GitHub Actions as far as `pr-test.yml` needs it: jobs, steps, and one concurrency group for each request.

One run of a group runs, one waits, and a newer one takes the place of the one that waits (documented by
GitHub). Runs of several groups go on in between each other, a step at a time.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from dokploy_provider.errors import DokployError
from strata.errors import CommandError
from strata.previews.after import after
from strata.previews.before import before
from strata.previews.decision import Action, Outcome
from strata.previews.desk import Desk
from strata.previews.looking import look
from strata.previews.steps import Steps as Before
from tests.strata.previews.breaks import Killed
from tests.strata.previews.conftest import desk_at
from tests.strata.previews.github import Github
from tests.strata.previews.standin import Engine

Steps = Generator[str, None, None]


def handed_on(file: Path) -> dict[str, str]:
    """What a step wrote to GITHUB_ENV or GITHUB_OUTPUT."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {lines[i].partition("<<")[0]: lines[i + 1] for i in range(0, len(lines), 3)}


@dataclass
class Job:
    """What the steps of a job have left so far."""

    given: dict[str, str]
    steps: Before
    outcome: Outcome = Outcome.SKIPPED
    told: bool = True

    @property
    def go(self) -> bool:
        return self.steps.go is True and Outcome.FAILURE not in self.steps.ended.values()

    @property
    def well(self) -> bool:
        steps = {*self.steps.ended.values(), self.outcome}
        return self.told and Outcome.FAILURE not in steps


@dataclass
class Actions:
    """The runs of `pr-test.yml`.

    Attributes:
        settings: of the project, as texts.
        running: number to the steps that are left.
        pending: number to the event of the run that waits.
        ended: how each run that failed did so.
        begun: how many runs there were.
    """

    github: Github
    engine: Engine
    place: Path
    random: Random
    settings: dict[str, str] = field(default_factory=dict)
    running: dict[int, Steps] = field(default_factory=dict)
    pending: dict[int, str] = field(default_factory=dict)
    ended: list[tuple[int, str]] = field(default_factory=list)
    files: int = 0
    begun: int = 0

    def event(self, number: int, name: str = "pull_request_target") -> None:
        """Something happened to a pull request."""
        if number in self.running:
            self.pending[number] = name
        else:
            self.running[number] = self._run(number, name)

    def step(self) -> bool:
        """One step of one run; whether there was any."""
        for row in self.github.dispatches():
            self.event(int(row["inputs"]["number"]), "workflow_dispatch")
        if not self.running:
            return False
        number = self.random.choice(sorted(self.running))
        try:
            goes_on = next(self.running[number], None) is not None
        except Killed:
            goes_on = False
        if not goes_on:
            del self.running[number]
            if number in self.pending:
                self.event(number, self.pending.pop(number))
        return True

    def kill(self, number: int) -> None:
        """The runner of this one is lost; nothing of it runs any more."""
        self.running.pop(number).close()
        if number in self.pending:
            self.event(number, self.pending.pop(number))

    def settle(self) -> None:
        """Until nothing runs and nothing waits."""
        steps = 0
        while self.step():
            steps += 1
            assert steps < 10_000, "it never comes to an end"

    def desk(self, event: str, **env: str) -> Desk:
        """What a step of a run of that event works with."""
        return desk_at(
            self.github,
            self.engine,
            place=self.place,
            env={"GITHUB_EVENT_NAME": event, **env},
            **self.settings,
        )

    def _run(self, number: int, event: str) -> Steps:
        self.begun += 1
        try:
            action = look(self.desk(event, GITHUB_OUTPUT=self._file()), number).action
        except CommandError as error:
            self.ended.append((number, str(error)))
            return
        yield "look"
        if action is Action.UP:
            yield from self._up(number, event)
        elif action is Action.DESTROY:
            yield from self._destroy(number, event)

    def _up(self, number: int, event: str) -> Steps:
        """The job `up`: its `environment:` gives it a record, which ends as the job does."""
        record, url = self.github.record(f"pr-{number}"), self.desk(event).url(number)
        yield "login"
        job = self._before(number, event, Action.UP)
        yield "before"
        if job.go:
            ran = self.engine.up(number, tag=job.given["PREVIEW_REF"], commit=job.given["PREVIEW_COMMIT"])
            job.outcome = Outcome.SUCCESS if ran else Outcome.FAILURE
            limit = self.desk(event).rules.limit
            assert len(self.engine.server) <= limit, f"P6: {sorted(self.engine.server)} run at once"
            yield "up"
        self._after(number, event, Action.UP, job)
        yield "after"
        self.github.status(record, "success" if job.well else "failure", url)

    def _destroy(self, number: int, event: str) -> Steps:
        job = self._before(number, event, Action.DESTROY)
        yield "before"
        if job.go:
            job.outcome = Outcome.SUCCESS if self.engine.destroy(number) else Outcome.FAILURE
            yield "destroy"
        self._after(number, event, Action.DESTROY, job)
        yield "after"

    def _before(self, number: int, event: str, action: Action) -> "Job":
        file, outputs, ended = self._file(), self._file(), Outcome.SUCCESS
        try:
            before(self.desk(event, GITHUB_ENV=file, GITHUB_OUTPUT=outputs), number, action=action)
        except (CommandError, DokployError) as error:
            self.ended.append((number, str(error)))
            ended = Outcome.FAILURE
        said = handed_on(Path(outputs)).get("go")
        return Job(
            given=handed_on(Path(file)),
            steps=Before(go=None if said is None else said == "true", ended={"before": ended}),
        )

    def _after(self, number: int, event: str, action: Action, job: "Job") -> None:
        """The step that always runs."""
        try:
            desk = self.desk(event, **job.given)
            after(desk, number, action=action, outcome=job.outcome, steps=job.steps)
        except (CommandError, DokployError) as error:
            self.ended.append((number, str(error)))
            job.told = False

    def _file(self) -> str:
        self.files += 1
        return str(self.place / f"step-{self.files}")
