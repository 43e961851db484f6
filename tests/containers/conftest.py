"""One sandbox on the real Docker Engine and one staging in it, for all tests here: each takes it as it is."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.containers.session import own_sandbox
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
    """A sandbox of the session's; `STRATA_CONTAINERS_SANDBOX` names one that runs already."""
    given = os.environ.get("STRATA_CONTAINERS_SANDBOX")
    with nullcontext(running.use_sandbox(Path(given))) if given else own_sandbox() as sandbox:
        made = Cloud(sandbox=sandbox, place=tmp_path_factory.mktemp("stacks") / "of")
        yield made
        made.close()


@pytest.fixture(scope="session")
def staging(cloud: Cloud) -> Staging:
    """Staging, which some release runs on."""
    cloud.up("staging", release="v1.0.0").ok()
    return Staging(cloud=cloud)
