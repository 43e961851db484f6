"""Both kinds of stores, and a GitHub that knows some runs."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from strata.github import Client
from strata.lock.keeper import Keeper
from strata.lock.owner import Owner
from strata.lock.store import Files, Store, open_store
from tests.seaweed import WRITES, Seaweed, seaweed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REPOSITORY = "team/finance_report"
_folders = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running


@pytest.fixture
def bucket(server: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A folder of its own in the bucket, with the credentials that may write."""
    for name, value in server.environment(WRITES).items():
        monkeypatch.setenv(name, value)
    store = open_store(server.url(f"test-{next(_folders)}"), folder=Path())
    assert store is not None
    return store


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "file":
        return Files(tmp_path)
    found: Store = request.getfixturevalue("bucket")
    return found


class Runs:
    """GitHub's runs of one repository, by id: status and attempt."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[str, int]] = {}
        self.asked: list[str] = []
        self.refuses: int | None = None

    def __call__(self) -> Client:
        return Client(
            api="http://github.test",
            token="token-canary-7d21",
            repository=REPOSITORY,
            transport=httpx.MockTransport(self._answer),
            sleep=lambda _: None,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.refuses:
            return httpx.Response(self.refuses, json={"message": "no"})
        number = int(request.url.path.rpartition("/")[2])
        if number not in self.known:
            return httpx.Response(404, json={"message": "Not Found"})
        status, attempt = self.known[number]
        body: dict[str, Any] = {
            "id": number,
            "event": "push",
            "head_sha": "0" * 40,
            "status": status,
            "conclusion": "failure" if status == "completed" else None,
            "run_attempt": attempt,
        }
        return httpx.Response(200, json=body)


@pytest.fixture
def github() -> Runs:
    return Runs()


@pytest.fixture
def keeper(store: Store, github: Runs) -> Keeper:
    return Keeper(
        store=store,
        project="finance-report",
        stack="staging",
        github=github,
        clock=lambda: NOW,
        pause=lambda: None,
    )


@pytest.fixture
def run() -> Callable[..., Owner]:
    """An owner: a run of GitHub Actions."""

    def make(number: int, *, attempt: int = 1, host: str = "runner-1", **changes: Any) -> Owner:
        fields: dict[str, Any] = {
            "id": f"{number:06x}{attempt:02x}",
            "time": NOW - timedelta(minutes=7),
            "host": host,
            "machine": "image",
            "pid": 4711,
            "actor": "octocat",
            "repository": REPOSITORY,
            "run": number,
            "attempt": attempt,
        }
        return Owner(**{**fields, **changes})

    return make
