"""The part of GitHub's REST API that gates, previews and releases use, as GitHub Enterprise Server serves it.

Which calls pulumi-github makes was read in terraform-provider-github 6.11.1 (2026-11-23); every answer is
checked against GitHub's own OpenAPI in the tests. Facts about commits come from the bare repository itself.
"""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from sandbox.github import (
    accounts,
    approvals,
    checks,
    comments,
    commits,
    contents,
    deployment_statuses,
    deployments,
    environments,
    gitrefs,
    gittags,
    installations,
    issues,
    labels,
    policies,
    pulls,
    releases,
    repositories,
    rulesets,
    runs,
    secrets,
    statuses,
    variables,
    workflows,
)
from sandbox.github.access import Access
from sandbox.github.answers import Refused, answer_of, not_found, refusal
from sandbox.github.app_key import AppKey
from sandbox.github.limits import Limits
from sandbox.github.requestid import RequestIds
from sandbox.github.tokens import Tokens
from sandbox.http import Watched
from sandbox.world import World

_OF_REPOSITORY: list[BaseRoute] = [
    *environments.ROUTES,
    *policies.ROUTES,
    *variables.ROUTES,
    *secrets.ROUTES,
    *rulesets.ROUTES,
    *releases.ROUTES,
    *checks.ROUTES,
    *statuses.ROUTES,
    *installations.OF_REPOSITORY,
    *comments.ROUTES,
    *labels.ROUTES,
    *issues.ROUTES,
    *pulls.ROUTES,
    *deployments.ROUTES,
    *deployment_statuses.ROUTES,
    *gitrefs.ROUTES,
    *gittags.ROUTES,
    *commits.ROUTES,
    *contents.ROUTES,
    *workflows.ROUTES,
    *approvals.ROUTES,
    *runs.ROUTES,
    *commits.LAST_ROUTES,
]


async def _unknown(_request: Request, _exception: Exception) -> Response:
    return await refusal(_request, not_found())


def create_app(world: World, *, token: str, app_key: str | None = None) -> ASGIApp:
    """GitHub's endpoints.

    Args:
        world: everything is kept in its store (tables `github.*`) and in its bare repository.
        token: the operator's, who may do everything; others are made through the control endpoint.
        app_key: public key (PEM) of the GitHub App; without one nobody can sign as the App.
    """
    app = Starlette(
        routes=[
            Mount(
                "/api/v3",
                routes=[
                    *accounts.ROUTES,
                    *repositories.ROUTES,
                    *installations.ROUTES,
                    Mount("/repos/{owner}/{repo}", routes=_OF_REPOSITORY),
                    Mount("/repositories/{repository_id:int}", routes=_OF_REPOSITORY),
                ],
            )
        ],
        middleware=[
            Middleware(RequestIds),
            Middleware(Limits, world=world),
            Middleware(Access, token=token, tokens=Tokens(world), key=AppKey(world, app_key)),
        ],
        exception_handlers={Refused: refusal, 404: _unknown, 405: _unknown},
    )
    app.state.world = world
    return Watched(app, world=world, part="github", answer=answer_of)
