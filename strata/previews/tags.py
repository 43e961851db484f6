"""The tags that pin previews' commits (P7): `preview/pr-<n>-<sha7>`, and whose each of them is."""

import re
from collections.abc import Iterable

from model.layers import Stack
from model.preview import preview_ref
from strata.github import refs, tags
from strata.github.client import Client

_PREFIX = "preview/pr-"
_TAG = re.compile(r"preview/pr-([1-9][0-9]{0,8})-[0-9a-f]{7}")


def by_number(client: Client) -> dict[int, frozenset[str]]:
    """All previews' tags by the number of their pull request; what is not of this form is not ours.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    found: dict[int, frozenset[str]] = {}
    for tag in tags.matching(client, _PREFIX):
        if match := _TAG.fullmatch(tag.name):
            number = int(match[1])
            found[number] = found.get(number, frozenset()) | {tag.name}
    return found


def pin(client: Client, stack: Stack, *, commit: str) -> str:
    """Have the tag on exactly this commit; its name.

    Raises:
        GithubError: GitHub refused, or it is not known whether it was done and it was not.
    """
    name = preview_ref(stack, commit=commit)
    refs.put_tag(client, name, commit)
    return name


def remove(client: Client, names: Iterable[str]) -> None:
    """Have none of these.

    Raises:
        GithubError: GitHub refused.
    """
    for name in sorted(names):
        refs.delete_tag(client, name)
