"""KV version 2, as far as it is used here: names and versions without values, writes that never overwrite."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hvac

from vault.ask import CAS_MISMATCH, read, write
from vault.errors import Absent, ChangedMeanwhile, DeletedVersion, Forbidden, MissingPath, Refused, WrongMount

_MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True, kw_only=True)
class Version:
    """The latest version of a path and the names of its keys."""

    number: int
    keys: frozenset[str]


def environment_of(path: str) -> str:
    """The environment in `<app>/<env>/<service>`, for commands in messages."""
    parts = path.split("/")
    return parts[-2] if len(parts) > 1 else "ENV"


def latest(client: hvac.Client, *, mount: str, path: str) -> Version:
    """GET /v1/<mount>/metadata/<path>, then GET /v1/<mount>/subkeys/<path>?version=<latest>.

    Both give no value. The names are asked of the version that metadata named, so that the two belong
    together also while someone writes.

    Raises:
        MissingPath: nothing was ever written there.
        DeletedVersion: the latest version was deleted or destroyed.
        WrongMount: the mount is of another kind.
    """
    number, facts = _latest_metadata(client, mount=mount, path=path)
    where = f"{mount}/subkeys/{path}"
    try:
        answer: Any = read(
            client, lambda: client.adapter.get(f"/v1/{where}", params={"version": number}), where=where
        )
    except Absent:
        raise _deleted(client, mount=mount, path=path, number=number, facts=facts) from None
    return Version(number=number, keys=frozenset(answer["data"]["subkeys"] or {}))


def values(client: hvac.Client, *, mount: str, path: str) -> tuple[int, dict[str, str]]:
    """GET /v1/<mount>/data/<path>: version and values, of `<app>/<env>/deploy` only, not of a service's path.

    Raises:
        MissingPath: nothing was ever written there.
        DeletedVersion: the latest version was deleted or destroyed.
    """
    where = f"{mount}/data/{path}"
    try:
        answer: Any = read(
            client,
            lambda: client.secrets.kv.v2.read_secret_version(
                path=path, mount_point=mount, raise_on_deleted_version=True
            ),
            where=where,
        )
    except DeletedVersion:
        raise _deleted(client, mount=mount, path=path, number=None, facts={}) from None
    except Absent:
        raise _missing(client, mount=mount, path=path) from None
    return int(answer["data"]["metadata"]["version"]), dict(answer["data"]["data"])


def create(client: hvac.Client, *, mount: str, path: str, fields: Mapping[str, str]) -> int:
    """POST /v1/<mount>/data/<path> with `cas: 0`: only if nothing was ever written there.

    Returns:
        The version.

    Raises:
        ChangedMeanwhile: something was.
    """
    return _written(
        client, "POST", mount=mount, path=path, body={"data": dict(fields), "options": {"cas": 0}}, headers={}
    )


def merge(
    client: hvac.Client, *, mount: str, path: str, fields: Mapping[str, str | None], version: int
) -> int:
    """PATCH /v1/<mount>/data/<path>: sets these fields (None removes one), keeps the others unread.

    Args:
        client: needs `patch` on the path.
        mount: of the KV engine.
        path: below it.
        fields: what to set.
        version: the one that was looked at; if it is no longer the latest, nothing is written.

    Returns:
        The new version.

    Raises:
        ChangedMeanwhile: someone else wrote meanwhile.
    """
    body = {"data": dict(fields), "options": {"cas": version}}
    return _written(client, "PATCH", mount=mount, path=path, body=body, headers=_MERGE)


def _written(
    client: hvac.Client,
    method: str,
    *,
    mount: str,
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
) -> int:
    where = f"{mount}/data/{path}"
    try:
        answer: Any = write(
            client,
            lambda: client.adapter.request(method, f"/v1/{where}", json=body, headers=dict(headers)),
            where=where,
        )
    except Refused as refusal:
        if refusal.reason != CAS_MISMATCH:
            raise
        raise ChangedMeanwhile(
            f"{mount}/{path} was written by someone else meanwhile, nothing was overwritten",
            next_step="run the command again",
        ) from None
    return int(answer["data"]["version"])


def _latest_metadata(client: hvac.Client, *, mount: str, path: str) -> tuple[int, Mapping[str, Any]]:
    """GET /v1/<mount>/metadata/<path>: the latest version's number and what became of it."""
    where = f"{mount}/metadata/{path}"
    try:
        answer: Any = read(
            client,
            lambda: client.secrets.kv.v2.read_secret_metadata(path=path, mount_point=mount),
            where=where,
        )
    except Absent:
        raise _missing(client, mount=mount, path=path) from None
    number = int(answer["data"]["current_version"])
    if number == 0:  # metadata was written, never a secret
        raise _missing(client, mount=mount, path=path)
    return number, answer["data"]["versions"].get(str(number), {})


def _deleted(
    client: hvac.Client, *, mount: str, path: str, number: int | None, facts: Mapping[str, Any]
) -> DeletedVersion:
    if number is None:
        number, facts = _latest_metadata(client, mount=mount, path=path)
    if facts.get("destroyed"):
        return DeletedVersion(
            f"{mount}/{path}: the latest version ({number}) was destroyed, its values are gone",
            next_step=f"`vault kv rollback -mount={mount} -version=<earlier> {path}`, or write it anew",
        )
    return DeletedVersion(
        f"{mount}/{path}: the latest version ({number}) was deleted",
        next_step=f"`vault kv undelete -mount={mount} -versions={number} {path}`",
    )


def _missing(client: hvac.Client, *, mount: str, path: str) -> MissingPath | WrongMount:
    """Nothing at a path, or a mount where nothing can be: KV version 1 answers each metadata path with 404.

    GET /v1/sys/internal/ui/mounts/<mount> tells a mount's kind to each token that may do anything below it.
    """
    where = f"sys/internal/ui/mounts/{mount}"
    try:
        answer: Any = read(client, lambda: client.adapter.get(f"/v1/{where}"), where=where)
    except (Forbidden, Absent, Refused):
        kind, version = "kv", "2"
    else:
        kind, version = answer["data"]["type"], (answer["data"]["options"] or {}).get("version", "1")
    if kind != "kv" or version != "2":
        found = f"KV version {version}" if kind == "kv" else f"a {kind} engine"
        return WrongMount(
            f"{mount}/ in Vault at {client.url} is {found}, KV version 2 is needed",
            next_step=f"`vault kv enable-versioning {mount}`, or name another mount in `vaultMount`",
        )
    return MissingPath(
        f"{mount}/{path} does not exist in Vault", next_step=f"`strata vault seed {environment_of(path)}`"
    )
