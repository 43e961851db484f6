"""Deleting a service so that nothing of it is left.

Dokploy removes its row first, answers 200 whatever Docker says, drops waiting jobs but lets a running build
go on, keeps images that it built, and of a stack also the volumes (measured 2026-11-22/23). So: clear the
queue, wait for the running record, delete, and look at the host until two looks with a pause between find
nothing.
"""

import functools
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import service as services
from dokploy_provider.crud.service import Kind
from dokploy_provider.errors import DokployError, LeftBehind, NotFound, OutcomeUnknown, Rejected
from dokploy_provider.models.base import Row
from dokploy_provider.models.compose import DeploymentRow

LOOKS = 4
REMOVE = "Remove it there (`docker rm -f`, `docker network rm`, `docker volume rm`, `docker rmi`)"
_LOG = logging.getLogger(__name__)


class _Service(Row):
    app_name: str
    description: str | None = None
    deployments: tuple[DeploymentRow, ...] = ()


def service(
    here: Context,
    kind: Kind,
    id_: str,
    *,
    options: dict[str, bool],
    left: Callable[[], list[str]],
) -> None:
    """Delete a compose or an application; gone already is no error, left-overs are.

    Args:
        here: the context.
        kind: which of the two.
        id_: its id.
        options: further fields of the delete, e.g. `deleteVolumes`.
        left: removes what the delete does not, and names what is still there.

    Raises:
        LeftBehind: something is left after the last look; it is listed.
        DokployError: a deployment did not end within the bound.
    """
    if _exists(here, kind, id_):
        with suppress(OutcomeUnknown, NotFound, Rejected):  # a job that is left is waited for below
            here.client.post(f"{kind.noun}.cleanQueues", {kind.id: id_})
        _await_running(here, kind, id_)
        try:
            here.client.post(f"{kind.noun}.delete", {kind.id: id_, **options})
        except NotFound:
            pass
        except OutcomeUnknown:
            if _exists(here, kind, id_):
                raise
    _verify(here, left, what=f"{kind.noun.capitalize()} {id_}")


def _exists(here: Context, kind: Kind, id_: str) -> bool:
    return services.row(here, _Service, kind, id_) is not None


def _await_running(here: Context, kind: Kind, id_: str) -> None:
    end = here.clock.monotonic() + here.timing.running_wait
    told = False
    while True:
        row = services.row(here, _Service, kind, id_)
        running = [d.deployment_id for d in row.deployments if d.status == "running"] if row else []
        if not running:
            return
        if not told:
            _LOG.info("%s: deployment %s still runs; waiting before deleting it.", kind.noun, running[0])
            told = True
        if here.clock.monotonic() >= end:
            raise DokployError(
                f"{kind.noun} {id_}: deployment {running[0]} still runs after {here.timing.running_wait:.0f} "
                "s, and deleting it now would leave what it starts. Stop it on Dokploy's deployments page "
                "and run again."
            )
        here.clock.sleep(here.timing.poll)


def _verify(here: Context, left: Callable[[], list[str]], *, what: str) -> None:
    """Look until two looks in a row, a settling time apart, find nothing."""
    clean, remaining = 0, list[str]()
    for look in range(LOOKS):
        if look:
            here.clock.sleep(here.timing.settle)
        remaining = left()
        clean = 0 if remaining else clean + 1
        if clean == 2:  # noqa: PLR2004 - two looks, as said above
            return
    if remaining:
        raise LeftBehind(
            f"{what} is deleted at Dokploy, but this is left on its host: {'; '.join(remaining)}. {REMOVE}, "
            "then run destroy again.",
            left=remaining,
        )


def leftovers(here: Context, app_name: str, *, volumes: bool) -> list[str]:
    """What the host still has of a compose or stack; images built for it and, if asked, volumes are removed
    here.
    """
    left = standing(here, app_name)
    if left:
        return left  # images and volumes cannot go while containers hold them
    left += _remove_images(here, app_name)
    return left + (_remove_volumes(here, app_name) if volumes else [])


def standing(here: Context, app_name: str) -> list[str]:
    """Containers and networks that the host still has of it; changes nothing."""
    prefixes = (f"{app_name}-", f"{app_name}_", f"{app_name}.")
    left = [f"container {name} ({state})" for name, state in _containers(here, app_name, prefixes)]
    networks = _ask(here, "network.networksToSync").get("importable") or ()
    return left + [f"network {n['name']}" for n in networks if str(n["name"]).startswith(prefixes)]


def _ask(here: Context, procedure: str) -> Any:
    """A list that only newer 0.30 releases give; without it that part of the host is not looked at."""
    try:
        return here.client.get(procedure) or {}
    except Rejected as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        _not_checked(procedure)
        return {}


@functools.cache
def _not_checked(procedure: str) -> None:
    """Told once in a process."""
    _LOG.warning("This Dokploy does not know %s: what it would list as left over is not checked.", procedure)


def _containers(here: Context, app_name: str, prefixes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Name and state: of the compose project by its label, of a stack or service by name."""
    labelled = here.client.get(
        "docker.getContainersByAppNameMatch", appName=app_name, appType="docker-compose"
    )
    everywhere = [
        c for c in here.client.get("docker.getContainers") or () if str(c["name"]).startswith(prefixes)
    ]
    found = {str(c["name"]): str(c.get("state", "")) for c in [*(labelled or ()), *everywhere]}
    return sorted(found.items())


def _remove_images(here: Context, app_name: str) -> list[str]:
    """`docker compose build` names images `<appName>-<service>`, and a rebuild leaves the former one without
    a name; nothing else removes them.
    """
    built = [i for i in _ask(here, "dockerImage.getImages") if _built(here, i, app_name)]
    return _each(
        built,
        lambda i: here.client.post(
            "dockerImage.removeImage", {"repository": i["Repository"], "tag": i["Tag"], "id": i["ID"]}
        ),
        lambda i: f"image {i['ID']}" if _nameless(i) else f"image {i['Repository']}:{i['Tag']}",
    )


def _built(here: Context, image: dict[str, str], app_name: str) -> bool:
    """By its name, or by the label that Compose gives to what it builds."""
    if not _nameless(image):
        return str(image.get("Repository", "")).startswith(f"{app_name}-")
    try:
        config = here.client.get("dockerImage.getImageConfig", imageRef=image["ID"])
    except (Rejected, NotFound):  # gone since it was listed
        return False
    labels = config["Config"].get("Labels") or {}
    return bool(labels.get("com.docker.compose.project") == app_name)


def _nameless(image: dict[str, str]) -> bool:
    return image.get("Repository") == "<none>"


def _remove_volumes(here: Context, app_name: str) -> list[str]:
    """Volumes named after the app or labelled with it: a stack's are never removed by Dokploy."""
    label = f"com.docker.compose.project={app_name}"
    stack = f"com.docker.stack.namespace={app_name}"
    ours = [
        v
        for v in _ask(here, "dockerVolume.getVolumes")
        if str(v.get("Name", "")).startswith(f"{app_name}_")
        or {label, stack} & set(str(v.get("Labels", "")).split(","))
    ]
    return _each(
        ours,
        lambda v: here.client.post("dockerVolume.removeVolume", {"volumeName": v["Name"]}),
        lambda v: f"volume {v['Name']}",
    )


def _each(
    things: Sequence[dict[str, str]],
    remove: Callable[[dict[str, str]], object],
    name: Callable[[dict[str, str]], str],
) -> list[str]:
    """Remove each once; the next look tells what came of it."""
    for thing in things:
        with suppress(OutcomeUnknown, Rejected, NotFound):
            remove(thing)
    return [name(thing) for thing in things]
