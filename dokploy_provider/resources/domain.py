"""`Domain` for Pulumi; what it does stands in `dokploy_provider.crud.domain`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import domain
from dokploy_provider.models.domain import DomainDesired
from dokploy_provider.resources.shell import RevisedNoun, RevisedShell


class DomainProvider(RevisedShell):
    """See `Domain`."""

    model = DomainDesired
    noun: ClassVar[RevisedNoun] = domain
    parents = frozenset({"compose_id", "application_id"})
    replacing = frozenset({"compose_id", "application_id"})


class Domain(dynamic.Resource, module="dokploy", name="Domain"):
    """One host and path of a compose or an application. A compose's take effect at its next deployment.

    Args:
        name: logical name.
        compose_id: `Compose.compose_id`; this or `application_id`.
        application_id: `Application.application_id`.
        host: without scheme and port.
        path: prefix, default `/`.
        port: the container's.
        service_name: service of the compose file; required for a compose.
        https: whether TLS is served.
        certificate_type: `none`, `letsencrypt` or `custom`.
        cert_resolver: Traefik's resolver for `custom`.
        strip_path: whether the service sees the path without its prefix.
        opts: Pulumi's options.

    Attributes:
        domain_id: its id at Dokploy.
        revision: new after every change.
    """

    domain_id: pulumi.Output[str]
    revision: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        host: pulumi.Input[str],
        port: pulumi.Input[int],
        compose_id: pulumi.Input[str] | None = None,
        application_id: pulumi.Input[str] | None = None,
        path: pulumi.Input[str] = "/",
        service_name: pulumi.Input[str] | None = None,
        https: pulumi.Input[bool] = False,
        certificate_type: pulumi.Input[str] = "none",
        cert_resolver: pulumi.Input[str] | None = None,
        strip_path: pulumi.Input[bool] = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "host": host,
            "port": port,
            "compose_id": compose_id,
            "application_id": application_id,
            "path": path,
            "service_name": service_name,
            "https": https,
            "certificate_type": certificate_type,
            "cert_resolver": cert_resolver,
            "strip_path": strip_path,
            "domain_id": None,
            "revision": None,
        }
        super().__init__(DomainProvider(), name, props, opts)
