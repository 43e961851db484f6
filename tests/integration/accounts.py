"""An account as its owner uses it, over HTTP."""

import secrets
from dataclasses import dataclass
from typing import Any, Self

import httpx


@dataclass(frozen=True)
class Account:
    """An account that nobody else uses."""

    client: httpx.Client
    key: int
    name: str

    @classmethod
    def opened(cls, client: httpx.Client, *, currency: str = "EUR") -> Self:
        """A new account."""
        name = f"Account {secrets.token_hex(4)}"
        made = ok(client.post("/api/accounts", json={"name": name, "currency": currency}), 201)
        return cls(client=client, key=made["id"], name=name)

    def add(self, amount: str, description: str = "Groceries") -> httpx.Response:
        """Add an entry."""
        return self.client.post(self._path("entries"), json={"amount": amount, "description": description})

    def entries(self) -> list[dict[str, Any]]:
        """Its entries."""
        found: list[dict[str, Any]] = ok(self.client.get(self._path("entries")))
        return found

    def upload(self, name: str, content: bytes) -> httpx.Response:
        """Upload a statement's file."""
        return self.client.post(self._path("statements"), files={"file": (name, content, "application/pdf")})

    def statements(self) -> list[dict[str, Any]]:
        """What is known of its statements."""
        found: list[dict[str, Any]] = ok(self.client.get(self._path("statements")))
        return found

    def balance(self) -> str:
        """Its balance as the list of accounts has it."""
        [mine] = [each for each in ok(self.client.get("/api/accounts")) if each["id"] == self.key]
        return str(mine["balance"])

    def _path(self, what: str) -> str:
        return f"/api/accounts/{self.key}/{what}"


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The JSON of an answer with the expected code.

    Raises:
        AssertionError: it has another code.
    """
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer.json()
