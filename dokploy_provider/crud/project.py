# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Project: shared by all stacks, found by its marker or created, never deleted.

Dokploy accepts any number of projects of one name (measured 2026-11-22), so several stacks' first `up` at the
same moment may make several. Whoever created one lists again: the oldest wins, and the loser removes its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import marker
from dokploy_provider.crud.base import Made, Seen, kept, once, one
from dokploy_provider.errors import Ambiguous, DokployError, NotFound, OutcomeUnknown
from dokploy_provider.models.project import ProjectDesired, ProjectRow


def create(here: Context, want: ProjectDesired) -> Made:
    """Find the project that carries our marker, adopt one by id, or create it.

    Raises:
        NotOurs: projects of that name exist without our marker.
        Ambiguous: several carry it and more than one is in use.
    """
    if want.adopt:
        return _made(_adopt(here, want, want.adopt))
    rows = _all(here)
    ours = _ours(rows, want.owner)
    if not ours:
        same = [row.project_id for row in rows if row.name == want.project_name]
        marker.refuse_same_name(want.project_name, same, what="Project")
        _send(here, want)
        here.clock.sleep(here.timing.race)
        ours = _ours(_all(here), want.owner)
    return _made(_settle(here, ours, want.owner))


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET project.one`. Name and description are not compared: other stacks share them."""
    row = one(here, ProjectRow, "project.one", max_age=here.timing.max_age, projectId=id_)
    return None if row is None else Seen(outs=_made(row).outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: ProjectDesired) -> Made:
    """Nothing but its existence is managed."""
    row = one(here, ProjectRow, "project.one", projectId=id_)
    if row is None:
        raise NotFound(f"Project {id_} is gone. Run `pulumi up --refresh`.", procedure="project.one")
    return _made(row)


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Nothing: other stacks use it, and removing a project orphans what runs in it (measured 2026-11-22)."""


def _all(here: Context) -> list[ProjectRow]:
    return [ProjectRow.model_validate(row) for row in here.client.get("project.all")]


def _ours(rows: Sequence[ProjectRow], owner: str) -> list[ProjectRow]:
    """Those with our marker, oldest first; the same order for everyone who looks."""
    return sorted(
        (row for row in rows if marker.owner_of(row) == owner),
        key=lambda row: (row.created_at, row.project_id),
    )


def _send(here: Context, want: ProjectDesired) -> None:
    """`POST project.create`; a lost answer is fine once one with our marker is seen."""
    body = {"name": want.project_name, "description": marker.described(want.description, want.owner)}
    once(
        here,
        lambda: here.client.post("project.create", body) or True,
        lambda: _ours(_all(here), want.owner) or None,
    )


def _settle(here: Context, ours: Sequence[ProjectRow], owner: str) -> ProjectRow:
    """The oldest wins; younger ones go if nobody uses them. Two who clean up at once do no harm: 404 is
    success.
    """
    if not ours:
        raise DokployError(f"The project with the marker {owner} vanished after it was created. Run again.")
    winner, *others = ours
    used = [row.project_id for row in others if not row.empty]
    if used:
        raise Ambiguous(
            f"Several projects carry the marker {owner}, and more than one is in use: {winner.project_id}, "
            f"{', '.join(used)}. Move the services into one of them, remove the marker from the others' "
            "descriptions and run again."
        )
    for row in others:
        _remove(here, row.project_id)
    return winner


def _remove(here: Context, id_: str) -> None:
    """`POST project.remove` of an empty project that lost; looked at once more, because removing is final."""
    row = one(here, ProjectRow, "project.one", projectId=id_)
    if row is None or not row.empty:
        return
    try:
        here.client.post("project.remove", {"projectId": id_})
    except (NotFound, OutcomeUnknown):
        if one(here, ProjectRow, "project.one", projectId=id_) is not None:
            raise


def _adopt(here: Context, want: ProjectDesired, id_: str) -> ProjectRow:
    """Take over the project with this id: only its marker is written, so that other stacks find it."""
    row = one(here, ProjectRow, "project.one", projectId=id_)
    if row is None:
        raise NotFound(f"Project {id_}, given as `adopt`, does not exist.", procedure="project.one")
    marker.refuse_foreign(row, want.owner, what="Project", id_=id_)
    if marker.owner_of(row) is None:
        body = {"projectId": id_, "description": marker.described(marker.plain(row), want.owner)}

        def look() -> ProjectRow | None:
            found = one(here, ProjectRow, "project.one", projectId=id_)
            return found if found and marker.owner_of(found) == want.owner else None

        once(here, lambda: here.client.post("project.update", body) or True, look)
        marked = look()
        kept(f"Project {id_}", {"description": body["description"]}, marked.model_dump() if marked else {})
    return row


def _made(row: ProjectRow) -> Made:
    default = next((e.environment_id for e in row.environments if e.is_default), "")
    return Made(id=row.project_id, outs={"project_id": row.project_id, "default_environment_id": default})
