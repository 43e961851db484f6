from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs
from toolchain import path_engine


def find(own: Path) -> tuple[dict[str, Path] | None, list[str]]:
    said: list[str] = []
    return path_engine.find(own=own, say=said.append), said


def test_an_installed_engine_in_range_is_taken_with_its_host(programs: Programs, tmp_path: Path) -> None:
    pulumi = programs.add("pulumi", "echo v3.260.1")
    host = programs.add("pulumi-language-python")

    assert find(tmp_path / "own") == ({"pulumi": pulumi, "pulumi-language-python": host}, [])


def test_its_host_is_found_where_a_package_manager_keeps_it(programs: Programs, tmp_path: Path) -> None:
    kept = tmp_path / "Cellar" / "bin"
    pulumi = programs.add("pulumi", "echo v3.250.0", folder=kept)
    host = programs.add("pulumi-language-python", folder=kept)
    (programs.folder / "pulumi").symlink_to(pulumi)

    found, _ = find(tmp_path / "own")

    assert found == {"pulumi": programs.folder / "pulumi", "pulumi-language-python": host}


@pytest.mark.parametrize("answer", ["v3.249.0", "v4.0.0", ""])
def test_one_out_of_range_is_left_alone_and_the_reason_is_said(
    programs: Programs, tmp_path: Path, answer: str
) -> None:
    programs.add("pulumi", f"echo {answer}")
    programs.add("pulumi-language-python")

    found, said = find(tmp_path / "own")

    assert found is None
    assert "not in >=3.250.0,<4.0.0" in said[0]


def test_one_without_a_python_host_is_left_alone(programs: Programs, tmp_path: Path) -> None:
    programs.add("pulumi", "echo v3.250.0")

    found, said = find(tmp_path / "own")

    assert found is None
    assert "comes without pulumi-language-python" in said[0]


def test_what_the_toolchain_itself_installed_is_not_taken_for_the_machine_s(programs: Programs) -> None:
    programs.add("pulumi", "echo v3.250.0")
    programs.add("pulumi-language-python")

    assert find(programs.folder) == (None, [])


def test_one_that_fails_to_answer_is_left_alone(programs: Programs, tmp_path: Path) -> None:
    programs.add("pulumi", "exit 1")

    assert find(tmp_path / "own")[0] is None
