import pytest

from sandbox.ingress import create_app
from tests.sandbox.calls import Caller
from tests.sandbox.hosts import Host


@pytest.fixture
def http(host: Host) -> Caller:
    return Caller(create_app(host.world, host.docker), base_url="http://report.example")


@pytest.fixture
def https(host: Host) -> Caller:
    return Caller(create_app(host.world, host.docker), base_url="https://report.example")


def labels(
    key: str, *, host: str = "report.example", path: str = "/", port: int = 8000, more: str = ""
) -> str:
    """Traefik's labels as Dokploy writes them, as the lines of a YAML list."""
    prefix = f" && PathPrefix(`{path}`)" if path != "/" else ""
    lines = [
        "traefik.enable=true",
        f"traefik.http.routers.{key}.rule=Host(`{host}`){prefix}",
        f"traefik.http.routers.{key}.entrypoints=web",
        f"traefik.http.routers.{key}.service={key}",
        f"traefik.http.services.{key}.loadbalancer.server.port={port}",
        *more.split(),
    ]
    return "[" + ", ".join(f'"{line}"' for line in lines) + "]"


def compose(image: str, labelled: str, *, service: str = "backend", more: str = "") -> str:
    return f"""
services:
  {service}:
    image: {image}
    environment: {{VERSION: v1, ENV: staging}}
    labels: {labelled}
    networks: [dokploy-network, default]
    {more}
networks:
  dokploy-network: {{external: true}}
"""


def stack(image: str, labelled: str, *, more: str = "") -> str:
    return f"""
services:
  backend:
    image: {image}
    environment: {{VERSION: v1, ENV: staging}}
    networks: [dokploy-network]
    healthcheck: {{test: [CMD, "true"]}}
    deploy:
      labels: {labelled}
      update_config: {{order: start-first, failure_action: rollback}}
      {more}
networks:
  dokploy-network: {{external: true}}
"""
