import io
import shutil
import subprocess

import pytest

from tests.toolchain.fakes import Programs, ReleaseServer
from toolchain.engine import Engine
from toolchain.errors import RefusedError, ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.sources import Source

BUILT = ["pulumi", "pulumi-language-python", "pulumi-resource-github", "pulumi-resource-docker"]


def engine(layout: Layout, progress: Progress, chosen: Source = Source.AUTO) -> Engine:
    return Engine(layout, chosen=chosen, progress=progress)


def test_without_a_release_everything_is_built_and_put_into_the_checkout(
    layout: Layout, progress: Progress, programs: Programs, no_network: None, said: io.StringIO
) -> None:
    programs.add_go()

    words = engine(layout, progress).install()

    assert programs.builds() == BUILT
    assert words == "pulumi 3.250.0 built, github 6.15.0 built, docker 5.2.0 built"
    assert sorted(path.name for path in layout.bin.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ]
    for plugin in (
        "resource-github-v6.15.0/pulumi-resource-github",
        "resource-docker-v5.2.0/pulumi-resource-docker",
    ):
        assert (layout.pulumi_home / "plugins" / plugin).exists()
    assert said.getvalue().count("no release: ") == 1


def test_a_second_clone_takes_the_first_one_s_work(
    layout: Layout, progress: Progress, programs: Programs, no_network: None, said: io.StringIO
) -> None:
    programs.add_go()
    engine(layout, progress).install()
    clone = Layout(root=layout.root.with_name("clone"), cache=layout.cache)
    shutil.copytree(layout.root / "toolchain", clone.root / "toolchain")
    said.truncate(0)

    engine(clone, progress).install()

    assert programs.builds() == BUILT
    assert (clone.bin / "pulumi").exists()
    assert "build" not in said.getvalue()


def test_only_the_part_that_changed_is_built_again(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    engine(layout, progress).install()
    (layout.go_parts / "resource-docker" / "main.go").write_text("package main\n")
    assert engine(layout, progress).ready() is None

    engine(layout, progress).install()

    assert programs.builds() == [*BUILT, "pulumi-resource-docker"]


def test_what_is_installed_is_ready_and_asks_nobody(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    assert engine(layout, progress).ready() is None
    words = engine(layout, progress).install()
    (programs.folder / "go").unlink()

    assert engine(layout, progress).ready() == words


def test_a_cleared_cache_changes_nothing(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    words = engine(layout, progress).install()
    shutil.rmtree(layout.cache)

    assert engine(layout, progress).ready() == words
    assert (layout.bin / "pulumi").read_text() == "#!/bin/sh\n"


def test_a_program_that_was_removed_is_noticed(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    engine(layout, progress).install()
    (layout.bin / "pulumi-language-python-exec").unlink()

    assert engine(layout, progress).ready() is None


def test_releases_are_preferred_to_building(
    layout: Layout, progress: Progress, programs: Programs, server: ReleaseServer
) -> None:
    programs.add_go()
    server.publish_engine()
    server.publish_plugin("github", "6.15.0")
    server.publish_plugin("docker", "5.2.0")

    words = engine(layout, progress).install()

    assert words == "pulumi 3.250.0 released, github 6.15.0 released, docker 5.2.0 released"
    assert programs.calls("go") == []


def test_a_damaged_release_stops_the_run_instead_of_being_built_around(
    layout: Layout, progress: Progress, programs: Programs, server: ReleaseServer
) -> None:
    programs.add_go()
    server.publish_engine(stated="0" * 64)

    with pytest.raises(RefusedError, match="checksum mismatch"):
        engine(layout, progress).install()

    assert programs.calls("go") == []
    assert engine(layout, progress).ready() is None


def test_an_engine_on_path_comes_first_and_its_plugins_from_elsewhere(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    pulumi = programs.add("pulumi", "echo v3.260.0")
    programs.add("pulumi-language-python")

    words = engine(layout, progress).install()

    assert words == f"pulumi from {pulumi}, github 6.15.0 built, docker 5.2.0 built"
    assert programs.builds() == BUILT[2:]
    subprocess.run([layout.bin / "pulumi", "up", "a b"], check=True)
    assert programs.calls("pulumi")[-1] == "up a b"


def test_the_choice_of_path_is_about_the_engine_and_leaves_plugins_their_sources(
    layout: Layout, progress: Progress, programs: Programs, server: ReleaseServer
) -> None:
    programs.add("pulumi", "echo v3.260.0")
    programs.add("pulumi-language-python")
    server.publish_plugin("github", "6.15.0")
    server.publish_plugin("docker", "5.2.0")

    words = engine(layout, progress, Source.PATH).install()

    assert words.endswith("github 6.15.0 released, docker 5.2.0 released")


def test_programs_of_an_engine_installed_before_do_not_stay(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()
    engine(layout, progress).install()
    programs.add("pulumi", "echo v3.260.0")
    programs.add("pulumi-language-python")

    engine(layout, progress).install()

    assert [path.name for path in layout.bin.iterdir()] == ["pulumi"]


def test_a_choice_of_one_source_does_not_fall_through(
    layout: Layout, progress: Progress, programs: Programs, no_network: None
) -> None:
    programs.add_go()

    with pytest.raises(ToolchainError, match="no usable pulumi is on PATH"):
        engine(layout, progress, Source.PATH).install()
    with pytest.raises(ToolchainError, match="refused"):
        engine(layout, progress, Source.RELEASE).install()

    assert programs.calls("go") == []


def test_an_unknown_choice_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATA_ENGINE", "brew")

    with pytest.raises(ToolchainError, match="use one of auto, path, release, go"):
        Source.chosen()


def test_without_network_and_without_go_both_are_said(
    layout: Layout, progress: Progress, programs: Programs, no_network: None, said: io.StringIO
) -> None:
    with pytest.raises(ToolchainError, match="there is no `go` on PATH"):
        engine(layout, progress).install()

    assert "no release: http://127.0.0.1:1/" in said.getvalue()
