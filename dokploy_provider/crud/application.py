"""Application: a Swarm service from a Docker image.

`application.update` takes the columns of all `application.save*` procedures as a patch and answers `true`; of
a missing id it says 400 (measured 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import marker, outlived, revision, service, teardown
from dokploy_provider.crud.base import Made, Seen, differing, kept, once
from dokploy_provider.errors import NotFound
from dokploy_provider.models.application import ApplicationDesired, ApplicationRow

HELD: Mapping[str, Any] = {"autoDeploy": False, "sourceType": "docker"}
REACHING = frozenset({"docker_image", "env", "replicas"})
QUIET = frozenset({"name", "description", "autoDeploy"})


def create(here: Context, want: ApplicationDesired) -> Made:
    """Find ours, adopt by id, or create; then converge.

    Raises:
        NotOurs: an application of that name exists in the environment without our marker.
        Ambiguous: several carry our marker.
    """
    id_ = want.adopt or _find(here, want)
    if id_ is None:
        body = {
            "name": want.application_name,
            "appName": want.application_name,
            "environmentId": want.environment_id,
            "description": marker.described(want.description, want.owner),
            "sourceType": "docker",
        }
        id_ = once(
            here,
            lambda: (
                ApplicationRow.model_validate(here.client.post("application.create", body)).application_id
            ),
            lambda: _find(here, want),
        )
    row = _require(here, id_)
    marker.refuse_foreign(row, want.owner, what="Application", id_=id_)
    _write(here, row, want)
    return _made(row, revision.first(content(want.model_dump(mode="json")), id_=id_))


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET application.one`. The revision stays: only what this stack sends makes a new one."""
    row = service.row(here, ApplicationRow, service.APPLICATION, id_, max_age=here.timing.max_age)
    if row is None:
        return outlived.seen(here, state, "application_id", "app_name", "revision")
    inputs = {
        "environment_id": row.environment_id,
        "application_name": row.name,
        "owner": marker.owner_of(row) or "",
        "description": marker.plain(row),
        "docker_image": row.docker_image or "",
        "env": row.env or "",
        "replicas": row.replicas,
    }
    columns = row.model_dump(by_alias=True)
    outs: dict[str, Any] = {**_made(row, str(state.get("revision") or "")).outs}
    drift = [f"{name} is {columns.get(name)!r}" for name in sorted(differing(HELD, columns))]
    return Seen(inputs=inputs, outs={**outs, "drift": drift} if drift else outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: ApplicationDesired) -> Made:
    """Converge in place; a new revision as in `crud.compose.update`."""
    row = _require(here, id_, state)
    marker.refuse_foreign(row, want.owner, what="Application", id_=id_)
    changed = _write(here, row, want).keys() - QUIET
    now = content(want.model_dump(mode="json"))
    return _made(row, revision.after(state, now, written=bool(changed)))


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Delete it and what it left; its image was pulled, not built, and stays.

    Raises:
        NotOurs: another stack has marked it since.
        LeftBehind: something stays on the host.
    """
    row = service.row(here, ApplicationRow, service.APPLICATION, id_)
    if row is not None:
        marker.refuse_foreign(row, str(state.get("owner")), what="Application", id_=id_)
    app_name = str(state.get("app_name") or "")
    teardown.service(
        here,
        service.APPLICATION,
        id_,
        options={},
        left=lambda: teardown.leftovers(here, app_name, volumes=False) if app_name else [],
    )


def content(inputs: Mapping[str, Any]) -> str:
    """Hash of what reaches a container."""
    return revision.content(ApplicationDesired, REACHING, inputs)


def _require(here: Context, id_: str, state: Mapping[str, Any] | None = None) -> ApplicationRow:
    row = service.row(here, ApplicationRow, service.APPLICATION, id_)
    if row is None:
        outlived.refuse(here, state or {}, what=f"Application {id_}")
        raise NotFound(
            f"Application {id_} does not exist. Run `pulumi up --refresh`.", procedure="application.one"
        )
    return row


def _find(here: Context, want: ApplicationDesired) -> str | None:
    return service.find(
        here,
        service.APPLICATION,
        environment_id=want.environment_id,
        name=want.application_name,
        owner=want.owner,
    )


def _write(here: Context, row: ApplicationRow, want: ApplicationDesired) -> dict[str, Any]:
    """`POST application.update` of what differs, read back equal; returns what differed."""
    wanted = {
        **HELD,
        "name": want.application_name,
        "description": marker.described(want.description, want.owner),
        "environmentId": want.environment_id,
        "dockerImage": want.docker_image,
        "env": want.env,
        "replicas": want.replicas,
    }
    changes = differing(wanted, row.model_dump(by_alias=True))
    if not changes:
        return changes
    id_ = row.application_id

    def look() -> bool | None:
        found = service.row(here, ApplicationRow, service.APPLICATION, id_)
        return True if found and not differing(changes, found.model_dump(by_alias=True)) else None

    body = {"applicationId": id_, **changes}
    once(here, lambda: bool(here.client.post("application.update", body)) or True, look)
    now = _require(here, id_).model_dump(by_alias=True)
    kept(f"Application {want.application_name} ({id_})", changes, now)
    return changes


def _made(row: ApplicationRow, new: str) -> Made:
    outs = {"application_id": row.application_id, "app_name": row.app_name, "revision": new}
    return Made(id=row.application_id, outs=outs)
