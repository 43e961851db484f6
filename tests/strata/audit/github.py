"""GitHub's answers about gates, from documents; `tests/e2e/test_gates.py` asks a server."""

import json
from typing import Any

import httpx

from strata.github import Client

REPOSITORY = "zitian-party/finance_report"
_LISTS = ("rulesets",)


class Gates:
    """Documents by path below the repository; a status instead of one is a refusal.

    Attributes:
        documents: what is answered; what is not there is answered with 404.
        asked: paths, in order.
    """

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = {"": {"full_name": REPOSITORY}, "actions/secrets": {"secrets": []}, **documents}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(f"/repos/{REPOSITORY}").lstrip("/")
        self.asked.append(path)
        found = self.documents.get(path)
        if found is None and path.startswith("environments/") and path.endswith("/secrets"):
            found = {"secrets": []}
        if found is None:
            return httpx.Response(404, json={"message": "Not Found"})
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, text=json.dumps(found))

    def client(self) -> Client:
        return Client(
            api="http://github.test",
            token="token",
            repository=REPOSITORY,
            transport=httpx.MockTransport(self),
            sleep=lambda _: None,
        )


def refused(permission: str) -> httpx.Response:
    """403 as a token without a permission gets it."""
    return httpx.Response(
        403,
        json={"message": "Resource not accessible by integration"},
        headers={"x-accepted-github-permissions": permission},
    )
