from pathlib import Path

import pytest

from tests.toolchain.fakes import ReleaseServer, tar
from toolchain import release
from toolchain.errors import RefusedError, UnavailableError


def test_an_engine_is_downloaded_checked_and_unpacked(server: ReleaseServer, tmp_path: Path) -> None:
    server.publish_engine()

    release.engine("3.250.0").fill(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["pulumi", "pulumi-language-python"]


def test_a_plugin_s_release_is_read_the_way_plugins_publish(server: ReleaseServer, tmp_path: Path) -> None:
    server.publish_plugin("github", "6.15.0")

    release.plugin("github", version="6.15.0").fill(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["pulumi-resource-github"]


def test_a_download_with_another_checksum_is_refused_and_nothing_of_it_is_kept(
    server: ReleaseServer, tmp_path: Path
) -> None:
    server.publish_engine(stated="0" * 64)

    with pytest.raises(RefusedError, match="checksum mismatch"):
        release.engine("3.250.0").fill(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_archive_is_not_downloaded_before_its_checksum_is_known(
    server: ReleaseServer, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError):
        release.engine("3.250.0").fill(tmp_path)

    assert server.asked == ["/pulumi/pulumi/releases/download/v3.250.0/pulumi-3.250.0-checksums.txt"]


def test_an_archive_without_the_language_host_is_refused(server: ReleaseServer, tmp_path: Path) -> None:
    server.publish(
        "/pulumi/pulumi/releases/download/v3.250.0",
        file="pulumi-v3.250.0-linux-x64.tar.gz",
        sums="pulumi-3.250.0-checksums.txt",
        content=tar({"pulumi/pulumi": b"program"}),
    )

    with pytest.raises(RefusedError, match="has no pulumi-language-python in it"):
        release.engine("3.250.0").fill(tmp_path)


@pytest.mark.parametrize(
    ("system", "machine", "engine", "plugin"),
    [
        ("linux", "aarch64", "linux-arm64", "linux-arm64"),
        ("darwin", "arm64", "darwin-arm64", "darwin-arm64"),
        ("darwin", "x86_64", "darwin-x64", "darwin-amd64"),
    ],
)
def test_the_cli_and_its_plugins_have_their_own_words_for_a_machine(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, engine: str, plugin: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)

    assert release.engine("3.250.0").file == f"pulumi-v3.250.0-{engine}.tar.gz"
    assert release.plugin("docker", version="5.2.0").file == f"pulumi-resource-docker-v5.2.0-{plugin}.tar.gz"


def test_an_unknown_machine_has_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")

    with pytest.raises(UnavailableError, match="riscv64"):
        release.engine("3.250.0")
