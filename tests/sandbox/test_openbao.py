"""The real server, started as the daemon starts it."""

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import ports
from sandbox.errors import StartFailed, UnfitAnswer
from sandbox.folder import Folder
from sandbox.openbao import ACTIVE, OpenBao


def made(place: Path) -> tuple[Folder, OpenBao]:
    folder = Folder(place)
    folder.make()
    return folder, OpenBao(folder, ports.settle(folder))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    _, openbao = made(tmp_path_factory.mktemp("openbao") / "sandbox")
    asyncio.run(openbao.start())
    yield openbao
    openbao.stop()


def call(openbao: OpenBao, method: str, path: str, body: Any = None) -> Any:
    return asyncio.run(openbao.call(method, path, body))


def test_what_is_written_outlives_a_restart_without_anybodys_help(server: OpenBao) -> None:
    call(server, "POST", "secret/data/app", {"data": {"KEY": "value"}})
    server.stop()
    asyncio.run(server.start())

    assert call(server, "GET", "secret/data/app")["data"]["data"] == {"KEY": "value"}


def test_the_mount_is_kv_version_2(server: OpenBao) -> None:
    assert call(server, "GET", "sys/mounts")["data"]["secret/"]["options"] == {"version": "2"}


def test_it_is_active_while_it_runs(server: OpenBao) -> None:
    assert asyncio.run(server.health()) == ACTIVE


def test_a_list_of_nothing_is_none(server: OpenBao) -> None:
    assert call(server, "LIST", "secret/metadata/nowhere/") is None


def test_v6_a_refusal_shows_the_path_and_no_body(server: OpenBao) -> None:
    with pytest.raises(UnfitAnswer, match="400 to the administrator's POST sys/mounts/secret") as error:
        call(server, "POST", "sys/mounts/secret", {"type": "kv", "description": "canary"})

    assert "canary" not in str(error.value)


def test_keys_and_the_root_token_are_for_the_owner_only(server: OpenBao, tmp_path: Path) -> None:
    place = server.folder.openbao

    assert {name: stat.S_IMODE((place / name).stat().st_mode) for name in ("seal.key", "root-token")} == {
        "seal.key": 0o600,
        "root-token": 0o600,
    }


def test_the_log_does_not_hold_the_root_token(server: OpenBao) -> None:
    log = (server.folder.openbao / "openbao.log").read_text()

    assert "core: vault is unsealed" in log
    assert server.administrator_token not in log


def test_a_server_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    folder, openbao = made(tmp_path / "sandbox")
    (folder.openbao / "seal.key").write_text("not a key")

    with pytest.raises(
        StartFailed, match=r"ended with exit code 1\. The end of .*openbao\.log:\n(.|\n)*seal"
    ):
        asyncio.run(openbao.start())
    openbao.stop()


def test_an_initialisation_whose_token_was_lost_says_how_to_start_anew(server: OpenBao) -> None:
    token = server.folder.openbao / "root-token"
    kept = token.rename(token.with_name("kept"))
    server.stop()
    try:
        with pytest.raises(StartFailed, match="down --erase"):
            asyncio.run(server.start())
    finally:
        kept.rename(token)
        server.stop()
        asyncio.run(server.start())
