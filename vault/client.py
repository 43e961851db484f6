"""Log in to Vault with what the environment says."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import hvac

from vault.ask import read
from vault.errors import Absent, NotConfigured, Unreachable

# Seconds to connect and to answer: a dead address is known within ten seconds, retries included.
TIMEOUT = (3.0, 10.0)


def login(env: Mapping[str, str]) -> hvac.Client:
    """GET /v1/auth/token/lookup-self with the token of the environment.

    Args:
        env: VAULT_ADDR and VAULT_TOKEN; VAULT_CACERT or SSL_CERT_FILE name a CA bundle, VAULT_NAMESPACE a
            namespace.

    Returns:
        A client whose token Vault knows.

    Raises:
        NotConfigured: a variable is missing or cannot be what it says.
        VaultError: Vault cannot be reached, is sealed, or does not know the token.
    """
    client = connection(env, token=None)
    client.token = _token(env)
    try:
        read(client, client.auth.token.lookup_self, where="auth/token/lookup-self")
    except Absent:  # every Vault has this path
        raise Unreachable(
            f"What answers at {client.url} is not a Vault", next_step="check VAULT_ADDR, it needs no path"
        ) from None
    return client


def connection(env: Mapping[str, str], *, token: str | None) -> hvac.Client:
    """A client of what the environment names; nothing is asked.

    Args:
        env: as in `login`, without VAULT_TOKEN.
        token: `None` for somebody who has none yet.

    Raises:
        NotConfigured: a variable is missing or cannot be what it says.
    """
    client = hvac.Client(
        url=address(env),
        token=token or "",
        verify=_bundle(env) or True,
        timeout=TIMEOUT,
        namespace=env.get("VAULT_NAMESPACE") or None,
    )
    client.token = token  # or hvac would take the one of a person's `~/.vault-token`
    return client


def _bundle(env: Mapping[str, str]) -> str | None:
    """The CA bundle; requests would say of a missing one that it is an OSError."""
    for name in ("VAULT_CACERT", "SSL_CERT_FILE"):
        if path := env.get(name):
            if not Path(path).is_file():
                raise NotConfigured(
                    f"{name} names {path}, which is no file", next_step=f"correct or unset {name}"
                )
            return path
    return None


def address(env: Mapping[str, str]) -> str:
    """VAULT_ADDR without a trailing slash; raises `NotConfigured`."""
    given = env.get("VAULT_ADDR", "").strip().rstrip("/")
    if not given:
        raise NotConfigured(
            "VAULT_ADDR is not set", next_step="export VAULT_ADDR=https://<host of your Vault>"
        )
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        # The text is not repeated: what stands before an @ would be a password.
        raise NotConfigured(
            "VAULT_ADDR is not an address of the form https://host[:port]",
            next_step="correct it; credentials do not belong in it",
        )
    return given


def _token(env: Mapping[str, str]) -> str:
    token = env.get("VAULT_TOKEN", "").strip()
    if not token:
        raise NotConfigured(
            "VAULT_TOKEN is not set",
            next_step="log in (`vault login`) and export VAULT_TOKEN; in CI the login step does",
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        # requests would quote the whole header in its error.
        raise NotConfigured(
            "VAULT_TOKEN has characters that no token has",
            next_step="set it again, without quotes and line breaks",
        )
    return token
