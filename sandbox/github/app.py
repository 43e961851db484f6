"""The part of GitHub's REST API that gates are made of, as GitHub Enterprise Server serves it (`/api/v3`).

Which calls pulumi-github makes was read in terraform-provider-github 6.11.1 (2026-11-23); every answer is
checked against GitHub's own OpenAPI in the tests.
"""

import secrets

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.github import accounts, environments, policies, variables
from sandbox.github.answers import Refused, not_found, refusal
from sandbox.github.requestid import RequestIds
from sandbox.http import Watched
from sandbox.world import World


class _Authenticated:
    """ASGI middleware: 401 for requests without the right token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := self._problem(Request(scope))):
            answer = await refusal(Request(scope), Refused(401, problem))
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _problem(self, request: Request) -> str | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return "Requires authentication"
        if scheme.lower() not in ("bearer", "token") or not secrets.compare_digest(token, self._token):
            return "Bad credentials"
        return None


async def _unknown(_request: Request, _exception: Exception) -> Response:
    return await refusal(_request, not_found())


def create_app(world: World, *, token: str) -> ASGIApp:
    """GitHub's endpoints.

    Args:
        world: environments, policies and variables are kept in its store (tables `github.*`).
        token: the one that is let in.
    """
    of_repository = [*environments.ROUTES, *policies.ROUTES, *variables.ROUTES]
    app = Starlette(
        routes=[
            Mount(
                "/api/v3",
                routes=[
                    *accounts.ROUTES,
                    Mount("/repos/{owner}/{repo}", routes=of_repository),
                    Mount("/repositories/{repository_id:int}", routes=of_repository),
                ],
            )
        ],
        middleware=[Middleware(RequestIds), Middleware(_Authenticated, token=token)],
        exception_handlers={Refused: refusal, 404: _unknown, 405: _unknown},
    )
    app.state.world = world
    return Watched(app, world=world, part="github")
