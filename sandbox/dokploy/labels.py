"""Domains and attached networks, written into a compose file as Dokploy does before each deployment.

Measured 2026-11-23: Traefik's labels per enabled domain, `dokploy-network` beside the service's own networks,
both for the services that have a domain only; the file is parsed and written anew, so comments are lost.
"""

from typing import Any

from sandbox.dokploy import yaml12
from sandbox.dokploy.errors import ServerError
from sandbox.dokploy.state import State
from sandbox.store import Document

PUBLIC_NETWORK = "dokploy-network"


class ComposeFileInvalid(ServerError):
    """The compose file cannot be prepared; the message goes into the deployment's log."""


def convert(state: State, compose: Document, text: str) -> str:
    """The compose file with the labels and networks of this service.

    Raises:
        ComposeFileInvalid: no YAML, or a domain that fits no service.
    """
    try:
        document = yaml12.load(text)
    except yaml12.YamlInvalid as error:
        raise ComposeFileInvalid(str(error)) from None
    if not isinstance(document, dict):
        raise ComposeFileInvalid("Compose file not found")
    services = document.get("services")
    services = services if isinstance(services, dict) else {}
    for domain in state.domain.where(composeId=compose["composeId"]):
        if domain["enabled"]:
            service = _service_of(domain, services)
            _add_labels(service, domain_labels(compose, domain), stack=compose["composeType"] == "stack")
            _join(document, service, PUBLIC_NETWORK)
    for attachment in compose["serviceNetworks"] or ():
        attached = services.get(attachment["serviceName"])
        for network_id in attachment["networkIds"]:
            network = state.network.get(network_id)
            if network is not None and isinstance(attached, dict):
                _join(document, attached, network["name"])
    return yaml12.dump(document)


def domain_labels(compose: Document, domain: Document) -> list[str]:
    """Traefik's labels for one domain of a compose or, with `composeType` missing, of an application."""
    name = f"{compose['appName']}-{domain['uniqueConfigKey']}"
    middlewares: list[str] = []
    labels: list[str] = []
    path = domain["path"] or "/"
    if domain["stripPath"] and path != "/":
        middlewares.append(f"stripprefix-{name}")
        labels.append(f"traefik.http.middlewares.{middlewares[-1]}.stripprefix.prefixes={path}")
    if domain["internalPath"] and domain["internalPath"] not in ("/", path):
        middlewares.append(f"addprefix-{name}")
        labels.append(f"traefik.http.middlewares.{middlewares[-1]}.addprefix.prefix={domain['internalPath']}")
    middlewares += domain["middlewares"] or []
    for entry_point in _entry_points(domain):
        router = f"{name}-{entry_point}"
        prefix = f"traefik.http.routers.{router}"
        rule = f"Host(`{domain['host']}`)" + (f" && PathPrefix(`{path}`)" if path != "/" else "")
        labels += [
            f"{prefix}.rule={rule}",
            f"{prefix}.entrypoints={entry_point}",
            f"traefik.http.services.{router}.loadbalancer.server.port={domain['port']}",
            f"{prefix}.service={router}",
        ]
        redirects = entry_point == "web" and domain["https"]
        used = ["redirect-to-https@file"] if redirects else middlewares
        if used:
            labels.append(f"{prefix}.middlewares={','.join(used)}")
        if domain["https"] and not redirects:
            labels.append(f"{prefix}.{_tls(domain)}")
    return labels


def _entry_points(domain: Document) -> list[str]:
    if domain["customEntrypoint"]:
        return [domain["customEntrypoint"]]
    return ["web", "websecure"] if domain["https"] else ["web"]


def _tls(domain: Document) -> str:
    if domain["certificateType"] == "letsencrypt":
        return "tls.certresolver=letsencrypt"
    if domain["certificateType"] == "custom" and domain["customCertResolver"]:
        return f"tls.certresolver={domain['customCertResolver']}"
    return "tls=true"


def _service_of(domain: Document, services: Document) -> Document:
    name = domain["serviceName"]
    if not name:
        raise ComposeFileInvalid(f'Domain "{domain["host"]}" is missing a service name')
    service = services.get(name)
    if not isinstance(service, dict):
        raise ComposeFileInvalid(
            f'Domain "{domain["host"]}" is attached to service "{name}" which does not exist in the compose'
        )
    return service


def _add_labels(service: Document, labels: list[str], *, stack: bool) -> None:
    provider = "swarm" if stack else "docker"
    labels = ["traefik.enable=true", f"traefik.{provider}.network={PUBLIC_NETWORK}", *labels]
    place = service.setdefault("deploy", {}) if stack else service
    own = place.get("labels")
    if isinstance(own, dict):
        own.update(dict(label.split("=", 1) for label in labels))
    else:
        place["labels"] = [*(own or []), *(label for label in labels if label not in (own or []))]


def _join(document: Document, service: Document, network: str) -> None:
    """Attach a service to an existing network, without leaving its own or the project's."""
    root = document.get("networks")
    document["networks"] = {**(root if isinstance(root, dict) else {}), network: {"external": True}}
    own: Any = service.get("networks")
    if isinstance(own, dict):
        service["networks"] = {**own, **{name: own.get(name) for name in (network, "default")}}
    else:
        names = [name for name in (own or []) if name not in (network, "default")]
        service["networks"] = [*names, network, "default"]
