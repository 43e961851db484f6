"""The application with its real services, served."""

from typing import NoReturn

from backend.app import create_app
from backend.database import Database
from backend.draining import leave, run
from backend.identity import identity
from backend.rediscache import RedisCache
from backend.s3files import S3Files
from backend.services import Services
from backend.settings import Settings


def services_of(settings: Settings) -> Services:
    """The real ones; nothing connects yet.

    Args:
        settings: where they are.
    """
    return Services(
        ledger=Database.at(settings.database_url.get_secret_value()),
        cache=RedisCache.at(
            settings.redis_url.get_secret_value(), secret=settings.secret_key.get_secret_value()
        ),
        files=S3Files.at(
            str(settings.s3_endpoint),
            bucket=settings.s3_bucket,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
        ),
        identity=identity(),
        largest_statement=settings.largest_statement,
    )


def serve(settings: Settings) -> NoReturn:
    """Serve until it is asked to stop, and end the process.

    Args:
        settings: of this process.

    Raises:
        PortTaken: nothing can listen there.
    """
    services = services_of(settings)
    run(
        create_app(services),
        lifecycle=services.lifecycle,
        port=settings.port,
        drain_seconds=settings.drain_seconds,
    )
    leave()
