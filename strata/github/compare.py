"""Two commits beside each other: which of them is in the other's history."""

from typing import Literal

from strata.github.client import Client
from strata.github.shapes import Shape


class _Comparison(Shape):
    status: Literal["ahead", "behind", "identical", "diverged"]


def contains(client: Client, *, head: str, commit: str) -> bool:
    """Whether a commit is in a branch's (or another commit's) history; the commit itself is.

    `GET /repos/{owner}/{repo}/compare/{commit}...{head}`: `ahead` and `identical` say yes.

    Args:
        client: of the repository.
        head: branch, tag or commit.
        commit: 40 hexadecimal digits.

    Raises:
        Missing: GitHub does not know one of the two, or they have no commit in common.
        GithubError: GitHub refused or did not answer.
    """
    # One commit a page: what is compared is needed, not what has changed between them.
    found = client.get(f"compare/{commit}...{head}", per_page=1)
    return _Comparison.read(found).status in {"ahead", "identical"}
