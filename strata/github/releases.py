"""GitHub's releases: what a person has published under a tag."""

from pydantic import Field

from strata.github.client import Client
from strata.github.errors import Missing
from strata.github.shapes import Shape


class Release(Shape):
    """A release.

    Attributes:
        tag: its tag.
        draft: not published yet.
        prerelease: marked as not for production.
        url: for people.
    """

    tag: str = Field(alias="tag_name")
    draft: bool = False
    prerelease: bool = False
    url: str = Field(default="", alias="html_url")


def by_tag(client: Client, tag: str) -> Release | None:
    """The published release of a tag, `None` if there is none: `GET /repos/…/releases/tags/{tag}`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    try:
        return Release.read(client.get(f"releases/tags/{tag}"))
    except Missing:
        return None
