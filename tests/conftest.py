"""What holds for every test: no credential or endpoint of the caller's shell reaches it."""

import os

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is; what takes long is measured by `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_PREFIXES = ("DOKPLOY_", "VAULT_", "BAO_", "GITHUB_", "STRATA_", "PULUMI_", "PREVIEW_")
_NAMES = ("RELEASE", "REGISTRY_PASSWORD", "DOCKER_CONFIG")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that needs a variable sets it itself."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name in _NAMES:
            monkeypatch.delenv(name)
