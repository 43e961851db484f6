from fastapi import FastAPI
from starlette.types import ASGIApp

from backend import answers, status
from backend.requestlog import RequestLog
from backend.services import Services


def create_app(services: Services) -> ASGIApp:
    """The application.

    Args:
        services: what it answers with.
    """
    app = FastAPI(
        title="Finance report",
        version=services.identity["version"],
        openapi_url="/api/openapi.json",
        # their pages load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
    )
    answers.install(app)
    app.include_router(status.routes(services))
    return RequestLog(app, lifecycle=services.lifecycle)
