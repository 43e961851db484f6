"""P4: what the comment says, and that other people's text is only text in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from strata.previews.comment import Memory, State, Story, body
from strata.previews.decision import Push, Reason

PUSH = Push(commit="a" * 40, seen=datetime(2026, 11, 23, 12, tzinfo=UTC))
URL = "https://report-pr-12.zitian.party"
STORY = Story(
    number=12,
    state=State.UP,
    push=PUSH,
    url=URL,
    run="https://github.example/o/r/actions/runs/7",
    limit=5,
    ttl_hours=72,
    label="preview",
)


@pytest.mark.parametrize("state", State)
def test_what_a_comment_remembers_is_read_back_and_not_shown(state: State) -> None:
    text = body(replace(STORY, state=state))

    assert Memory.of(text) == Memory(state=state, push=PUSH)
    first, *_ = MarkdownIt("commonmark").parse(text)
    assert (first.type, first.content.strip()) == ("html_block", text.splitlines()[0])


@pytest.mark.parametrize("state", set(State) - {State.UP})
def test_p4_only_what_runs_is_linked(state: State) -> None:
    assert URL not in body(replace(STORY, state=state))
    assert state.linked is (state in {State.UP, State.FAILED, State.UNTRIED})


@pytest.mark.parametrize("state", [State.FAILED, State.UNTRIED])
def test_p4_what_could_not_be_asked_is_told_as_not_known(state: State) -> None:
    text = body(replace(STORY, state=state, deployed=None, why="`strata login` failed"))

    assert (
        "was not deployed: `strata login` failed. Whether an earlier commit runs could not be asked." in text
    )
    assert URL not in text


def test_a_failed_one_links_what_was_deployed_before() -> None:
    assert URL in body(replace(STORY, state=State.FAILED, deployed="b" * 40))


@pytest.mark.parametrize("reason", Reason)
def test_it_says_what_to_do_and_never_only_that_it_failed(reason: Reason) -> None:
    text = body(replace(STORY, state=State.GONE, reason=reason))

    assert "**Removed**" in text


def test_p6_the_limit_is_said_with_its_number() -> None:
    assert "limit of 5 previews" in body(replace(STORY, state=State.WAITING))


@given(st.text(max_size=200))
def test_a_refusals_text_is_text(said: str) -> None:
    text = body(replace(STORY, state=State.REFUSED, said=said))

    blocks = MarkdownIt("commonmark").parse(text.partition("###")[2])
    inline = [token for block in blocks for token in block.children or ()]
    assert {token.type for token in inline} <= {
        "text", "code_inline", "strong_open", "strong_close", "link_open", "link_close", "softbreak",
    }  # fmt: skip
    assert [t.attrs["href"] for t in inline if t.type == "link_open"] == [STORY.run]
    assert Memory.of(text) == Memory(state=State.REFUSED, push=PUSH)


@given(st.text(max_size=40))
def test_a_label_is_text(label: str) -> None:
    text = body(replace(STORY, state=State.GONE, reason=Reason.LABEL, label=label))

    assert len(text.splitlines()) == 4


def test_many_refusals_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "\n".join("x" * 2_000 for _ in range(500))

    assert len(body(replace(STORY, state=State.REFUSED, said=said))) < 65_000
