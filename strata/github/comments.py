"""One comment of ours on a pull request, found by a hidden marker and edited: never a second one."""

from collections.abc import Iterator

from strata.github.client import Client
from strata.github.errors import Missing, OutcomeUnknown
from strata.github.shapes import Shape

LONGEST = 65_536
"""Characters of a comment that GitHub takes."""

# Who may have written a comment of ours: the workflow's token (a bot), or who has write access. Anyone may
# write the marker into a comment of their own, and editing that one would put our words into their mouth.
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class _User(Shape):
    type: str = ""


class Comment(Shape):
    """A comment.

    Attributes:
        id: of the comment.
        body: Markdown.
        issue_url: of the issue or pull request it stands at.
        html_url: for people.
    """

    id: int
    body: str = ""
    issue_url: str = ""
    html_url: str = ""
    user: _User | None = None
    author_association: str = ""

    @property
    def number(self) -> int:
        """Of the issue or pull request."""
        last = self.issue_url.rstrip("/").rpartition("/")[2]
        return int(last) if last.isdecimal() else 0

    def carries(self, marker: str) -> bool:
        """Whether it is ours by this marker: on its first line, by a trusted author."""
        trusted = self.author_association in _TRUSTED or (self.user is not None and self.user.type == "Bot")
        return trusted and self.body.startswith(hidden(marker))


def hidden(marker: str) -> str:
    """The line that is not shown: `<!-- strata:<marker> -->`."""
    return f"<!-- strata:{marker} -->"


def find(client: Client, number: int, *, marker: str) -> list[Comment]:
    """Ours, oldest first; more than one only after two runs made one at the same moment.

    `GET /repos/{owner}/{repo}/issues/{number}/comments`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    rows = (Comment.read(row) for row in client.pages(f"issues/{number}/comments"))
    return sorted((one for one in rows if one.carries(marker)), key=lambda one: one.id)


def everywhere(client: Client, *, marker: str, since: str) -> Iterator[Comment]:
    """Ours of all issues, changed since: `GET /repos/{owner}/{repo}/issues/comments`.

    Args:
        client: of the repository.
        marker: as in `put`.
        since: ISO 8601, UTC.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages("issues/comments", since=since, sort="updated", direction="desc"):
        comment = Comment.read(row)
        if comment.carries(marker):
            yield comment


def put(client: Client, number: int, *, marker: str, body: str) -> None:
    """Have exactly one comment with this text: edited, or made if there is none (any more).

    `PATCH /repos/{owner}/{repo}/issues/comments/{id}`, `POST /repos/{owner}/{repo}/issues/{number}/comments`.

    Args:
        client: of the repository.
        number: of the issue or pull request.
        marker: tells our comments apart, such as `preview`.
        body: Markdown without the marker; longer than `LONGEST` is cut off.

    Raises:
        GithubError: GitHub refused, or it is not known whether it was made and it is not there.
    """
    text = f"{hidden(marker)}\n{body}"[:LONGEST]
    ours = find(client, number, marker=marker)
    for more in ours[1:]:
        _remove(client, more)
    if ours and _edited(client, ours[0], text):
        return
    try:
        client.post(f"issues/{number}/comments", {"body": text})
    except OutcomeUnknown:
        if not find(client, number, marker=marker):
            raise


def _edited(client: Client, comment: Comment, text: str) -> bool:
    """Whether it says that now; `False`: someone has deleted it meanwhile."""
    if comment.body == text:
        return True
    try:
        client.patch(f"issues/comments/{comment.id}", {"body": text})
    except Missing:
        return False
    except OutcomeUnknown:
        try:
            now = Comment.read(client.get(f"issues/comments/{comment.id}"))
        except Missing:
            return False
        if now.body != text:
            raise
    return True


def _remove(client: Client, comment: Comment) -> None:
    try:
        client.delete(f"issues/comments/{comment.id}")
    except Missing:
        return
