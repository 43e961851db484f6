from fastapi import APIRouter

from backend.api import accounts, entries, report, statements
from backend.services import Services


def routes(services: Services) -> APIRouter:
    """Everything below `/api`.

    Args:
        services: what it answers with.
    """
    router = APIRouter(prefix="/api")
    for part in (accounts, entries, statements, report):
        router.include_router(part.routes(services))
    return router
