"""A refusal is one paragraph without a traceback; a defect keeps its traceback."""

import pulumi
import pytest

from components.refusals import one_paragraph
from model.errors import ReleaseError
from vault.errors import Sealed


@pytest.mark.parametrize(
    "error", [ReleaseError("no such tag"), Sealed("Vault is sealed", next_step="unseal it")]
)
def test_the_errors_of_the_rooms_end_the_program_with_their_own_words(error: Exception) -> None:
    with pytest.raises(pulumi.RunError) as refusal, one_paragraph():
        raise error

    assert str(refusal.value) == str(error)


def test_v6_the_cause_of_a_refusal_is_left_out() -> None:
    def refuse() -> None:
        try:
            int("a body with a secret")
        except ValueError as error:
            raise ReleaseError("refused") from error

    with pytest.raises(pulumi.RunError) as refusal, one_paragraph():
        refuse()

    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_a_defect_is_not_dressed_as_a_refusal() -> None:
    with pytest.raises(KeyError), one_paragraph():
        {}["x"]
