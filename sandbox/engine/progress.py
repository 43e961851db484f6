"""How `--detach=false` follows a service until it has converged."""

from sandbox.engine.errors import DaemonError, NotReady
from sandbox.engine.protocol import Log
from sandbox.engine.swarm import Swarm


class Progress:
    """What is shown of one service, a line for each thing that is new.

    Args:
        swarm: the host's services.
        log: takes the lines.
    """

    def __init__(self, swarm: Swarm, log: Log) -> None:
        self._swarm = swarm
        self._log = log
        self._shown: set[str] = set()

    def look(self, service_id: str) -> bool:
        """Show what is new; whether the service has converged. Raises `EngineError` when it never will."""
        service = self._swarm.get(service_id)
        if service is None:
            raise DaemonError(f"service {service_id} not found")
        replicas = service["spec"]["replicas"]
        update = service["update"] or {"state": None, "message": ""}
        self._say(f"overall progress: 0 out of {replicas} tasks")
        for task in self._swarm.tasks.of([service["name"]]):
            if task["error"]:
                self._say(f"{task['slot']}/{replicas}: {task['error'][:75]}")
        if update["state"] == "paused":
            raise NotReady(f"service update paused: {update['message']}")
        if update["state"] == "rollback_paused":
            raise NotReady(f"service rollback paused: {update['message']}")
        rolled_back = update["state"] in ("rollback_started", "rollback_completed")
        if rolled_back:
            self._say(f"rollback: {update['cause']}")
        if service["pending"] or not self._swarm.converged(service):
            return False
        what = "rolling back update: " if rolled_back else ""
        self._say(f"overall progress: {what}{replicas} out of {replicas} tasks")
        self._say(f"verify: Service {service_id} converged")
        if rolled_back:
            self._say(f"rollback: {update['message']}")
        return True

    def _say(self, line: str) -> None:
        if line not in self._shown:
            self._shown.add(line)
            self._log(line)
