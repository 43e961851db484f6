# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Environment: found by its marker in the project, created, or, for `production`, the project's default one.

Dokploy reserves the name `production` and lets the default environment neither be removed nor renamed; its
description and env text are ours to set (measured 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import marker
from dokploy_provider.crud.base import Made, Seen, differing, kept, once, one
from dokploy_provider.errors import Beside, NotFound, NotOurs, OutcomeUnknown, Rejected
from dokploy_provider.models.base import Row
from dokploy_provider.models.environment import DEFAULT_NAME, EnvironmentDesired, EnvironmentRow

SERVERS_OWN = "Production environment"


class _Project(Row):
    environments: tuple[EnvironmentRow, ...] = ()


def create(here: Context, want: EnvironmentDesired) -> Made:
    """Find ours, adopt by id, take the default one for `production`, or create; then converge.

    Raises:
        NotOurs: an environment of that name exists without our marker, or with another's.
        Ambiguous: several carry our marker.
        Beside: the project holds an environment that it must not stand beside; nothing was changed.
    """
    _refuse_beside(here, want)
    row = _adopt(here, want.adopt) if want.adopt else _find(here, want)
    if row is None:
        body = {
            "name": want.environment_name,
            "projectId": want.project_id,
            "description": marker.described(want.description, want.owner),
        }
        row = once(
            here,
            lambda: EnvironmentRow.model_validate(here.client.post("environment.create", body)),
            lambda: _find(here, want),
        )
    marker.refuse_foreign(row, want.owner, what="Environment", id_=row.environment_id)
    return _converge(here, row, want)


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET environment.one`."""
    row = one(here, EnvironmentRow, "environment.one", max_age=here.timing.max_age, environmentId=id_)
    if row is None:
        return None
    owner = marker.owner_of(row)
    inputs = {
        "project_id": row.project_id,
        "environment_name": row.name,
        "owner": owner or "",
        "description": marker.plain(row),
        "env": row.env or "",
    }
    return Seen(inputs=inputs, outs={"environment_id": id_})


def update(here: Context, id_: str, state: Mapping[str, Any], want: EnvironmentDesired) -> Made:
    """Converge in place; a lost marker is written again."""
    row = one(here, EnvironmentRow, "environment.one", environmentId=id_)
    if row is None:
        raise NotFound(f"Environment {id_} is gone. Run `pulumi up --refresh`.", procedure="environment.one")
    marker.refuse_foreign(row, want.owner, what="Environment", id_=id_)
    return _converge(here, row, want)


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Remove it, or clear the default one; verified.

    Raises:
        NotOurs: another stack has marked it since.
        Rejected: services are left in it; they are named.
    """
    row = one(here, EnvironmentRow, "environment.one", environmentId=id_)
    if row is None:
        return
    marker.refuse_foreign(row, str(state.get("owner")), what="Environment", id_=id_)
    if row.is_default:
        _write(here, row, {"description": marker.plain(row) or SERVERS_OWN, "env": ""})
        return
    try:
        here.client.post("environment.remove", {"environmentId": id_})
    except NotFound:
        return
    except OutcomeUnknown:
        if one(here, EnvironmentRow, "environment.one", environmentId=id_) is not None:
            raise
    except Rejected as refused:
        names = ", ".join(str(s.get("name")) for s in (*row.compose, *row.applications))
        raise Rejected(
            f"{refused} Left in environment {row.name} ({id_}): {names or 'a database'}. What this stack "
            "does not know was made by someone else: move or delete it in Dokploy, then run destroy again.",
            procedure=refused.procedure,
            status=refused.status,
        ) from None


def _refuse_beside(here: Context, want: EnvironmentDesired) -> None:
    if not want.apart_from:
        return
    met = sorted(
        row.name for row in _rows(here, want.project_id) if marker.owner_of(row) in set(want.apart_from)
    )
    if met:
        raise Beside(
            f"Environment {want.environment_name} is not made: this Dokploy also carries "
            f"{' and '.join(met)}, and a branch's compose file is as good as root on its host (P10). "
            "Nothing was changed. Give previews a Dokploy of their own (DOKPLOY_URL at their deploy path) or "
            "acknowledge it: `pulumi config set previewsBesideStanding true`."
        )


def _rows(here: Context, project_id: str) -> tuple[EnvironmentRow, ...]:
    return _Project.model_validate(here.client.get("project.one", projectId=project_id)).environments


def _find(here: Context, want: EnvironmentDesired) -> EnvironmentRow | None:
    rows = _rows(here, want.project_id)
    ids = [row.environment_id for row in rows]
    ours = marker.one_of_ours(rows, want.owner, what="environment", ids=ids)
    if ours is not None:
        return ours
    if want.environment_name == DEFAULT_NAME:
        return next((row for row in rows if row.is_default), None)
    same = [row.environment_id for row in rows if row.name == want.environment_name]
    marker.refuse_same_name(want.environment_name, same, what="Environment")
    return None


def _adopt(here: Context, id_: str) -> EnvironmentRow:
    row = one(here, EnvironmentRow, "environment.one", environmentId=id_)
    if row is None:
        raise NotFound(f"Environment {id_}, given as `adopt`, does not exist.", procedure="environment.one")
    return row


def _converge(here: Context, row: EnvironmentRow, want: EnvironmentDesired) -> Made:
    if row.is_default and (row.name != want.environment_name or row.project_id != want.project_id):
        raise NotOurs(
            f"Environment {row.environment_id} is the default one of project {row.project_id}: it can be "
            f"neither renamed to {want.environment_name!r} nor moved. Name it {row.name!r} or do not adopt "
            "it."
        )
    wanted = {
        "name": want.environment_name,
        "description": marker.described(want.description, want.owner),
        "env": want.env,
        "projectId": want.project_id,
    }
    _write(here, row, wanted)
    return Made(id=row.environment_id, outs={"environment_id": row.environment_id})


def _write(here: Context, row: EnvironmentRow, wanted: Mapping[str, Any]) -> None:
    """`POST environment.update` of what differs, and read it back."""
    changes = differing(wanted, row.model_dump(by_alias=True))
    if not changes:
        return

    def look() -> EnvironmentRow | None:
        found = one(here, EnvironmentRow, "environment.one", environmentId=row.environment_id)
        return found if found and not differing(changes, found.model_dump(by_alias=True)) else None

    body = {"environmentId": row.environment_id, **changes}
    once(here, lambda: here.client.post("environment.update", body) or True, look)
    now = one(here, EnvironmentRow, "environment.one", environmentId=row.environment_id)
    kept(f"Environment {row.environment_id}", changes, now.model_dump(by_alias=True) if now else {})
