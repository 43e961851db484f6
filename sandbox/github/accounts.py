"""Who exists at the sandbox's GitHub: one organisation and its people, fixed; strangers by their login."""

import zlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, node_id, not_found

ORGANISATION = "zitian-party"
REPOSITORY = "finance_report"
REPOSITORY_ID = 4_200_001
_ORGANISATION_ID = 4_100_001
SINCE = "2024-01-01T00:00:00Z"


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

_BOT = "[bot]"

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


def person(request: Request, login: str) -> Document:
    """The short form of whoever has this login; one that is nobody of ours has a number all the same."""
    for account in USERS:
        if account.login == login:
            return user(request, account)
    stranger = Account(number=6_000_000 + zlib.crc32(login.encode()) % 1_000_000, login=login)
    return user(request, stranger, kind="Bot" if login.endswith(_BOT) else "User")


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
            **owner(request),
            "url": url,
            "repos_url": f"{url}/repos",
            "events_url": f"{url}/events",
            "members_url": f"{url}/members{{/member}}",
            "description": "The sandbox's organisation",
            "created_at": SINCE,
            "updated_at": SINCE,
        }
    )


def _named(request: Request) -> Account:
    for account in USERS:
        if account.login == request.path_params["name"].lower():
            return account
    raise not_found()


def owner(request: Request) -> Document:
    """The organisation, as the owner of what is its."""
    return user(request, Account(number=_ORGANISATION_ID, login=ORGANISATION), kind="Organization")


def _profile(request: Request, account: Account) -> Document:
    texts = ["bio", "blog", "company", "email", "hireable", "location", "name"]
    return {
        **user(request, account),
        **dict.fromkeys(texts),
        **dict.fromkeys(["followers", "following", "public_gists", "public_repos"], 0),
        "created_at": SINCE,
        "updated_at": SINCE,
        "user_view_type": "public",
    }


ROUTES = [
    Route("/user", _whoami),
    Route("/users/{name}", _user),
    Route("/users/{name}/keys", _keys),
    Route("/users/{name}/gpg_keys", _keys),
    Route("/orgs/{name}", _organisation),
]
