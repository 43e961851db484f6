"""Requests to the application without a server.

No HTTP library is loaded for them, which would cost each run more than most of these tests.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message

_BOUNDARY = "part"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: by names in small letters.
        body: as it came.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Asking:
    """Somebody who sends requests.

    Attributes:
        app: what answers.
    """

    app: ASGIApp

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object) -> Answer:
        return self.send(
            "POST", path, json.dumps(body).encode(), headers={"content-type": "application/json"}
        )

    def upload(
        self,
        path: str,
        content: bytes,
        *,
        filename: str = "a.csv",
        kind: str = "text/csv",
        field: str = "file",
    ) -> Answer:
        head = (
            f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{field}"; filename="{filename}"\r\n'
            f"content-type: {kind}\r\n\r\n"
        )
        return self.send(
            "POST",
            path,
            head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode(),
            headers={"content-type": f"multipart/form-data; boundary={_BOUNDARY}"},
        )

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        told: bool = True,
    ) -> Answer:
        """One request; without `told` it does not say how long its body is."""
        sent = dict(headers or {}) | ({"content-length": str(len(body))} if told else {})
        parts = urlsplit(path)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [
                (name.replace("_", "-").lower().encode(), text.encode()) for name, text in sent.items()
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        messages: list[Message] = []
        pieces = iter(_pieces(body))

        async def receive() -> Message:
            if piece := next(pieces, None):
                return piece
            await asyncio.Event().wait()  # stays until it is answered
            raise AssertionError

        async def send(message: Message) -> None:
            messages.append(message)

        asyncio.run(self._call(scope, receive, send))
        return Answer(
            status=messages[0]["status"],
            headers={name.decode(): text.decode() for name, text in messages[0]["headers"]},
            body=b"".join(message.get("body", b"") for message in messages[1:]),
        )

    async def _call(self, *arguments: Any) -> None:
        await self.app(*arguments)


def _pieces(body: bytes) -> Iterable[Message]:
    half = len(body) // 2
    yield {"type": "http.request", "body": body[:half], "more_body": True}
    yield {"type": "http.request", "body": body[half:], "more_body": False}
