"""The five services of `docker-compose.yml`, built from source and asked from outside."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from docker.errors import APIError

from tests.integration.project import Project, published, thrown_away
from tests.throwaway.engine import Engine
from tests.throwaway.waiting import eventually

_BASE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
_PORTS = {"backend": 8000, "frontend": 3000}
# More than the backend's own limits, so that its answer is what a test sees.
_PATIENCE = 20.0
RECOVERY = 90.0
"""Seconds after which something that was started is taken for broken: many times what it needs."""

ALL_SERVICES = ("postgres", "redis", "minio", "backend", "frontend")
USER = "finance_report"
DATABASE_HOST = "finance-report-db-ci"
PASSWORD = "throwaway"


@dataclass(frozen=True, kw_only=True)
class Services:
    """A running project of the base file; what was baked into its images is this run's own."""

    project: Project
    commit: str
    version: str

    def client(self, service: str) -> httpx.Client:
        """A client of a service at the port that Docker gave it at its last start; the caller closes it."""
        return client_at(self.project.address(service, _PORTS[service]))

    def health(self) -> httpx.Response:
        """What the backend answers to `/health` now."""
        with self.client("backend") as backend:
            return backend.get("/health")

    def healthy(self) -> None:
        """Return once the backend says that all is well, and the frontend that it gets through to it.

        Raises:
            AssertionError: it did not within `RECOVERY` seconds.
        """

        def look() -> None:
            for service in _PORTS:
                with self.client(service) as client:
                    answer = client.get("/health")
                assert answer.status_code == 200, f"{service}: {answer.text}"

        eventually(look, within=RECOVERY)

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """Stop a service for a while; afterwards all is well again."""
        self.project.compose("stop", "--timeout", "5", service)
        try:
            yield
        finally:
            # not `compose start`, which fails where another service's own check still tells of the last test
            self.project.container(service).start()
            self.healthy()

    @contextmanager
    def silent(self, service: str) -> Iterator[None]:
        """A service that takes connections and answers nothing, for a while."""
        eventually(lambda: _paused(self.project.container(service)), within=10)
        try:
            yield
        finally:
            self.project.container(service).unpause()
            self.healthy()

    def sql(self, statement: str, *, database: str = USER) -> list[str]:
        """The rows that PostgreSQL gives, columns with `|` between them."""
        words = ["psql", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-Atqc", statement]
        return self.project.execute("postgres", *words).splitlines()

    @contextmanager
    def database(self, name: str, *statements: str) -> Iterator[str]:
        """One more database on the same server, and its URL for a backend.

        Args:
            name: without characters that need quoting.
            *statements: run in it beforehand.
        """
        self.sql(f"CREATE DATABASE {name}")
        try:
            for statement in statements:
                self.sql(statement, database=name)
            yield f"postgresql://{USER}:{PASSWORD}@{DATABASE_HOST}:5432/{name}"
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def another_backend(self, name: str, **environment: str) -> Iterator[Any]:
        """One more backend's container, with variables of its own."""
        container = self.project.another("backend", name, port=_PORTS["backend"], **environment)
        try:
            yield container
        finally:
            container.remove(force=True)


def _paused(container: Any) -> None:
    try:
        container.pause()
    except APIError as error:
        # "unable to freeze": a program was just being started in it (Docker 20.10 on cgroup v1, 2026-11-23)
        raise AssertionError(error.explanation) from None


def client_at(address: str) -> httpx.Client:
    """A client of what answers at an address."""
    return httpx.Client(base_url=address, timeout=_PATIENCE)


def address_of(container: Any) -> str:
    """Where one more backend's container answers."""
    return published(container, _PORTS["backend"])


@contextmanager
def started(folder: Path, *, engine: Engine) -> Iterator[Services]:
    """The services of a run's own, healthy; afterwards nothing of them is left.

    Args:
        folder: an empty one.
        engine: where they run.

    Raises:
        ProjectError: an image cannot be built, or a service does not become healthy.
    """
    commit, version = secrets.token_hex(20), f"v0.0.0-{secrets.token_hex(3)}"
    with thrown_away(
        _BASE,
        prefix="finance-report-it",
        folder=folder,
        engine=engine,
        publish=_PORTS,
        variables={"ENV": "ci", "GIT_COMMIT": commit, "VERSION": version},
    ) as project:
        project.start()
        yield Services(project=project, commit=commit, version=version)
