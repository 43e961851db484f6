"""The ledger's SQL in SQLite, for a first look; the integration suite has PostgreSQL."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from backend.database import Database, address, reason
from backend.errors import NotFound, Unavailable
from backend.ledger import NewEntry, NewStatement
from backend.tables import Base
from unit.doubles import NOW

pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.pysqlite does .not. support Decimal")


@pytest.fixture
def database() -> Iterator[Database]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


def entry(amount: str, day: int = 1) -> NewEntry:
    return NewEntry(amount=Decimal(amount), description="x", date=NOW.date().replace(day=day))


def test_balances_are_of_each_account_also_of_an_empty_one(database: Database) -> None:
    savings = database.add_account(name="Savings", currency="EUR")
    giro = database.add_account(name="Giro", currency="JPY")
    for amount in ("0.5", "-2"):
        database.add_entry(savings.id, entry(amount))

    assert [(each.account, each.amount, each.entries) for each in database.balances()] == [
        (giro, Decimal(0), 0),
        (savings, Decimal("-1.5"), 2),
    ]


def test_entries_are_those_of_the_account_and_the_newest_come_first(database: Database) -> None:
    giro, other = (database.add_account(name=name, currency="EUR") for name in ("Giro", "other"))
    late, early, late_too = (database.add_entry(giro.id, entry("1", day)) for day in (9, 3, 9))
    database.add_entry(other.id, entry("1"))

    assert database.entries(giro.id, limit=10) == [late_too, late, early]
    assert database.entries(giro.id, limit=1) == [late_too]


def test_a_statement_is_found_by_its_id_and_by_its_account(database: Database) -> None:
    giro = database.add_account(name="Giro", currency="EUR")
    new = NewStatement(key="statements/1/x", filename="a.csv", content_type="text/csv", size=4)

    kept = database.add_statement(giro.id, new)

    assert (kept.key, kept.filename, kept.size) == ("statements/1/x", "a.csv", 4)
    assert (database.statements(giro.id), database.statement(kept.id)) == ([kept], kept)


def test_nothing_is_found_or_kept_for_an_account_that_is_not_there(database: Database) -> None:
    new = NewStatement(key="k", filename="a.csv", content_type="text/csv", size=4)
    for ask in (
        lambda: database.account(9),
        lambda: database.entries(9, limit=1),
        lambda: database.add_entry(9, entry("1")),
        lambda: database.statements(9),
        lambda: database.statement(9),
        lambda: database.add_statement(9, new),
    ):
        with pytest.raises(NotFound, match="there is no"):
            ask()

    assert list(database.balances()) == []


def test_a_database_that_is_down_is_unavailable() -> None:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "do_connect")
    def _refuse(*_: object) -> None:
        raise OperationalError("connect", {}, ConnectionRefusedError("at db.internal as finance_report"))

    with pytest.raises(Unavailable) as unavailable:
        Database(engine).ping()

    assert str(unavailable.value) == "database: unreachable"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('FATAL:  password authentication failed for user "finance_report"', "credentials refused"),
        ('FATAL:  database "finance_report" does not exist', "no such database"),
        ("canceling statement due to statement timeout", "too slow"),
        ("no answer in time", "no answer in time"),
        ("connection timeout expired", "no answer in time"),
        ('connection to server at "10.0.0.7", port 5432 failed: Connection refused', "unreachable"),
    ],
)
def test_v1_a_reason_names_neither_user_nor_address(words: str, told: str) -> None:
    assert reason(OperationalError("SELECT 1", {}, Exception(words))) == told


def test_a_url_keeps_what_it_has_and_gets_our_driver() -> None:
    url = address("postgresql://u:p%40ss@db:5433/x?sslmode=require")

    assert url.drivername == "postgresql+psycopg"
    assert (url.password, url.port, url.query["sslmode"]) == ("p@ss", 5433, "require")
