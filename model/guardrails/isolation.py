"""P10: no way from a container to its host: a branch's compose file would be root there."""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from model.compose import mapping
from model.guardrails import allowed
from model.guardrails.subject import Subject
from model.violation import Violation

_MOST_MEMORY = 2 * 1024**3
_MOST_CPUS = 2.0
_MOST_REPLICAS = 3
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([bkmg]?)b?")
# A path below the checkout: no scheme, no `user@host:`, no drive letter, no home, nothing left to fill in.
_PATH = re.compile(r"(?!/|github\.com/)[A-Za-z0-9_./+-]+")


def known_keys(subject: Subject) -> Iterator[Violation]:
    """Only keys that cannot reach the host; `include` and `extends` bring in files that nobody looked at."""
    for tier in subject.tiers:
        yield from _only(tier.where(), tier.compose.document, allowed.TOP_LEVEL)
        for where, body in tier.services:
            yield from _only(where, body, allowed.SERVICE)
        for section, keys in (
            ("volumes", allowed.VOLUME),
            ("networks", allowed.NETWORK),
            ("configs", allowed.FILE_ENTRY),
            ("secrets", allowed.FILE_ENTRY),
        ):
            for name, body in tier.compose.top_level(section).items():
                yield from _only(tier.where(f"{section} {name}"), body, keys)


def mounts(subject: Subject) -> Iterator[Violation]:
    """Named volumes and tmpfs only: no host path, and with it no Docker socket."""
    for tier in subject.tiers:
        for where, body in tier.services:
            for volume in _list(body.get("volumes")):
                if not _is_volume(volume):
                    yield _fault(
                        f"{where} volumes", "mounts a path of its host", "use a named volume or tmpfs"
                    )


def builds(subject: Subject) -> Iterator[Violation]:
    """What is built comes from the checkout, gets the name that deleting looks for, and borrows nothing."""
    for tier in subject.tiers:
        for where, body in tier.services:
            if "build" not in body:
                continue
            build = body["build"] if isinstance(body["build"], dict) else {"context": body["build"]}
            yield from _only(f"{where} build", build, allowed.BUILD)
            context, file = str(build.get("context", ".")), str(build.get("dockerfile", "Dockerfile"))
            if _outside(context) or _outside(f"{context}/{file}") or file.startswith("/"):
                yield _fault(f"{where} build", "reaches outside the checkout", "use a path below it")
            if "image" in body:
                yield _fault(
                    f"{where} image", "gives a built image a name that others may use", "leave `image` out"
                )


def files(subject: Subject) -> Iterator[Violation]:
    """Files that Compose reads lie in the checkout."""
    for tier in subject.tiers:
        for where, body in tier.services:
            for entry in _list(body.get("env_file")):
                path = entry.get("path") if isinstance(entry, dict) else entry
                if _outside(str(path)):
                    yield _fault(f"{where} env_file", "reads outside the checkout", "use a path below it")
        for section in ("configs", "secrets"):
            for name, body in tier.compose.top_level(section).items():
                if "file" in body and _outside(str(body["file"])):
                    yield _fault(
                        tier.where(f"{section} {name}"), "reads outside the checkout", "use a path below it"
                    )


def devices_and_logs(subject: Subject) -> Iterator[Violation]:
    """No device by way of a reservation, no log driver that writes elsewhere, no privileged hook."""
    for tier in subject.tiers:
        for where, body in tier.services:
            resources = mapping(mapping(body.get("deploy")).get("resources"))
            if set(mapping(resources.get("reservations"))) - {"cpus", "memory"}:
                yield _fault(
                    f"{where} deploy", "reserves a device of its host", "reserve cpus and memory only"
                )
            driver = mapping(body.get("logging")).get("driver", "json-file")
            if str(driver) not in allowed.LOG_DRIVERS:
                yield _fault(f"{where} logging", "writes its log elsewhere", "use json-file or local")


def limits(subject: Subject) -> Iterator[Violation]:
    """Memory and processor have limits: one container must not take the host from the others."""
    for tier in subject.tiers:
        for where, body in tier.services:
            deploy = mapping(body.get("deploy"))
            limited = mapping(mapping(deploy.get("resources")).get("limits"))
            for what, own, most in (("memory", "mem_limit", _MOST_MEMORY), ("cpus", "cpus", _MOST_CPUS)):
                limit = _amount(body.get(own) or limited.get(what))
                if limit is None:
                    yield _fault(
                        where, f"has no limit for {what}", f"set `{own}` or `deploy.resources.limits`"
                    )
                elif limit > most and not subject.standing:
                    yield _fault(
                        where, f"may take more {what} than a preview should", f"set {most:g} or less"
                    )
            if (_amount(deploy.get("replicas")) or 0) > _MOST_REPLICAS and not subject.standing:
                yield _fault(where, "runs more often than a preview should", f"run {_MOST_REPLICAS} or less")


def _only(where: str, body: Mapping[str, Any], keys: frozenset[str]) -> Iterator[Violation]:
    for key in body:
        if key not in keys and not str(key).startswith("x-"):
            yield _fault(f"{where} {key}", "is not among the keys that are allowed", "take it out")


def _outside(path: str) -> bool:
    return not _PATH.fullmatch(path) or normpath(path).startswith("..")


def _is_volume(volume: object) -> bool:
    if isinstance(volume, dict):
        source = str(volume.get("source", "named"))
        return str(volume.get("type")) in {"volume", "tmpfs"} and "/" not in source
    source, colon, _ = str(volume).partition(":")
    return not colon or bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]+", source))


def _amount(limit: object) -> float | None:
    """A number or a size as Docker writes them (`0.5`, `512m`, `1gb`); `None`: no limit that counts."""
    match = _AMOUNT.fullmatch(str(limit).lower()) if limit else None
    if match is None:
        return None
    return float(match[1]) * 1024 ** "bkmg".index(match[2] or "b") or None


def _list(node: object) -> list[Any]:
    return node if isinstance(node, list) else [] if node is None else [node]


def _fault(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="P10", where=where, message=message, fix=fix)
