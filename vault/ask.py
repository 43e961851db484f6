"""One question to Vault and what its refusal means; every request of this room goes through here.

hvac's exceptions carry the answer's body, and Vault's status codes mean several things (measured with OpenBao
2.7 on 2026-11-22): a sealed and a never initialised server both say 503 "Vault is sealed"; an expired, a
revoked, an unknown and an absent token all say 403, as does a policy, and only `lookup-self` tells these
apart from it; a 404 is a missing path, a missing mount ("no handler for route") or a deleted version (the
body has metadata then).
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import hvac
import hvac.exceptions as raised
import requests
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from vault.errors import (
    Absent,
    DeletedVersion,
    ExpiredToken,
    Forbidden,
    MissingMount,
    Refused,
    Sealed,
    Unreachable,
    Unwell,
    VaultError,
)

Answer = TypeVar("Answer")

ATTEMPTS = 3
CAS_MISMATCH = "check-and-set parameter did not match the current version"
INVALID_ACCESSOR = "invalid accessor"
# Vault's own texts that hold no value; any other text of a refusal is not passed on.
_KNOWN_REASONS = re.compile(
    "|".join(
        (
            re.escape(CAS_MISMATCH),
            re.escape(INVALID_ACCESSOR),
            "check-and-set parameter required for this call",
            "failed to parse policy",
            # of logins with a job's token; they name claims and roles (measured with OpenBao 2.7, 2026-11-23)
            r'claim "[a-z_]{1,40}" (?:does not match any associated bound claim values|is missing)',
            r"invalid audience \(aud\) claim",
            r"invalid expiration time \(exp\) claim: token is expired",
            r"invalid issuer \(iss\) claim",
            "error verifying token signature",
            r'role "[A-Za-z0-9._-]{1,100}" could not be found',
            "error configuring token validator",
            "error checking oidc discovery URL",
        )
    )
)


def read(client: hvac.Client, question: Callable[[], Answer], *, where: str) -> Answer:
    """Ask something that may be asked twice: three attempts, at most a second of waiting between them.

    Args:
        client: whose token and address the question uses.
        question: the hvac call.
        where: the API path, for messages.

    Raises:
        VaultError: of the kind that fits.
    """
    attempts = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=0.1, max=0.5),
        retry=retry_if_exception(_passes_by_itself),
        reraise=True,
    )
    return _told(client, lambda: attempts(question), where)


def write(client: hvac.Client, change: Callable[[], Answer], *, where: str) -> Answer:
    """Ask for a change, once: after an answer that was lost, look before asking again. Else as `read`."""
    return _told(client, change, where)


def _told(client: hvac.Client, question: Callable[[], Answer], where: str) -> Answer:
    """The answer, or the error it means: without a cause, which would carry the answer's body."""
    try:
        answer = question()
    except (raised.VaultError, requests.RequestException) as error:
        meaning = _meaning(client, error, where)
    else:
        if isinstance(answer, requests.Response) and answer.status_code != requests.codes.no_content:
            raise Unreachable(
                f"What answers at {client.url} is not a Vault (asked {where}, the answer is not JSON)",
                next_step="check VAULT_ADDR and what stands in front of Vault",
            )
        return answer
    raise meaning


def _passes_by_itself(error: BaseException) -> bool:
    """Whether asking again shortly is worth it; a read timeout has taken its time already."""
    if isinstance(error, raised.VaultDown):
        return not _says(error, "sealed")
    if isinstance(error, requests.exceptions.SSLError):
        return False
    return isinstance(
        error,
        (
            requests.exceptions.ConnectionError,
            raised.BadGateway,
            raised.InternalServerError,
            raised.RateLimitExceeded,
        ),
    )


