"""What must be in Vault before anything is sent to anyone: every required key, by name, and the versions."""

from collections.abc import Mapping
from difflib import get_close_matches

import hvac

from vault.errors import Absent, Forbidden, MissingKeys, PreflightFailed, VaultError
from vault.kv import environment_of, latest


def secret_versions(
    client: hvac.Client, *, mount: str, required: Mapping[str, frozenset[str]]
) -> dict[str, int]:
    """The version of each required path, after proving that each required key is there; no value is read.

    Args:
        client: needs `read` on `metadata/` and `subkeys/` of the paths.
        mount: of the KV version 2 engine.
        required: path to the keys that the stack refers to.

    Returns:
        Path to its latest version, in the order of the paths.

    Raises:
        VaultError: Vault itself cannot be asked, or the mount is not there.
        MissingPath, DeletedVersion, MissingKeys, Forbidden: one path is not as needed.
        PreflightFailed: several are not; all of them are named.
    """
    versions: dict[str, int] = {}
    problems: list[VaultError] = []
    for path, keys in sorted(required.items()):
        try:
            versions[path] = _proven(client, mount=mount, path=path, keys=keys)
        except (Absent, MissingKeys, Forbidden) as problem:
            problems.append(problem)
    if len(problems) > 1:
        raise PreflightFailed(problems)
    if problems:
        raise problems[0]
    return versions


def _proven(client: hvac.Client, *, mount: str, path: str, keys: frozenset[str]) -> int:
    found = latest(client, mount=mount, path=path)
    missing = sorted(keys - found.keys)
    if missing:
        raise MissingKeys(
            f"{mount}/{path} (version {found.number}) lacks "
            + ", ".join(_named(key, found.keys - keys) for key in missing),
            next_step=f"`strata vault seed {environment_of(path)}`",
            keys=missing,
        )
    return found.number


def _named(key: str, others: frozenset[str]) -> str:
    """The key, and the key that may have been meant: names are no secret."""
    near = get_close_matches(key, sorted(others), n=1)
    return f"{key} (it has {near[0]})" if near else key
