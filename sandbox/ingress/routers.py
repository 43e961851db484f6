"""Routers from the labels of what runs on `dokploy-network`, as Traefik itself finds them.

Traefik leaves out a container that is not healthy and a service without a running task: their hosts answer
404, as if nobody had ever heard of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.engine.protocol import Kind
from sandbox.ingress.rules import Rule, UnknownRule

_KEY = re.compile(r"traefik\.http\.(routers|services|middlewares)\.([^.]+)\.(.+)", re.IGNORECASE)
_REDIRECT = "redirect-to-https@file"
"""The one middleware that Dokploy's installation brings in a file."""

WEB, WEBSECURE = "web", "websecure"
Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of a Docker host: `containers`, `services`, `tasks`, as `DockerHost.tables` has them."""


@dataclass(frozen=True, kw_only=True)
class Router:
    """One router with what its labels say of service and middlewares.

    Attributes:
        servers: ids of the containers behind it.
        port: what they are asked on, `None` when the labels do not say.
        entry_points: where it listens; empty means everywhere.
        redirects: sends http on to https.
        strip: path prefixes that are cut off.
        add: a path prefix that is put before.
    """

    name: str
    rule: Rule
    servers: tuple[str, ...]
    port: int | None = None
    entry_points: tuple[str, ...] = ()
    tls: bool = False
    redirects: bool = False
    strip: tuple[str, ...] = ()
    add: str = ""

    def path_for_server(self, path: str) -> str:
        """The path that the container sees."""
        cut = next((prefix for prefix in self.strip if path.startswith(prefix)), "")
        rest = path[len(cut) :]
        return self.add + (rest if rest.startswith("/") else f"/{rest}")


@dataclass
class _Labels:
    routers: dict[str, dict[str, str]] = field(default_factory=dict)
    services: dict[str, dict[str, str]] = field(default_factory=dict)
    middlewares: dict[str, dict[str, str]] = field(default_factory=dict)


def routers(tables: Tables) -> list[Router]:
    """All routers of these rows, the one with the longest rule first."""
    found: list[Router] = []
    for container in tables["containers"]:
        ready = container["state"] == "running" and container["health"] in (None, "healthy")
        if container["kind"] == Kind.COMPOSE and ready and _is_offered(container):
            found += _of_labels(container["labels"], (container["id"],))
    for service in tables["services"]:
        tasks = [t for t in tables["tasks"] if t["service"] == service["name"] and _runs(t)]
        if tasks and _is_offered(service):
            found += _of_labels(service["labels"], tuple(t["container"] for t in tasks))
    return sorted(found, key=lambda router: (-len(router.rule.text), router.name))


def find(tables: Tables, *, entry_point: str, host: str, path: str) -> Router | None:
    """The router that takes a request, `None` when there is none."""
    for router in routers(tables):
        listens = not router.entry_points or entry_point in router.entry_points
        speaks = router.tls == (entry_point == WEBSECURE)
        if listens and speaks and router.rule.matches(host, path):
            return router
    return None


def _runs(task: Mapping[str, Any]) -> bool:
    """One that is to stop runs on for a while; Traefik's list leaves it out."""
    return bool(task["state"] == "running" and task["desired"] == "running")


def _is_offered(thing: Mapping[str, Any]) -> bool:
    return thing["labels"].get("traefik.enable") == "true" and DOKPLOY_NETWORK in thing["networks"]


def _of_labels(labels: Mapping[str, str], servers: tuple[str, ...]) -> list[Router]:
    sorted_out = _Labels()
    for key, value in labels.items():
        if match := _KEY.fullmatch(key):
            getattr(sorted_out, match[1].lower()).setdefault(match[2], {})[match[3].lower()] = value
    found = []
    for name, options in sorted_out.routers.items():
        try:
            rule = Rule.parse(options.get("rule", ""))
        except UnknownRule:
            continue
        found.append(_router(name, rule, options, sorted_out, servers))
    return found


def _router(
    name: str, rule: Rule, options: Mapping[str, str], labels: _Labels, servers: tuple[str, ...]
) -> Router:
    used = [m.strip() for m in options.get("middlewares", "").split(",") if m.strip()]
    middlewares = [labels.middlewares.get(m.partition("@")[0], {}) for m in used]
    service = labels.services.get(options.get("service", name), {})
    port = service.get("loadbalancer.server.port", "")
    return Router(
        name=name,
        rule=rule,
        servers=servers,
        port=int(port) if port.isdigit() else None,
        entry_points=tuple(e.strip() for e in options.get("entrypoints", "").split(",") if e.strip()),
        tls=options.get("tls") == "true" or any(key.startswith("tls.") for key in options),
        redirects=_REDIRECT in used or any("redirectscheme.scheme" in m for m in middlewares),
        strip=tuple(p for m in middlewares for p in m.get("stripprefix.prefixes", "").split(",") if p),
        add="".join(m.get("addprefix.prefix", "") for m in middlewares),
    )
