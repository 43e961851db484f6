"""The Engine's answers in the shapes that the emulator and onlookers know from the simulated engine."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.docker.mirror import Mirror
from sandbox.docker.watch import Snapshot
from sandbox.engine.durations import ago
from sandbox.engine.protocol import Kind

Document = dict[str, Any]

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
STACK = "com.docker.stack.namespace"
SWARM_SERVICE = "com.docker.swarm.service.name"
SWARM_TASK = "com.docker.swarm.task.id"
SHORT = 12


def app_of(labels: Mapping[str, str]) -> str:
    """The compose project, stack or application that something belongs to; empty for anybody else's."""
    service = labels.get(SWARM_SERVICE, "")
    return labels.get(PROJECT) or labels.get(STACK) or service


def labels_of(container: Mapping[str, Any]) -> dict[str, str]:
    """A container's labels, its image's included."""
    return container["Config"].get("Labels") or {}


def listed(container: Mapping[str, Any]) -> Document:
    """A container as `docker ps -a` shows it."""
    row = container["Listed"]
    return {
        "containerId": row["Id"][:SHORT],
        "name": container["Name"].removeprefix("/"),
        "state": row["State"],
        "status": row["Status"],
    }


def container(found: Mapping[str, Any], mirror: Mirror) -> Document:
    """A container for onlookers: of the environment only the names."""
    labels = labels_of(found)
    app = app_of(labels)
    swarm = labels.get(SWARM_SERVICE, "")
    health = (found["State"].get("Health") or {}).get("Status")
    networks = (found.get("NetworkSettings") or {}).get("Networks") or {}
    return {
        "id": found["Id"],
        "name": found["Name"].removeprefix("/"),
        "app": app,
        "kind": str(Kind.STACK if swarm else Kind.COMPOSE),
        "service": labels.get(SERVICE) or swarm.removeprefix(f"{labels.get(STACK, '')}_"),
        "image": mirror.real(found["Config"]["Image"]),
        "image_id": found["Image"],
        "labels": labels,
        "env": sorted(pair.partition("=")[0] for pair in found["Config"].get("Env") or ()),
        "networks": {name: list(end.get("Aliases") or ()) for name, end in networks.items()},
        "mounts": found.get("Mounts") or [],
        "task": labels.get(SWARM_TASK),
        "created": found["Created"],
        "state": found["State"]["Status"],
        "health": None if health in (None, "none") else health,
        "exit_code": found["State"]["ExitCode"],
    }


def tasks_of(snapshot: Snapshot, *, stack: str, service: str | None = None) -> list[Document]:
    """The tasks of a stack or a service by name and slot, newest first, as `docker stack ps` sorts them."""
    names = snapshot.service_names
    wanted = [
        task
        for task in snapshot.tasks
        if (
            names.get(task["ServiceID"]) == service
            if service
            else stack in (_stack(task), names.get(task["ServiceID"]))
        )
    ]
    newest_first = sorted(wanted, key=lambda task: str(task["CreatedAt"]), reverse=True)
    return sorted(newest_first, key=lambda task: (_service(snapshot, task), int(task.get("Slot", 0))))


def task(found: Mapping[str, Any], snapshot: Snapshot, now: datetime) -> Document:
    """A task as Dokploy shows it; the error in the quotes that Docker prints."""
    error = found["Status"].get("Err", "")
    return {
        "containerId": found["ID"],
        "name": task_name(found, snapshot),
        "state": found["DesiredState"],
        "node": snapshot.node,
        "currentState": current(found, now),
        "error": f'"{error}"' if error else "",
    }


def task_container(found: Mapping[str, Any], snapshot: Snapshot, now: datetime) -> Document:
    """The container of a task that should run, as Dokploy shows it."""
    return {
        "containerId": container_of(found)[:SHORT],
        "name": f"{task_name(found, snapshot)}.{found['ID']}",
        "node": snapshot.node,
        "state": found["DesiredState"],
        "status": current(found, now),
    }


