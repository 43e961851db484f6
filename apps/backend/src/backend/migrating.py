"""Bringing the schema to this version's: one process at a time, all or nothing, else one line why not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from backend.database import connecting, reason
from backend.errors import MigrationFailed
from backend.logs import logger

SCRIPTS = "backend:migrations"
# One number for all versions of this application; any will do, if nobody else takes the same.
_LOCK = 0x66696E616E6365
_PAUSE_SECONDS = 0.5
# A table that is in use is waited for only so long: everybody else queues behind a change that waits.
_TABLE_LOCK = "10s"

_log = logger(__name__)


def migrate(url: str, *, wait_seconds: float, scripts: str = SCRIPTS) -> None:
    """Bring the schema to the newest revision that this version has.

    A schema that is already newer is left as it is: that is what an earlier version finds after a rollback.

    Args:
        url: of the database.
        wait_seconds: how long to wait for the database, and then for another process's migration.
        scripts: where the revisions are, as Alembic spells it.

    Raises:
        MigrationFailed: the revisions do not do, the database cannot be had, or a revision failed.
            The schema is as it was.
    """
    config = Config()
    config.set_main_option("script_location", scripts)
    known = _revisions(config)
    password = make_url(url).password
    engine = connecting(url, statement_ms=0)
    try:
        with _connected(engine, seconds=wait_seconds) as connection, _alone(connection, seconds=wait_seconds):
            _upgrade(config, connection, known=known, password=password)
    except MigrationFailed:
        raise
    except Exception as error:
        raise MigrationFailed(f"no migration, the schema is as it was: {_told(error, password)}") from error
    finally:
        engine.dispose()


def _revisions(config: Config) -> list[str]:
    """What this version has, the newest first.

    Raises:
        MigrationFailed: they cannot be read, or are not one line that ends in one.
    """
    try:
        scripts = ScriptDirectory.from_config(config)
        heads = sorted(scripts.get_heads())
        known = [revision.revision for revision in scripts.walk_revisions()]
    except Exception as error:
        raise MigrationFailed(f"no migration: the revisions cannot be read: {_told(error, None)}") from error
    if len(heads) != 1:
        raise MigrationFailed(
            f"no migration: {len(heads)} revisions are the newest ({', '.join(heads)}), and it has to be "
            "one; let the down_revision of one name another"
        )
    return known


def _upgrade(config: Config, connection: Connection, *, known: list[str], password: str | None) -> None:
    before = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if before is not None and before not in known:
        _log.warning("schema_is_newer", revision=before, newest_known=known[0])
        return
    scripts = ScriptDirectory.from_config(config)
    pending = [found.revision for found in scripts.iterate_revisions("head", before or "base")][::-1]
    applied: list[Any] = []
    config.attributes.update(connection=connection, on_version_apply=lambda **step: applied.append(step))
    started = time.monotonic()
    try:
        connection.execute(text(f"SET lock_timeout = '{_TABLE_LOCK}'"))
        connection.commit()
        command.upgrade(config, "head")
    except Exception as error:
        connection.rollback()
        revision = pending[len(applied)] if len(applied) < len(pending) else "head"
        raise MigrationFailed(
            f"migration {revision} failed, the schema stays {_standing(before)}: {_told(error, password)}"
        ) from error
    _log.info("schema", revision=known[0], applied=pending, ms=round((time.monotonic() - started) * 1000))


@contextmanager
def _connected(engine: Engine, *, seconds: float) -> Iterator[Connection]:
    """A connection, as soon as the database gives one.

    Refused credentials are waited for as well: the one that is in force may follow its database's start.
    """
    try:
        connection = Retrying(
            stop=stop_after_delay(seconds),
            wait=wait_fixed(_PAUSE_SECONDS),
            retry=retry_if_exception_type(OperationalError),
            reraise=True,
        )(engine.connect)
    except OperationalError as error:
        raise MigrationFailed(
            f"no migration: the database did not let us in within {seconds:g} s ({reason(error)})"
        ) from error
    with connection:
        yield connection


@contextmanager
def _alone(connection: Connection, *, seconds: float) -> Iterator[None]:
    """Hold the lock, which is of the session: it goes with the connection, however this process ends."""
    try:
        # asked again and again: a statement that waits for the lock would hold up an index built concurrently
        Retrying(
            stop=stop_after_delay(seconds),
            wait=wait_fixed(_PAUSE_SECONDS),
            retry=retry_if_result(lambda got: not got),
        )(_try_lock, connection)
    except RetryError as error:
        raise MigrationFailed(f"no migration: another one was still running after {seconds:g} s") from error
    try:
        yield
    finally:
        # a connection that is lost has taken the lock with it, and its loss is not what this ends with
        if not connection.invalidated:
            with suppress(DBAPIError):
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
                connection.commit()


def _try_lock(connection: Connection) -> bool:
    got = connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar_one()
    connection.commit()
    return bool(got)


def _standing(revision: str | None) -> str:
    return "as it was" if revision is None else f"at {revision}"


def _told(error: Exception, password: str | None) -> str:
    """The reason in one line: PostgreSQL's main message, without the rows and statement that follow it."""
    if isinstance(error, DBAPIError):
        diagnosis = getattr(error.orig, "diag", None)
        words = getattr(diagnosis, "message_primary", None) or f"database: {reason(error)}"
        told = f"{words} ({state})" if (state := getattr(diagnosis, "sqlstate", None)) else str(words)
    else:
        told = f"{type(error).__name__}: {error}"
    line = " ".join(told.split())
    return line.replace(password, "***") if password else line
