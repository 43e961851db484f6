"""One open issue of ours about something, found by a label and a hidden marker: written, edited, closed."""

from strata.github.client import Client
from strata.github.comments import hidden
from strata.github.errors import OutcomeUnknown
from strata.github.shapes import Shape

LABEL = "strata-drift"
"""Only who may triage the repository gives a label, so an issue with it is not a stranger's."""

LONGEST = 65_536
"""Characters of an issue that GitHub takes."""


class Issue(Shape):
    """An issue.

    Attributes:
        number: of the repository's issues and pull requests.
        title: one line.
        body: Markdown.
    """

    number: int
    title: str = ""
    body: str | None = None
    pull_request: dict[str, object] | None = None

    def carries(self, marker: str) -> bool:
        """Whether it is ours by this marker, on its first line, and no pull request."""
        return self.pull_request is None and (self.body or "").startswith(hidden(marker))


def find(client: Client, *, marker: str) -> list[Issue]:
    """The open ones, oldest first; more than one only after two runs made one at the same moment.

    `GET /repos/{owner}/{repo}/issues`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    rows = (Issue.read(row) for row in client.pages("issues", state="open", labels=LABEL))
    return sorted((one for one in rows if one.carries(marker)), key=lambda one: one.number)


def put(client: Client, *, marker: str, title: str, body: str) -> int:
    """Have exactly one open issue with this text: edited if it says something else, made if there is none.

    `PATCH /repos/{owner}/{repo}/issues/{number}`, `POST /repos/{owner}/{repo}/issues`.

    Args:
        client: needs `issues: write`.
        marker: tells our issues apart, such as `drift-staging`.
        title: one line.
        body: Markdown without the marker; longer than `LONGEST` is cut off.

    Returns:
        Its number.

    Raises:
        GithubError: GitHub refused, or it is not known whether it was made and it is not there.
    """
    text = f"{hidden(marker)}\n{body}"[:LONGEST]
    # Looked at again after making one, as two runs may both have seen none: each keeps the oldest.
    ours = find(client, marker=marker) or _made(client, marker=marker, title=title, text=text)
    kept = ours[0]
    for more in ours[1:]:
        _close(client, more, reason="not_planned")
    if (kept.title, kept.body) != (title, text):
        client.patch(f"issues/{kept.number}", {"title": title, "body": text})
    return kept.number


def _made(client: Client, *, marker: str, title: str, text: str) -> list[Issue]:
    try:
        made = Issue.read(client.post("issues", {"title": title, "body": text, "labels": [LABEL]}))
    except OutcomeUnknown:
        if there := find(client, marker=marker):
            return there
        raise
    return find(client, marker=marker) or [made]


def close(client: Client, *, marker: str) -> list[int]:
    """Close ours, however many there are.

    Returns:
        Their numbers; empty if none was open.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    ours = find(client, marker=marker)
    for one in ours:
        _close(client, one, reason="completed")
    return [one.number for one in ours]


def _close(client: Client, issue: Issue, *, reason: str) -> None:
    client.patch(f"issues/{issue.number}", {"state": "closed", "state_reason": reason})