def task_table(found: Mapping[str, Any], snapshot: Snapshot, mirror: Mirror) -> Document:
    """A task for onlookers."""
    return {
        "id": found["ID"],
        "service": _service(snapshot, found),
        "slot": found.get("Slot", 0),
        "image": mirror.real(found["Spec"]["ContainerSpec"]["Image"]),
        "desired": found["DesiredState"],
        "state": found["Status"]["State"],
        "error": found["Status"].get("Err", ""),
        "container": container_of(found) or None,
        "created": found["CreatedAt"],
        "changed": found["Status"]["Timestamp"],
    }


def service(found: Mapping[str, Any], snapshot: Snapshot, mirror: Mirror) -> Document:
    """A service for onlookers: of the environment only the names."""
    spec = found["Spec"]
    template = spec["TaskTemplate"]
    attached = template.get("Networks") or spec.get("Networks") or ()
    names = {network["Id"]: network["Name"] for network in snapshot.networks}
    update = found.get("UpdateStatus")
    labels = spec.get("Labels") or {}
    return {
        "id": found["ID"],
        "name": spec["Name"],
        "stack": labels.get(STACK, spec["Name"]),
        "image": mirror.real(template["ContainerSpec"]["Image"]),
        "labels": labels,
        "env": sorted(pair.partition("=")[0] for pair in template["ContainerSpec"].get("Env") or ()),
        "networks": [names.get(n["Target"], n["Target"]) for n in attached],
        "replicas": ((spec.get("Mode") or {}).get("Replicated") or {}).get("Replicas", 1),
        "running": sum(
            task["ServiceID"] == found["ID"]
            and (task["Status"]["State"], task["DesiredState"]) == ("running", "running")
            for task in snapshot.tasks
        ),
        "update": {"state": update["State"], "message": update.get("Message", "")} if update else None,
    }


def network(found: Mapping[str, Any]) -> Document:
    """A network as the emulator reads it."""
    ipam = found.get("IPAM") or {}
    return {
        **{name: found[name] for name in ("Id", "Name", "Driver", "Scope", "Internal", "Attachable")},
        "Labels": found.get("Labels") or {},
        "Created": found["Created"],
        "IPAM": {"Config": ipam.get("Config") or []},
    }


def volume(found: Mapping[str, Any]) -> Document:
    """A volume."""
    return {
        "Name": found["Name"],
        "Driver": found["Driver"],
        "Labels": found.get("Labels") or {},
        "Scope": found.get("Scope", "local"),
        "CreatedAt": found.get("CreatedAt", ""),
    }


def image(found: Mapping[str, Any], mirror: Mirror) -> Document:
    """An image; its names without the mirror."""
    return {
        "Id": found["Id"],
        "RepoTags": [mirror.real(name) for name in found.get("RepoTags") or ()],
        "RepoDigests": [mirror.real(name) for name in found.get("RepoDigests") or ()],
        "Labels": found.get("Labels") or {},
        "Created": datetime.fromtimestamp(found["Created"]).astimezone().isoformat(),
    }


def container_of(found: Mapping[str, Any]) -> str:
    """The id of a task's container; empty before there is one."""
    return str((found["Status"].get("ContainerStatus") or {}).get("ContainerID", ""))


def task_name(found: Mapping[str, Any], snapshot: Snapshot) -> str:
    """`<service>.<slot>`."""
    return f"{_service(snapshot, found)}.{found.get('Slot', 0)}"


def current(found: Mapping[str, Any], now: datetime) -> str:
    """`Running 5 seconds ago`."""
    status = found["Status"]
    return f"{status['State'].capitalize()} {ago(_microseconds(status['Timestamp']), now)}"


def _microseconds(stamp: str) -> str:
    """The Engine's timestamps have nine digits of a second, Python reads six."""
    seconds, _, rest = stamp.rstrip("Z").partition(".")
    return f"{seconds}.{rest[:6]:0<6}+00:00"


def _stack(found: Mapping[str, Any]) -> str:
    return str((found["Spec"]["ContainerSpec"].get("Labels") or {}).get(STACK, ""))


def _service(snapshot: Snapshot, found: Mapping[str, Any]) -> str:
    """The service's name; of one that is gone its id, as Docker shows it."""
    return snapshot.service_names.get(found["ServiceID"], str(found["ServiceID"]))
