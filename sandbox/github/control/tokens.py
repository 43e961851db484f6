from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.github.tables import world_of
from sandbox.github.tokens import BOT, Tokens


async def _make(request: Request) -> Response:
    body = await asked.body_of(
        request, allowed={"permissions", "login", "seconds", "token"}, required={"permissions"}
    )
    seconds = body.get("seconds", 3600)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise asked.BadRequest("seconds is a number")
    try:
        token, ends = Tokens(world_of(request)).make(
            permissions=asked.texts(body, "permissions"),
            login=str(body.get("login", BOT)),
            seconds=seconds,
            token=str(body.get("token", "")),
        )
    except ValueError as error:
        raise asked.BadRequest(str(error)) from None
    return JSONResponse({"token": token, "expires_at": ends}, status_code=201)


async def _expire(request: Request) -> Response:
    body = await asked.body_of(request, allowed={"token"}, required={"token"})
    if not Tokens(world_of(request)).revoke(asked.text(body, "token")):
        return JSONResponse({"message": "there is no such token"}, status_code=404)
    return Response(status_code=204)


ROUTES = [Route("/tokens", _make, methods=["POST"]), Route("/tokens", _expire, methods=["DELETE"])]
