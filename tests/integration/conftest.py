"""Every test here needs a Docker Engine; those that use the five services share one project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.engine import Engine, EngineError, connected
from tests.integration.project import sweep

_HERE = Path(__file__).parent


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
    try:
        with connected() as found:
            sweep(found)
            yield found
    except EngineError as error:
        pytest.fail(str(error), pytrace=False)
