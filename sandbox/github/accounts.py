"""Who and what exists at the sandbox's GitHub: one organisation, its people and its repository. All fixed."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, node_id, not_found

ORGANISATION = "zitian-party"
REPOSITORY = "finance_report"
REPOSITORY_ID = 4_200_001
_ORGANISATION_ID = 4_100_001
_SINCE = "2024-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person or a team.

    Attributes:
        number: GitHub's id, as reviewers are named by.
        login: user name, or the team's slug.
    """

    number: int
    login: str


OPERATOR = Account(number=2001, login="operator")
USERS = [OPERATOR, Account(number=2002, login="reviewer"), Account(number=2003, login="second-reviewer")]
TEAMS = [Account(number=1001, login="release-managers")]

_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}

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


def api(request: Request) -> str:
    """The address of this API as the caller knows it."""
    return f"{request.base_url}api/v3"


def user(request: Request, account: Account, *, kind: str = "User") -> Document:
    """The short form of a user or an organisation (`simple-user`)."""
    url = f"{api(request)}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.number,
        "node_id": node_id(kind, account.number),
        "avatar_url": f"{request.base_url}avatars/{account.number}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{request.base_url}{account.login}",
        "type": kind,
        "site_admin": False,
        **{name: url + rest for name, rest in _USER_LINKS.items()},
    }


def team(request: Request, account: Account) -> Document:
    """A team of the organisation."""
    url = f"{api(request)}/organizations/{_ORGANISATION_ID}/team/{account.number}"
    return {
        "id": account.number,
        "node_id": node_id("Team", account.number),
        "name": account.login,
        "slug": account.login,
        "description": None,
        "privacy": "closed",
        "permission": "push",
        "type": "organization",
        "url": url,
        "html_url": f"{request.base_url}orgs/{ORGANISATION}/teams/{account.login}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "parent": None,
    }


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
    return f"{ORGANISATION}/{REPOSITORY}"


async def _whoami(request: Request) -> Response:
    return JSONResponse(_profile(request, OPERATOR))


async def _user(request: Request) -> Response:
    return JSONResponse(_profile(request, _named(request)))


async def _keys(request: Request) -> Response:
    _named(request)
    return JSONResponse([])


async def _organisation(request: Request) -> Response:
    if request.path_params["name"].lower() != ORGANISATION:
        raise not_found()
    url = f"{api(request)}/orgs/{ORGANISATION}"
    return JSONResponse(
        {
            **_owner(request),
            "url": url,
            "repos_url": f"{url}/repos",
            "events_url": f"{url}/events",
            "members_url": f"{url}/members{{/member}}",
            "description": "The sandbox's organisation",
            "created_at": _SINCE,
            "updated_at": _SINCE,
        }
    )


async def _repository(request: Request) -> Response:
    full_name = known_repository(request)
    url = f"{api(request)}/repos/{full_name}"
    page = f"{request.base_url}{full_name}"
    counts: dict[str, Any] = dict.fromkeys(
        [
            "forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count",
            "watchers", "watchers_count", "network_count", "subscribers_count",
        ],
        0,
    )  # fmt: skip
    return JSONResponse(
        {
            "id": REPOSITORY_ID,
            "node_id": node_id("Repository", REPOSITORY_ID),
            "name": REPOSITORY,
            "full_name": full_name,
            "owner": _owner(request),
            "private": True,
            "visibility": "private",
            "html_url": page,
            "url": url,
            **{name: url + rest for name, rest in _REPOSITORY_LINKS.items()},
            **dict.fromkeys(["clone_url", "git_url", "ssh_url", "svn_url"], f"{page}.git"),
            **dict.fromkeys(["description", "homepage", "language", "license", "mirror_url"]),
            **dict.fromkeys(["fork", "archived", "disabled", "has_pages", "has_discussions"], False),
            **dict.fromkeys(["has_issues", "has_projects", "has_wiki"], True),
            **dict.fromkeys(["pushed_at", "created_at", "updated_at"], _SINCE),
            **counts,
            "default_branch": "main",
            "permissions": {"admin": True, "maintain": True, "push": True, "triage": True, "pull": True},
        }
    )


def _named(request: Request) -> Account:
    for account in USERS:
        if account.login == request.path_params["name"].lower():
            return account
    raise not_found()


def _owner(request: Request) -> Document:
    return user(request, Account(number=_ORGANISATION_ID, login=ORGANISATION), kind="Organization")


def _profile(request: Request, account: Account) -> Document:
    texts = ["bio", "blog", "company", "email", "hireable", "location", "name"]
    return {
        **user(request, account),
        **dict.fromkeys(texts),
        **dict.fromkeys(["followers", "following", "public_gists", "public_repos"], 0),
        "created_at": _SINCE,
        "updated_at": _SINCE,
        "user_view_type": "public",
    }


ROUTES = [
    Route("/user", _whoami),
    Route("/users/{name}", _user),
    Route("/users/{name}/keys", _keys),
    Route("/users/{name}/gpg_keys", _keys),
    Route("/orgs/{name}", _organisation),
    Route("/repos/{owner}/{repo}", _repository),
    Route("/repositories/{repository_id:int}", _repository),
]
