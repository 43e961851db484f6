"""The server itself: its version, its queue."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.schema import Number

VERSION = "v0.30.2"

# As Dokploy writes it when it is installed, with the address that its owner entered since.
_TRAEFIK = """\
providers:
  docker:
    exposedByDefault: false
    watch: true
    network: dokploy-network
  file:
    directory: /etc/dokploy/traefik/dynamic
    watch: true
entryPoints:
  web:
    address: :80
  websecure:
    address: :443
    http:
      tls:
        certResolver: letsencrypt
certificatesResolvers:
  letsencrypt:
    acme:
      email: operator@example.org
      storage: /etc/dokploy/traefik/dynamic/acme.json
      httpChallenge:
        entryPoint: web
"""


async def _version(_call: Call, _data: Data) -> Any:
    return VERSION


async def _health(_call: Call, _data: Data) -> Any:
    return {"status": "ok"}


async def _is_cloud(_call: Call, _data: Data) -> Any:
    return False


async def _ip(_call: Call, _data: Data) -> Any:
    return ""


async def _traefik(call: Call, _data: Data) -> Any:
    """The main configuration of Traefik, as text."""
    call.require("canAccessToTraefikFiles", "traefikFiles")
    return _TRAEFIK


async def _concurrency(call: Call, data: Data) -> Any:
    call.state.settings.put("server", {"buildsConcurrency": data["buildsConcurrency"]})
    call.server.queue.pump()
    return True


async def _clean_queue(call: Call, _data: Data) -> Any:
    call.server.queue.clean()
    return True


PROCEDURES = (
    query("settings.getDokployVersion", _version),
    query("settings.health", _health),
    query("settings.isCloud", _is_cloud),
    query("settings.getIp", _ip),
    query("settings.readTraefikConfig", _traefik),
    mutation("settings.updateBuildsConcurrency", _concurrency, buildsConcurrency=Number(least=1, most=100)),
    mutation("settings.cleanAllDeploymentQueue", _clean_queue),
)
