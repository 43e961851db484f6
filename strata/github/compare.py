"""Two commits beside each other: which of them is in the other's history."""

from typing import Literal

from strata.github.client import Client
from strata.github.shapes import Shape


class _File(Shape):
    filename: str
    previous_filename: str = ""


class _Comparison(Shape):
    status: Literal["ahead", "behind", "identical", "diverged"]
    files: tuple[_File, ...] = ()


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


def changed(client: Client, *, base: str, commit: str) -> frozenset[str]:
    """The files that a commit's branch changes against where it left another one.

    `GET /repos/{owner}/{repo}/compare/{base}...{commit}`; GitHub names the first 300.

    Args:
        client: of the repository.
        base: branch, tag or commit.
        commit: 40 hexadecimal digits.

    Raises:
        Missing: GitHub does not know one of the two, or they have no commit in common.
        GithubError: GitHub refused or did not answer.
    """
    files = _Comparison.read(client.get(f"compare/{base}...{commit}", per_page=1)).files
    return frozenset(name for file in files for name in (file.filename, file.previous_filename) if name)
