"""Passing a request on to a container that listens, bodies as they come, as Traefik does."""

import logging
from collections.abc import Callable

import httpx
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from sandbox.ingress.routers import Router

AddressOf = Callable[[str], str | None]
_log = logging.getLogger(__name__)

_CONNECT = 5.0  # seconds; a container on this machine answers within one or not at all
_HOP = frozenset(
    [
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    ]
)
"""Headers that concern one connection and not the request (RFC 9110, 7.6.1)."""

_OURS = frozenset([b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip"])


class Proxy:
    """A reverse proxy.

    Args:
        address: where a container is reached, `None` for one that takes no requests.
        transport: how; `None` is the network.
    """

    def __init__(self, address: AddressOf, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._address = address
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=_CONNECT),
            # A connection of its own for each request: one that is kept may be closed by a container that
            # ends, just when the next request is on its way.
            limits=httpx.Limits(max_keepalive_connections=0, max_connections=None),
        )

    async def answer(self, router: Router, request: Request, turn: int) -> Response:
        """What one of the router's servers answers; without any it is Traefik's own 502, 503 or 504.

        One that refuses is not passed over: Traefik tries no other one unless a middleware tells it to.

        Args:
            router: whose servers are asked, round and round.
            request: what came in.
            turn: counts up.
        """
        places = [address for server in router.servers if (address := self._address(server))]
        if not places:
            return PlainTextResponse("no available server\n", status_code=503)
        asked = self._request(router, request, places[turn % len(places)])
        try:
            return _pass_back(await self._client.send(asked, stream=True))
        except httpx.ConnectTimeout:
            return PlainTextResponse("Gateway Timeout", status_code=504)
        except (httpx.HTTPError, ClientDisconnect) as error:
            _log.info("%s %s: %s", request.method, request.url.path, type(error).__name__)
            return PlainTextResponse("Bad Gateway", status_code=502)

    def _request(self, router: Router, request: Request, place: str) -> httpx.Request:
        path = router.path_for_server(request.scope["raw_path"].decode("latin-1").partition("?")[0])
        query = request.scope["query_string"].decode("latin-1")
        port = router.port or (443 if request.url.scheme == "https" else 80)
        headers = [(k, v) for k, v in request.headers.raw if k not in _HOP and k not in _OURS]
        headers += _forwarded(request)
        return httpx.Request(
            request.method,
            f"http://{place}:{port}{path}" + (f"?{query}" if query else ""),
            headers=headers,
            content=request.stream() if _has_body(request) else None,
        )


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _forwarded(request: Request) -> list[tuple[bytes, bytes]]:
    """Who asked, as Traefik says it to the application; what a client claims of itself is not believed."""
    client = request.client.host if request.client else "127.0.0.1"
    host = request.headers.get("host", "")
    found = {
        "x-forwarded-for": client,
        "x-forwarded-proto": request.url.scheme,
        "x-forwarded-host": host,
        "x-real-ip": client,
    }
    return [(name.encode(), value.encode("latin-1")) for name, value in found.items()]


def _pass_back(answered: httpx.Response) -> Response:
    found = StreamingResponse(
        answered.aiter_raw(), status_code=answered.status_code, background=BackgroundTask(answered.aclose)
    )
    headers = [(k.lower(), v) for k, v in answered.headers.raw]
    found.raw_headers = [(k, v) for k, v in headers if k not in _HOP and k != b"date"]  # ours is added
    return found
