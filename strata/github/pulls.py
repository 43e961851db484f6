"""Pull requests: what they are now."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, field_validator

from strata.github.client import Client
from strata.github.errors import Missing
from strata.github.shapes import Shape


class _Repository(Shape):
    full_name: str


class _Head(Shape):
    sha: str
    repo: _Repository | None = None


class _Label(Shape):
    name: str = ""


class Pull(Shape):
    """One pull request. Its title, branch and author are other people's text and not read.

    Attributes:
        number: from 1.
        open: whether it is neither closed nor merged.
        commit: the newest one, 40 hexadecimal digits.
        repository: `owner/name` that the commit lies in; `None` if that repository is gone.
        labels: names of its labels.
    """

    number: int
    state: str
    head: _Head
    labels: frozenset[str] = Field(default=frozenset())

    @field_validator("labels", mode="before")
    @classmethod
    def _names(cls, rows: Any) -> Any:
        return frozenset(_Label.read(row).name for row in rows) if isinstance(rows, list) else rows

    @property
    def open(self) -> bool:
        """Whether it is neither closed nor merged."""
        return self.state == "open"

    @property
    def commit(self) -> str:
        """The newest commit."""
        return self.head.sha

    @property
    def repository(self) -> str | None:
        """Where the commit lies."""
        return self.head.repo.full_name if self.head.repo else None


def find(client: Client, number: int) -> Pull | None:
    """One pull request, `None` if there is none: `GET /repos/{owner}/{repo}/pulls/{number}`.

    GitHub answers 404 as well for what the token may not see, so a 404 counts only when the open ones can be
    listed.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    try:
        return Pull.read(client.get(f"pulls/{number}"))
    except Missing:
        return next((pull for pull in all_open(client) if pull.number == number), None)


def all_open(client: Client) -> Iterator[Pull]:
    """All that are open: `GET /repos/{owner}/{repo}/pulls?state=open`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages("pulls", state="open"):
        yield Pull.read(row)
