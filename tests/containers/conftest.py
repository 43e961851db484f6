"""One sandbox on the real Docker Engine and one staging in it, for all tests here: each takes it as it is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.folder import Engine
from tests.containers.staging import Staging
from tests.e2e import cloud as running
from tests.e2e.cloud import Cloud

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share a staging, hence a worker."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.docker)
            item.add_marker(pytest.mark.xdist_group("containers"))


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A sandbox of the session; `STRATA_CONTAINERS_SANDBOX` names one that runs already."""
    given = os.environ.get("STRATA_CONTAINERS_SANDBOX")
    place = tmp_path_factory.mktemp("containers")
    sandbox = (
        running.use_sandbox(Path(given))
        if given
        else running.start_sandbox(place / "sandbox", engine=Engine.DOCKER)
    )
    made = Cloud(sandbox=sandbox, place=place / "stacks")
    try:
        yield made
    finally:
        made.control.post("/reset").raise_for_status()
        made.close()
        if not given:
            running.stop_sandbox(sandbox, "--erase")


@pytest.fixture(scope="session")
def staging(cloud: Cloud) -> Staging:
    """Staging, which some release runs on."""
    cloud.up("staging", release="v1.0.0").ok()
    return Staging(cloud=cloud)
