"""Markdown of previews: what it says, what it cuts off, and what other people's text cannot do to it."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strata.plan.changes import Change, Kind
from strata.plan.page import condensed, fenced, marked, page
from strata.plan.preview import Outcome, Preview

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LINK = "https://github.test/team/app/actions/runs/7"
DIFF = """\
Previewing update (staging):
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:staging::app::pulumi:pulumi:Stack::app-staging]
    ~ pulumi-python:dynamic/dokploy:Compose: (update)
        [id=abc]
        one   : "1"
        two   : "2"
        three : "3"
        four  : "4"
        five  : "5"
        six   : "6"
        seven : "7"
        eight : "8"
      ~ env   :
          - A=1
          + A=2
Resources:
    ~ 1 to update
"""
UPDATE = Change(kind=Kind.UPDATED, name="staging-app", type="Compose", properties=("env", "images"))


def preview(**changes: Any) -> Preview:
    fields = {
        "stack": "staging",
        "outcome": Outcome.CHANGES,
        "changes": (UPDATE,),
        "unchanged": 21,
        "diff": DIFF,
    }
    return Preview(**{**fields, **changes})


def test_changes_are_told_in_words_and_as_diff() -> None:
    text = page([preview()], limit=10_000, commit=COMMIT)

    assert text.startswith(
        "### What this changes at 0123456789ab\n\n#### `staging`: 1 updated, 21 unchanged\n"
    )
    assert "- updated: `staging-app` (`Compose`): `env`, `images`\n" in text
    assert "<details><summary>Diff of staging</summary>\n\n```diff\n" in text
    assert "\n-          - A=1\n+          + A=2\n" in text


def test_what_goes_is_told_in_bold_and_counted_first() -> None:
    gone = Change(kind=Kind.DELETED, name="db", type="Volume")

    text = page([preview(changes=(gone, UPDATE))], limit=10_000)

    assert "1 deleted, 1 updated, 21 unchanged" in text
    assert "- **deleted**: `db` (`Volume`)\n" in text


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        (Outcome.UNCHANGED, "no changes, 21 unchanged"),
        (Outcome.NOTHING_YET, "runs nothing yet"),
        (Outcome.FAILED, "the preview failed"),
    ],
)
def test_each_end_has_its_own_words(outcome: Outcome, heading: str) -> None:
    text = page([preview(outcome=outcome, changes=(), message="it broke", diff="")], limit=10_000)

    assert f"#### `staging`: {heading}\n" in text
    assert ("it broke" in text) is (outcome is Outcome.FAILED)
    assert "<details>" not in text


def test_all_stacks_are_told_before_the_first_diff() -> None:
    text = page([preview(), preview(stack="production")], limit=10_000)

    assert text.index("#### `production`") < text.index("<details>")
    assert text.count("<details>") == text.count("</details>") == 2


def test_a_comment_has_what_changes_and_the_summary_all_of_it() -> None:
    short, whole = page([preview()], limit=10_000), page([preview()], limit=10_000, whole=True)

    assert "four" not in short
    assert "seven" in short
    assert "four" in whole


def test_what_is_too_long_is_cut_between_lines_with_a_link_to_the_whole() -> None:
    long = "\n".join(f"  ~ key{number}: {number} => {number + 1}" for number in range(5_000))

    text = page([preview(diff=long), preview(stack="production", diff=long)], limit=20_000, link=LINK)

    assert len(text.encode()) <= 20_000
    assert text.count(f"The rest does not fit here: [the whole of it]({LINK}).") == 2
    assert text.count("<details>") == text.count("</details>") == text.count("```diff\n") == 2
    assert re.search(r"!  ~ key\d+: \d+ => \d+\n```\n\n\d+ more lines\.", text)


def test_words_that_alone_are_too_long_are_cut_too() -> None:
    failed = preview(outcome=Outcome.FAILED, message="x" * 4_000, diff="", changes=())

    text = page([failed] * 8, limit=10_000, link=LINK)

    assert len(text.encode()) <= 10_000
    assert text.count("#### `staging`: the preview failed\n") == 8
    assert text.count("x" * 4_000) == 2
    assert text.count(f"[the whole of it]({LINK}).\n") == 6
    assert text.count("```") == 4, "no block is left open"


def test_many_changes_are_counted_after_forty() -> None:
    changes = tuple(Change(kind=Kind.CREATED, name=f"r{number}", type="T") for number in range(100))

    text = page([preview(changes=changes)], limit=50_000)

    assert "100 created" in text
    assert "- and 60 more\n" in text


def test_hostile_names_and_diffs_stay_text() -> None:
    evil = "`]</summary><script>@everyone](https://evil.example)"
    change = Change(kind=Kind.UPDATED, name=evil, type=evil, properties=(evil,))
    diff = f"  + key: ````\n  + </details> {evil}\n```\n# heading"

    text = page([preview(stack="pr-1", changes=(change,), diff=diff)], limit=10_000, whole=True)

    outside = re.sub(r"^(`{3,})diff\n.*?\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert "evil.example" not in outside
    assert "<script>" not in outside
    assert "\n`````diff\n" in text


@given(st.text())
def test_no_text_ends_its_own_fence(text: str) -> None:
    first, *lines, last = fenced(text, "")

    assert first == last
    assert all(not line.lstrip().startswith(last) for line in lines)


@given(st.text(max_size=3_000), st.integers(min_value=1_500, max_value=4_000))
def test_no_text_is_longer_than_the_limit(text: str, limit: int) -> None:
    previews = [preview(diff=text), preview(outcome=Outcome.FAILED, message=text, diff="", changes=())]

    assert len(page(previews, limit=limit, link=LINK).encode()) <= limit


def test_marks_stand_in_the_first_column_for_githubs_colours() -> None:
    assert marked("  + a\n  - b\n  ~ c\n  +-d: (replace)\n    +- e\n  same") == [
        "+  + a",
        "-  - b",
        "!  ~ c",
        "   +-d: (replace)",
        "-    +- e",
        "   same",
    ]


def test_three_lines_around_a_change_are_kept() -> None:
    text = condensed("\n".join([*(f"  a{number}" for number in range(9)), "  ~ x: 1 => 2", "  b0", "  b1"]))

    assert text.splitlines() == ["  a6", "  a7", "  a8", "  ~ x: 1 => 2", "  b0", "  b1"]
