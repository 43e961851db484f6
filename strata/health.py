"""Ask a stack's public address how it is."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from model.routing import HEALTH_KEYS
from strata.errors import UsageError

_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_WELL = "ok"  # of a check, as the backend says it


class State(StrEnum):
    """What the address says."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNREACHABLE = "unreachable"
    NO_ADDRESS = "no address"


@dataclass(frozen=True, kw_only=True)
class Health:
    """One answer of `/health`.

    Attributes:
        detail: why it is not healthy, empty otherwise.
        version: the one that is shown; an environment variable, so no proof.
        commit: baked into the image.
    """

    state: State
    detail: str = ""
    version: str | None = None
    commit: str | None = None

    def __str__(self) -> str:
        return f"{self.state} ({self.detail})" if self.detail else str(self.state)


class ConnectTo(httpx.HTTPTransport):
    """Connects to one address whatever host a URL names; name and certificate are asked of the URL's host.

    Args:
        target: `host:port`.
        context: for TLS.
    """

    def __init__(self, target: str, *, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._target = httpx.URL(f"//{target}")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request there; its Host header was set from its URL before."""
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=self._target.host, port=self._target.port)
        return super().handle_request(request)


def tls(env: Mapping[str, str]) -> ssl.SSLContext:
    """Trusts SSL_CERT_FILE's bundle if it is given, else the usual authorities.

    Raises:
        UsageError: the bundle is not there.
    """
    bundle = env.get("SSL_CERT_FILE")
    if bundle and not Path(bundle).is_file():
        raise UsageError(f"SSL_CERT_FILE names {bundle}, which is no file", next_step="correct or unset it")
    return ssl.create_default_context(cafile=bundle) if bundle else httpx.create_ssl_context()


def direct(env: Mapping[str, str]) -> httpx.Client:
    """A client for other people's servers; STRATA_CONNECT_TO is not for them."""
    return httpx.Client(verify=tls(env), timeout=httpx.Timeout(10.0, connect=5.0))


def transport(env: Mapping[str, str]) -> httpx.HTTPTransport:
    """To the URL's own host, or to STRATA_CONNECT_TO."""
    if target := env.get("STRATA_CONNECT_TO"):
        return ConnectTo(target, context=tls(env))
    return httpx.HTTPTransport(verify=tls(env))


def probe(url: str, through: httpx.BaseTransport) -> Health:
    """GET <url>/health: JSON with `model.routing.HEALTH_KEYS`, status 200 or 503 (C8).

    An answer without them is somebody else's, whatever its status.
    """
    if not url:
        return Health(state=State.NO_ADDRESS)
    client = httpx.Client(transport=through, timeout=_TIMEOUT)
    try:
        answer = client.get(f"{url.rstrip('/')}/health")
    except httpx.HTTPError as error:
        return Health(state=State.UNREACHABLE, detail=type(error).__name__)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Health(state=State.UNHEALTHY, detail=f"{answer.status_code}, no JSON")
    version, commit = _text(body.get("version")), _text(body.get("commit"))
    if missing := [key for key in HEALTH_KEYS if key not in body]:
        detail = f"{answer.status_code}, without {', '.join(missing)}"
        return Health(state=State.UNHEALTHY, detail=detail, version=version, commit=commit)
    if answer.is_success:
        return Health(state=State.HEALTHY, version=version, commit=commit)
    checks = body.get("checks")
    failing = (
        sorted(name for name, state in checks.items() if state != _WELL) if isinstance(checks, dict) else []
    )
    detail = ", ".join([str(answer.status_code), *failing])
    return Health(state=State.UNHEALTHY, detail=detail, version=version, commit=commit)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
