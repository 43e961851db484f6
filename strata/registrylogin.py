"""How a registry is logged in to: credentials of Docker's configuration, and tokens (distribution spec)."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path

import httpx

_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


def get(client: httpx.Client, url: str | httpx.URL, *, basic: str) -> httpx.Response:
    """Ask a registry; if it wants to know who asks, once more with a token from where it says tokens are.

    Args:
        client: for other people's servers.
        url: below `/v2/`.
        basic: `credentials`, empty to ask as nobody.

    Raises:
        httpx.HTTPError: it cannot be reached.
    """
    return send(client, client.build_request("GET", url), basic=basic)


def send(client: httpx.Client, request: httpx.Request, *, basic: str) -> httpx.Response:
    """Send a request to a registry, once more with a token if it wants to know who asks.

    A refusal with 401 has changed nothing, so a change is sent again like a question.

    Args:
        client: for other people's servers.
        request: below `/v2/`, its body in memory.
        basic: `credentials`, empty to ask as nobody.

    Raises:
        httpx.HTTPError: it cannot be reached.
    """
    answer = client.send(request)
    if answer.status_code != httpx.codes.UNAUTHORIZED:
        return answer
    request.headers.update(_authorized(client, answer, basic))
    return client.send(request)


def _authorized(client: httpx.Client, refusal: httpx.Response, basic: str) -> dict[str, str]:
    """Headers for the second try: a bearer token if the registry has a place for one, else Basic."""
    own = {"Authorization": f"Basic {basic}"} if basic else {}
    challenge = refusal.headers.get("www-authenticate", "")
    if not challenge.lower().startswith("bearer "):
        return own
    parameters = dict(_PARAMETER.findall(challenge))
    realm = httpx.URL(parameters.pop("realm", ""))
    if realm.scheme != "https":
        return {}  # credentials are not sent in plain text
    token = client.get(realm, params=parameters, headers=own)
    body = token.json() if token.is_success else {}
    return {"Authorization": f"Bearer {body.get('token') or body.get('access_token') or ''}"}


def credentials(env: Mapping[str, str], host: str) -> str | None:
    """`user:password` in base64 for a host, empty if there are none, `None` if a helper program has them.

    Args:
        env: DOCKER_CONFIG, HOME.
        host: of the registry, with its port.
    """
    folder = (
        Path(env["DOCKER_CONFIG"])
        if env.get("DOCKER_CONFIG")
        else Path(env.get("HOME", "~")).expanduser() / ".docker"
    )
    try:
        content = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    entry = (content.get("auths") or {}).get(host) or {}
    if entry.get("auth"):
        return str(entry["auth"])
    if entry.get("username"):
        return base64.b64encode(f"{entry['username']}:{entry.get('password', '')}".encode()).decode()
    return None if content.get("credsStore") or host in (content.get("credHelpers") or {}) else ""
