"""What is read of GitHub's answers: the needed fields, the others are left alone."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from strata.github.errors import GithubError


class Shape(BaseModel):
    """Fields of one kind of answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def read(cls, value: Any) -> Self:
        """From decoded JSON.

        Raises:
            GithubError: a field is missing or of another kind; names it, never a value.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, line["loc"])) or "all" for line in error.errors()}))
            raise GithubError(
                f"GitHub's answer about a {cls.__name__.strip('_').lower()} is not as documented ({fields})",
                next_step="check GITHUB_API_URL: something in front of GitHub may have answered",
            ) from None
