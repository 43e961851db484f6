"""What holds for every test: no credential or endpoint of the caller's shell reaches it."""

import os

import pytest

_PREFIXES = ("DOKPLOY_", "VAULT_", "BAO_", "GITHUB_", "STRATA_", "PULUMI_", "PREVIEW_")
_NAMES = ("RELEASE", "REGISTRY_PASSWORD", "DOCKER_CONFIG")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that needs a variable sets it itself."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name in _NAMES:
            monkeypatch.delenv(name)
