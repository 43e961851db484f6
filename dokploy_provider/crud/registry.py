# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Registry: Dokploy's login to a private registry.

Host-wide in effect: creating one runs `docker login`, removing one runs `docker logout` (measured
2026-11-22). Hence shared like the project and never removed by a stack. Its password comes from the
environment.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud.base import Made, Seen, differing, kept, once, one
from dokploy_provider.errors import NotConfigured, NotFound, NotOurs
from dokploy_provider.models.registry import RegistryDesired, RegistryRow


def create(here: Context, want: RegistryDesired) -> Made:
    """Find it by name, url and username, or create it; either way Dokploy logs in with today's password.

    Raises:
        NotOurs: one of that name has another url or username.
        NotConfigured: `REGISTRY_PASSWORD` is not set.
        Rejected: the registry does not accept the login.
    """
    password = _password(here)
    rows = _find(here, want)
    if rows:
        return _write(here, rows[0], want, password)
    body = {**_columns(want), "password": password, "registryType": "cloud"}
    once(here, lambda: here.client.post("registry.create", body) or True, lambda: _find(here, want) or None)
    here.clock.sleep(here.timing.race)
    rows = _find(here, want)
    if not rows:
        raise NotFound(
            f"Registry {want.registry_name} vanished after it was created.", procedure="registry.all"
        )
    return _made(rows[0])


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET registry.one`, which holds no password; a changed password is not seen."""
    row = one(here, RegistryRow, "registry.one", max_age=here.timing.max_age, registryId=id_)
    return None if row is None else Seen(inputs=_inputs(row), outs=_made(row).outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: RegistryDesired) -> Made:
    """`POST registry.update` with the password. A refused login is stored all the same: run again with a good
    one.
    """
    row = one(here, RegistryRow, "registry.one", registryId=id_)
    if row is None:
        raise NotFound(f"Registry {id_} is gone. Run `pulumi up --refresh`.", procedure="registry.one")
    return _write(here, row, want, _password(here))


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Nothing: other stacks pull through it."""


def _password(here: Context) -> str:
    if not here.registry_password:
        raise NotConfigured(
            "REGISTRY_PASSWORD is not set in the environment: it is needed to write Dokploy's registry login."
        )
    return here.registry_password


def _find(here: Context, want: RegistryDesired) -> Sequence[RegistryRow]:
    """Ours, oldest first. Two stacks at once may make two equal ones; both log in alike, and all use the
    oldest.
    """
    rows = [RegistryRow.model_validate(row) for row in here.client.get("registry.all")]
    named = [row for row in rows if row.registry_name == want.registry_name]
    equal = [row for row in named if (row.registry_url, row.username) == (want.registry_url, want.username)]
    if named and not equal:
        ids = ", ".join(row.registry_id for row in named)
        raise NotOurs(
            f"Registry {want.registry_name!r} exists at Dokploy (id {ids}) with another url or username than "
            f"{want.username}@{want.registry_url}. Rename it there, or make it equal."
        )
    return sorted(equal, key=lambda row: (row.created_at, row.registry_id))


def _write(here: Context, row: RegistryRow, want: RegistryDesired, password: str) -> Made:
    wanted = _columns(want)

    def look() -> bool | None:
        found = one(here, RegistryRow, "registry.one", registryId=row.registry_id)
        return True if found and not differing(wanted, found.model_dump(by_alias=True)) else None

    body = {"registryId": row.registry_id, **wanted, "password": password}
    once(here, lambda: bool(here.client.post("registry.update", body)) or True, look)
    now = one(here, RegistryRow, "registry.one", registryId=row.registry_id)
    kept(f"Registry {row.registry_id}", wanted, now.model_dump(by_alias=True) if now else {})
    return _made(row)


def _columns(want: RegistryDesired) -> dict[str, Any]:
    return {
        "registryName": want.registry_name,
        "registryUrl": want.registry_url,
        "username": want.username,
        "imagePrefix": want.image_prefix,
    }


def _inputs(row: RegistryRow) -> dict[str, Any]:
    return {
        "registry_name": row.registry_name,
        "registry_url": row.registry_url,
        "username": row.username,
        "image_prefix": row.image_prefix or "",
    }


def _made(row: RegistryRow) -> Made:
    return Made(id=row.registry_id, outs={"registry_id": row.registry_id})
