"""P10: no way from a container to its host.

Lists what is allowed, not what is known to be bad: a branch's compose file is root on its host, and Compose
learns new keys every year (`provider`, which runs a program there, in 2025).
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from model.guardrails.subject import Subject
from model.violation import Violation

_TOP_LEVEL = frozenset({"services", "networks", "volumes", "configs", "secrets", "version"})
# Others' rules have the better words for these: C3 (`name`, `container_name`) and C4 (`ports`).
_ELSEWHERE = frozenset({"name", "container_name", "ports"})
_SERVICE = frozenset(
    {
        *(
            "annotations",
            "attach",
            "build",
            "cap_drop",
            "command",
            "configs",
            "cpu_shares",
            "cpus",
            "depends_on",
        ),
        *(
            "deploy",
            "develop",
            "domainname",
            "entrypoint",
            "env_file",
            "environment",
            "expose",
            "healthcheck",
        ),
        *("hostname", "image", "init", "labels", "logging", "mem_limit", "mem_reservation", "memswap_limit"),
        *("networks", "pids_limit", "platform", "profiles", "pull_policy", "read_only", "restart", "scale"),
        *("secrets", "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "tmpfs", "tty", "ulimits"),
        *("user", "volumes", "working_dir"),
    }
)
_BUILD = frozenset(
    {
        "args",
        "context",
        "dockerfile",
        "dockerfile_inline",
        "labels",
        "no_cache",
        "platforms",
        "pull",
        "target",
    }
)
_VOLUME = frozenset({"name", "labels"})
_NETWORK = frozenset({"name", "external", "internal", "labels", "attachable"})
_FILE_ENTRY = frozenset({"content", "environment", "file", "labels"})
_LOG_DRIVERS = frozenset({"json-file", "local", "none"})
# A path below the checkout: no scheme, no `user@host:`, no drive letter, no home, nothing left to fill in.
_PATH = re.compile(r"(?!/|github\.com/)[A-Za-z0-9_./+-]+")


def known_keys(subject: Subject) -> Iterator[Violation]:
    """Only keys that cannot reach the host; `include` and `extends` bring in files that nobody looked at."""
    for tier in subject.tiers:
        yield from _only(tier.where(), tier.compose.document, _TOP_LEVEL | _ELSEWHERE)
        for where, body in tier.services:
            yield from _only(where, body, _SERVICE | _ELSEWHERE)
        for section, allowed in (
            ("volumes", _VOLUME),
            ("networks", _NETWORK),
            ("configs", _FILE_ENTRY),
            ("secrets", _FILE_ENTRY),
        ):
            for name, body in tier.compose.top_level(section).items():
                yield from _only(tier.where(f"{section} {name}"), body, allowed)


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
            yield from _only(f"{where} build", build, _BUILD)
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
            resources = _dict(_dict(body.get("deploy")).get("resources"))
            if set(_dict(resources.get("reservations"))) - {"cpus", "memory"}:
                yield _fault(
                    f"{where} deploy", "reserves a device of its host", "reserve cpus and memory only"
                )
            driver = _dict(body.get("logging")).get("driver", "json-file")
            if driver not in _LOG_DRIVERS:
                yield _fault(f"{where} logging", "writes its log elsewhere", "use json-file or local")


def limits(subject: Subject) -> Iterator[Violation]:
    """Memory and processor have limits: one container must not take the host from the others."""
    for tier in subject.tiers:
        for where, body in tier.services:
            limited = _dict(_dict(_dict(body.get("deploy")).get("resources")).get("limits"))
            for what, own in (("memory", "mem_limit"), ("cpus", "cpus")):
                if not (body.get(own) or limited.get(what)):
                    yield _fault(
                        where, f"has no limit for {what}", f"set `{own}` or `deploy.resources.limits`"
                    )


def _only(where: str, body: Mapping[str, Any], allowed: frozenset[str]) -> Iterator[Violation]:
    for key in body:
        if key not in allowed and not str(key).startswith("x-"):
            yield _fault(f"{where} {key}", "is not among the keys that are allowed", "take it out")


def _outside(path: str) -> bool:
    return not _PATH.fullmatch(path) or normpath(path).startswith("..")


def _is_volume(volume: object) -> bool:
    if isinstance(volume, dict):
        source = str(volume.get("source", "named"))
        return volume.get("type") in {"volume", "tmpfs"} and "/" not in source
    source, colon, _ = str(volume).partition(":")
    return not colon or bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]+", source))


def _list(node: object) -> list[Any]:
    return node if isinstance(node, list) else [] if node is None else [node]


def _dict(node: object) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _fault(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="P10", where=where, message=message, fix=fix)
