"""Waiting for our own record: queued, started, ended.

A service that was `done` before proves nothing, nor does a deployment that someone else started meanwhile.
Every way a record can end has its own message, and none waits for the timeout.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from dokploy_provider.context import Context
from dokploy_provider.deploy import records
from dokploy_provider.deploy.first_start import FirstStart
from dokploy_provider.deploy.patience import patiently
from dokploy_provider.deploy.records import Snapshot, Target, Title
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.errors import DeployFailed, Failure, OutcomeUnknown
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import DeploymentDesired

FIRST_PAUSE = 0.1
IDLE_LOOKS = 2


@dataclass(kw_only=True)
class Waiter:
    """One wait; used by one thread.

    Attributes:
        here: the context.
        target: what is deployed.
        want: limits and the expected commit.
        report: makes the errors.
        serving: an earlier release was verified and may serve.
    """

    here: Context
    target: Target
    want: DeploymentDesired
    report: Reporter
    serving: bool = False
    _looks: int = field(default=0, init=False)

    def send(self, title: Title) -> None:
        """`POST <kind>.deploy`, once. A lost answer is no reason to send again: the record will tell."""
        body = {
            self.target.kind.id: self.target.id,
            "title": str(title),
            "description": f"stack {self.target.stack}",
        }
        try:
            self.here.client.post(f"{self.target.kind.noun}.deploy", body)
        except OutcomeUnknown:
            self.report.progress("the answer to the deploy call was lost; looking for its record")

    def for_record(self, title: Title, *, before: Collection[str]) -> DeploymentRow:
        """Wait until our job has a record.

        Args:
            title: ours, with its nonce.
            before: ids of the records that stood there when it was sent.

        Raises:
            DeployFailed: `no-record`, `timeout` of the queue, `api-unreachable`.
        """
        began = window = self.here.clock.monotonic()
        sent_again = False
        while True:
            now = self._snapshot()
            found = self._ours(now, title, before)
            if found is not None:
                return found
            jobs = patiently(self.report, lambda: records.queue(self.here))
            titles = [job.title for job in jobs]
            time = self.here.clock.monotonic()
            if str(title) in titles:
                window = time
                ahead = titles.index(str(title))
                self.report.waiting(f"waiting in Dokploy's queue behind {ahead}")
                if time - began > self.want.queue_timeout:
                    raise self.report.failed(
                        Failure.TIMEOUT,
                        f"it still stands in Dokploy's queue after {time - began:.0f} s",
                        details=_queue_lines(jobs),
                    )
            else:
                found = self._unseen(now, before)
                if found is not None:
                    return found
                if time - window > self.here.timing.start_window:
                    if sent_again:
                        raise self.report.failed(
                            Failure.NO_RECORD,
                            f"Dokploy took it twice and shows no record within {time - window:.0f} s each",
                            details=_queue_lines(jobs) or ["its queue is empty"],
                        )
                    self.report.progress("no record and not in the queue any more; sent again")
                    self.send(title)
                    sent_again, window = True, self.here.clock.monotonic()
            self._pause()

    def for_end(self, record: DeploymentRow) -> DeploymentRow:
        """Wait until this record is `done`.

        Raises:
            DeployFailed: it ended otherwise, vanished, or outlasted `deploy_timeout`.
        """
        began, idle = self.here.clock.monotonic(), 0
        first_start = FirstStart(
            here=self.here, target=self.target, limit=self.want.healthy_timeout, serving=self.serving
        )
        while True:
            self.report.waiting(f"deployment {record.deployment_id} runs")
            now = self._snapshot()
            found = now.by_id(record.deployment_id)
            if found is None:
                what = "its record vanished (Dokploy keeps the last ten): others were deployed meanwhile"
                raise self.report.failed(Failure.DEPLOYMENT_ERROR, what, record=record)
            if found.status == records.DONE:
                return found
            if found.status == records.ERROR:
                raise self.report.failed(Failure.DEPLOYMENT_ERROR, "Dokploy reports an error", record=found)
            if found.status == records.CANCELLED:
                what = "it was cancelled, by hand or because Dokploy restarted"
                raise self.report.failed(Failure.DEPLOYMENT_ERROR, what, record=found)
            idle = idle + 1 if now.status == "idle" else 0
            if idle >= IDLE_LOOKS:
                what = "the service is idle although its record says running: Dokploy restarted"
                raise self.report.failed(Failure.DEPLOYMENT_ERROR, what, record=found)
            errors = patiently(self.report, first_start.hopeless)
            if errors:
                what = f"tasks of a service fail and none runs; {first_start.end()}"
                raise self.report.failed(Failure.UNHEALTHY, what, record=found, details=errors)
            if self.here.clock.monotonic() - began > self.want.deploy_timeout:
                what = f"record {found.deployment_id} still runs after {self.want.deploy_timeout:.0f} s"
                raise self.report.failed(Failure.TIMEOUT, what, record=found)
            self._pause()

    def _snapshot(self) -> Snapshot:
        now = patiently(self.report, lambda: records.snapshot(self.here, self.target))
        if now is None:
            what = f"{self.target.kind.noun} {self.target.id} was deleted meanwhile"
            raise self.report.failed(Failure.DEPLOYMENT_ERROR, what)
        return now

    def _ours(self, now: Snapshot, title: Title, before: Collection[str]) -> DeploymentRow | None:
        new = (r for r in now.records if r.deployment_id not in before)
        return next((r for r in new if r.title == str(title)), None)

    def _unseen(self, now: Snapshot, before: Collection[str]) -> DeploymentRow | None:
        """A git source's record that ended between two looks, its title overwritten: known by the commit
        asked for.
        """
        new = [r for r in now.records if r.deployment_id not in before]
        ended = [r for r in new if r.status in {records.DONE, records.ERROR}]
        if len(new) == 1 and ended and self.want.commit and records.commit_of(ended[0]) == self.want.commit:
            return ended[0]
        return None

    def _pause(self) -> None:
        """Short at first: an unchanged compose deploys in 0.2 s (measured 2026-11-23)."""
        self.here.clock.sleep(min(self.here.timing.poll, FIRST_PAUSE * 1.3**self._looks))
        self._looks += 1


def _queue_lines(jobs: object) -> list[str]:
    return (
        [f"queue: {job.state} {job.title or job.service_id}" for job in jobs]
        if isinstance(jobs, list)
        else []
    )


__all__ = ["DeployFailed", "Waiter"]
