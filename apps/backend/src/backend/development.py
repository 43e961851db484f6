"""Serving anew after every save. Layer 1 and 2 only: each save drops what was under way."""

import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from backend import logs, settings
from backend.app import create_app
from backend.errors import BackendError
from backend.migrating import migrate
from backend.server import services_of
from backend.settings import Settings

_log = logs.logger(__name__)


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
    """The application of one save, in a process of its own.

    Raises:
        SystemExit: it cannot be served, and the log says why; the process that watches tries the next save.
    """
    logs.configure()
    try:
        found = settings.read()
        logs.configure(level=found.log_level)
        migrate(found.database_url.get_secret_value(), wait_seconds=found.migration_wait_seconds)
    except BackendError as error:
        _log.error("cannot_start", reason=str(error))
        sys.exit(1)
    return create_app(services_of(found))
