from pathlib import Path

from toolchain import digest


def test_the_key_changes_with_a_file_s_content(tmp_path: Path) -> None:
    path = tmp_path / "go.mod"
    path.write_text("go 1.26\n")
    before = digest.of_inputs(files=[path])

    path.write_text("go 1.27\n")

    assert digest.of_inputs(files=[path]) != before


def test_the_key_changes_with_a_word() -> None:
    assert digest.of_inputs(words=["no_compose"]) != digest.of_inputs(words=[""])


def test_bytes_cannot_move_from_one_word_to_the_next() -> None:
    assert digest.of_inputs(words=["ab", "c"]) != digest.of_inputs(words=["a", "bc"])


def test_the_key_is_the_same_in_another_folder(tmp_path: Path) -> None:
    keys = []
    for clone in ("one", "two"):
        path = tmp_path / clone / "go.mod"
        path.parent.mkdir()
        path.write_text("go 1.26\n")
        keys.append(digest.of_inputs(files=[path]))

    assert keys[0] == keys[1]
