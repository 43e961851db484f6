from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs
from toolchain import golang, parts
from toolchain.errors import ToolchainError
from toolchain.layout import Layout


def fill(layout: Layout, into: Path, part: golang.GoPart = parts.ENGINE) -> None:
    into.mkdir()
    part.fill(into, parts=layout.go_parts, log=layout.cache / "build.log")


def test_a_part_and_its_scripts_are_built_into_one_folder(
    layout: Layout, programs: Programs, tmp_path: Path
) -> None:
    programs.add_go()

    fill(layout, tmp_path / "into")

    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == [
        "pulumi",
        "pulumi-resource-pulumi-python",
    ]
    assert (tmp_path / "into" / "pulumi-resource-pulumi-python").stat().st_mode & 0o777 == 0o755


def test_the_engine_is_stamped_with_its_version(layout: Layout, programs: Programs, tmp_path: Path) -> None:
    programs.add_go()

    fill(layout, tmp_path / "into")

    assert "common/version.Version=v3.250.0" in programs.calls("go")[1]


def test_without_go_the_message_names_what_to_install(
    layout: Layout, programs: Programs, tmp_path: Path
) -> None:
    with pytest.raises(ToolchainError) as caught:
        fill(layout, tmp_path / "into")

    assert str(caught.value) == (
        "building pulumi: there is no `go` on PATH\n"
        "  → install Go 1.26.0 or newer (https://go.dev/doc/install, or your package manager) "
        "and run this again"
    )


@pytest.mark.parametrize("says", ["go1.25.9", "devel"])
def test_a_go_that_is_too_old_is_not_tried(
    layout: Layout, programs: Programs, tmp_path: Path, says: str
) -> None:
    programs.add_go(says=says)

    with pytest.raises(ToolchainError, match=f"is {says}, too old"):
        fill(layout, tmp_path / "into")

    assert programs.builds() == []


def test_the_go_that_is_asked_for_is_enough_for_every_part(
    layout: Layout, programs: Programs, tmp_path: Path
) -> None:
    (layout.go_parts / "resource-docker" / "go.mod").write_text("module docker\n\ngo 1.27.3\n")

    with pytest.raises(ToolchainError, match=r"install Go 1\.27\.3 or newer"):
        fill(layout, tmp_path / "into")


def test_a_failed_build_shows_its_last_lines_and_keeps_the_rest(
    layout: Layout, programs: Programs, tmp_path: Path
) -> None:
    programs.add(
        "go",
        'case "$1" in env) echo go1.26.8; exit ;; esac\n'
        "i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); done\nexit 1\n",
    )

    with pytest.raises(ToolchainError, match="ended with code 1") as caught:
        fill(layout, tmp_path / "into")

    assert "| line 29" in str(caught.value)
    assert "| line 17" not in str(caught.value)
    assert "line 0" in (layout.cache / "build.log").read_text()


def test_no_other_go_is_downloaded_and_nothing_committed_is_changed() -> None:
    env = golang.environment()

    assert env["GOTOOLCHAIN"] == "local"
    assert env["GOFLAGS"].split()[:2] == ["-mod=readonly", "-trimpath"]


def test_the_key_changes_with_the_module_and_not_with_other_files(layout: Layout) -> None:
    before = parts.ENGINE.key(layout.go_parts)

    (layout.go_parts / "pulumi" / "notes.txt").write_text("hello")
    assert parts.ENGINE.key(layout.go_parts) == before

    (layout.go_parts / "pulumi" / "go.sum").write_text("another h1:hash\n")
    assert parts.ENGINE.key(layout.go_parts) != before
