"""Docker has to be there: without it these tests fail, with one sentence that says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.machine import Machine, copied

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Machine]:
    """Two small services whose files a test may change; whatever it leaves is removed."""
    machine = Machine(place=tmp_path / "m", files=copied(SMALL, tmp_path / "files"))
    yield machine
    machine.clear()
