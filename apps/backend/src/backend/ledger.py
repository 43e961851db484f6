"""What the application keeps, and who keeps it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where money lies.

    Attributes:
        id: given by the ledger.
        name: for people.
        currency: ISO 4217 code.
    """

    id: int
    name: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A movement that is to be kept.

    Attributes:
        amount: exact, in the account's currency; what leaves is negative.
        description: for people.
        date: of the movement.
    """

    amount: Decimal
    description: str
    date: dt.date


@dataclass(frozen=True, kw_only=True)
class Entry(NewEntry):
    """A movement that is kept.

    Attributes:
        id: given by the ledger.
        account_id: whose it is.
        created_at: when it was kept.
    """

    id: int
    account_id: int
    created_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class NewStatement:
    """A statement's file that lies in the object store.

    Attributes:
        key: its name there, made by us.
        filename: its name where it came from.
        content_type: as it was sent.
        size: in bytes.
    """

    key: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Statement(NewStatement):
    """A statement's file that is kept.

    Attributes:
        id: given by the ledger.
        account_id: whose it is.
        created_at: when it came.
    """

    id: int
    account_id: int
    created_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The sum of an account's entries.

    Attributes:
        account: whose it is.
        amount: exact.
        entries: how many there are.
    """

    account: Account
    amount: Decimal
    entries: int


class Ledger(Protocol):
    """Keeps accounts, entries and what is known of statements.

    Each method raises `Unavailable` when it cannot be reached and `NotFound` for an account or a statement
    that is not there.
    """

    def ping(self) -> None:
        """Return when it can be read."""

    def account(self, account_id: int) -> Account:
        """One account."""

    def add_account(self, *, name: str, currency: str) -> Account:
        """Keep a new account."""

    def entries(self, account_id: int, *, limit: int) -> Sequence[Entry]:
        """An account's newest entries, by date."""

    def add_entry(self, account_id: int, entry: NewEntry) -> Entry:
        """Keep a new entry."""

    def statements(self, account_id: int) -> Sequence[Statement]:
        """An account's statements, the newest first."""

    def statement(self, statement_id: int) -> Statement:
        """One statement."""

    def add_statement(self, account_id: int, statement: NewStatement) -> Statement:
        """Keep what is known of a file."""

    def balances(self) -> Sequence[Balance]:
        """Of all accounts, by name."""
