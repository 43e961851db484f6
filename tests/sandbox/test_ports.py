import json
import socket
from pathlib import Path

import pytest

from sandbox import ports
from sandbox.errors import PortTaken
from sandbox.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "sandbox")
    made.make()
    return made


def test_ports_are_chosen_once_and_kept(folder: Folder) -> None:
    assert ports.settle(folder) == ports.settle(folder) == ports.remembered(folder)


def test_no_two_parts_share_a_port(folder: Folder) -> None:
    ports.settle(folder)

    chosen = json.loads(folder.ports.read_text())
    assert len(set(chosen.values())) == len(ports.NAMES)


def test_given_ports_follow_one_another(folder: Folder) -> None:
    free = ports.settle(folder).dokploy
    folder.ports.unlink()

    assert list(vars(ports.settle(folder, first=free)).values()) == list(range(free, free + 9))


def test_o3_a_port_of_ours_that_a_stranger_took_is_named_with_what_to_do(folder: Folder) -> None:
    registry = ports.settle(folder).registry
    with socket.create_server(("127.0.0.1", registry)), pytest.raises(PortTaken) as error:
        ports.settle(folder)

    for text in (f"{registry} (registry)", f"lsof -i :{registry}", "down --erase"):
        assert text in str(error.value)


def test_o3_a_given_port_in_use_asks_for_another(folder: Folder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger, pytest.raises(PortTaken, match="--ports"):
        ports.settle(folder, first=stranger.getsockname()[1])

    assert ports.remembered(folder) is None


def test_a_sandbox_does_not_move_to_other_ports(folder: Folder) -> None:
    known = ports.settle(folder)

    with pytest.raises(PortTaken, match="down --erase"):
        ports.settle(folder, first=known.dokploy + 100)
    assert ports.remembered(folder) == known
