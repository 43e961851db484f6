from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.github.app import create_app
from sandbox.world import World
from tests.sandbox.calls import Caller

TOKEN = "the-token"
REPOSITORY = "/repos/zitian-party/finance_report"
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(world: World) -> Call:
    """Ask the sandbox's GitHub, with the right token unless `token` says otherwise."""
    caller = Caller(create_app(world, token=TOKEN), base_url="http://github.sandbox/api/v3")

    def ask(method: str, path: str, *, token: str | None = TOKEN, **more: Any) -> httpx.Response:
        return caller(method, path, headers={"Authorization": f"Bearer {token}"} if token else {}, **more)

    return ask
