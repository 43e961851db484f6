"""Which path leads to which service, and what is asked there before a deployment counts.

Dokploy's Domains are the one owner of routing. They carry no priority: Traefik's default, the longer rule
first, sends `/api` and `/health` to the backend (read off the labels, 2026-11-23).
"""

from model.naming import Names
from model.plan import DomainPlan, ProbePlan
from model.services import SERVICES, Service

PATHS: tuple[tuple[str, Service], ...] = (
    ("/", Service.FRONTEND),
    ("/api", Service.BACKEND),
    ("/health", Service.BACKEND),
)
HEALTH_KEYS = ("status", "version", "commit", "checks")
IDENTITY_KEYS = ("version", "commit", "environment")


def domains(names: Names, *, tls: str) -> tuple[DomainPlan, ...]:
    """The paths of a stack's host.

    Args:
        names: of the stack.
        tls: `none`, `letsencrypt`, or the name of another certificate resolver.
    """
    certificate = tls if tls in {"none", "letsencrypt"} else "custom"
    return tuple(
        DomainPlan(
            service=str(service),
            host=names.host,
            path=path,
            port=SERVICES[service].port,
            https=tls != "none",
            certificate_type=certificate,
            cert_resolver=tls if certificate == "custom" else None,
        )
        for path, service in PATHS
    )


def probes(url: str) -> tuple[ProbePlan, ...]:
    """What must answer: the backend with the commit that runs, and the page (D4).

    A backend that is gone is no 404: Traefik drops its routes and the page answers in its place with 200,
    hence the content types.
    """
    return (
        ProbePlan(url=f"{url}/health", content_type="application/json", keys=HEALTH_KEYS, identity=True),
        ProbePlan(url=f"{url}/", content_type="text/html"),
    )


def smoke_probes(url: str) -> tuple[ProbePlan, ...]:
    """What a visitor meets, asked after a deployment: the probes, the page's own commit, the API's root.

    The page is another image than the backend: each names the commit that it was built from.
    """
    return (
        *probes(url),
        ProbePlan(
            url=f"{url}/version.json", content_type="application/json", keys=IDENTITY_KEYS, identity=True
        ),
        ProbePlan(url=f"{url}/api/", content_type="application/json", keys=IDENTITY_KEYS, identity=True),
    )
