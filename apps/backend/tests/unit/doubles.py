"""What stands for the three services in these tests; the integration suite has the real ones."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import IO

from backend.errors import NotFound, Unavailable
from backend.filestore import Opened
from backend.ledger import Account, Balance, Entry, NewEntry, NewStatement, Statement
from backend.reportcache import Cached

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@dataclass
class Switch:
    """A dependency that can be down.

    Attributes:
        name: of the dependency.
        reason: why it is down, or None.
    """

    name: str
    reason: str | None = None

    def ping(self) -> None:
        if self.reason is not None:
            raise Unavailable(self.name, self.reason)


@dataclass
class MemoryLedger(Switch):
    name: str = "database"
    kept: dict[int, Account] = field(default_factory=dict)
    moved: list[Entry] = field(default_factory=list)
    filed: list[Statement] = field(default_factory=list)
    statement_fails: Exception | None = None
    statement_is_kept_all_the_same: bool = False
    ids: "count[int]" = field(default_factory=lambda: count(1))

    def account(self, account_id: int) -> Account:
        self.ping()
        if account_id not in self.kept:
            raise NotFound(f"there is no account {account_id}")
        return self.kept[account_id]

    def add_account(self, *, name: str, currency: str) -> Account:
        self.ping()
        account = Account(id=next(self.ids), name=name, currency=currency)
        self.kept[account.id] = account
        return account

    def entries(self, account_id: int, *, limit: int) -> Sequence[Entry]:
        self.account(account_id)
        return [entry for entry in reversed(self.moved) if entry.account_id == account_id][:limit]

    def add_entry(self, account_id: int, entry: NewEntry) -> Entry:
        self.account(account_id)
        kept = Entry(
            id=next(self.ids),
            account_id=account_id,
            amount=entry.amount,
            description=entry.description,
            date=entry.date,
            created_at=NOW,
        )
        self.moved.append(kept)
        return kept

    def statements(self, account_id: int) -> Sequence[Statement]:
        self.account(account_id)
        return [statement for statement in reversed(self.filed) if statement.account_id == account_id]

    def statement(self, statement_id: int) -> Statement:
        self.ping()
        for statement in self.filed:
            if statement.id == statement_id:
                return statement
        raise NotFound(f"there is no statement {statement_id}")

    def add_statement(self, account_id: int, statement: NewStatement) -> Statement:
        self.account(account_id)
        if self.statement_fails is not None and not self.statement_is_kept_all_the_same:
            raise self.statement_fails
        kept = Statement(
            id=next(self.ids),
            account_id=account_id,
            key=statement.key,
            filename=statement.filename,
            content_type=statement.content_type,
            size=statement.size,
            created_at=NOW,
        )
        self.filed.append(kept)
        if self.statement_fails is not None:
            raise self.statement_fails
        return kept

    def balances(self) -> Sequence[Balance]:
        self.ping()
        return [self._balance(account) for account in self.kept.values()]

    def _balance(self, account: Account) -> Balance:
        amounts = [entry.amount for entry in self.moved if entry.account_id == account.id]
        return Balance(account=account, amount=sum(amounts, Decimal(0)), entries=len(amounts))


@dataclass
class MemoryCache(Switch):
    name: str = "cache"
    body: str | None = None

    def read(self) -> Cached:
        return Cached() if self.reason else Cached(body=self.body, generation="1")

    def keep(self, body: str, *, generation: str | None) -> None:
        if generation is not None:
            self.body = body

    def forget(self) -> None:
        self.body = None


@dataclass
class MemoryFiles(Switch):
    name: str = "storage"
    contents: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: IO[bytes], *, content_type: str) -> None:
        self.ping()
        self.contents[key] = content.read()

    def open(self, key: str) -> Opened:
        self.ping()
        if key not in self.contents:
            raise NotFound("the file is not in the store any more")
        return Opened(size=len(self.contents[key]), chunks=iter([self.contents[key]]))

    def delete(self, key: str) -> None:
        self.ping()
        del self.contents[key]
