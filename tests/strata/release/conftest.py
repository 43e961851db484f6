from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.layers import Stack
from model.settings import Settings
from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from strata.project import Project
from strata.release.tagging import Tagger
from tests.strata.conftest import ROOT
from tests.strata.release.town import IMAGES, Town

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """GitHub and a registry, with one commit on main and no image."""
    ports = Ports(
        dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
    )
    store = Store(None)
    root = tmp_path / "world"
    root.mkdir()
    world = World(
        root=root,
        ports=ports,
        store=store,
        ca_file=tmp_path / "ca.pem",
        pace=Pace(queue_delay=0, build=0, start=0),
        now=lambda: NOW,
    )
    yield Town(world=world, folder=tmp_path)
    store.close()


@pytest.fixture
def settings() -> Settings:
    """The project's own."""
    return Project.find({}, start=ROOT).settings(Stack.parse("production"))


@pytest.fixture
def tagger(town: Town) -> Tagger:
    """As CI is: with a run and its actor."""
    env = {
        "GITHUB_ACTOR": "octocat",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_REPOSITORY": "zitian-party/finance_report",
        "GITHUB_SERVER_URL": "https://github.com",
    }
    return Tagger(client=town.github, registry=town.registry, repositories=IMAGES, env=env, now=NOW)
