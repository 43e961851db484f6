from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from docker.errors import APIError, NotFound

from sandbox.docker.preparation import Preparation
from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.errors import EngineUnfit

OVERLAY = {"Name": DOKPLOY_NETWORK, "Driver": "overlay", "Attachable": True}


def engine(
    state: str = "active", *, manager: bool = True, nodes: int = 1, networks: Any = (OVERLAY,)
) -> Mock:
    client = Mock()
    swarm = {"LocalNodeState": state, "ControlAvailable": manager, "Nodes": nodes}
    client.info.return_value = {"Swarm": swarm}
    client.networks.return_value = list(networks)
    for held in (client.services, client.secrets, client.configs, client.containers):
        held.return_value = []
    return client


def made_by_us(tmp_path: Path) -> Mock:
    """An Engine that this sandbox has prepared."""
    client = engine("inactive", networks=())
    Preparation(client, tmp_path / "made").prepare(print)
    client.info.return_value = engine().info.return_value
    return client


def test_an_engine_that_is_ready_stays_as_it_is_to_the_end(tmp_path: Path) -> None:
    client = engine()

    Preparation(client, tmp_path / "made").prepare(print)
    Preparation(client, tmp_path / "made").undo(print)

    for change in (client.init_swarm, client.create_network, client.remove_network, client.leave_swarm):
        change.assert_not_called()


def test_what_was_missing_is_made_said_and_taken_back_by_another_process(tmp_path: Path) -> None:
    client = engine("inactive", networks=())
    said: list[str] = []

    Preparation(client, tmp_path / "made").prepare(said.append)
    client.init_swarm.assert_called_once_with(advertise_addr="127.0.0.1", listen_addr="127.0.0.1:2377")
    client.create_network.assert_called_once_with(DOKPLOY_NETWORK, driver="overlay", attachable=True)
    assert "swarm of one node" in said[0]
    client.info.return_value = engine().info.return_value

    assert Preparation(client, tmp_path / "made").undo(said.append) == []
    client.remove_network.assert_called_once_with(DOKPLOY_NETWORK)
    client.leave_swarm.assert_called_once_with(force=True)
    assert "has left the swarm" in said[-1]
    Preparation(client, tmp_path / "made").undo(said.append)
    client.leave_swarm.assert_called_once()


def test_what_another_sandbox_made_at_the_same_moment_is_its_to_take_back(tmp_path: Path) -> None:
    client = engine("inactive", networks=())
    active = {"Swarm": {"LocalNodeState": "active", "ControlAvailable": True, "Nodes": 1}}
    client.info.side_effect = [client.info.return_value, active]
    client.networks.side_effect = [[], [OVERLAY]]
    client.init_swarm.side_effect = client.create_network.side_effect = APIError("already")

    Preparation(client, tmp_path / "made").prepare(print)
    Preparation(client, tmp_path / "made").undo(print)

    client.leave_swarm.assert_not_called()
    client.remove_network.assert_not_called()


def test_an_engine_that_refuses_is_not_taken_for_a_ready_one(tmp_path: Path) -> None:
    client = engine("inactive", networks=())
    client.init_swarm.side_effect = APIError("no")

    with pytest.raises(APIError):
        Preparation(client, tmp_path / "made").prepare(print)


def test_while_the_network_stays_the_swarm_does_too_and_both_go_the_next_time(tmp_path: Path) -> None:
    client, said = made_by_us(tmp_path), list[str]()
    theirs = {"Names": ["/theirs"], "NetworkSettings": {"Networks": {DOKPLOY_NETWORK: {}}}}
    client.containers.return_value = [theirs]

    left = Preparation(client, tmp_path / "made").undo(said.append)

    assert left == ["the network stays, it is in use: container theirs"]
    client.remove_network.assert_not_called()
    client.leave_swarm.assert_not_called()
    assert said == []
    client.containers.return_value = []
    client.remove_network.side_effect = APIError("no", explanation="network has active endpoints")
    assert Preparation(client, tmp_path / "made").undo(said.append) == [
        "the network stays: network has active endpoints"
    ]
    client.leave_swarm.assert_not_called()
    client.remove_network.side_effect = None
    assert Preparation(client, tmp_path / "made").undo(said.append) == []
    client.leave_swarm.assert_called_once_with(force=True)


@pytest.mark.parametrize(
    ("kind", "found", "named"),
    [
        ("services", {"Spec": {"Name": "web"}}, "service web"),
        ("secrets", {"Spec": {"Name": "key"}}, "secret key"),
        ("configs", {"Spec": {"Name": "file"}}, "config file"),
        ("networks", {"Name": "theirs", "Driver": "overlay"}, "network theirs"),
    ],
)
def test_a_swarm_that_holds_something_of_others_is_not_left(
    tmp_path: Path, kind: str, found: dict[str, Any], named: str
) -> None:
    client, said = made_by_us(tmp_path), list[str]()
    own = [{"Name": "ingress", "Driver": "overlay"}, {"Name": "bridge", "Driver": "bridge"}]
    client.networks.return_value = own
    getattr(client, kind).return_value = [*(own if kind == "networks" else []), found]

    assert Preparation(client, tmp_path / "made").undo(said.append) == [
        f"the swarm stays, it is in use: {named}"
    ]

    client.leave_swarm.assert_not_called()
    assert said == []
    Preparation(client, tmp_path / "made").undo(said.append)
    client.remove_network.assert_called_once()


@pytest.mark.parametrize(
    ("networks", "left"),
    [
        ({"somebodys_default": {}}, ["the swarm stays, it is in use: running container theirs"]),
        ({"bridge": {}}, []),
        ({}, []),
    ],
)
def test_a_swarm_is_not_left_while_a_container_runs_that_would_lose_its_names(
    tmp_path: Path, networks: dict[str, Any], left: list[str]
) -> None:
    client = made_by_us(tmp_path)
    client.containers.return_value = [{"Names": ["/theirs"], "NetworkSettings": {"Networks": networks}}]

    assert Preparation(client, tmp_path / "made").undo(print) == left

    assert client.leave_swarm.called == (not left)


def test_a_swarm_that_could_not_be_left_is_not_called_left(tmp_path: Path) -> None:
    client, said = made_by_us(tmp_path), list[str]()
    client.leave_swarm.side_effect = APIError("no", explanation="it is busy")

    assert Preparation(client, tmp_path / "made").undo(said.append) == ["the swarm stays: it is busy"]

    assert said == []


def test_a_swarm_that_somebody_has_left_already_needs_no_undoing(tmp_path: Path) -> None:
    client = made_by_us(tmp_path)
    client.info.return_value = engine("inactive").info.return_value
    client.remove_network.side_effect = NotFound("gone")
    client.services.side_effect = APIError("not a swarm manager")

    assert Preparation(client, tmp_path / "made").undo(print) == []

    client.leave_swarm.assert_not_called()


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (engine(manager=False), "does not manage it"),
        (engine("locked"), "swarm is locked"),
        (engine(nodes=3), "several nodes"),
        (engine(networks=[{**OVERLAY, "Driver": "bridge"}]), "no attachable overlay"),
        (engine(networks=[{**OVERLAY, "Attachable": False}]), f"docker network rm {DOKPLOY_NETWORK}"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused_untouched(tmp_path: Path, client: Mock, told: str) -> None:
    with pytest.raises(EngineUnfit, match=told):
        Preparation(client, tmp_path / "made").prepare(print)

    client.init_swarm.assert_not_called()
    client.create_network.assert_not_called()
