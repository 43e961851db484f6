"""What git keeps besides files: commits and annotated tags, read and written as GitHub's API names them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.git.repository import GitError, Repository, check_name

_WHOLE = re.compile("[0-9a-f]{40}")
KINDS = ("commit", "tree", "blob", "tag")


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who did something, and when (`2026-11-23T12:00:00Z`)."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit.

    Attributes:
        sha: 40 hex digits.
        tree: of its files.
        parents: none for the first one.
        message: whole, without the last line's end.
    """

    sha: str
    tree: str
    parents: list[str]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, kw_only=True)
class Tag:
    """An annotated tag, an object of its own.

    Attributes:
        sha: of the tag itself.
        name: as it was written, without `refs/tags/`.
        message: whole, without the last line's end.
        target: what it stands on.
        kind: of the target, one of `KINDS`.
    """

    sha: str
    name: str
    message: str
    tagger: Signature
    target: str
    kind: str


class Objects:
    """Commits and tags of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def kind(self, sha: str) -> str | None:
        """What an object is (one of `KINDS`), `None` for what is no whole name of one that is there."""
        if not _WHOLE.fullmatch(sha):
            return None
        try:
            return self._repository.git("cat-file", "-t", sha).strip()
        except GitError:
            return None

    def commit(self, sha: str) -> Commit:
        """Read a commit. Raises `GitError` when there is none."""
        lines = self._repository.git("show", "--no-patch", f"--format={_COMMIT}", f"{sha}^{{commit}}", "--")
        found, tree, parents, *who = lines.split("\n", 9)
        return Commit(
            sha=found,
            tree=tree,
            parents=parents.split(),
            author=Signature(name=who[0], email=who[1], date=_date(int(who[2]))),
            committer=Signature(name=who[3], email=who[4], date=_date(int(who[5]))),
            message=who[6].rstrip("\n"),
        )

    def tag(self, sha: str) -> Tag:
        """Read an annotated tag. Raises `GitError` when there is none."""
        head, _, message = self._repository.git("cat-file", "tag", sha).partition("\n\n")
        fields = dict(line.split(" ", 1) for line in head.splitlines())
        who, _, seconds = fields["tagger"].rpartition("> ")
        name, _, email = who.rpartition(" <")
        return Tag(
            sha=sha,
            name=fields["tag"],
            message=message.rstrip("\n"),
            tagger=Signature(name=name, email=email, date=_date(int(seconds.split()[0]))),
            target=fields["object"],
            kind=fields["type"],
        )

    def write_tag(self, *, name: str, message: str, target: str, kind: str, tagger: str, seconds: int) -> str:
        """Write an annotated tag, which no ref leads to yet, and return it.

        Args:
            name: without `refs/tags/`.
            message: of any length.
            target: the object it stands on.
            kind: of the target, one of `KINDS`.
            tagger: `name <email>`.
            seconds: since 1970, in UTC.

        Raises:
            GitError: no such object, or a name that git does not take.
        """
        check_name(name)
        who = " ".join(tagger.split())
        text = f"object {target}\ntype {kind}\ntag {name}\ntagger {who} {seconds} +0000\n\n{message}"
        return self._repository.git("mktag", "--no-strict", given=text.rstrip("\n") + "\n").strip()


_COMMIT = "%H%n%T%n%P%n%an%n%ae%n%at%n%cn%n%ce%n%ct%n%B"


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
