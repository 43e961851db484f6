"""VaultProvider: the assignment of an object that an administrator made.

Measured 2026-11-23: an update is full, the token's mask `********` keeps the token, and an empty
`environmentIds` means the whole project, previews included: never sent, and taken for drift when found.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud.base import Made, Seen, kept, once, one
from dokploy_provider.errors import NotFound, NotOurs
from dokploy_provider.models.vault_provider import Assignment, VaultProviderDesired, VaultProviderRow

WHOLE_PROJECT = "assigned to the whole project instead of one environment"


def create(here: Context, want: VaultProviderDesired) -> Made:
    """Find the object by exact name, url and mount, and assign our environment.

    Raises:
        NotFound: no object of that name; says which command makes it.
        NotOurs: one of that name has another url or mount.
    """
    row = _find(here, want)
    _assign(here, row, _with(row.assignments, want.project_id, want.environment_id))
    return Made(id=row.vault_provider_id, outs={"vault_provider_id": row.vault_provider_id})


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET vaultProvider.one`; a lost assignment shows as an empty `environment_id`."""
    key = str(state.get("vault_provider_id") or id_)
    row = one(here, VaultProviderRow, "vaultProvider.one", max_age=here.timing.max_age, vaultProviderId=key)
    if row is None:
        return None
    project, environment = str(state.get("project_id")), str(state.get("environment_id"))
    ours = next((a for a in row.assignments if a.project_id == project), None)
    assigned = ours is not None and (environment in ours.environment_ids or not ours.environment_ids)
    inputs = {
        "provider_name": row.name,
        "url": str(row.config.get("url", "")),
        "mount": str(row.config.get("mount", "")),
        "environment_id": environment if assigned else "",
    }
    outs: dict[str, Any] = {"vault_provider_id": key}
    if ours is not None and not ours.environment_ids:
        outs["drift"] = [WHOLE_PROJECT]
    return Seen(inputs=inputs, outs=outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: VaultProviderDesired) -> Made:
    """Assign again; when name, url or mount changed, the former object loses our assignment."""
    made = create(here, want)
    old = str(state.get("vault_provider_id") or id_)
    moved = state.get("environment_id") not in {want.environment_id, "", None}
    if old != made.id or moved:
        _release(here, old, str(state.get("project_id")), str(state.get("environment_id")))
    return made


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Take our assignment away and leave the object: its token was handed over by an administrator."""
    key = str(state.get("vault_provider_id") or id_)
    _release(here, key, str(state.get("project_id")), str(state.get("environment_id")))


def _find(here: Context, want: VaultProviderDesired) -> VaultProviderRow:
    rows = [VaultProviderRow.model_validate(row) for row in here.client.get("vaultProvider.all")]
    named = next((row for row in rows if row.name == want.provider_name), None)
    if named is None:
        stack = want.provider_name.rsplit("-", 1)[-1]
        raise NotFound(
            f"Dokploy has no vault provider named {want.provider_name!r}. An administrator makes it once, "
            f"with its token: `strata vault connect {stack}`.",
            procedure="vaultProvider.all",
        )
    has = (named.config.get("url"), named.config.get("mount"))
    if has != (want.url, want.mount):
        raise NotOurs(
            f"Vault provider {want.provider_name!r} ({named.vault_provider_id}) points to {has[0]} mount "
            f"{has[1]}, not to {want.url} mount {want.mount}. Correct the setting, or connect it anew with "
            "`strata vault connect`."
        )
    return named


def _release(here: Context, id_: str, project_id: str, environment_id: str) -> None:
    row = one(here, VaultProviderRow, "vaultProvider.one", vaultProviderId=id_)
    if row is not None:
        _assign(here, row, _without(row.assignments, project_id, environment_id))


def _with(assignments: Sequence[Assignment], project_id: str, environment_id: str) -> list[dict[str, Any]]:
    """The assignments with ours among them; an entry for our whole project is narrowed to our environment."""
    found = next((a.environment_ids for a in assignments if a.project_id == project_id), ())
    ours = {"projectId": project_id, "environmentIds": sorted({*found, environment_id})}
    return [_plain(a) for a in assignments if a.project_id != project_id] + [ours]


def _without(assignments: Sequence[Assignment], project_id: str, environment_id: str) -> list[dict[str, Any]]:
    """The assignments without ours; an entry that would be left empty goes, since empty means everything."""
    left = [_plain(a) for a in assignments if a.project_id != project_id]
    for a in assignments:
        remaining = [e for e in a.environment_ids if e != environment_id]
        if a.project_id == project_id and remaining:
            left.append({"projectId": project_id, "environmentIds": remaining})
    return left


def _plain(assignment: Assignment) -> dict[str, Any]:
    return {"projectId": assignment.project_id, "environmentIds": list(assignment.environment_ids)}


def _assign(here: Context, row: VaultProviderRow, assignments: list[dict[str, Any]]) -> None:
    """`POST vaultProvider.update` when something changes: name, config with the mask, and assignments."""

    def key(entries: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
        return {e["projectId"]: sorted(e["environmentIds"]) for e in entries}

    if key([_plain(a) for a in row.assignments]) == key(assignments):
        return
    id_ = row.vault_provider_id

    def look() -> bool | None:
        found = one(here, VaultProviderRow, "vaultProvider.one", vaultProviderId=id_)
        return True if found and key([_plain(a) for a in found.assignments]) == key(assignments) else None

    body = {"vaultProviderId": id_, "name": row.name, "config": row.config, "assignments": assignments}
    once(here, lambda: bool(here.client.post("vaultProvider.update", body)) or True, look)
    kept(f"Vault provider {row.name}", {"assignments": True}, {"assignments": look()})
