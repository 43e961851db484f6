"""A server that says what a test tells it to, without sockets."""

import json
from typing import Any

import httpx

from dokploy_provider.client import Client
from dokploy_provider.context import Context
from dokploy_provider.timing import Timing
from tests.dokploy_provider.clocks import StandingClock

Answer = Any
"""A JSON value, an `httpx.Response`, an exception to raise, or a function of the request's body or query."""


class Scripted:
    """Answers by procedure; several answers are given one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {"settings.getDokployVersion": ["v0.30.2"]}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.time = StandingClock()

    def on(self, procedure: str, *answers: Answer) -> "Scripted":
        self.answers[procedure] = list(answers)
        return self

    def client(self, key: str = "the-key") -> Client:
        transport = httpx.MockTransport(self._answer)
        return Client(url="http://dokploy.test", key=key, transport=transport, clock=self.time.clock())

    def here(self, **changed: Any) -> Context:
        return Context(client=self.client(), clock=self.time.clock(), timing=Timing(max_age=0.0), **changed)

    def asked(self, procedure: str) -> list[dict[str, Any]]:
        """Bodies or queries of the requests to a procedure."""
        return [body for name, body in self.requests if name == procedure]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        procedure = request.url.path.removeprefix("/api/")
        sent = json.loads(request.content) if request.content else dict(request.url.params)
        self.requests.append((procedure, sent))
        if procedure not in self.answers:
            return httpx.Response(
                404, json={"message": "Not found", "code": "NOT_FOUND", "data": {"httpStatus": 404}}
            )
        waiting = self.answers[procedure]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if callable(answer):
            answer = answer(sent)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def refusal(procedure: str, status: int, message: str, code: str = "BAD_REQUEST") -> httpx.Response:
    """An error as Dokploy words it."""
    data = {"code": code, "httpStatus": status, "path": procedure, "zodError": None}
    return httpx.Response(status, json={"message": message, "code": code, "data": data})


def missing(procedure: str, message: str = "Compose not found") -> httpx.Response:
    """The documented not-found."""
    return refusal(procedure, 404, message, "NOT_FOUND")
