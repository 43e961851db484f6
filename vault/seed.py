"""Fill Vault with what the stacks require, once: nothing that is there is ever overwritten (V9)."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import hvac

from model.envtext import render
from model.errors import EnvTextError
from model.services import ComposeType
from vault import kv
from vault.errors import MissingPath, Undeliverable

# 256 bits; 43 characters of A-Z a-z 0-9 - _, so a value stands in a URL as it is.
_BYTES = 32
_ANY = "VALUE"
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+")


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
    """Values from a user's file, not shown in its representation.

    Attributes:
        by_path: path to key to value.
        in_urls: path to the keys around which the program composes URLs; their values must need no encoding.
    """

    by_path: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)
    in_urls: Mapping[str, frozenset[str]] = field(default_factory=dict)


def generated() -> str:
    """A new URL-safe value that does not begin with a dash, which a command line would take for an option."""
    while not (value := secrets.token_urlsafe(_BYTES))[0].isalnum():
        pass
    return value


def undeliverable(value: object, *, in_url: bool = False) -> str | None:
    """Why a value would not arrive unchanged in a container, or `None` if it would (V7).

    A reference is replaced by the value as text, so the rules of the program's own values hold. The reason
    does not repeat the value.

    Args:
        value: as the user's file has it.
        in_url: whether it will stand in a URL.
    """
    if not isinstance(value, str):
        return "is not text: put it in quotes"
    if not value:
        return "is empty: compose's `:?` would stop the deployment"
    if in_url and not _URL_SAFE.fullmatch(value):
        return "will stand in a URL: letters, digits and . _ ~ - only"
    try:
        render({_ANY: value}, compose_type=ComposeType.STACK)
    except EnvTextError as refusal:
        return str(refusal).removeprefix(f"{_ANY}: ")
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
    given = given or Given()
    _check(given, required)
    values = given.by_path
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


def _check(given: Given, required: Mapping[str, frozenset[str]]) -> None:
    """All that is wrong with the given values at once, before the first is written."""
    wrong: list[str] = []
    for path, fields in given.by_path.items():
        known = required.get(path, frozenset())
        for key, value in fields.items():
            if key not in known:
                near = get_close_matches(key, sorted(known), n=1)
                meant = f", {near[0]} is" if near else ""
                wrong.append(f"{path}:{key} is not required by any stack{meant}")
            elif reason := undeliverable(value, in_url=key in given.in_urls.get(path, ())):
                wrong.append(f"{path}:{key} {reason}")
    if wrong:
        raise Undeliverable(
            "Nothing was written: " + "; ".join(wrong), next_step="correct the file and run it again"
        )
