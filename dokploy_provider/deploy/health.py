"""Containers: running, healthy, and on the digests that were asked for.

`done` means that a command ended well, no more (measured 2026-11-22/23). Of a stack, Docker calls a task
`running` only once its health check passes; of a compose project the status text tells (`Up 2 seconds
(healthy)`). What a container runs is `Config.Image` of its inspection, the reference as the compose file has
it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from dokploy_provider.context import Context
from dokploy_provider.crud.service import APPLICATION
from dokploy_provider.deploy.records import Target
from dokploy_provider.models.base import Row

REVISION_LABEL = "org.opencontainers.image.revision"
_EXITED = re.compile(r"Exited \((\d+)\)")
_NO_ERROR = frozenset({"", "Error:"})  # Dokploy cuts Docker's output and leaves the last row's heading
_STARTING = frozenset({"new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "created"})


class Trouble(StrEnum):
    """What is wrong with a container."""

    MISSING = "missing"
    STATE = "state"
    STARTING = "starting"
    UNHEALTHY = "unhealthy"
    DIGEST = "digest"


DRIFTS = frozenset({Trouble.MISSING, Trouble.STATE, Trouble.DIGEST})
"""What a refresh reports; being unhealthy for a moment is no reason to deploy again."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong; the text is the same at each look, so that a refresh settles."""

    trouble: Trouble
    text: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """What one look found.

    Attributes:
        problems: empty when all is well.
        commits: per service the commit baked into the image that runs.
        running: services with a running container, to know later what stopped.
    """

    problems: tuple[Problem, ...]
    commits: Mapping[str, str]
    running: frozenset[str]


class _Listed(Row):
    container_id: str = ""
    name: str
    state: str = ""
    status: str = ""


class _Config(Row):
    image: str = Field(default="", alias="Image")
    labels: dict[str, str] | None = Field(default=None, alias="Labels")


class _RestartPolicy(Row):
    name: str = Field(default="", alias="Name")


class _HostConfig(Row):
    restart_policy: _RestartPolicy = Field(default=_RestartPolicy(), alias="RestartPolicy")


class _Inspected(Row):
    """A container's inspection without its environment, which holds resolved secrets."""

    config: _Config = Field(default=_Config(), alias="Config")
    host_config: _HostConfig = Field(default=_HostConfig(), alias="HostConfig")


