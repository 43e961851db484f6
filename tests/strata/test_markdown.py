import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from strata.markdown import LONGEST, plain

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = (
    "@everyone look",
    "[click](https://evil.example)",
    "https://evil.example www.evil.example a@b.example",
    "<img src=x onerror=alert(1)>",
    "<!-- strata:preview -->",
    "a`b``c```d",
    "`",
    "```sh\nrm -rf /\n```",
    "# heading\n\n- list",
    "a | b",
    "$(id) `id` ; rm -rf / && echo",
    "\u202etxt.exe",
    "#1 GH-1 " + "a" * 40,
    "<details><summary>x",
    "\\",
    "trailing \\",
)


def inside(text: str) -> list[Token]:
    """What the renderer sees of a text between two words."""
    paragraph = GITHUB.parse(f"before {plain(text)} after")
    assert [token.type for token in paragraph] == ["paragraph_open", "inline", "paragraph_close"]
    return paragraph[1].children or []


@pytest.mark.parametrize("text", HOSTILE)
def test_other_peoples_text_is_code_and_nothing_else(text: str) -> None:
    assert [token.type for token in inside(text)] == ["text", "code_inline", "text"]


@given(st.text(min_size=1, max_size=60))
def test_whatever_the_text_it_neither_ends_its_span_nor_the_line(text: str) -> None:
    kinds = [token.type for token in inside(text)]

    assert kinds in (["text", "code_inline", "text"], ["text"])


@given(st.text(alphabet="`|\\ ab", min_size=1, max_size=30))
def test_a_cell_stays_one_cell(text: str) -> None:
    table = GITHUB.parse(f"| a | b |\n| --- | --- |\n| {plain(text, cell=True)} | end |")

    assert [token.content for token in table if token.type == "inline"][-1] == "end"


def test_what_is_readable_stays_readable() -> None:
    (_, code, _) = inside("feature/über-*all* [x]")

    assert code.content == "feature/über-*all* [x]"


def test_nothing_to_see_is_a_dash() -> None:
    assert plain("\u200b\n\t") == "—"


def test_a_long_text_is_cut() -> None:
    assert len(plain("x" * 10_000)) == LONGEST + 2
    assert plain("x" * 10_000).endswith("…`")
