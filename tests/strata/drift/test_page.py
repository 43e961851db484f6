import pytest

from strata.drift.look import Drift
from strata.drift.page import page, title
from strata.outcome import Exit

MOVED = Drift(stack="staging", moved=("staging-app-compose (Compose) differs: env",))
UNSEEN = Drift(stack="staging", unseen=("state: pulumi could not look",))


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Drift(stack="staging"), Exit.OK),
        (MOVED, Exit.NOT_AS_IT_SHOULD_BE),
        (Drift(stack="staging", gates=("environment staging: x",)), Exit.NOT_AS_IT_SHOULD_BE),
        (Drift(stack="staging", token=("it is gone",)), Exit.NOT_AS_IT_SHOULD_BE),
        (UNSEEN, Exit.FAILED),
        (Drift(stack="staging", moved=("a",), unseen=("b",)), Exit.NOT_AS_IT_SHOULD_BE),
    ],
)
def test_g4_drift_and_not_having_looked_have_codes_of_their_own(found: Drift, code: Exit) -> None:
    assert found.code is code
    assert found.clean is (code is Exit.OK)


def test_g4_drift_and_not_having_looked_have_texts_of_their_own() -> None:
    assert (title(MOVED), title(UNSEEN)) == ("staging has drifted", "staging could not be looked at")
    assert "Not what the state says" in page(MOVED)
    assert "could not" not in page(MOVED).lower()
    assert "This says nothing about what is there" in page(UNSEEN)
    assert "state says" not in page(UNSEEN)


def test_each_part_says_what_to_do_next() -> None:
    everything = Drift(stack="production", moved=("a",), gates=("b",), token=("c",), unseen=("d",))

    text = page(everything)

    assert text.count("Next: ") == 4
    assert "`strata audit --stack production`" in text
    assert "`strata vault connect production`" in text


def test_what_others_have_said_is_shown_as_code() -> None:
    text = page(Drift(stack="staging", unseen=("state: @everyone <img> `x` [a](b)",)))

    assert "- ``state: @everyone <img> `x` [a](b)``" in text


def test_the_same_findings_give_the_same_text() -> None:
    assert page(MOVED) == page(Drift(stack="staging", moved=MOVED.moved))


def test_a_long_list_is_cut_and_says_so() -> None:
    text = page(Drift(stack="staging", moved=tuple(f"r{number} is gone" for number in range(60))))

    assert "- and 10 more" in text
    assert "r59" not in text
