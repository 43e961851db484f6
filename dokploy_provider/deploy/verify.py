"""After `done`: not rolled back, the right commit, containers healthy on the right digests, URLs answering in
a row.
"""

from collections.abc import Collection
from dataclasses import dataclass

from dokploy_provider.context import Context
from dokploy_provider.deploy import records
from dokploy_provider.deploy.health import Examiner, Health, Trouble
from dokploy_provider.deploy.patience import patiently
from dokploy_provider.deploy.probes import Answer, Prober, Verdict
from dokploy_provider.deploy.records import Target
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.errors import Failure
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import DeploymentDesired

IN_A_ROW = 3
COMMIT_LOOKS = 10
ROLLED_BACK = "rolled back"


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was seen.

    Attributes:
        commit: that runs, if it is known.
        running: services with a running container.
    """

    commit: str | None
    running: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Verifies one deployment.

    Attributes:
        here: the context.
        target: what was deployed.
        want: digests, probes, commit, limits.
        report: makes the errors.
    """

    here: Context
    target: Target
    want: DeploymentDesired
    report: Reporter

    def stands(self, record: DeploymentRow, *, must_run: Collection[str]) -> bool:
        """Whether this ended deployment is what runs now, healthy; one look."""
        if self._rolled_back(record):
            return False
        examiner = Examiner(self.here, self.target, self.want.images, must_run=must_run)
        health = patiently(self.report, examiner.look)
        return not health.problems

    def verify(self, record: DeploymentRow) -> Verified:
        """Look until all is right three times in a row.

        Raises:
            DeployFailed: `unhealthy` or `wrong-identity`.
        """
        if self._rolled_back(record):
            what = (
                "its new tasks failed and Swarm rolled back to what ran before, although the record says done"
            )
            raise self.report.failed(Failure.UNHEALTHY, what, record=record, details=self._task_errors())
        if self.want.commit and not self.want.images:
            self._built_commit(record)
        examiner = Examiner(self.here, self.target, self.want.images)
        end = self.here.clock.monotonic() + self.want.healthy_timeout
        streak = 0
        with Prober(self.here) as prober:
            while True:
                health = patiently(self.report, examiner.look)
                answer: Answer | None = None
                commit: str | None = None
                if not health.problems:
                    commit = self._commit(health, record)
                    answer = prober.ask_all(self.want.probes, commit=commit)
                    if answer.verdict is Verdict.WRONG:
                        raise self.report.failed(Failure.WRONG_IDENTITY, answer.text, record=record)
                right = answer is not None and answer.verdict is Verdict.RIGHT
                streak = streak + 1 if right else 0
                if streak == IN_A_ROW:
                    return Verified(commit=commit, running=health.running)
                self.report.waiting(_waited_for(health, answer))
                if self.here.clock.monotonic() > end:
                    raise self._too_late(health, answer, record)
                self.here.clock.sleep(self.here.timing.poll)

    def _rolled_back(self, record: DeploymentRow) -> bool:
        """With `--detach=false` the log says `rollback: update rolled back` (measured 2026-11-23); the row
        does not.
        """
        swarm = self.target.compose_type == "stack"
        return swarm and ROLLED_BACK in self.report.log_text(record)

    def _built_commit(self, record: DeploymentRow) -> None:
        """A git source's record names its commit, a moment after it is done (measured 2026-11-23)."""
        found, now = records.commit_of(record), record
        for _ in range(COMMIT_LOOKS):
            if found is not None:
                break
            self.here.clock.sleep(self.here.timing.poll / 2)
            snapshot = patiently(self.report, lambda: records.snapshot(self.here, self.target))
            now = (snapshot.by_id(record.deployment_id) if snapshot else None) or record
            found = records.commit_of(now)
        if found != self.want.commit:
            what = f"commit {found or 'unknown'} was built instead of {self.want.commit}"
            raise self.report.failed(Failure.WRONG_IDENTITY, what, record=now)

    def _commit(self, health: Health, record: DeploymentRow) -> str | None:
        """The commit that what runs must name: of a release the label that all of its images carry."""
        if not self.want.images:
            return self.want.commit or None
        needed = (
            self.want.release is not None or any(p.identity for p in self.want.probes) or self.want.commit
        )
        if not needed:
            return None
        services = self.want.release.images if self.want.release else self.want.images
        commits = {health.commits.get(service) for service in services}
        if None in commits or len(commits) != 1:
            found = {service: health.commits.get(service) for service in sorted(services)}
            what = f"the images do not carry one commit in org.opencontainers.image.revision: {found}"
            raise self.report.failed(Failure.WRONG_IDENTITY, what, record=record)
        commit = str(commits.pop())
        if self.want.commit and commit != self.want.commit:
            what = f"the images carry commit {commit}, not {self.want.commit}"
            raise self.report.failed(Failure.WRONG_IDENTITY, what, record=record)
        return commit

    def _too_late(self, health: Health, answer: Answer | None, record: DeploymentRow) -> Exception:
        limit = f"after {self.want.healthy_timeout:.0f} s"
        if not health.problems:
            text = answer.text if answer else "nothing"
            return self.report.failed(Failure.UNHEALTHY, f"{limit}: {text}", record=record)
        kinds = {problem.trouble for problem in health.problems}
        failure = Failure.WRONG_IDENTITY if kinds == {Trouble.DIGEST} else Failure.UNHEALTHY
        details = [problem.text for problem in health.problems] + self._task_errors()
        return self.report.failed(failure, f"not healthy {limit}", record=record, details=details)

    def _task_errors(self) -> list[str]:
        return patiently(self.report, Examiner(self.here, self.target, {}).task_errors)


def _waited_for(health: Health, answer: Answer | None) -> str:
    if health.problems:
        return f"waiting: {health.problems[0].text}"
    return f"waiting: {answer.text}" if answer else "waiting"
