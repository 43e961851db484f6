"""Reads base and override as Compose does, and refuses what it would not do the same way.

What is wrong is said with the file, the place in it and what to do. Variables are filled in as Docker does,
but one that is not there stops the run: Compose makes it empty and goes on (C2).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from model.compose import ComposeFile
from model.errors import ComposeError
from model.interpolation import substitute, uses
from model.local.merge import merged
from model.local.service import Attachment, File, Mount, Service


@dataclass(frozen=True, kw_only=True)
class Source:
    """A compose file.

    Attributes:
        path: for messages, and for the paths in it, which are relative to the first file's folder.
        text: its content.
    """

    path: PurePath
    text: str


@dataclass(frozen=True, kw_only=True)
class LocalCompose:
    """What is going to run.

    Attributes:
        folder: of the first file, which paths in all of them start from.
        services: in the order of the files.
        volumes: names that the files declare and a service uses.
        variables: port of the host to the variable that changes it, where there is one.
    """

    folder: PurePath
    services: Mapping[str, Service]
    volumes: tuple[str, ...]
    variables: Mapping[int, str]


def read(sources: Sequence[Source], env: Mapping[str, str]) -> LocalCompose:
    """Files laid over each other, the last on top, with their variables filled in.

    Args:
        sources: base first.
        env: the variables, `.env` and the caller's environment among them.

    Raises:
        ComposeError: a file cannot be read or says something that is not understood; names all such places.
    """
    folder = sources[0].path.parent
    services: dict[str, Service] = {}
    declared: set[str] = set()
    variables: dict[int, str] = {}
    for source in sources:
        document = _document(source)
        variables |= _port_variables(document, env)
        file = _typed(source, _filled(source, document, env))
        declared |= file.volumes.keys()
        for name, service in file.services.items():
            services[name] = merged(services[name], service) if name in services else service
    done = {name: _finished(service, folder=folder, env=env) for name, service in services.items()}
    _check(sources[-1], done, declared)
    used = {mount.source for one in done.values() for mount in one.volumes.values() if mount.type == "volume"}
    return LocalCompose(folder=folder, services=done, volumes=tuple(sorted(used)), variables=variables)


def _document(source: Source) -> dict[str, Any]:
    try:
        document = ComposeFile.parse(source.text).document
    except ComposeError as error:
        raise ComposeError(
            f"{source.path.name} {error}. Next: try it with `docker compose config`, then run this again."
        ) from None
    services = {name: _plain(body) for name, body in document["services"].items()}
    return {**_plain(document), "services": services}


def _plain(node: Mapping[Any, Any]) -> dict[Any, Any]:
    """Without `x-…`, which means nothing to Compose either."""
    return {key: value for key, value in node.items() if not str(key).startswith("x-")}


def _filled(source: Source, document: dict[str, Any], env: Mapping[str, str]) -> Any:
    missing: list[str] = []

    def fill(node: Any, where: str) -> Any:
        if isinstance(node, dict):
            return {key: fill(value, f"{where}.{key}".lstrip(".")) for key, value in node.items()}
        if isinstance(node, list):
            return [fill(value, where) for value in node]
        if not isinstance(node, str):
            return node
        try:
            missing.extend(f"{where}: {name} is not set" for name in _absent(node, env))
            return substitute(node, env)
        except ComposeError as error:
            missing.append(f"{where}: {error}")
            return node

    filled = fill(document, "")
    if missing:
        raise ComposeError(
            _told(source, missing, "set the variable or write ${NAME:-default} in the file, and run it again")
        )
    return filled


def _absent(text: str, env: Mapping[str, str]) -> Iterator[str]:
    for use in uses(text):
        given = env.get(use.name)
        if use.needed and (given is None or (use.operator == ":?" and not given)):
            yield use.name


def _typed(source: Source, document: Any) -> File:
    try:
        return File.model_validate(document)
    except ValidationError as error:
        faults = [_fault(line) for line in error.errors(include_input=False, include_url=False)]
        raise ComposeError(
            _told(
                source,
                faults,
                "take it out, or teach model/local/service.py and components/local what it means. "
                "`docker compose up` may still understand it",
            )
        ) from None


def _fault(line: ErrorDetails) -> str:
    # A choice of forms puts the form's own name into the location.
    where = ".".join(str(part) for part in line["loc"] if "[" not in str(part))
    if line["type"] == "extra_forbidden":
        return f"{where}: this key is not understood here"
    if line["type"] == "value_error":
        return f"{where}: {line['ctx']['error']}"
    return f"{where}: {line['msg'][0].lower()}{line['msg'][1:]}"


def _told(source: Source, faults: Sequence[str], todo: str) -> str:
    lines = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
    return f"{source.path.name} cannot be taken, nothing was changed:\n{lines}\nNext: {todo}."


def _finished(service: Service, *, folder: PurePath, env: Mapping[str, str]) -> Service:
    """With paths from the root, with variables that are handed through, and on the network."""
    changes: dict[str, Any] = {
        "environment": _given(service.environment, env),
        "labels": {name: value or "" for name, value in service.labels.items()},
        "networks": {"default": service.networks.get("default", Attachment())},
        "volumes": {target: _placed(mount, folder) for target, mount in service.volumes.items()},
    }
    if service.build is not None:
        changes["build"] = service.build.model_copy(
            update={
                "context": _absolute(folder, service.build.context),
                "args": _given(service.build.args, env),
                "labels": {name: value or "" for name, value in service.build.labels.items()},
            }
        )
    return service.model_copy(update=changes)


def _given(pairs: Mapping[str, str | None], env: Mapping[str, str]) -> dict[str, str]:
    """A name without a value takes the caller's, and is left out where the caller has none."""
    found = {name: env.get(name) if value is None else value for name, value in pairs.items()}
    return {name: value for name, value in found.items() if value is not None}


