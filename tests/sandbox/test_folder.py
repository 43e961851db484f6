import stat
from pathlib import Path

import pytest

from sandbox.errors import ForeignFolder
from sandbox.folder import Engine, Folder, write_private


def test_only_its_owner_looks_into_a_sandbox(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()

    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700


def test_a_private_file_is_private_from_the_beginning_and_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_private(file, "first, and longer")
    write_private(file, "second")

    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()) == (0o600, "second")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_folder_of_another_version_says_how_to_start_anew(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    folder.version.write_text("0\n")

    with pytest.raises(ForeignFolder, match="down --erase"):
        folder.make()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    folder = Folder(tmp_path)

    for act in (folder.make, folder.erase):
        with pytest.raises(ForeignFolder):
            act()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_sandbox_can_be_erased_also_one_of_another_version(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    folder.version.write_text("0\n")

    folder.erase()
    folder.erase()
    assert not folder.root.exists()


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATA_SANDBOX_DIR", str(tmp_path / "elsewhere"))

    assert Folder.default().root == tmp_path / "elsewhere"


def test_what_a_sandbox_deploys_to_is_remembered(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    assert folder.engine is Engine.SIMULATED

    folder.choose(Engine.DOCKER)
    folder.choose(None)

    assert Folder(folder.root).engine is Engine.DOCKER


def test_a_sandbox_with_a_state_does_not_change_what_it_deploys_to(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    folder.seeded.touch()

    folder.choose(Engine.SIMULATED)
    with pytest.raises(ForeignFolder) as error:
        folder.choose(Engine.DOCKER)

    assert str(folder.root) in str(error.value)
    assert "`strata sandbox down --erase`" in str(error.value)
    assert folder.engine is Engine.SIMULATED


def test_one_that_was_never_ready_may_still_change_its_mind(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    folder.choose(Engine.DOCKER)

    folder.choose(Engine.SIMULATED)

    assert folder.engine is Engine.SIMULATED
