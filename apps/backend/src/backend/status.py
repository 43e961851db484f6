"""`/health`, `/ready` and `/api`: what the ways to here and the people who look ask for."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from backend.services import Services

_NEVER_KEPT = {"Cache-Control": "no-store"}


def routes(services: Services) -> APIRouter:
    """The three, also for HEAD.

    Args:
        services: whose state they tell.
    """
    router = APIRouter(include_in_schema=False)
    health = services.health()

    # in the event loop, not in a thread: requests that wait for a slow database hold those
    @router.api_route("/health", methods=["GET", "HEAD"])
    async def _health() -> JSONResponse:
        checks = await health.checks()
        healthy = all(state == "ok" for state in checks.values())
        return JSONResponse(
            {"status": "ok" if healthy else "unhealthy", **services.identity, "checks": checks},
            status_code=200 if healthy else 503,
            headers=_NEVER_KEPT,
        )

    @router.api_route("/ready", methods=["GET", "HEAD"])
    async def _ready() -> JSONResponse:
        stopping = services.lifecycle.stopping
        return JSONResponse(
            {"status": "stopping" if stopping else "ready", **services.identity},
            status_code=503 if stopping else 200,
            headers=_NEVER_KEPT,
        )

    @router.api_route("/api", methods=["GET", "HEAD"])
    @router.api_route("/api/", methods=["GET", "HEAD"])
    async def _api() -> JSONResponse:
        return JSONResponse({"name": "finance report", **services.identity}, headers=_NEVER_KEPT)

    return router
