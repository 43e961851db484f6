"""S12: which server this client talks to."""

import pytest

from dokploy_provider.errors import ServerTooOld
from tests.dokploy_provider.scripted import Scripted


def test_s12_the_version_is_asked_once_before_anything_else() -> None:
    server = Scripted().on("compose.one", {})
    client = server.client()
    client.get("compose.one")
    client.get("compose.one")

    assert [name for name, _ in server.requests] == [
        "settings.getDokployVersion",
        "compose.one",
        "compose.one",
    ]


@pytest.mark.parametrize("version", ["v0.29.9", "v0.3.99", "0.29.0"])
def test_s12_an_old_server_is_refused_before_anything_is_sent(version: str) -> None:
    server = Scripted().on("settings.getDokployVersion", version)
    with pytest.raises(ServerTooOld, match=r"0\.30\.0"):
        server.client().post("compose.create", {})

    assert not server.asked("compose.create")


@pytest.mark.parametrize("version", ["v0.31.0", "v1.0.0", "canary", None])
def test_s12_a_newer_or_unknown_server_is_warned_of(
    version: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    Scripted().on("settings.getDokployVersion", version).on("compose.one", {}).client().get("compose.one")

    assert "tested with" in caplog.text


@pytest.mark.parametrize("version", ["v0.30.0", "v0.30.2", "v0.30.8"])
def test_s12_a_tested_server_is_fine(version: str, caplog: pytest.LogCaptureFixture) -> None:
    Scripted().on("settings.getDokployVersion", version).on("compose.one", {}).client().get("compose.one")

    assert not caplog.records
