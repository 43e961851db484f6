"""Plain tags: set on a commit, moved, taken away. Annotated ones are in `strata.github.tags`."""

from strata.errors import CommandError
from strata.github import tags
from strata.github.client import Client
from strata.github.errors import Conflict, Missing, OutcomeUnknown


def put_tag(client: Client, name: str, commit: str) -> None:
    """Have a plain tag on exactly this commit, moving one that is elsewhere.

    `POST /repos/{owner}/{repo}/git/refs`, `PATCH /repos/{owner}/{repo}/git/refs/tags/{name}`.

    Args:
        client: of the repository.
        name: without `refs/tags/`.
        commit: 40 hexadecimal digits.

    Raises:
        GithubError: GitHub refused, or the answer was lost and the tag is not there.
    """
    there = tags.find(client, name)
    if there is not None and there.sha == commit:
        return
    try:
        if there is None:
            client.post("git/refs", {"ref": f"refs/tags/{name}", "sha": commit})
        else:
            client.patch(f"git/refs/tags/{name}", {"sha": commit, "force": True})
    except (Conflict, OutcomeUnknown):
        now = tags.find(client, name)
        if now is None or now.sha != commit:
            raise


def delete_tag(client: Client, name: str) -> None:
    """Have no tag of that name: `DELETE /repos/{owner}/{repo}/git/refs/tags/{name}`.

    Raises:
        CommandError: GitHub says that it is gone, and it is not.
        GithubError: GitHub refused, or the answer was lost and the tag is there.
    """
    try:
        client.delete(f"git/refs/tags/{name}")
    except Missing:
        return
    except (Conflict, OutcomeUnknown):  # 422 "Reference does not exist" is how GitHub says gone
        if tags.find(client, name) is not None:
            raise
        return
    if tags.find(client, name) is not None:
        raise CommandError(
            f"The tag {name} is still there after it was deleted",
            next_step="look for a ruleset that protects it, and run it again",
        )
