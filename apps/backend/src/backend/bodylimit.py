from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.answers import problem

# A browser that is still sending when the connection closes shows no answer at all, so what comes is taken in
# and thrown away, up to so many times the limit.
_PATIENCE = 4


class BodyLimit:
    """Answers 413 to a body that says it is too large, before it is kept anywhere.

    A body that does not say how long it is meets FastAPI's own limit.

    Args:
        app: what answers.
        largest: in bytes.
    """

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        length = _length(scope) if scope["type"] == "http" else 0
        if length <= self._largest:
            await self._app(scope, receive, send)
            return
        if length <= self._largest * _PATIENCE:
            while (await receive()).get("more_body"):
                pass
        answer = problem(413, f"the request is larger than {self._largest} bytes")
        await answer(scope, receive, send)


def _length(scope: Scope) -> int:
    sent = Headers(scope=scope).get("content-length", "0")
    return int(sent) if sent.isdecimal() else 0
