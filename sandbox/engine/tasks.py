"""Tasks of swarm services, with their containers. A task never comes back: what follows it is another one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sandbox.engine.behaviour import behaviour_of
from sandbox.engine.containers import NODE, SHORT, Wanted
from sandbox.engine.durations import ago
from sandbox.engine.errors import DaemonError
from sandbox.engine.lifecycle import Health, Status
from sandbox.engine.parts import Parts
from sandbox.engine.protocol import Kind
from sandbox.engine.spec import ServiceSpec

STACK = "com.docker.stack.namespace"
_HISTORY = 5  # Swarm's default: tasks that it remembers for each slot, the running one included
_KILLED = 137


class Outcome(StrEnum):
    """What became of a task."""

    RUNNING = "running"
    FAILED = "failed"


class Tasks:
    """The task table of one host, keyed by id.

    Args:
        parts: the host.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._table = parts.state.tasks

    def launch(self, service: Mapping[str, Any], slot: int) -> str:
        """Start a task of the service's spec and return its id; a missing image rejects it."""
        spec = ServiceSpec.of(service["spec"])
        task: dict[str, Any] = {
            "id": self._parts.state.new_swarm_id(f"task {service['name']}"),
            "service": service["name"],
            "slot": slot,
            "image": spec.image,
            "task_hash": spec.task_hash,
            "desired": "running",
            "state": "starting",
            "error": "",
            "container": None,
            "created": self._parts.state.stamp(),
            "changed": self._parts.state.stamp(),
        }
        try:
            image = self._parts.images.find(spec.image) or self._parts.images.pull(spec.image)
        except DaemonError:
            task |= {"desired": "shutdown", "state": "rejected", "error": f"No such image: {spec.image}"}
        else:
            task["container"] = self._container(service, spec, task, image)
        self._table.put(task["id"], task)
        self._forget_the_oldest(service["name"], slot)
        self.outcome(task["id"])
        return str(task["id"])

    def outcome(self, task_id: str) -> Outcome:
        """What became of a task so far; notes it."""
        task = self._table.get(task_id)
        if task is None or task["state"] in ("rejected", "failed", "complete", "shutdown"):
            return Outcome.FAILED
        row = self._parts.containers.find(task["container"])
        state = self._parts.containers.state(row) if row else None
        if row is None or state is None or state.status is Status.EXITED:
            code = state.exit_code if state else 1
            self._end(task, "failed" if code else "complete", f"task: non-zero exit ({code})" if code else "")
            return Outcome.FAILED
        if state.health is Health.UNHEALTHY:
            self._parts.containers.stop(row["id"], exit_code=_KILLED)
            self._end(task, "failed", f"task: non-zero exit ({_KILLED}): dockerexec: unhealthy container")
            return Outcome.FAILED
        if state.health is not Health.STARTING:
            self._table.patch(task_id, state="running", changed=self._parts.state.stamp())
        return Outcome.RUNNING

    def running(self, service: str) -> dict[int, dict[str, Any]]:
        """The newest running task of each slot."""
        return {task["slot"]: task for task in self._table.where(service=service, state="running")}

    def slots(self, service: str) -> set[int]:
        """Slots that have a task, whatever became of it."""
        return {task["slot"] for task in self._table.where(service=service) if task["state"] != "shutdown"}

    def retire(self, task_id: str) -> None:
        """Stop a task for good."""
        task = self._table.get(task_id)
        if task is None or task["desired"] == "shutdown":
            return
        if task["container"]:
            self._parts.containers.stop(task["container"])
        self._end(task, "shutdown", "")
        self._forget_the_oldest(task["service"], task["slot"])

    def retire_others(self, service: str, slot: int, *, keep: str) -> None:
        """Stop a slot's other tasks, once its new one runs."""
        for task in self._table.where(service=service, slot=slot):
            if task["id"] != keep:
                self.retire(task["id"])

    def retire_above(self, service: str, replicas: int) -> None:
        """Stop the tasks of slots that are no longer wanted."""
        for task in self._table.where(service=service):
            if task["slot"] > replicas:
                self.retire(task["id"])

    def remove_all(self, service: str) -> None:
        """Forget a service's tasks and remove their containers."""
        for task in self._table.where(service=service):
            self._remove(task)

    def of(self, services: list[str]) -> list[dict[str, Any]]:
        """The tasks of these services: by service and slot, newest first."""
        wanted = [task for task in self._table.where() if task["service"] in services]
        newest_first = list(reversed(wanted))
        return sorted(newest_first, key=lambda task: (task["service"], task["slot"]))

    def row(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """A task as Dokploy shows it; the error in the quotes that Docker prints."""
        return {
            "containerId": task["id"],
            "name": f"{task['service']}.{task['slot']}",
            "state": task["desired"],
            "node": NODE,
            "currentState": self._current(task),
            "error": f'"{task["error"]}"' if task["error"] else "",
        }

    def container_row(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """The container of a task that should run, as Dokploy shows it."""
        return {
            "containerId": (task["container"] or "")[:SHORT],
            "name": f"{task['service']}.{task['slot']}.{task['id']}",
            "node": NODE,
            "state": task["desired"],
            "status": self._current(task),
        }

    def _current(self, task: Mapping[str, Any]) -> str:
        return f"{task['state'].capitalize()} {ago(task['changed'], self._parts.state.now)}"

    def _container(
        self, service: Mapping[str, Any], spec: ServiceSpec, task: Mapping[str, Any], image: Mapping[str, Any]
    ) -> str:
        stack = service["stack"]
        name = f"{service['name']}.{task['slot']}.{task['id']}"
        for mount in spec.mounts:
            if mount["Type"] == "volume" and mount["Name"]:
                self._parts.volumes.create(mount["Name"], labels={STACK: stack} if stack else {})
        own = {**image["labels"], **spec.container_labels}
        row = self._parts.containers.create(
            Wanted(
                name=name,
                app=stack or service["name"],
                kind=Kind.STACK,
                service=service["name"],
                image=spec.image,
                image_id=image["id"],
                labels={
                    **own,
                    "com.docker.swarm.service.id": service["id"],
                    "com.docker.swarm.service.name": service["name"],
                    "com.docker.swarm.task.id": task["id"],
                    "com.docker.swarm.task.name": name,
                    **({STACK: stack} if stack else {}),
                },
                env={**image["env"], **spec.env},
                behaviour=behaviour_of(own),
                networks=spec.networks,
                mounts=spec.mounts,
                healthcheck=image["healthcheck"] if spec.healthcheck is None else spec.healthcheck,
                task=task["id"],
            )
        )
        self._parts.containers.start(row["id"])
        return str(row["id"])

    def _end(self, task: Mapping[str, Any], state: str, error: str) -> None:
        self._table.patch(
            task["id"], desired="shutdown", state=state, error=error, changed=self._parts.state.stamp()
        )

    def _forget_the_oldest(self, service: str, slot: int) -> None:
        known = self._table.where(service=service, slot=slot)
        former = [task for task in known if task["desired"] == "shutdown"]
        for task in former[: max(0, len(known) - _HISTORY)]:
            self._remove(task)

    def _remove(self, task: Mapping[str, Any]) -> None:
        if task["container"]:
            self._parts.containers.remove(task["container"])
        self._table.delete(task["id"])
