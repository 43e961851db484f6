from typing import Any

import pytest

from sandbox.engine.yamltext import YamlError, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("010", 8),
        ("0o10", 8),
        ("0x10", 16),
        ("-5", -5),
        ("12:30", "12:30"),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("2024-01-01", "2024-01-01"),
        ("~", None),
        ("", None),
    ],
)
def test_scalars_are_what_gos_yaml_makes_of_them(text: str, value: Any) -> None:
    assert load(f"key: {text}\n") == {"key": value}


def test_anchors_are_merged_and_own_keys_win() -> None:
    document = load("x: &a {b: 1, c: 2}\ny:\n  <<: *a\n  c: 3\n")

    assert document["y"] == {"b": 1, "c": 3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 'line 4: mapping key "c" already defined at line 3'),
        ("a: [\n", "line 2: "),
        ("a: 1\n\tb: 1\n", "line 2: "),
        ("a: b: c", "line 1: "),
        ("a: !!python/name:os.system x", "line 1: "),
    ],
)
def test_an_error_says_its_line(text: str, said: str) -> None:
    with pytest.raises(YamlError) as raised:
        load(text)

    assert str(raised.value).startswith(said)


def test_an_empty_text_is_nothing() -> None:
    assert load("# only a comment\n") is None
