"""Plans of a small stack, made without Docker and without Pulumi."""

from pathlib import PurePath

from components.local.files import forgetful
from components.local.identity import Identity
from components.local.plan import LocalPlan
from model.layers import Layer, Stack
from model.local.reader import Source, read
from model.naming import Names
from tests.components.local.docker import FakeDocker

TEXT = """
services:
  store:
    image: docker.io/library/redis:8.2.1
    volumes: ["store:/data"]
    healthcheck: {test: [CMD, redis-cli, ping], interval: 2s, timeout: 5s, retries: 3, start_period: 10s}
    mem_limit: 64m
    networks: {default: {aliases: ["small-store-${ENV}"]}}
  backend:
    build: {context: ./api, args: {GIT_COMMIT: abc}}
    environment: {B: two, A: one}
    depends_on: {store: {condition: service_healthy}}
    ports: ["127.0.0.1:${BACKEND_PORT:-8000}:8000"]
  frontend:
    image: docker.io/library/redis:8.2.1
    depends_on: {backend: {condition: service_healthy}}
    ports: ["127.0.0.1:${FRONTEND_PORT:-3000}:3000"]
volumes:
  store:
"""


def plan(stack: str = "local", docker: FakeDocker | None = None) -> LocalPlan:
    """Of the services above."""
    parsed = Stack.parse(stack)
    source = Source(path=PurePath("/checkout/docker-compose.yml"), text=TEXT)
    compose = read([source], {"ENV": stack})
    return LocalPlan(
        stack=parsed,
        names=Names.of(parsed, domain="example.org", host_prefix="report", app="small"),
        identity=Identity(stack=f"small/{stack}", checkout="/checkout", digits="12345678"),
        engine=(docker or FakeDocker()).engine,
        compose=compose if parsed.layer is Layer.LOCAL else forgetful(compose),
        contexts={"backend": "0123456789ab"},
        attempts={"store": "1", "backend": "2", "frontend": "3"},
    )
