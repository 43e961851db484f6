"""Every test here needs a Docker Engine; those that use the five services share one project."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.integration.accounts import Account
from tests.integration.project import ProjectError
from tests.integration.services import Services, started
from tests.throwaway.engine import Engine, EngineError, connected, sweep

_HERE = Path(__file__).parent
_TOLD = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here; with pytest-xdist's `--dist loadgroup` the project's tests stay on one worker."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.docker)
            if "services" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group("integration"))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine, without what dead runs left in it."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(connected())
        except EngineError as error:
            missing = str(error)
        else:
            sweep(found)
            yield found
            return
    pytest.fail(missing, pytrace=False)


@pytest.fixture(scope="session")
def _running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services | ProjectError]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(started(tmp_path_factory.mktemp("services"), engine=engine))
        except ProjectError as error:
            yield error


@pytest.fixture
def services(_running: Services | ProjectError, request: pytest.FixtureRequest) -> Services:
    """The five services, running and well."""
    if isinstance(_running, ProjectError):
        told = request.config.stash.get(_TOLD, default=False)
        request.config.stash[_TOLD] = True
        pytest.fail(
            "the services do not run: the first failure says why" if told else str(_running), pytrace=False
        )
    return _running


@pytest.fixture
def backend(services: Services) -> Iterator[httpx.Client]:
    """A client of the backend's published port."""
    with services.client("backend") as client:
        yield client


@pytest.fixture
def frontend(services: Services) -> Iterator[httpx.Client]:
    """A client of the frontend's published port."""
    with services.client("frontend") as client:
        yield client


@pytest.fixture
def account(backend: httpx.Client) -> Account:
    """An account of the test's own."""
    return Account.opened(backend)
