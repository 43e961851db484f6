"""Clearing an Engine that does not do as it is told; a real one that does is in `test_host.py`."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from docker.errors import APIError, NotFound
from requests.exceptions import ReadTimeout

from sandbox.docker import EngineDocker, connection
from sandbox.docker.belongings import Belongings
from sandbox.docker.clearing import Clearing
from sandbox.docker.mirror import Mirror
from sandbox.errors import EngineNotEmptied, EngineUnfit
from sandbox.store import Store

LABELS = {"com.docker.compose.project": "app"}


@pytest.fixture
def own() -> Iterator[Belongings]:
    store = Store(None)
    made = Belongings(store)
    made.note(app="app")
    yield made
    store.close()


def engine(*, containers: int = 0, **listed: Any) -> Mock:
    """An Engine; a container is gone as soon as it was removed."""
    client = Mock()
    rows = {str(n): {"Id": str(n), "Names": [f"/app-{n}"], "Labels": LABELS} for n in range(containers)}
    client.containers.side_effect = lambda **_: list(rows.values())
    client.remove_container.side_effect = lambda id_, **_: rows.pop(id_)
    client.services.return_value = listed.get("services", [])
    client.networks.return_value = listed.get("networks", [])
    client.volumes.return_value = {"Volumes": listed.get("volumes")}
    return client


def clear(client: Mock, own: Belongings) -> list[str]:
    return Clearing(client, own, Mirror(host="127.0.0.1:1"), patience=0).clear(volumes=True)


@pytest.mark.parametrize(
    ("error", "said"),
    [(APIError("no", explanation="it is in use"), "it is in use"), (ReadTimeout("30 s"), "30 s")],
)
def test_what_does_not_go_is_given_up_and_named_with_the_reason(
    own: Belongings, error: Exception, said: str
) -> None:
    client = engine(
        containers=1,
        services=[{"ID": "s", "Spec": {"Name": "app_web", "Labels": {"com.docker.stack.namespace": "app"}}}],
        networks=[{"Id": "n", "Name": "app_default", "Labels": LABELS}],
        volumes=[{"Name": "app_data", "Labels": LABELS}],
    )
    for remove in (
        client.remove_service,
        client.remove_container,
        client.remove_network,
        client.remove_volume,
    ):
        remove.side_effect = error

    assert clear(client, own) == [
        f"app_web: {said}",
        f"app_default: {said}",
        "container app-0",
        f"app_data: {said}",
    ]


def test_what_goes_by_itself_meanwhile_is_not_left(own: Belongings) -> None:
    client = engine(networks=[{"Id": "n", "Name": "app_default", "Labels": LABELS}])
    client.remove_network.side_effect = NotFound("gone")

    assert clear(client, own) == []


def test_containers_are_not_removed_one_after_the_other(own: Belongings) -> None:
    client = engine(containers=2)
    both, remove = threading.Barrier(2, timeout=5), client.remove_container.side_effect

    def together(id_: str, **options: Any) -> None:
        both.wait()
        remove(id_, **options)

    client.remove_container.side_effect = together

    assert clear(client, own) == []


def test_a_reset_that_leaves_something_is_an_error_and_forgets_nothing(
    alone: EngineDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = engine(volumes=[{"Name": "data"}])
    client.remove_volume.side_effect = APIError("no", explanation="volume is in use")
    monkeypatch.setattr(connection, "connect", lambda: client)
    alone.belongings.note(volume="data")

    with pytest.raises(EngineNotEmptied, match="data: volume is in use"):
        asyncio.run(alone.clear())

    assert alone.belongings.has_volume({"Name": "data"})
    client.close.assert_called_once()


def test_a_reset_of_an_engine_that_breaks_off_is_an_error(
    alone: EngineDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = engine()
    client.services.side_effect = ReadTimeout("30 s")
    monkeypatch.setattr(connection, "connect", lambda: client)

    with pytest.raises(EngineUnfit, match="broke off while it was emptied"):
        asyncio.run(alone.clear())
