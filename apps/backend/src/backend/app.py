from fastapi import FastAPI
from starlette.types import ASGIApp

from backend import answers, api, status
from backend.bodylimit import BodyLimit
from backend.requestlog import RequestLog
from backend.services import Services

# What a form puts around a file.
_AROUND_A_FILE = 64 * 1024


def create_app(services: Services) -> ASGIApp:
    """The application.

    Args:
        services: what it answers with.
    """
    largest = services.largest_statement + _AROUND_A_FILE
    app = FastAPI(
        title="Finance report",
        version=services.identity["version"],
        openapi_url="/api/openapi.json",
        # their pages load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        # it would send people to the scheme and port of this container
        redirect_slashes=False,
        max_body_size=largest,
    )
    answers.install(app)
    app.include_router(status.routes(services))
    app.include_router(api.routes(services))
    return RequestLog(BodyLimit(app, largest=largest), lifecycle=services.lifecycle)
