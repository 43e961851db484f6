import pytest

from sandbox.engine.dockerfile import Step, read, sources_of


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('FROM x\nLABEL a=b c="d e"\n', {"a": "b", "c": "d e"}),
        ("FROM x\nLABEL a b c\n", {"a": "b c"}),
        ("FROM x\nARG V=1\nLABEL a=$V b=${V:-2} c=${NO:-2}\n", {"a": "1", "b": "1", "c": "2"}),
        ("FROM x\nENV V=1\nLABEL a=$V\n", {"a": "1"}),
        ("FROM x\n# LABEL a=b\nlabel c=d\n", {"c": "d"}),
        ('FROM x\nLABEL a="unclosed\nRUN x\n', {}),
        ("FROM x\nLABEL a=b\nFROM y\n", {}),
    ],
)
def test_labels_are_read_as_docker_reads_them(text: str, labels: dict[str, str]) -> None:
    assert read(text, {}).labels == labels


def test_an_argument_of_the_caller_wins_over_the_default() -> None:
    recipe = read("FROM x\nARG A=1\nARG B='2 3'\nARG C\n", {"A": "mine"})

    assert recipe.args == {"A": "mine", "B": "2 3", "C": ""}


@pytest.mark.parametrize(
    ("text", "checked"),
    [("FROM x", False), ("FROM x\nHEALTHCHECK CMD y", True), ("FROM x\nHEALTHCHECK NONE", False)],
)
def test_a_health_check_is_seen(text: str, checked: bool) -> None:  # noqa: FBT001  # a table's column
    assert read(text, {}).healthcheck is checked


def test_lines_are_counted_over_continuations() -> None:
    steps = read("FROM x\nRUN a \\\n  b\nCMD c\n", {}).steps

    assert [(s.name, s.line) for s in steps] == [("FROM", 1), ("RUN", 2), ("CMD", 4)]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("a b /x/", ["a", "b"]),
        ("--chown=1 a /x", ["a"]),
        ("--from=base /a /x", []),
        ("$A b /x", ["b"]),
        ("https://x/y /x", []),
        ('["a", "/x"]', []),
    ],
)
def test_what_a_copy_takes_from_the_context(text: str, sources: list[str]) -> None:
    assert sources_of(Step(name="COPY", text=text, line=1)) == sources
