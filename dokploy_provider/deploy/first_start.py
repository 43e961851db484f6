"""The first start of a service whose tasks fail: Docker waits for ever, and the job holds Dokploy's queue.

`docker stack deploy --detach=false` ends when all services run. A service that ran before is rolled back; one
that never ran is tried again without end, and only `docker stack rm` ends the command (read in Docker's CLI,
2026-11-23). So we look at the tasks ourselves.
"""

from dataclasses import dataclass, field

from dokploy_provider.context import Context
from dokploy_provider.crud.service import COMPOSE
from dokploy_provider.deploy.health import Examiner
from dokploy_provider.deploy.records import Target
from dokploy_provider.errors import DokployError

STACK = "stack"
NO_IMAGE = "No such image"
PULLS = 10.0  # seconds; a pull that a registry refused once may succeed at Swarm's next try
BETWEEN = 2.0  # seconds between looks at the tasks; the record is looked at more often


@dataclass(kw_only=True)
class FirstStart:
    """Watches one deployment.

    Attributes:
        here: the context.
        target: what is deployed.
        limit: seconds for which a service's tasks may fail while none runs, unless its image is missing
            (`PULLS`).
        serving: an earlier release of it was verified, so it must not be taken down.
    """

    here: Context
    target: Target
    limit: float
    serving: bool
    _looked: float | None = field(default=None, init=False)
    _since: float | None = field(default=None, init=False)

    def hopeless(self) -> list[str]:
        """What Swarm says of the tasks, once it is sure that waiting does not help; until then nothing."""
        now = self.here.clock.monotonic()
        if not self._applies or (self._looked is not None and now - self._looked < BETWEEN):
            return []
        self._looked = now
        examiner = Examiner(self.here, self.target, {})
        failed = examiner.task_errors()
        running = examiner.look().running if failed else frozenset()
        errors = [error for error in failed if self._service(error) not in running]
        if not errors:
            self._since = None
            return []
        self._since = now if self._since is None else self._since
        patience = min(PULLS, self.limit) if all(NO_IMAGE in error for error in errors) else self.limit
        return errors if now - self._since > patience else []

    def end(self) -> str:
        """Free the queue with `POST compose.stop` (`docker stack rm`), where that takes nothing good down."""
        if self.serving:
            return (
                "what was verified before goes on serving, and the job holds Dokploy's queue until its "
                "service is stopped by hand"
            )
        try:
            self.here.client.post("compose.stop", {"composeId": self.target.id})
        except DokployError as error:
            return f"it still holds Dokploy's queue, and stopping it failed: {error}"
        return "it was stopped, since it would have held Dokploy's queue for ever"

    @property
    def _applies(self) -> bool:
        return self.target.kind is COMPOSE and self.target.compose_type == STACK

    def _service(self, error: str) -> str:
        """`backend` of `<appName>_backend.1: <error>`."""
        return error.partition(":")[0].partition(".")[0].removeprefix(f"{self.target.app_name}_")