def _placed(mount: Mount, folder: PurePath) -> Mount:
    if mount.type != "bind":
        return mount
    return mount.model_copy(update={"source": _absolute(folder, mount.source)})


def _absolute(folder: PurePath, path: str) -> str:
    return os.path.normpath(folder / path)


def _check(source: Source, services: Mapping[str, Service], declared: set[str]) -> None:
    faults: list[str] = []
    for name, service in services.items():
        where = f"services.{name}"
        if (service.image is None) == (service.build is None):
            faults.append(f"{where}: needs either `image` or `build`")
        faults += [
            f"{where}.depends_on: there is no service {other}"
            for other in service.depends_on
            if other not in services
        ]
        faults += [
            f"{where}.volumes: {mount.source} is not among the file's `volumes`"
            for mount in service.volumes.values()
            if mount.type == "volume" and mount.source not in declared
        ]
    faults += [f"services.{name}.depends_on: leads back to {name}" for name in _circular(services)]
    if faults:
        raise ComposeError(_told(source, faults, "correct it; `docker compose config` says the same"))


def _circular(services: Mapping[str, Service]) -> list[str]:
    """A circle of services, each waited for by the one after it; empty: there is none."""
    waits = {name: service.depends_on.keys() & services.keys() for name, service in services.items()}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        # What the library promises of it: message, then the nodes, the first of them twice.
        return list(error.args[1])[:-1]
    return []


def _port_variables(document: Mapping[str, Any], env: Mapping[str, str]) -> dict[int, str]:
    """From the texts before they are filled in: `${BACKEND_PORT:-8000}` is what a person can change."""
    found: dict[int, str] = {}
    for body in document["services"].values():
        for entry in body.get("ports") or ():
            text = str(entry.get("published", "")) if isinstance(entry, dict) else str(entry)
            for use in uses(text):
                value = use.value(env)
                if value.isdecimal():
                    found[int(value)] = use.name
    return found
