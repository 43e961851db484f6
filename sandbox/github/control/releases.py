"""Releases that people publish, secrets that they set, and what they give the App."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.github import environments, installations, releases, secrets
from sandbox.github.accounts import OPERATOR
from sandbox.github.tables import table, world_of


async def _publish(request: Request) -> Response:
    allowed = {"tag", "target", "name", "body", "draft", "prerelease", "author"}
    body = await asked.body_of(request, allowed=allowed, required={"tag"})
    tag = asked.text(body, "tag")
    if table(request, "release").where(tag_name=tag, draft=False):
        raise asked.BadRequest(f"{tag} is released already")
    made = releases.publish(
        world_of(request),
        tag=tag,
        target=str(body.get("target", "main")),
        author=str(body.get("author", OPERATOR.login)),
        name=body.get("name"),
        body=body.get("body"),
        draft=bool(body.get("draft", False)),
        prerelease=bool(body.get("prerelease", False)),
    )
    return JSONResponse({"id": made["id"], "tag": tag}, status_code=201)


async def _secret(request: Request) -> Response:
    body = await asked.body_of(request, allowed={"name", "environment"}, required={"name"})
    environment = body.get("environment")
    if environment:
        environments.name(world_of(request), str(environment))
    secrets.keep(world_of(request), asked.text(body, "name"), environment=environment)
    return Response(status_code=204)


async def _app(request: Request) -> Response:
    body = await asked.body_of(request, allowed={"permissions"}, required={"permissions"})
    installations.give(world_of(request), asked.texts(body, "permissions"))
    return Response(status_code=204)


ROUTES = [
    Route("/releases", _publish, methods=["POST"]),
    Route("/secrets", _secret, methods=["POST"]),
    Route("/app", _app, methods=["PUT"]),
]
