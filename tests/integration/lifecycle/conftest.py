"""A project that is built and healthy within seconds, to see how one is started and thrown away."""

from pathlib import Path

import pytest

from model.pins import PINS
from model.services import Service
from tests.integration.lifecycle.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path, image=PINS[Service.REDIS])
