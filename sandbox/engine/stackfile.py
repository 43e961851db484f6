"""A compose file as `docker stack deploy` reads it: variables come from the process, not from `.env`.

Texts and the order of refusals were measured with Docker 28.2.2 on 2026-11-23.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.engine import checks, declared, keys, shapes
from sandbox.engine.errors import ComposeFileError
from sandbox.engine.interpolation import interpolate, stack_substitute
from sandbox.engine.project import Project, Service
from sandbox.engine.protocol import Log
from sandbox.engine.yamltext import YamlError, load

_DEFAULT = "default"


def load_stack(*, path: Path, stack: str, env: Mapping[str, str], log: Log) -> Project:
    """Read a stack's file.

    Args:
        path: the file.
        stack: the stack's name, of which services, networks and volumes take theirs.
        env: the process environment.
        log: takes what Docker says about options that it ignores.

    Raises:
        ComposeFileError: the file, in Docker's words.
    """
    try:
        document = load(path.read_text())
    except OSError:
        raise ComposeFileError(f"open {path}: no such file or directory") from None
    except YamlError as error:
        raise ComposeFileError(f"yaml: {error}") from None
    if not isinstance(document, dict):
        raise ComposeFileError("Top-level object must be a mapping")
    document = interpolate(document, lambda text: stack_substitute(text, lookup=env.get), of_stack=True)
    _refuse_forbidden(document)
    checks.check(document, of_stack=True)
    entries = document.get("services") or {}
    services = {name: _service(name, entry, path, env) for name, entry in entries.items()}
    _say_what_is_ignored(entries, log)
    for service in services.values():
        if not service.image:
            raise ComposeFileError(f"invalid image reference for service {service.name}: no image specified")
    networks = dict(document.get("networks") or {})
    if any(_DEFAULT in s.networks for s in services.values()):
        networks.setdefault(_DEFAULT, {})
    return Project(
        name=stack,
        services=services,
        networks={
            key: declared.network(key, entry or {}, owner=stack, driver="overlay")
            for key, entry in networks.items()
        },
        volumes={
            k: declared.volume(k, v or {}, owner=stack) for k, v in (document.get("volumes") or {}).items()
        },
    )


def _refuse_forbidden(document: Mapping[str, Any]) -> None:
    services = document.get("services")
    entries = services.values() if isinstance(services, dict) else ()
    found = sorted({k for e in entries if isinstance(e, dict) for k in e if k in keys.FORBIDDEN_IN_STACK})
    if found:
        reasons = "\n\n".join(f"{name}: {keys.FORBIDDEN_IN_STACK[name]}" for name in found)
        raise ComposeFileError(f"Compose file contains unsupported options:\n\n{reasons}\n")


def _say_what_is_ignored(entries: Mapping[str, Mapping[str, Any]], log: Log) -> None:
    used = {key for entry in entries.values() for key in entry}
    ignored = sorted(used & set(keys.IGNORED_IN_STACK))
    if ignored:
        log(f"Ignoring unsupported options: {', '.join(ignored)}")
        log("")
    deprecated = sorted(used & set(keys.DEPRECATED_IN_STACK))
    if deprecated:
        log("Ignoring deprecated options:")
        for name in deprecated:
            log("")
            log(f"{name}: {keys.DEPRECATED_IN_STACK[name]}")
        log("")


def _service(name: str, entry: dict[str, Any], path: Path, env: Mapping[str, str]) -> Service:
    deploy = entry.get("deploy") or {}
    return Service(
        name=name,
        image=entry.get("image") or None,
        environment={
            **_env_files(entry.get("env_file"), path, env),
            **shapes.environment(entry.get("environment"), env.get),
        },
        labels=shapes.labels(entry.get("labels")),
        service_labels=shapes.labels(deploy.get("labels")),
        networks=shapes.networks(entry.get("networks")) or {_DEFAULT: ()},
        mounts=tuple(shapes.mount(m) for m in entry.get("volumes") or ()),
        healthcheck=shapes.healthcheck(entry.get("healthcheck")),
        replicas=shapes.replicas(entry, f"services.{name}"),
        update=shapes.update(deploy.get("update_config")),
        settings={k: v for k, v in entry.items() if k not in keys.IGNORED_IN_STACK},
    )


def _env_files(given: Any, path: Path, env: Mapping[str, str]) -> dict[str, str]:
    """`env_file` by the stack command's own rules: no quotes, no comments behind a value."""
    found: dict[str, str] = {}
    for item in [given] if isinstance(given, str) else given or []:
        file = path.parent / item
        if not file.is_file():
            raise ComposeFileError(f"open {file}: no such file or directory")
        for line in file.read_text().splitlines():
            name, equals, value = line.lstrip().partition("=")
            if name and not name.startswith("#") and (equals or name in env):
                found[name] = value if equals else env[name]
    return found
