from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.git import Repository
from sandbox.github.app import create_app
from sandbox.github.control import create_app as create_control
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.git.conftest import git

TOKEN = "the-token"
REPOSITORY = "/repos/zitian-party/finance_report"
Call = Callable[..., httpx.Response]

DISPATCHED = """
on:
  workflow_dispatch:
    inputs:
      number: {required: true}
      dry_run: {type: boolean, default: false}
jobs: {}
"""


@pytest.fixture
def call(world: World) -> Call:
    """Ask the sandbox's GitHub, with the right token unless `token` says otherwise."""
    caller = Caller(create_app(world, token=TOKEN), base_url="http://github.sandbox/api/v3")

    def ask(method: str, path: str, *, token: str | None = TOKEN, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return caller(method, path, headers={**headers, **more.pop("headers", {})}, **more)

    return ask


@pytest.fixture
def control(world: World) -> Caller:
    """Tell the sandbox's GitHub what happens."""
    app = Starlette(routes=[Mount("/github", app=create_control(world))])
    return Caller(app, base_url="http://control/github")


@pytest.fixture
def repository(world: World, tmp_path: Path) -> Repository:
    """The bare repository with one commit on main: a compose file and two workflows."""
    path = tmp_path / "project"
    (path / ".github" / "workflows").mkdir(parents=True)
    (path / "compose.yml").write_text("services: {}\n")
    (path / ".github" / "workflows" / "ci.yml").write_text("name: CI\non: [push, pull_request]\njobs: {}\n")
    (path / ".github" / "workflows" / "pr-test.yml").write_text(DISPATCHED)
    git("init", "--quiet", "--initial-branch=trunk", cwd=path)
    git("add", ".", cwd=path)
    git("commit", "--quiet", "-m", "first", cwd=path)
    found = Repository(world, source=path)
    found.seed()
    return found
