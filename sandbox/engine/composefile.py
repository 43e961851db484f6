"""A compose file as `docker compose` reads it, with the `.env` beside it.

Texts and order of the refusals were measured with Docker Compose 5.6.1 on 2026-11-23.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.engine import checks, declared, dotenv, shapes
from sandbox.engine.errors import ComposeFileError
from sandbox.engine.interpolation import Invalid, Lookup, Required, Warn, compose_substitute, interpolate
from sandbox.engine.project import Condition, Network, Project, Service
from sandbox.engine.protocol import Log
from sandbox.engine.yamltext import YamlError, load

_DEFAULT = "default"


def load_compose(*, path: Path, project: str, env: Mapping[str, str], log: Log, now: datetime) -> Project:
    """Read a compose file.

    Args:
        path: the file.
        project: the project's name, of which containers, networks and volumes take theirs.
        env: the process environment; it wins over `.env`.
        log: takes the warnings.
        now: their time.

    Raises:
        ComposeFileError: the file, in Docker's words.
    """
    warned: set[str] = set()

    def warn(name: str) -> None:
        if name not in warned:
            warned.add(name)
            message = f'The \\"{name}\\" variable is not set. Defaulting to a blank string.'
            log(f'time="{now:%Y-%m-%dT%H:%M:%SZ}" level=warning msg="{message}"')

    document = _parse(path)
    lookup = _environment(path.parent / ".env", env, warn)
    document = interpolate(
        document, lambda text: compose_substitute(text, lookup=lookup, warn=warn), of_stack=False
    )
    try:
        checks.check(document, of_stack=False)
    except ComposeFileError as error:
        raise ComposeFileError(f"validating {path}: {error}") from None
    return _Reader(document, path=path, project=project, lookup=lookup, warn=warn).read()


def _parse(path: Path) -> dict[str, Any]:
    try:
        document = load(path.read_text())
    except OSError:
        raise ComposeFileError(
            f'compose file "{path}" is invalid: open {path}: no such file or directory'
        ) from None
    except YamlError as error:
        raise ComposeFileError(f"failed to parse {path}: yaml: {error}") from None
    if document is None:
        raise ComposeFileError("empty compose file")
    if not isinstance(document, dict):
        raise ComposeFileError("top-level object must be a mapping")
    return document


def _environment(path: Path, env: Mapping[str, str], warn: Warn) -> Lookup:
    values = _env_file(path, env.get, warn) if path.is_file() else {}
    return {**values, **env}.get


def _env_file(path: Path, lookup: Lookup, warn: Warn) -> dict[str, str]:
    try:
        return dotenv.parse(path.read_text(), lookup=lookup, warn=warn)
    except (ComposeFileError, Required) as error:
        raise ComposeFileError(f"failed to read {path}: {error}") from None
    except Invalid as error:
        raise ComposeFileError(f"failed to read {path}: invalid template: {str(error)!r}") from None


class _Reader:
    def __init__(
        self, document: dict[str, Any], *, path: Path, project: str, lookup: Lookup, warn: Warn
    ) -> None:
        self._document = document
        self._path = path
        self._project = project
        self._lookup = lookup
        self._warn = warn

    def read(self) -> Project:
        for section in ("include",):
            if self._document.get(section):
                raise ComposeFileError(f"{section}: the sandbox's Docker does not follow other files")
        services = {
            name: self._service(name, entry)
            for name, entry in (self._document.get("services") or {}).items()
            if not entry.get("profiles")
        }
        project = Project(
            name=self._project,
            services=services,
            networks=self._networks(services),
            volumes={
                key: declared.volume(key, entry or {}, owner=self._project)
                for key, entry in (self._document.get("volumes") or {}).items()
            },
        )
        _check_references(project, self._document)
        return project

    def _service(self, name: str, entry: dict[str, Any]) -> Service:
        place = f"services.{name}"
        if entry.get("extends"):
            raise ComposeFileError(f"{place}.extends: the sandbox's Docker does not follow other files")
        if not entry.get("image") and not entry.get("build"):
            raise _invalid(f'service "{name}" has neither an image nor a build context specified')
        if entry.get("network_mode") and entry.get("networks"):
            raise _invalid(f"service {name} declares mutually exclusive `network_mode` and `networks`")
        for dependency, condition in _conditions(entry.get("depends_on")):
            if condition not in list(Condition):
                raise ComposeFileError(
                    f"validating {self._path}: {place}.depends_on.{dependency}.condition value must be one of"
                    " 'service_started', 'service_healthy', 'service_completed_successfully'"
                )
        attached = shapes.networks(entry.get("networks")) or {_DEFAULT: ()}
        return Service(
            name=name,
            image=entry.get("image") or None,
            build=shapes.build(entry.get("build"), self._lookup),
            container_name=entry.get("container_name"),
            environment={
                **self._env_files(entry),
                **shapes.environment(entry.get("environment"), self._lookup),
            },
            labels=shapes.labels(entry.get("labels")),
            networks={} if entry.get("network_mode") else attached,
            mounts=tuple(shapes.mount(m) for m in entry.get("volumes") or ()),
            depends_on=shapes.dependencies(entry.get("depends_on")),
            restart=entry.get("restart") or "no",
            healthcheck=shapes.healthcheck(entry.get("healthcheck")),
            replicas=shapes.replicas(entry, place),
            pull_policy=entry.get("pull_policy") or "missing",
            host_network=entry.get("network_mode") == "host",
            settings=entry,
        )

    def _env_files(self, entry: dict[str, Any]) -> dict[str, str]:
        given = entry.get("env_file") or []
        found: dict[str, str] = {}
        for item in [given] if isinstance(given, str | dict) else given:
            options = item if isinstance(item, dict) else {"path": item}
            path = self._path.parent / str(options.get("path", ""))
            if path.is_file():
                found |= _env_file(path, self._lookup, self._warn)
            elif options.get("required", True):
                raise ComposeFileError(f"env file {path} not found: stat {path}: no such file or directory")
        return found

    def _networks(self, services: Mapping[str, Service]) -> dict[str, Network]:
        networks = dict(self._document.get("networks") or {})
        if any(_DEFAULT in s.networks for s in services.values()):
            networks.setdefault(_DEFAULT, {})
        return {
            key: declared.network(key, entry or {}, owner=self._project, driver="bridge")
            for key, entry in networks.items()
        }


def _conditions(value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [(k, (v or {}).get("condition", Condition.STARTED)) for k, v in value.items()]


def _invalid(message: str) -> ComposeFileError:
    return ComposeFileError(f"{message}: invalid compose project")


def _check_references(project: Project, document: dict[str, Any]) -> None:
    for service in project.services.values():
        for key in service.networks:
            if key not in project.networks:
                raise _invalid(f'service "{service.name}" refers to undefined network {key}')
        for mount in service.mounts:
            if mount.kind == "volume" and mount.source and mount.source not in project.volumes:
                raise _invalid(f'service "{service.name}" refers to undefined volume {mount.source}')
        for dependency, condition in service.depends_on.items():
            if dependency not in project.services and condition.required:
                raise _invalid(f'service "{service.name}" depends on undefined service "{dependency}"')
        _check_files(service, document)
    _check_container_names(project)
    _check_cycles(project)


def _check_files(service: Service, document: dict[str, Any]) -> None:
    for kind in ("config", "secret"):
        for item in service.settings.get(f"{kind}s") or ():
            source = item.get("source") if isinstance(item, dict) else item
            if source not in (document.get(f"{kind}s") or {}):
                raise _invalid(f'service "{service.name}" refers to undefined {kind} {source}')


def _check_container_names(project: Project) -> None:
    names: dict[str, str] = {}
    for service in project.services.values():
        if service.container_name:
            if service.container_name in names:
                raise ComposeFileError(
                    f'services.{service.name}: container name "{service.container_name}" is already in use by'
                    f" service {names[service.container_name]}"
                )
            names[service.container_name] = service.name


def _check_cycles(project: Project) -> None:
    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            cycle = [*trail[trail.index(name) :], name]
            raise ComposeFileError(f"dependency cycle detected: {' -> '.join(cycle)}")
        if name in project.services:
            for dependency in sorted(project.services[name].depends_on):
                visit(dependency, [*trail, name])

    for name in sorted(project.services):
        visit(name, [])