class Examiner:
    """Looks at one service's containers; remembers inspections, which do not change in a container's life."""

    def __init__(
        self, here: Context, target: Target, images: Mapping[str, str], *, must_run: Collection[str] = ()
    ) -> None:
        self._here = here
        self._must_run = must_run
        self._target = target
        self._images = images
        self._inspected: dict[str, _Inspected | None] = {}

    def look(self) -> Health:
        """One list, and one inspection for each container not seen before."""
        problems: list[Problem] = []
        commits: dict[str, str] = {}
        present: set[str] = set()
        running: set[str] = set()
        rows = self._list()
        for row in rows:
            info = self._inspect(row.container_id) if self._images or row.state != "running" else None
            service = self._service(row, info)
            found = self._state(row, info, service)
            if row.state == "running":
                running.add(service)
            wanted = self._images.get(service)
            if found is None and wanted is not None:
                found = _digest(service, wanted, info)
                present.add(service)
            if found is not None:
                problems.append(found)
                present.add(service)
            elif info is not None and (commit := (info.config.labels or {}).get(REVISION_LABEL)):
                commits[service] = commit
        missing = (
            sorted(self._images.keys() - present) if rows else sorted(self._images) or [self._target.app_name]
        )
        problems += [Problem(trouble=Trouble.MISSING, text=f"{name} has no container") for name in missing]
        return Health(problems=tuple(problems), commits=commits, running=frozenset(running))

    def task_errors(self) -> list[str]:
        """What Swarm says of tasks that failed, newest first; empty for a compose project."""
        if self._target.kind is APPLICATION:
            rows = self._here.client.get(
                "docker.getServiceContainersByAppName", appName=self._target.app_name
            )
        elif self._target.compose_type == "stack":
            rows = self._here.client.get("docker.getStackContainersByAppName", appName=self._target.app_name)
        else:
            return []
        told = [(r.get("name"), str(r.get("error") or "").strip('"')) for r in rows or ()]
        return list(dict.fromkeys(f"{name}: {error}" for name, error in told if error not in _NO_ERROR))[:5]

    def _list(self) -> list[_Listed]:
        name = self._target.app_name
        if self._target.kind is APPLICATION:
            return [*self._unborn_tasks(name), *self._of_service(name)]
        kind = self._target.compose_type or "docker-compose"
        rows = self._here.client.get("docker.getContainersByAppNameMatch", appName=name, appType=kind)
        return [_Listed.model_validate(row) for row in rows or ()]

    def _of_service(self, name: str) -> list[_Listed]:
        """Running containers of an application: `<appName>.<slot>.<task>`."""
        rows = [_Listed.model_validate(row) for row in self._here.client.get("docker.getContainers") or ()]
        return [row for row in rows if row.name.startswith(f"{name}.") and row.state == "running"]

    def _unborn_tasks(self, name: str) -> list[_Listed]:
        """Tasks that should run and do not yet: what runs is listed apart."""
        rows = self._here.client.get("docker.getServiceContainersByAppName", appName=name)
        wanted = [row for row in rows or () if row.get("state") == "running"]
        states = [
            (str(row["name"]), str(row.get("currentState", "")).split(" ")[0].lower()) for row in wanted
        ]
        return [_Listed(name=task, state=state) for task, state in states if state != "running"]

    def _inspect(self, id_: str) -> _Inspected | None:
        if not id_:
            return None
        if self._inspected.get(id_) is None:
            answer = self._here.client.get("docker.getConfig", containerId=id_)
            self._inspected[id_] = _Inspected.model_validate(answer) if answer else None
        return self._inspected[id_]

    def _service(self, row: _Listed, info: _Inspected | None) -> str:
        """The service's name in the compose file: by label, else from the container's name."""
        if self._target.kind is APPLICATION:
            return next(iter(self._images), self._target.app_name)
        labels = (info.config.labels if info else None) or {}
        name = labels.get("com.docker.compose.service") or labels.get("com.docker.swarm.service.name") or ""
        if not name:
            name = row.name.split(".", 1)[0] if self._target.compose_type == "stack" else row.name
            name = re.sub(r"-\d+$", "", name)
        prefix = self._target.app_name
        return name.removeprefix(prefix).lstrip("_-") or prefix

    def _state(self, row: _Listed, info: _Inspected | None, service: str) -> Problem | None:
        state = row.state.lower()
        if state == "running":
            if "(unhealthy)" in row.status:
                return Problem(trouble=Trouble.UNHEALTHY, text=f"{row.name} is unhealthy")
            if "(health: starting)" in row.status:
                return Problem(trouble=Trouble.STARTING, text=f"{row.name} is starting")
            return None
        if state in _STARTING:
            return Problem(trouble=Trouble.STARTING, text=f"{row.name} is {state}")
        if service not in self._must_run and (state == "complete" or self._ended_well(row, info)):
            return None
        return Problem(trouble=Trouble.STATE, text=f"{row.name} is {state or 'in an unknown state'}")

    def _ended_well(self, row: _Listed, info: _Inspected | None) -> bool:
        """A one-shot service (migrations) that exited 0 and is not to be restarted."""
        match = _EXITED.match(row.status)
        once = info is not None and info.host_config.restart_policy.name in {"", "no", "on-failure"}
        return row.state == "exited" and match is not None and match.group(1) == "0" and once


def _digest(service: str, wanted: str, info: _Inspected | None) -> Problem | None:
    if info is None:
        return Problem(trouble=Trouble.MISSING, text=f"{service} cannot be inspected")
    runs = info.config.image
    if runs.partition("@")[2] != wanted.partition("@")[2] or not runs:
        return Problem(trouble=Trouble.DIGEST, text=f"{service} runs {runs or 'nothing'}, not {wanted}")
    return None
