"""Fill Vault with what the stacks require, once: nothing that is there is ever overwritten (V9)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import hvac

from vault import kv
from vault.errors import MissingPath, Undeliverable

# 256 bits; 43 characters of A-Z a-z 0-9 - _, so a value stands in a URL as it is.
_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What became of one path; names only.

    Attributes:
        version: the latest one now.
        added: keys that were missing and have a value now.
        ignored: keys that were given a value, but had one already and kept it.
    """

    path: str
    version: int
    added: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Given:
    """Values by path and key from a user's file; without them in its representation."""

    by_path: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)


def generated() -> str:
    """A new URL-safe value that does not begin with a dash, which a command line would take for an option."""
    while not (value := secrets.token_urlsafe(_BYTES))[0].isalnum():
        pass
    return value


def undeliverable(value: object) -> str | None:
    """Why Dokploy could not hand a value on unchanged inside `NAME='…'`, or `None` if it can (V7).

    Measured with Dokploy 0.30.2 on 2026-11-23; the reason does not repeat the value.
    """
    if not isinstance(value, str):
        return "is not text; put it in quotes"
    if not value:
        return "is empty; a missing value is not one"
    if "${{" in value:
        return "has ${{, which Dokploy evaluates"
    if "\r" in value or "\0" in value:
        return "has a carriage return or a NUL, which no environment variable gets through unchanged"
    if "'" in value and ("#" in value or "\n" in value):
        return "has a single quote together with # or a line break, where Dokploy cuts it"
    return None


def seed(
    client: hvac.Client,
    *,
    mount: str,
    required: Mapping[str, frozenset[str]],
    given: Given | None = None,
    generate: Callable[[], str] = generated,
) -> list[Seeded]:
    """Write a value for each required key that has none: the given one, else a generated one.

    Existing keys are not read: their names come from `subkeys`. A new path is written with `cas: 0`, an
    existing one patched with the version that was looked at.

    Args:
        client: needs `read` on `metadata/` and `subkeys/`, `create` and `patch` on `data/` of the paths.
        mount: of the KV version 2 engine.
        required: path to its keys.
        given: values of the user's choice.
        generate: makes a value.

    Raises:
        Undeliverable: a given value cannot be delivered, or no stack asks for its key; nothing was written.
        DeletedVersion: a path's latest version was deleted, and whether it is needed is not ours to guess.
        ChangedMeanwhile: someone else wrote a path; run again.
    """
    values = (given or Given()).by_path
    _check(values, required)
    return [
        _seeded(client, mount=mount, path=path, keys=keys, values=values.get(path, {}), generate=generate)
        for path, keys in sorted(required.items())
    ]


def _seeded(
    client: hvac.Client,
    *,
    mount: str,
    path: str,
    keys: frozenset[str],
    values: Mapping[str, str],
    generate: Callable[[], str],
) -> Seeded:
    try:
        there = kv.latest(client, mount=mount, path=path)
    except MissingPath:
        there = None
    missing = sorted(keys - (there.keys if there else frozenset()))
    ignored = tuple(sorted(set(values) - set(missing)))
    if there and not missing:
        return Seeded(path=path, version=there.number, ignored=ignored)
    fields = {key: values.get(key) or generate() for key in missing}
    if there:
        version = kv.merge(client, mount=mount, path=path, fields=fields, version=there.number)
    else:
        version = kv.create(client, mount=mount, path=path, fields=fields)
    return Seeded(path=path, version=version, added=tuple(missing), ignored=ignored)


def _check(values: Mapping[str, Mapping[str, str]], required: Mapping[str, frozenset[str]]) -> None:
    """All that is wrong with the given values at once, before the first is written."""
    wrong: list[str] = []
    for path, fields in values.items():
        for key, value in fields.items():
            known = required.get(path, frozenset())
            if key not in known:
                near = get_close_matches(key, sorted(known), n=1)
                meant = f", {near[0]} is" if near else ""
                wrong.append(f"{path}:{key} is not required by any stack{meant}")
            elif reason := undeliverable(value):
                wrong.append(f"{path}:{key} {reason}")
    if wrong:
        raise Undeliverable(
            "Nothing was written: " + "; ".join(wrong), next_step="correct the file and run it again"
        )
