"""Who a request comes from: the operator's token, or one that was made with permissions of its own."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.world import World

BOT = "github-actions[bot]"
_LEVELS = {"none": 0, "read": 1, "write": 2, "admin": 3}
LEVELS = tuple(_LEVELS)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks.

    Attributes:
        login: as comments and deployments name it.
        permissions: `read` or `write` by name (`pull_requests`); `None` may do everything.
    """

    login: str
    permissions: Mapping[str, str] | None = None

    def may(self, name: str, level: str) -> bool:
        """Whether a permission is held at this level or above it."""
        if self.permissions is None:
            return True
        # GitHub gives every token the repository's metadata.
        held = self.permissions.get(name, "read" if name == "metadata" else "none")
        return _LEVELS[held] >= _LEVELS[level]


class Tokens:
    """Tokens that were made, in the table `github.token`: by their hash, as GitHub keeps them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._table = world.store.table("github.token")

    def make(
        self, *, permissions: Mapping[str, str], login: str = BOT, seconds: float = 3600, token: str = ""
    ) -> tuple[str, str]:
        """Make a token.

        Args:
            permissions: `read` or `write` by name; `pull-requests`, as a workflow writes it, will do.
            login: who acts with it.
            seconds: how long it is good.
            token: the token itself; a random one by default.

        Returns:
            The token, and when it ends (`2026-11-23T13:00:00Z`).

        Raises:
            ValueError: a level that there is none of.
        """
        named = {name.replace("-", "_"): level for name, level in permissions.items()}
        if unknown := sorted(set(named.values()) - set(LEVELS)):
            raise ValueError(f"{unknown[0]} is no level: {', '.join(LEVELS)}")
        made = token or f"ghs_{secrets.token_hex(18)}"
        ends = (self._world.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._table.put(_hash(made), {"login": login, "permissions": named, "expires_at": ends})
        return made, ends

    def actor(self, token: str) -> Actor | None:
        """Whose token it is; `None` for one that is unknown or has expired."""
        found = self._table.get(_hash(token))
        if found is None or datetime.fromisoformat(found["expires_at"]) <= self._world.now().astimezone(UTC):
            return None
        return Actor(login=found["login"], permissions=found["permissions"])

    def revoke(self, token: str) -> bool:
        """End a token; whether there was one."""
        return self._table.delete(_hash(token)) is not None

    def live(self) -> list[dict[str, object]]:
        """Every token that is good, without the token."""
        now = self._world.now().astimezone(UTC)
        found = [self._table.get(key) or {} for key in self._table]
        return [row for row in found if datetime.fromisoformat(row["expires_at"]) > now]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
