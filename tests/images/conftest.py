"""What the pinned images do, be they those of their registries or this project's stand-ins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.throwaway.engine import Engine, EngineError, connected, sweep

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.docker)


@pytest.fixture(scope="session", autouse=True)
def engine() -> Iterator[Engine]:
    """The engine, without what dead runs left in it; without one these tests fail, with one sentence."""
    try:
        with connected() as found:
            sweep(found)
            yield found
    except EngineError as error:
        pytest.fail(str(error), pytrace=False)
