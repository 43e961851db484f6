"""One JSON object a line on stdout, ours and the libraries' alike."""

import logging
import sys
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, level: str = "INFO") -> None:
    """Send everything that is logged in this process to stdout.

    Args:
        level: the lowest that is shown, by Python's name.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *_SHARED],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Frames without their variables: those hold rows and settings.
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Below that they log signatures of requests, values of statements, and each step of a start.
    for name in (
        "boto3",
        "botocore",
        "s3transfer",
        "urllib3",
        "sqlalchemy",
        "alembic",
        "multipart",
        "uvicorn",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module.

    Args:
        name: its `__name__`.
    """
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found
