"""API keys as better-auth keeps them: hashed, with a rate limit that counts each request twice."""

import hashlib
from datetime import timedelta
from typing import Any

from sandbox.dokploy.names import iso, long_id, nano_id
from sandbox.dokploy.state import State
from sandbox.store import Document

DEFAULT_WINDOW_MS = 86_400_000
DEFAULT_MAX = 10
"""Without `rateLimitEnabled: false` a key is good for 10 checks a day: 5 requests (measured 2026-11-22)."""

PERMISSIONS = (
    "canCreateProjects",
    "canAccessToSSHKeys",
    "canCreateServices",
    "canDeleteProjects",
    "canDeleteServices",
    "canAccessToDocker",
    "canAccessToAPI",
    "canAccessToGitProviders",
    "canAccessToTraefikFiles",
    "canDeleteEnvironments",
    "canCreateEnvironments",
)

ACCESS_LISTS = (
    "accessedProjects",
    "accessedEnvironments",
    "accessedServices",
    "accessedGitProviders",
    "accessedServers",
)


def verify(state: State, key: str | None) -> Document | None:
    """One check of a key; counts against its limits, `None` when it is not (or no longer) good.

    A denied check does not extend the window, and what is exhausted or expired is deleted.
    """
    row = None if key is None else state.api_key.get(_digest(key))
    if key is None or row is None or not row["enabled"]:
        return None
    now = state.clock()
    expired = row["expiresAt"] is not None and row["expiresAt"] <= iso(now)
    if expired or row["remaining"] == 0:
        state.api_key.delete(_digest(key))
        return None
    changes: Document = {"lastRequest": iso(now)}
    if row["rateLimitEnabled"]:
        idle = row["lastRequest"] is None or row["lastRequest"] < iso(
            now - timedelta(milliseconds=row["rateLimitTimeWindow"])
        )
        count = 0 if idle else row["requestCount"]
        if count >= row["rateLimitMax"]:
            return None
        changes["requestCount"] = count + 1
    if row["remaining"] is not None:
        changes["remaining"] = row["remaining"] - 1
    return state.api_key.patch(_digest(key), **changes)


def add_key(state: State, key: str, *, user_id: str, organization_id: str, wanted: Document) -> Document:
    """Keep a key under its hash and return its row, without the key.

    Args:
        state: the tables.
        key: the key itself.
        user_id: whose it is.
        organization_id: decides what it sees.
        wanted: name, prefix, expiry and limits as `user.createApiKey` takes them.
    """
    now = state.clock()
    seconds = wanted.get("expiresIn")
    row = {
        "configId": "default",
        "name": wanted["name"],
        "start": key[:6],
        "referenceId": user_id,
        "prefix": wanted.get("prefix"),
        "refillInterval": wanted.get("refillInterval"),
        "refillAmount": wanted.get("refillAmount"),
        "lastRefillAt": None,
        "enabled": True,
        "rateLimitEnabled": wanted.get("rateLimitEnabled", True),
        "rateLimitTimeWindow": wanted.get("rateLimitTimeWindow", DEFAULT_WINDOW_MS),
        "rateLimitMax": wanted.get("rateLimitMax", DEFAULT_MAX),
        "requestCount": 0,
        "remaining": wanted.get("remaining"),
        "lastRequest": None,
        "expiresAt": None if seconds is None else iso(now + timedelta(seconds=seconds)),
        "createdAt": iso(now),
        "updatedAt": iso(now),
        "permissions": None,
        "metadata": None,
        "id": long_id(),
    }
    state.api_key.put(_digest(key), {**row, "organizationId": organization_id})
    return row


def delete_key(state: State, key_id: str) -> bool:
    """Forget a key; `False` when there is none with this id."""
    for digest in state.api_key:
        if (state.api_key.get(digest) or {}).get("id") == key_id:
            state.api_key.delete(digest)
            return True
    return False


def add_member(
    state: State, *, user_id: str, organization_id: str, role: str, **permissions: Any
) -> Document:
    """Make a user a member of an organization."""
    row: Document = {
        "id": nano_id(),
        "organizationId": organization_id,
        "userId": user_id,
        "role": role,
        "createdAt": state.now(),
        "teamId": None,
        "isDefault": not state.member.where(userId=user_id),
        **{name: bool(permissions.get(name, False)) for name in PERMISSIONS},
        **{name: list(permissions.get(name, ())) for name in ACCESS_LISTS},
    }
    state.member.put(row["id"], row)
    return row


def add_organization(state: State, name: str, *, owner_id: str, slug: str | None) -> Document:
    """A new organization with its owner as the only member."""
    row: Document = {
        "id": nano_id(),
        "name": name,
        "slug": slug,
        "logo": None,
        "createdAt": state.now(),
        "metadata": None,
        "defaultRole": None,
        "ownerId": owner_id,
    }
    state.organization.put(row["id"], row)
    add_member(state, user_id=owner_id, organization_id=row["id"], role="owner")
    return row


def add_user(state: State, email: str, *, first_name: str = "", last_name: str = "") -> Document:
    """A new user."""
    row: Document = {
        "id": long_id(),
        "firstName": first_name,
        "lastName": last_name,
        "email": email,
        "image": None,
        "allowImpersonation": False,
        "twoFactorEnabled": False,
        "stripeCustomerId": None,
        "stripeSubscriptionId": None,
        "serversQuantity": 0,
        "isEnterpriseCloud": False,
        "sendInvoiceNotifications": False,
    }
    state.user.put(row["id"], row)
    return row


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
