"""A sandbox of this worker, and a repository for each test."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.cloud import Cloud, Sandbox
from tests.e2e.conftest import sandbox  # noqa: F401 - a fixture
from tests.workflows.world import World


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:  # noqa: F811 - the fixture is asked for
    """A sandbox that is as new, with this work tree as main."""
    with closing(Cloud(sandbox=sandbox, place=tmp_path / "cloud")) as cloud:
        cloud.control.post("/reset").raise_for_status()
        yield World(cloud=cloud, place=tmp_path)
