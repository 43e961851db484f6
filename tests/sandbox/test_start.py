"""What `start` does when another sandbox takes its ports, and when the code has changed."""

from pathlib import Path

import pytest

from sandbox import daemon, ports, start
from sandbox.code import fingerprint
from sandbox.errors import PortTaken, StartFailed
from sandbox.folder import Folder
from sandbox.world import Ports


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "sandbox")
    made.make()
    return made


@pytest.fixture
def tried(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> list[Ports]:
    """The ports of each start; the first one loses them."""
    seen: list[Ports] = []

    def launch(_: Folder) -> None:
        known = ports.remembered(folder)
        assert known is not None
        seen.append(known)
        if len(seen) == 1:
            raise PortTaken("127.0.0.1 port 1 (dokploy): Address already in use")

    monkeypatch.setattr(start, "_launch", launch)
    return seen


def launched(folder: Folder, *, first: int | None = None) -> Ports:
    return start._launched(folder, first_port=first, say=lambda _: None)


def test_other_ports_are_taken_when_they_were_free_to_choose(folder: Folder, tried: list[Ports]) -> None:
    known = launched(folder)

    assert tried == [tried[0], known]
    assert known != tried[0]
    assert ports.remembered(folder) == known


def test_a_sandbox_that_has_its_ports_does_not_move(folder: Folder, tried: list[Ports]) -> None:
    known = ports.settle(folder)

    with pytest.raises(PortTaken):
        launched(folder)
    assert ports.remembered(folder) == known


def test_given_ports_are_not_replaced(folder: Folder, tried: list[Ports]) -> None:
    free = ports.settle(folder).dokploy
    folder.ports.unlink()

    with pytest.raises(PortTaken):
        launched(folder, first=free)


def test_who_loses_every_time_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(_: Folder) -> None:
        raise PortTaken("taken")

    monkeypatch.setattr(start, "_launch", launch)
    folder.log.write_text("port taken\n")

    with pytest.raises(StartFailed, match="3 times"):
        launched(folder)


@pytest.mark.parametrize(("code", "again"), [(fingerprint(), False), ("an older one", True), (None, True)])
def test_a_daemon_of_other_code_is_started_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, code: str | None, *, again: bool
) -> None:
    known = ports.settle(folder)
    folder.seeded.touch()
    done: list[str] = []
    monkeypatch.setattr(daemon, "status", lambda _: {"parts": [{"healthy": True}], "code": code})
    monkeypatch.setattr(daemon, "stop", lambda _: done.append("stopped"))
    monkeypatch.setattr(start, "_launch", lambda _: done.append("started"))
    monkeypatch.setattr(start.Administrator, "keep_connected", lambda _: done.append("connected"))
    (folder.openbao / "root-token").write_text("t")
    said: list[str] = []

    start.start(folder, first_port=None, say=said.append)

    assert done == (["stopped", "started", "connected"] if again else [])
    assert [line for line in said if "code has changed" in line] == said[: int(again)]
    assert ports.remembered(folder) == known
    assert folder.seeded.exists()
