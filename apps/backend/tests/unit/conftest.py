"""The application with doubles for its services. Only a test that asks for it loads it."""

from typing import TYPE_CHECKING

import pytest

from unit.doubles import MemoryCache, MemoryFiles, MemoryLedger

if TYPE_CHECKING:
    from backend.services import Services
    from unit.asking import Asking

LARGEST = 1000


@pytest.fixture(scope="session")
def _services() -> "Services":
    from backend.services import Services

    return Services(
        ledger=MemoryLedger(),
        cache=MemoryCache(),
        files=MemoryFiles(),
        identity={"version": "v1.0.45", "commit": "c" * 40, "environment": "pr-12"},
        largest_statement=LARGEST,
    )


@pytest.fixture(scope="session")
def _asking(_services: "Services") -> "Asking":
    """One application for all: to build it costs more than most tests."""
    from backend.app import create_app
    from unit.asking import Asking

    return Asking(create_app(_services))


@pytest.fixture
def services(_services: "Services") -> "Services":
    for part in (_services.ledger, _services.cache, _services.files, _services.lifecycle):
        vars(part).clear()
        vars(part).update(vars(type(part)()))
    return _services


@pytest.fixture
def http(services: "Services", _asking: "Asking") -> "Asking":
    return _asking


@pytest.fixture
def ledger(services: "Services") -> MemoryLedger:
    assert isinstance(services.ledger, MemoryLedger)
    return services.ledger


@pytest.fixture
def cache(services: "Services") -> MemoryCache:
    assert isinstance(services.cache, MemoryCache)
    return services.cache


@pytest.fixture
def files(services: "Services") -> MemoryFiles:
    assert isinstance(services.files, MemoryFiles)
    return services.files
