import pytest

from model.layers import Stack
from model.settings import Settings
from strata.project import Project
from strata.release.tagging import Tagger
from tests.strata.conftest import ROOT
from tests.strata.release.town import IMAGES, NOW, Town


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
