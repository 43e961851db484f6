"""The queue of deployments: in memory, first in first out, one per service and `concurrency` in all."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox.dokploy.names import millis
from sandbox.faults import FaultKind
from sandbox.store import Document
from sandbox.world import World

_FROZEN_LOOK = 0.02  # seconds between two looks whether a freeze was cleared

_log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Job:
    """One deployment that was asked for.

    Attributes:
        kind: `compose` or `application`.
        service_id: whose.
        type: `deploy` or `redeploy`.
        title: of the record that will be made.
        description: of the record that will be made.
        known_as: names of the service and its environment, for faults scoped by key.
        work: does it, once its turn has come.
    """

    kind: str
    service_id: str
    type: str
    title: str
    description: str
    known_as: str
    work: Callable[["Job"], Awaitable[None]]
    id: str = ""
    queued: int = 0
    started: int | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def row(self) -> Document:
        """As `deployment.queueList` shows it, without the link to the service."""
        row: Document = {
            "id": self.id,
            "name": "deployments",
            "data": {
                f"{self.kind}Id": self.service_id,
                "titleLog": self.title,
                "type": self.type,
                "applicationType": self.kind,
                "descriptionLog": self.description,
                "server": False,
            },
            "timestamp": self.queued,
        }
        if self.started is not None:
            row["processedOn"] = self.started
        return {**row, "state": "waiting" if self.started is None else "active"}


class Queue:
    """Deployments that wait or run; nothing of it survives a restart of the server.

    Args:
        world: clock, pace and faults.
        concurrency: how many services may be deployed at the same time; asked anew at each start.
    """

    def __init__(self, world: World, *, concurrency: Callable[[], int]) -> None:
        self._world = world
        self._concurrency = concurrency
        self._jobs: list[Job] = []
        self._last = 0

    def add(self, job: Job) -> None:
        """Put a job at the end; it starts when its turn comes."""
        self._last += 1
        job.id = f"job-{self._last}"
        job.queued = millis(self._world.now())
        self._jobs.append(job)
        self.pump()

    def jobs(self) -> list[Job]:
        """All of them, oldest first."""
        return list(self._jobs)

    def clean(self, service_id: str | None = None) -> None:
        """Drop waiting jobs, of one service or all; what runs is never touched."""
        for job in self.jobs():
            if job.started is None and service_id in (None, job.service_id):
                self._drop(job)
        self.pump()

    def stop(self) -> None:
        """Drop everything, as the end of the server does; numbers start again at 1."""
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            if job.task is not None:
                job.task.cancel()
        self._last = 0

    async def idle(self) -> None:
        """Return when nothing waits and nothing runs."""
        while self._jobs:
            await asyncio.gather(*(job.task for job in self._jobs if job.task), return_exceptions=True)
            await asyncio.sleep(0)

    async def hold(self, job: Job) -> None:
        """Stay here while a `freeze` concerns this job."""
        faults = self._world.faults
        generation = faults.generation
        if self._fault(job, FaultKind.FREEZE):
            while faults.generation == generation:  # noqa: ASYNC110  # faults are cleared from any thread
                await asyncio.sleep(_FROZEN_LOOK)

    def _fault(self, job: Job, kind: FaultKind) -> bool:
        text = json.dumps([job.service_id, job.title, job.description, job.known_as], ensure_ascii=False)
        path = f"{job.kind}.{job.type}"
        return self._world.faults.take(part="dokploy", path=path, text=text, kinds={kind}) is not None

    def pump(self) -> None:
        """Start what may start; to be called when the concurrency has changed."""
        for job in self.jobs():
            taken = [other for other in self._jobs if other.task is not None]
            if len(taken) >= self._concurrency():
                return
            if job.task is None and job.service_id not in {other.service_id for other in taken}:
                job.task = asyncio.create_task(self._run(job))

    async def _run(self, job: Job) -> None:
        waited = (millis(self._world.now()) - job.queued) / 1000
        if waited < self._world.pace.queue_delay:
            await asyncio.sleep(self._world.pace.queue_delay - waited)
        try:
            if not self._fault(job, FaultKind.LOSE_JOB):
                job.started = millis(self._world.now())
                await job.work(job)
        except Exception:  # noqa: BLE001  # the queue outlives whatever one job does
            _log.exception("%s of %s ended in an error of the emulator", job.id, job.known_as)
        finally:
            job.task = None
            if job in self._jobs:
                self._jobs.remove(job)
                self.pump()

    def _drop(self, job: Job) -> None:
        self._jobs.remove(job)
        if job.task is not None:
            job.task.cancel()
