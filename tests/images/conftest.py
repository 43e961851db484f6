"""What the pinned images do, be they those of their registries or this project's stand-ins."""

from pathlib import Path

import pytest

from toolchain.docker.client import Docker
from toolchain.errors import ToolchainError

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.docker)


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Without an Engine these tests fail, with one sentence."""
    try:
        Docker().server()
    except ToolchainError as error:
        pytest.fail(f"{error}\n  → `make docker` provides one", pytrace=False)
