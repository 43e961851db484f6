"""The emulator as an ASGI app: REST under `/api/<procedure>`, state in the sandbox's store."""

from collections.abc import Mapping
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox.dokploy import deployments, keys
from sandbox.dokploy.call import Server
from sandbox.dokploy.http import Endpoint, fault_answer, health, procedure_of
from sandbox.dokploy.procedures import PROCEDURES
from sandbox.dokploy.queue import Queue
from sandbox.dokploy.state import State
from sandbox.engine.protocol import DockerHost
from sandbox.http import Watched
from sandbox.store import Document
from sandbox.world import World

PART = "dokploy"


def create_app(
    world: World, docker: DockerHost, *, vault_transport: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """The emulator; what a predecessor on the same store left running is marked as cancelled.

    Args:
        world: what the sandbox's parts share; `world.root / "dokploy"` stands for `/etc/dokploy`.
        docker: the host it deploys to.
        vault_transport: how secret managers are reached; `None` is the network.
    """
    state = _state(world)
    server = Server(
        world=world,
        state=state,
        docker=docker,
        queue=Queue(world, concurrency=lambda: int(state.setting("buildsConcurrency", 1))),
        vault_transport=vault_transport,
    )
    deployments.cancel_running(state)
    app = Starlette(
        routes=[
            Route("/api/health", health, methods=["GET"]),
            Route(
                "/api/{procedure:path}",
                Endpoint(server, PROCEDURES).answer,
                methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            ),
        ],
        middleware=[Middleware(Watched, world=world, part=PART, path_of=procedure_of, answer=fault_answer)],
    )
    app.state.server = server
    return app


def restart(app: Starlette) -> None:
    """What a restart of the server does: running deployments are cancelled, waiting ones vanish.

    Also to be called around a replacement of the store's content, whose rows the queue would work on.
    """
    server: Server = app.state.server
    server.queue.stop()
    deployments.cancel_running(server.state)


def seed_key(
    world: World, key: str, *, role: str = "owner", permissions: Mapping[str, Any] | None = None
) -> Document:
    """Make sure that a key without limits exists, with the first organization and its owner.

    Args:
        world: whose store it is kept in, hashed.
        key: the value of `x-api-key`.
        role: `owner`, or another one for a further user of the organization, e.g. `member`.
        permissions: what a member may do and see; fields as in `user.get`.

    Returns:
        The membership that the key acts for.
    """
    state = _state(world)
    owners = state.member.where(role="owner")
    if owners:
        owner = owners[0]
    else:
        user = keys.add_user(state, "admin@example.com", first_name="Ada", last_name="Admin")
        organization = keys.add_organization(state, "My Organization", owner_id=user["id"], slug=None)
        owner = state.member.where(organizationId=organization["id"])[0]
    member = owner
    if role != "owner":
        user = keys.add_user(state, f"{role}@example.com")
        member = keys.add_member(
            state,
            user_id=user["id"],
            organization_id=owner["organizationId"],
            role=role,
            **(permissions or {}),
        )
    if keys.verify(state, key) is None:
        wanted = {"name": "strata", "rateLimitEnabled": False}
        keys.add_key(
            state, key, user_id=member["userId"], organization_id=member["organizationId"], wanted=wanted
        )
    return member


def _state(world: World) -> State:
    return State(world.store, root=world.root / PART, now=world.now)
