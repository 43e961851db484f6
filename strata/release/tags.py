"""Release tags of the repository: the newest in main's history, and the records that ours carry."""

from collections.abc import Iterator
from dataclasses import dataclass

import semver

from model.version import released
from strata.github import Client, compare, tags
from strata.github.errors import Missing
from strata.github.tags import NoCommit, Peeled, Tag
from strata.release.record import Record

MAIN = "main"
# Each one that is looked into costs a request; what is asked for is near the top.
DEPTH = 100


@dataclass(frozen=True, kw_only=True)
class Released:
    """A release tag.

    Attributes:
        version: that it names.
        tag: and what it leads to.
        record: of an annotated tag of ours, which names itself and its commit; `None` for others'.
    """

    version: semver.Version
    tag: Peeled
    record: Record | None


def versions(client: Client) -> dict[semver.Version, Tag]:
    """All tags `vX.Y.Z`, the highest first; other tags are none of ours.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    found = {version: tag for tag in tags.matching(client, "v") if (version := released(tag.name))}
    return dict(sorted(found.items(), reverse=True))


def look_into(client: Client, found: dict[semver.Version, Tag]) -> Iterator[Released]:
    """The highest ones, peeled, with their records.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for version, tag in list(found.items())[:DEPTH]:
        try:
            yield opened(client, version, tag)
        except (Missing, NoCommit):
            continue  # a tag of a tree or a file, or deleted meanwhile: nobody's release


def opened(client: Client, version: semver.Version, tag: Tag) -> Released:
    """One tag, peeled.

    Raises:
        NoCommit: it leads to none.
        GithubError: GitHub refused or did not answer.
    """
    peeled = tags.peel(client, tag)
    record = Record.parse(peeled.message)
    ours = record is not None and (record.version, record.commit) == (peeled.name, peeled.commit)
    return Released(version=version, tag=peeled, record=record if ours else None)


def in_main(client: Client, commit: str) -> bool:
    """Whether a commit is in main's history; one that GitHub does not know is not.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    try:
        return compare.contains(client, head=MAIN, commit=commit)
    except Missing:
        return False


def record_of(client: Client, commit: str) -> Record | None:
    """The newest record of ours about a commit.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for one in look_into(client, versions(client)):
        if one.record and one.tag.commit == commit:
            return one.record
    return None
