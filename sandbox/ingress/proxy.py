"""Passing a request on to a container that listens, bodies as they come, as Traefik does."""

import logging
from collections.abc import AsyncIterator, Callable

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

        Args:
            router: whose servers are asked, from this turn on round and round.
            request: what came in.
            turn: counts up.
        """
        servers = [
            *router.servers[turn % len(router.servers) :],
            *router.servers[: turn % len(router.servers)],
        ]
        places = [address for server in servers if (address := self._address(server))]
        if not places:
            return PlainTextResponse("no available server\n", status_code=503)
        body = _Body(request)
        refusal = PlainTextResponse("Bad Gateway", status_code=502)
        for place in places:
            asked = self._request(router, request, place, body)
            try:
                answered = await self._client.send(asked, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                late = isinstance(error, httpx.ConnectTimeout)
                refusal = PlainTextResponse(
                    "Gateway Timeout" if late else "Bad Gateway", status_code=504 if late else 502
                )
                if body.touched:
                    break  # what was sent once cannot be sent again
            except (httpx.HTTPError, ClientDisconnect) as error:
                # Begun, and nobody knows how far it came: a second try could do it twice.
                _log.info("%s %s: %s", request.method, request.url.path, type(error).__name__)
                break
            else:
                return _pass_back(answered)
        return refusal

    def _request(self, router: Router, request: Request, place: str, body: "_Body") -> httpx.Request:
        path = router.path_for_server(request.scope["raw_path"].decode("latin-1").partition("?")[0])
        query = request.scope["query_string"].decode("latin-1")
        port = router.port or (443 if request.url.scheme == "https" else 80)
        headers = [(k, v) for k, v in request.headers.raw if k not in _HOP and k not in _OURS]
        headers += _forwarded(request)
        return httpx.Request(
            request.method,
            f"http://{place}:{port}{path}" + (f"?{query}" if query else ""),
            headers=headers,
            content=body.stream() if body.there else None,
        )


class _Body:
    """The request's body, read when it is sent on."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.touched = False
        headers = request.headers
        self.there = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

    async def stream(self) -> AsyncIterator[bytes]:
        """The chunks as they come."""
        self.touched = True
        async for chunk in self._request.stream():
            yield chunk


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
