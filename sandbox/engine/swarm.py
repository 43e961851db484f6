"""Services of a single-node swarm: what they should be, and how an update rolls from slot to slot.

An update is decided when its tasks had time to become healthy (`Pace.start`). Nobody waits for that moment:
whoever looks later finds it decided, also after a restart of the sandbox.
"""

from datetime import datetime
from typing import Any

from sandbox.engine.errors import DaemonError
from sandbox.engine.parts import Parts
from sandbox.engine.spec import ServiceSpec
from sandbox.engine.tasks import Outcome, Tasks

_CREATING, _UPDATING, _ROLLING_BACK = "creating", "updating", "rolling-back"


class Swarm:
    """The service table of one host, keyed by name.

    Args:
        parts: the host.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._table = parts.state.services
        self.tasks = Tasks(parts)

    def get(self, name: str) -> dict[str, Any] | None:
        """The service with this name or id, as it is now."""
        self.settle()
        return self._table.get(name) or next(iter(self._table.where(id=name)), None)

    def of_stack(self, stack: str) -> list[dict[str, Any]]:
        """A stack's services as they are now, by name."""
        self.settle()
        return sorted(self._table.where(stack=stack), key=lambda row: str(row["name"]))

    def create(self, name: str, spec: ServiceSpec, *, stack: str | None) -> dict[str, Any]:
        """Make a service and start its tasks. Raises `DaemonError` when the name is taken."""
        if name in self._table:
            raise DaemonError(
                f"rpc error: code = AlreadyExists desc = name conflicts with an existing object: service"
                f" {name} already exists"
            )
        service: dict[str, Any] = {
            "id": self._parts.state.new_swarm_id(f"service {name}"),
            "name": name,
            "stack": stack,
            "spec": spec.as_document(),
            "previous": None,
            "update": None,
            "pending": None,
            "created": self._parts.state.stamp(),
        }
        slots = list(range(1, spec.replicas + 1))
        started = [self.tasks.launch(service, slot) for slot in slots]
        self._await(service, phase=_CREATING, tasks=started, left=[])
        self.settle()
        return service

    def update(self, name: str, spec: ServiceSpec) -> dict[str, Any]:
        """Give a service another spec; only what concerns its tasks makes new ones. Raises `DaemonError`."""
        service = self.get(name)
        if service is None:
            raise DaemonError(f"service {name} not found")
        former = ServiceSpec.of(service["spec"])
        service |= {"spec": spec.as_document(), "update": None, "pending": None}
        if former.task_hash != spec.task_hash:
            service["previous"] = former.as_document()
            service["update"] = {"state": "updating", "message": "update in progress"}
            self._next(service, phase=_UPDATING, left=list(range(1, spec.replicas + 1)))
        else:
            self._fill(service)
        self.settle()
        return service

    def remove(self, name: str) -> None:
        """Remove a service with its tasks and their containers. Raises `DaemonError` when there is none."""
        service = self.get(name)
        if service is None:
            raise DaemonError(f"service {name} not found")
        self.tasks.remove_all(service["name"])
        self._table.delete(service["name"])

    def converged(self, service: dict[str, Any]) -> bool:
        """Whether each slot has a running task of the current spec."""
        spec = ServiceSpec.of(service["spec"])
        running = self.tasks.running(service["name"])
        return all(
            slot in running and running[slot]["task_hash"] == spec.task_hash
            for slot in range(1, spec.replicas + 1)
        )

    def settle(self) -> None:
        """Decide what had its time."""
        for name in self._table:
            service = self._table.get(name)
            while service and service["pending"] and self._is_due(service):
                self._decide(service)

    def _is_due(self, service: dict[str, Any]) -> bool:
        return self._parts.state.now >= datetime.fromisoformat(service["pending"]["due"])

    def _decide(self, service: dict[str, Any]) -> None:
        pending = service["pending"]
        service["pending"] = None
        failed = [t for t in pending["tasks"] if self.tasks.outcome(t) is Outcome.FAILED]
        if pending["phase"] == _CREATING:
            self._table.put(service["name"], service)
        elif failed:
            self._failed(service, pending, failed[0])
        else:
            slot = pending["slot"]
            self.tasks.retire_others(service["name"], slot, keep=pending["tasks"][0])
            self._next(service, phase=pending["phase"], left=pending["left"])

    def _next(self, service: dict[str, Any], *, phase: str, left: list[int]) -> None:
        """Start the update of the next slot, or close the update."""
        spec = ServiceSpec.of(service["spec"])
        if not left:
            self.tasks.retire_above(service["name"], spec.replicas)
            done = "completed" if phase == _UPDATING else "rollback_completed"
            words = "update completed" if phase == _UPDATING else "rollback completed"
            service["update"] = {**service["update"], "state": done, "message": words}
            self._table.put(service["name"], service)
            return
        slot = left[0]
        running = self.tasks.running(service["name"]).get(slot)
        if running and running["task_hash"] == spec.task_hash:
            self._next(service, phase=phase, left=left[1:])
            return
        if running and spec.order != "start-first":
            self.tasks.retire(running["id"])
        task = self.tasks.launch(service, slot)
        self._await(service, phase=phase, tasks=[task], left=left[1:], slot=slot)

    def _await(
        self, service: dict[str, Any], *, phase: str, tasks: list[str], left: list[int], slot: int = 0
    ) -> None:
        due = self._parts.state.stamp(self._parts.state.world.pace.start)
        service["pending"] = {"phase": phase, "tasks": tasks, "left": left, "slot": slot, "due": due}
        self._table.put(service["name"], service)

    def _failed(self, service: dict[str, Any], pending: dict[str, Any], task: str) -> None:
        cause = f"due to failure or early termination of task {task}"
        spec = ServiceSpec.of(service["spec"])
        if pending["phase"] == _ROLLING_BACK:
            service["update"] = {"state": "rollback_paused", "message": f"update paused {cause}"}
            self._table.put(service["name"], service)
        elif spec.failure_action == "rollback" and service["previous"]:
            service["spec"], service["previous"] = service["previous"], None
            service["update"] = {
                "state": "rollback_started",
                "message": f"update rolled back {cause}",
                "cause": f"update rolled back {cause}",
            }
            replicas = ServiceSpec.of(service["spec"]).replicas
            self._next(service, phase=_ROLLING_BACK, left=list(range(1, replicas + 1)))
        elif spec.failure_action == "continue":
            self._next(service, phase=_UPDATING, left=pending["left"])
        else:
            service["update"] = {"state": "paused", "message": f"update paused {cause}"}
            self._table.put(service["name"], service)

    def _fill(self, service: dict[str, Any]) -> None:
        """After a change that leaves the tasks alone: add or take away slots."""
        spec = ServiceSpec.of(service["spec"])
        self.tasks.retire_above(service["name"], spec.replicas)
        there = self.tasks.slots(service["name"])
        missing = [slot for slot in range(1, spec.replicas + 1) if slot not in there]
        started = [self.tasks.launch(service, slot) for slot in missing]
        if started:
            self._await(service, phase=_CREATING, tasks=started, left=[])
        else:
            self._table.put(service["name"], service)
