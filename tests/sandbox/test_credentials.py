import stat
from dataclasses import asdict
from pathlib import Path

from sandbox import credentials
from sandbox.folder import Folder


def made(place: Path) -> Folder:
    folder = Folder(place)
    folder.make()
    return folder


def test_they_are_made_once(tmp_path: Path) -> None:
    folder = made(tmp_path / "a")

    assert credentials.load(folder) == credentials.load(folder)


def test_no_two_sandboxes_share_one(tmp_path: Path) -> None:
    one, other = (asdict(credentials.load(made(tmp_path / name))) for name in "ab")

    assert {name for name in one if one[name] == other[name]} == {"vault_token"}
    assert one["vault_token"] == ""


def test_the_operators_token_joins_the_others(tmp_path: Path) -> None:
    folder = made(tmp_path / "a")
    before = credentials.load(folder)
    credentials.keep_vault_token(folder, "the-token")

    after = credentials.load(folder)
    assert (after.vault_token, after.passphrase) == ("the-token", before.passphrase)


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    folder = made(tmp_path / "a")
    credentials.load(folder)

    assert stat.S_IMODE(folder.credentials.stat().st_mode) == 0o600
