"""Serving anew after every save. Layer 1 and 2 only: each save drops what was under way."""

from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from backend import logs, settings
from backend.app import create_app
from backend.migrating import migrate
from backend.server import services_of
from backend.settings import Settings


def serve(found: Settings) -> None:
    """Serve until Ctrl+C, with the source as it is.

    Args:
        found: of this process.
    """
    uvicorn.run(
        "backend.development:application",
        factory=True,
        reload=True,
        reload_dirs=[str(Path(__file__).parent)],
        host="",
        port=found.port,
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )


def application() -> ASGIApp:
    """The application of one save, in a process of its own."""
    found = settings.read()
    logs.configure(level=found.log_level)
    migrate(found.database_url.get_secret_value(), wait_seconds=found.migration_wait_seconds)
    return create_app(services_of(found))