def _meaning(  # noqa: PLR0911 - one return for each meaning reads best
    client: hvac.Client, error: raised.VaultError | requests.RequestException, where: str
) -> VaultError:
    at = f"Vault at {client.url}"
    match error:
        case requests.RequestException():
            return _no_answer(client.url, error)
        case raised.VaultDown() if _says(error, "sealed"):
            return _sealed(client)
        case raised.VaultNotInitialized():
            return _sealed(client)
        case raised.Forbidden() if _says(error, INVALID_ACCESSOR):
            # OpenBao says 400; where a Vault says 403, it is not about the caller's policies.
            return _refused(at, where, error)
        case raised.Forbidden() | raised.Unauthorized():
            return _forbidden(client, where)
        case raised.InvalidPath():
            return _not_found(at, where, error)
        case raised.InvalidRequest() if _says(error, "HTTP request to an HTTPS server"):
            return Unreachable(
                f"{at} speaks TLS, and VAULT_ADDR says http", next_step="set VAULT_ADDR to the https address"
            )
        case raised.InvalidRequest():
            return _refused(at, where, error)
    return Unwell(
        f"{at} answers {where} with an error of its own ({type(error).__name__})",
        next_step="`strata doctor`, then try again",
    )


def _not_found(at: str, where: str, error: raised.VaultError) -> VaultError:
    """What a 404 is: a missing mount, a deleted version, or nothing at that path."""
    if _says(error, "no handler for route"):
        return MissingMount(
            f"{at} has nothing mounted that answers {where}",
            next_step="compare `vaultMount` in the stack's settings with `vault secrets list`",
        )
    if (metadata := _metadata_of(error)) is not None:
        state = "destroyed" if metadata.get("destroyed") else "deleted"
        return DeletedVersion(
            f"{at}: {where} has only a {state} latest version", next_step="`vault kv metadata get` of it"
        )
    return Absent(f"{at} has nothing at {where}", next_step="check the path")


def _refused(at: str, where: str, error: raised.VaultError) -> Refused:
    known = _KNOWN_REASONS.search(_text(error))
    reason = known[0] if known else ""
    return Refused(
        f"{at} refused {where}" + (f": {reason}" if reason else " (400)"),
        next_step="Vault's own log has the reason in full",
        reason=reason,
    )


def _no_answer(address: str, error: requests.RequestException) -> Unreachable:
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(
            f"Vault at {address} shows a certificate that is not trusted here",
            next_step="set VAULT_CACERT or SSL_CERT_FILE to its CA's bundle, or correct VAULT_ADDR's host",
        )
    how = "did not answer in time" if isinstance(error, requests.exceptions.Timeout) else "cannot be reached"
    return Unreachable(
        f"Vault at {address} {how}", next_step="check VAULT_ADDR and that Vault runs, `strata doctor`"
    )


def _sealed(client: hvac.Client) -> VaultError:
    """GET /v1/sys/seal-status needs no token and tells sealed from never initialised."""
    try:
        status: Any = client.sys.read_seal_status()
        initialised = bool(status["initialized"])
    except (raised.VaultError, requests.RequestException, KeyError, TypeError):
        initialised = True
    if initialised:
        return Sealed(
            f"Vault at {client.url} is sealed; running containers go on, nothing new can be deployed",
            next_step="`vault operator unseal` by the holders of its keys",
        )
    return Sealed(f"Vault at {client.url} was never initialised", next_step="`vault operator init`")


def _forbidden(client: hvac.Client, where: str) -> VaultError:
    """GET /v1/auth/token/lookup-self: the policies that we make allow it, and so does `default`."""
    try:
        client.auth.token.lookup_self()
    except raised.Forbidden:
        return ExpiredToken(
            f"Vault at {client.url} does not accept VAULT_TOKEN: expired, revoked or mistyped",
            next_step="log in again and set VAULT_TOKEN (`vault login`); "
            "if a new one is refused too, its policies lack lookup-self",
        )
    except (raised.VaultError, requests.RequestException):
        pass  # then the first answer is the best that is known
    return Forbidden(
        f"Vault at {client.url} forbids {where} to this token",
        next_step="an administrator runs `strata vault policies --check` and looks at the token's policies",
    )


def _metadata_of(error: raised.VaultError) -> dict[str, Any] | None:
    """The `metadata` in a 404 of a deleted or destroyed version."""
    body = error.json if isinstance(error.json, dict) else {}
    data = body.get("data")
    metadata = data.get("metadata") if isinstance(data, dict) else None
    return metadata if isinstance(metadata, dict) else None


def _says(error: raised.VaultError, text: str) -> bool:
    return text in _text(error)


def _text(error: raised.VaultError) -> str:
    return f"{error.args[0] if error.args else ''}\n{'; '.join(error.errors or [])}\n{error.text or ''}"
