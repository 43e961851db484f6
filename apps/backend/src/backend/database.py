"""The ledger in PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from backend.errors import NotFound, Unavailable
from backend.ledger import Account, Balance, Entry, NewEntry, NewStatement, Statement
from backend.patience import NO_ANSWER, patient
from backend.tables import AccountRow, EntryRow, StatementRow

_CONNECT_SECONDS = 3
_STATEMENT_MILLISECONDS = 8000
# Longer than the server lets a statement take: who waits so long has a server that says nothing at all.
_PATIENCE_SECONDS = 10.0
_PROBING_SECONDS = 1.5


def address(url: str) -> URL:
    """A `postgresql://` URL for SQLAlchemy, with the driver that we ship.

    Args:
        url: as the environment has it.
    """
    return make_url(url).set(drivername="postgresql+psycopg")


def connecting(url: str, *, statement_ms: int = _STATEMENT_MILLISECONDS, **options: Any) -> Engine:
    """An engine that does not wait for ever and never puts values into the text of an error.

    Args:
        url: as the environment has it.
        statement_ms: how long a statement may take, in milliseconds; 0 is no limit.
        **options: of the pool.
    """
    return create_engine(
        address(url),
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "finance-report-backend",
            "options": f"-c statement_timeout={statement_ms}",
        },
        **options,
    )


class Database:
    """A `Ledger`.

    Args:
        engine: for requests.
        probing: for the health check alone: a pool that requests have used up is not a database that is gone.
    """

    def __init__(self, engine: Engine, *, probing: Engine | None = None) -> None:
        self._engine = engine
        self._probing = probing or engine

    @classmethod
    def at(cls, url: str) -> "Database":
        """The database at a URL; nothing connects yet."""
        requests = connecting(url, pool_size=5, max_overflow=10, pool_timeout=5, pool_pre_ping=True)
        probing = connecting(url, pool_size=1, max_overflow=0, pool_timeout=1, pool_pre_ping=True)
        return cls(
            patient(requests, seconds=_PATIENCE_SECONDS), probing=patient(probing, seconds=_PROBING_SECONDS)
        )

    def ping(self) -> None:
        """See `Ledger`."""
        with _translated(), self._probing.connect() as connection:
            connection.execute(text("SELECT 1"))

    def account(self, account_id: int) -> Account:
        """See `Ledger`."""
        with self._session() as session:
            return _account(_found(session, account_id))

    def add_account(self, *, name: str, currency: str) -> Account:
        """See `Ledger`."""
        with self._session() as session:
            row = AccountRow(name=name, currency=currency)
            session.add(row)
            session.flush()
            return _account(row)

    def entries(self, account_id: int, *, limit: int) -> Sequence[Entry]:
        """See `Ledger`."""
        with self._session() as session:
            _found(session, account_id)
            rows = session.scalars(
                select(EntryRow)
                .where(EntryRow.account_id == account_id)
                .order_by(EntryRow.date.desc(), EntryRow.id.desc())
                .limit(limit)
            )
            return [_entry(row) for row in rows]

    def add_entry(self, account_id: int, entry: NewEntry) -> Entry:
        """See `Ledger`."""
        with self._session() as session:
            _found(session, account_id)
            row = EntryRow(
                account_id=account_id, amount=entry.amount, description=entry.description, date=entry.date
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            return _entry(row)

    def statements(self, account_id: int) -> Sequence[Statement]:
        """See `Ledger`."""
        with self._session() as session:
            _found(session, account_id)
            rows = session.scalars(
                select(StatementRow)
                .where(StatementRow.account_id == account_id)
                .order_by(StatementRow.id.desc())
            )
            return [_statement(row) for row in rows]

    def statement(self, statement_id: int) -> Statement:
        """See `Ledger`."""
        with self._session() as session:
            row = session.get(StatementRow, statement_id)
            if row is None:
                raise NotFound(f"there is no statement {statement_id}")
            return _statement(row)

    def add_statement(self, account_id: int, statement: NewStatement) -> Statement:
        """See `Ledger`."""
        with self._session() as session:
            _found(session, account_id)
            row = StatementRow(
                account_id=account_id,
                key=statement.key,
                filename=statement.filename,
                content_type=statement.content_type,
                size=statement.size,
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            return _statement(row)

    def balances(self) -> Sequence[Balance]:
        """See `Ledger`."""
        with self._session() as session:
            rows = session.execute(
                select(AccountRow, func.coalesce(func.sum(EntryRow.amount), 0), func.count(EntryRow.id))
                .outerjoin(EntryRow, EntryRow.account_id == AccountRow.id)
                .group_by(AccountRow.id)
                .order_by(AccountRow.name, AccountRow.id)
            )
            return [
                Balance(account=_account(row), amount=amount, entries=count) for row, amount, count in rows
            ]

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """One transaction, committed when the block ends well."""
        with _translated(), Session(self._engine) as session, session.begin():
            yield session


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, NoConnectionFree) as error:
        raise Unavailable("database", reason(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated and not isinstance(error, IntegrityError):
            raise Unavailable("database", "connection lost") from error
        raise


def reason(error: Exception) -> str:
    """Why the database cannot be had, without its own words: those name the user and the address."""
    if isinstance(error, NoConnectionFree):
        return "busy"
    words = str(getattr(error, "orig", error)).lower()
    if "authentication failed" in words or "no password supplied" in words:
        return "credentials refused"
    if "does not exist" in words and "database" in words:
        return "no such database"
    if NO_ANSWER in words or "timeout expired" in words:
        return NO_ANSWER
    if "canceling statement" in words or "lock timeout" in words:
        return "too slow"
    return "unreachable"


def _found(session: Session, account_id: int) -> AccountRow:
    row = session.get(AccountRow, account_id)
    if row is None:
        raise NotFound(f"there is no account {account_id}")
    return row


def _account(row: AccountRow) -> Account:
    return Account(id=row.id, name=row.name, currency=row.currency)


def _entry(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        account_id=row.account_id,
        amount=row.amount,
        description=row.description,
        date=row.date,
        created_at=row.created_at,
    )


def _statement(row: StatementRow) -> Statement:
    return Statement(
        id=row.id,
        account_id=row.account_id,
        key=row.key,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        created_at=row.created_at,
    )
