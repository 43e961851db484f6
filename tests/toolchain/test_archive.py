import tarfile
from pathlib import Path

import pytest

from tests.toolchain.fakes import link, tar
from toolchain import archive
from toolchain.errors import RefusedError

NAMES = ("pulumi", "pulumi-language-python")


def take(tmp_path: Path, members: dict[str, bytes | tarfile.TarInfo]) -> tuple[set[str], Path]:
    path = tmp_path / "release.tar.gz"
    path.write_bytes(tar(members))
    into = tmp_path / "into"
    into.mkdir()
    return archive.take(path, names=NAMES, into=into, where="https://x/file"), into


def test_wanted_programs_are_taken_and_can_be_run(tmp_path: Path) -> None:
    found, into = take(tmp_path, {"pulumi/pulumi": b"program", "pulumi/pulumi-watch": b"other"})

    assert found == {"pulumi"}
    assert (into / "pulumi").read_bytes() == b"program"
    assert (into / "pulumi").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in into.iterdir()] == ["pulumi"]


@pytest.mark.parametrize("name", ["../pulumi", "pulumi/../../pulumi", "/tmp/pulumi", "../../other"])
def test_an_archive_with_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="leads out of it"):
        take(tmp_path, {name: b"evil"})

    assert list((tmp_path / "into").iterdir()) == []
    assert not (tmp_path / "pulumi").exists()


def test_a_wanted_program_that_is_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="not a plain file"):
        take(tmp_path, {"pulumi/pulumi": link("pulumi/pulumi", to="/bin/sh")})


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "release.tar.gz"
    path.write_bytes(b"<html>please log in</html>")

    with pytest.raises(RefusedError, match=r"https://x/file cannot be read as \.tar\.gz"):
        archive.take(path, names=NAMES, into=tmp_path, where="https://x/file")


def test_an_archive_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "release.tar.gz"
    path.write_bytes(tar({"pulumi/pulumi": bytes(range(256)) * 400})[:-200])

    with pytest.raises(RefusedError, match="cannot be read"):
        archive.take(path, names=NAMES, into=tmp_path, where="here")


def unpack(tmp_path: Path, members: dict[str, bytes | tarfile.TarInfo]) -> Path:
    path = tmp_path / "package.tgz"
    path.write_bytes(tar(members))
    into = tmp_path / "into"
    into.mkdir()
    archive.unpack(path, into=into, where="a package")
    return into


def test_a_whole_archive_keeps_its_folders_and_which_files_can_be_run(tmp_path: Path) -> None:
    program = tarfile.TarInfo("package/bin/empty")
    program.mode = 0o4755

    into = unpack(tmp_path, {"package/share/text": b"words", "package/bin/empty": program})

    assert (into / "package/share/text").read_bytes() == b"words"
    assert (into / "package/share/text").stat().st_mode & 0o7777 == 0o644
    assert (into / "package/bin/empty").stat().st_mode & 0o7777 == 0o755


def test_links_of_a_whole_archive_are_left_out(tmp_path: Path) -> None:
    into = unpack(
        tmp_path, {"package/text": b"words", "package/link": link("package/link", to="/etc/passwd")}
    )

    assert [path.name for path in (into / "package").iterdir()] == ["text"]


@pytest.mark.parametrize("name", ["../text", "package/../../text", "/tmp/text"])
def test_a_whole_archive_with_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="a package has a member that leads out of it"):
        unpack(tmp_path, {name: b"evil"})

    assert list((tmp_path / "into").iterdir()) == []
