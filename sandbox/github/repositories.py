"""The one repository of this GitHub, and how forks of it look."""

import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.access import actor_of
from sandbox.github.accounts import ORGANISATION, REPOSITORY, REPOSITORY_ID, SINCE, api, owner, person
from sandbox.github.answers import Document, node_id, not_found

FULL_NAME = f"{ORGANISATION}/{REPOSITORY}"

_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def url_of(request: Request) -> str:
    """The repository's own address at the API."""
    return f"{api(request)}/repos/{FULL_NAME}"


def page_of(request: Request) -> str:
    """The repository's page for people."""
    return f"{request.base_url}{FULL_NAME}"


def known_repository(request: Request) -> str:
    """`owner/name` of the repository that the path names; 404 for any other.

    Both address shapes are known: `/repos/{owner}/{repo}/…` and the older `/repositories/{id}/…`.
    """
    asked = request.path_params
    if "repository_id" in asked:
        found = asked["repository_id"] == REPOSITORY_ID
    else:
        found = (asked["owner"].lower(), asked["repo"].lower()) == (ORGANISATION, REPOSITORY)
    if not found:
        raise not_found()
    return FULL_NAME


def repository(request: Request, *, fork: str | None = None) -> Document:
    """The repository as GitHub shows it.

    Args:
        request: whose addresses it is shown with.
        fork: `owner/name` of a fork instead of the repository itself.
    """
    full_name = fork or FULL_NAME
    number = 4_300_000 + zlib.crc32(full_name.encode()) % 100_000 if fork else REPOSITORY_ID
    url = f"{api(request)}/repos/{full_name}"
    page = f"{request.base_url}{full_name}"
    counts: dict[str, Any] = dict.fromkeys(
        [
            "forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count",
            "watchers", "watchers_count", "network_count", "subscribers_count",
        ],
        0,
    )  # fmt: skip
    return {
        "id": number,
        "node_id": node_id("Repository", number),
        "name": full_name.partition("/")[2],
        "full_name": full_name,
        "owner": person(request, fork.partition("/")[0]) if fork else owner(request),
        "private": True,
        "visibility": "private",
        "html_url": page,
        "url": url,
        **{name: url + rest for name, rest in _REPOSITORY_LINKS.items()},
        **dict.fromkeys(["clone_url", "git_url", "ssh_url", "svn_url"], f"{page}.git"),
        **dict.fromkeys(["description", "homepage", "language", "license", "mirror_url"]),
        "fork": fork is not None,
        **dict.fromkeys(["archived", "disabled", "has_pages", "has_discussions"], False),
        **dict.fromkeys(["has_issues", "has_projects", "has_wiki", "has_downloads"], True),
        **dict.fromkeys(["pushed_at", "created_at", "updated_at"], SINCE),
        **counts,
        "default_branch": "main",
        "permissions": _permissions(request),
    }


def _permissions(request: Request) -> dict[str, bool]:
    """What whoever asks may do; an App's or a job's token administers nothing that it was not given."""
    actor = actor_of(request)
    admin, push = actor.may("administration", "write"), actor.may("contents", "write")
    return {"admin": admin, "maintain": admin, "push": push, "triage": push, "pull": True}


async def _get(request: Request) -> Response:
    known_repository(request)
    return JSONResponse(repository(request))


ROUTES = [
    Route("/repos/{owner}/{repo}", _get),
    Route("/repositories/{repository_id:int}", _get),
]
