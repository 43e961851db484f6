import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.services import DATABASE_HOST, RECOVERY, USER, Services, address_of, client_at
from tests.throwaway.waiting import eventually

HEAD = (
    "from alembic.config import Config; from alembic.script import ScriptDirectory;"
    "config = Config(); config.set_main_option('script_location', 'backend:migrations');"
    "print(ScriptDirectory.from_config(config).get_current_head())"
)
# what keeps backends apart that start together: held by hand, it makes them wait beside each other
LOCK = "from backend import migrating; print(migrating._LOCK)"


def applied(container: Any) -> list[list[str]]:
    """Revisions that each start of a container has applied."""
    lines = [json.loads(line) for line in container.logs().decode().splitlines()]
    return [line["applied"] for line in lines if line["event"] == "schema"]


def until_healthy(container: Any) -> None:
    def look() -> None:
        with client_at(address_of(container)) as client:
            assert client.get("/health").status_code == 200

    eventually(look, within=RECOVERY)


@contextmanager
def held(services: Services, lock: str, *, database: str) -> Iterator[Callable[[], object]]:
    """Hold an advisory lock in a session of its own; what is given lets it go."""
    sleeping = f"SELECT pg_advisory_lock({lock}), pg_sleep(600)"
    words = ["psql", "-U", USER, "-d", database, "-c", sleeping]
    services.project.container("postgres").exec_run(words, detach=True)
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    holders = f"FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = {here}"

    def has_it() -> None:
        assert services.sql(f"SELECT count(*) {holders}", database=database) == ["1"]

    def let_go() -> None:
        services.sql(f"SELECT pg_terminate_backend(pid) {holders}", database=database)

    eventually(has_it, within=20)
    yield let_go


def connected(services: Services, count: int, *, database: str) -> None:
    backends = f"application_name = 'finance-report-backend' AND datname = '{database}'"
    assert services.sql(f"SELECT count(*) FROM pg_stat_activity WHERE {backends}") == [str(count)]


def tables(services: Services, database: str) -> set[str]:
    listing = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    return set(services.sql(listing, database=database))


def test_the_schema_is_at_the_newest_revision_that_the_image_has(services: Services) -> None:
    head = services.project.execute("backend", "python", "-c", HEAD).strip()

    assert services.sql("SELECT version_num FROM alembic_version") == [head]


def test_the_first_start_migrates_and_the_next_one_has_nothing_to_do(services: Services) -> None:
    with services.database("twice") as url:
        runs = []
        for name in ("first", "second"):
            with services.another_backend(name, DATABASE_URL=url) as container:
                until_healthy(container)
                runs += applied(container)

    first, second = runs
    assert len(first) > 0
    assert second == []


def test_backends_that_start_at_the_same_time_migrate_once(services: Services) -> None:
    lock = services.project.execute("backend", "python", "-c", LOCK).strip()
    with services.database("together") as url, held(services, lock, database="together") as release:
        variables = {"DATABASE_URL": url, "MIGRATION_WAIT_SECONDS": "600"}
        with (
            services.another_backend("one", **variables) as one,
            services.another_backend("two", **variables) as two,
        ):
            eventually(lambda: connected(services, 2, database="together"), within=RECOVERY)
            before = tables(services, "together")
            release()
            for container in (one, two):
                until_healthy(container)
            runs = applied(one) + applied(two)
        after = tables(services, "together")

    migrating, waiting = sorted(runs, key=len, reverse=True)
    assert len(migrating) > 0
    assert waiting == []
    assert before == set()
    assert {"accounts", "entries", "statements"} < after


def test_a_database_that_is_lost_while_another_migrates_ends_the_container_with_one_line(
    services: Services,
) -> None:
    lock = services.project.execute("backend", "python", "-c", LOCK).strip()
    waiting = "FROM pg_stat_activity WHERE application_name = 'finance-report-backend' AND datname = 'lost'"
    with (
        services.database("lost") as url,
        held(services, lock, database="lost"),
        services.another_backend("waiting", DATABASE_URL=url, MIGRATION_WAIT_SECONDS="600") as container,
    ):
        eventually(lambda: connected(services, 1, database="lost"), within=RECOVERY)
        services.sql(f"SELECT pg_terminate_backend(pid) {waiting}")
        code = container.wait(timeout=RECOVERY)["StatusCode"]
        logged = container.logs().decode().splitlines()

    assert code == 1
    assert json.loads(logged[-1])["event"] == "cannot_start"
    assert json.loads(logged[-1])["reason"] == (
        "no migration, the schema is as it was: terminating connection due to administrator command (57P01)"
    )
    assert len(logged) == 1


def test_a_migration_that_fails_ends_the_container_with_one_line_that_says_why(services: Services) -> None:
    with (
        services.database("occupied", "CREATE TABLE entries (what text)") as url,
        services.another_backend("stuck", DATABASE_URL=url) as container,
    ):
        code = container.wait(timeout=RECOVERY)["StatusCode"]
        lines = [json.loads(line) for line in container.logs().decode().splitlines()]
        left = tables(services, "occupied")
        container.reload()
        health = container.attrs["State"]["Health"]["Status"]

    assert code == 1
    assert lines[-1]["event"] == "cannot_start"
    assert lines[-1]["reason"] == (
        'migration 0001 failed, the schema stays as it was: relation "entries" already exists (42P07)'
    )
    assert health != "healthy"
    assert "accounts" not in left


@pytest.mark.parametrize(
    ("host", "why"),
    [(DATABASE_HOST, "credentials refused"), ("nowhere.invalid", "unreachable")],
    ids=["password", "host"],
)
def test_a_database_that_lets_nobody_in_ends_the_container_with_one_line_that_says_why(
    host: str, why: str, services: Services
) -> None:
    url = f"postgresql://{USER}:canary-5d1e@{host}:5432/{USER}"
    with services.another_backend("outside", DATABASE_URL=url, MIGRATION_WAIT_SECONDS="1") as container:
        code = container.wait(timeout=RECOVERY)["StatusCode"]
        logged = container.logs().decode()

    assert code == 1
    assert json.loads(logged.splitlines()[-1])["reason"] == (
        f"no migration: the database did not let us in within 1 s ({why})"
    )
    assert "canary-5d1e" not in logged
