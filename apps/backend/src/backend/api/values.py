"""Kinds of values that requests have in common."""

import unicodedata
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_LARGEST_ID = 2**63 - 1


class Body(BaseModel):
    """What a request sends; a field that it does not know is a mistake of the caller's."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _printable(text: str) -> str:
    # PostgreSQL has no text with NUL; the others change what a log or a page shows
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("must not contain control characters")
    return text


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_printable),
]
Description = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
AccountId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
StatementId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
