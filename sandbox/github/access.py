"""Who is let in: 401 without a good token, 403 without the permission, 404 for another repository."""

import re
import secrets

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.github import permissions
from sandbox.github.accounts import OPERATOR, ORGANISATION, REPOSITORY, REPOSITORY_ID
from sandbox.github.answers import Refused, not_found, refusal
from sandbox.github.app_key import AppKey
from sandbox.github.tokens import Actor, Tokens

_REPOSITORY = re.compile(
    r"/api/v3/(?:repos/(?P<name>[^/]+/[^/]+)|repositories/(?P<number>\d+))(?P<rest>/.*|$)"
)
_OF_THE_APP = re.compile(r"/api/v3/(app|app/.*|repos/[^/]+/[^/]+/installation)$")
_ACTOR = "github.actor"


def actor_of(request: Request) -> Actor:
    """Who asks."""
    found: Actor = request.scope[_ACTOR]
    return found


class Access:
    """ASGI middleware in front of all endpoints.

    Args:
        app: the endpoints.
        token: the operator's, who may do everything.
        tokens: all others.
        key: of the GitHub App, whose own calls are signed.
    """

    def __init__(self, app: ASGIApp, *, token: str, tokens: Tokens, key: AppKey) -> None:
        self._app = app
        self._token = token
        self._tokens = tokens
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "http":
            request = Request(scope)
            try:
                scope[_ACTOR] = self._actor(request)
                _check(request, scope[_ACTOR])
            except Refused as refused:
                answer = await refusal(request, refused)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _actor(self, request: Request) -> Actor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            raise Refused(401, "Requires authentication")
        if scheme.lower() not in ("bearer", "token"):
            raise Refused(401, "Bad credentials")
        if _OF_THE_APP.match(request.url.path):
            return Actor(login=self._key.signer(token), permissions={"app": "write"})
        if secrets.compare_digest(token.encode(), self._token.encode()):
            return Actor(login=OPERATOR.login)
        actor = self._tokens.actor(token)
        if actor is None:
            raise Refused(401, "Bad credentials")
        return actor


def _check(request: Request, actor: Actor) -> None:
    asked = _REPOSITORY.match(request.url.path)
    if asked is None:
        if request.url.path == "/api/v3/user" and actor.permissions is not None:
            raise Refused(403, "Resource not accessible by integration")  # an App is nobody's account
        return
    named = (asked["name"] or "").lower() == f"{ORGANISATION}/{REPOSITORY}"
    if not named and asked["number"] != str(REPOSITORY_ID):
        raise not_found()
    wanted = permissions.needed(request.method, asked["rest"])
    if not permissions.allows(actor, wanted):
        raise Refused(
            403,
            "Resource not accessible by integration",
            headers={"x-accepted-github-permissions": permissions.header(wanted)},
        )
