"""What a procedure gets to work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.dokploy.errors import Unauthorized
from sandbox.dokploy.queue import Queue
from sandbox.dokploy.schema import Schema
from sandbox.dokploy.state import State
from sandbox.engine.protocol import DockerHost
from sandbox.store import Document
from sandbox.world import World

Data = dict[str, Any]

EMPTY = object()
"""What a procedure returns to answer 200 with an empty body."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """One running emulator.

    Attributes:
        world: shared with the sandbox's other parts.
        state: its tables.
        docker: the host it deploys to.
        queue: the deployments that wait or run.
        vault_transport: how secret managers are reached; `None` is the network.
    """

    world: World
    state: State
    docker: DockerHost
    queue: Queue
    vault_transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One authenticated request.

    Attributes:
        server: who answers.
        member: whose key it was, as a member of the organization that the key names.
    """

    server: Server
    member: Document

    @property
    def state(self) -> State:
        """The tables."""
        return self.server.state

    @property
    def organization_id(self) -> str:
        """The organization of the key."""
        return str(self.member["organizationId"])

    @property
    def restricted(self) -> bool:
        """Whether permissions and lists decide; owners and admins may do everything."""
        return self.member["role"] not in ("owner", "admin")

    def require(self, permission: str, resource: str) -> None:
        """Raise `Unauthorized` unless the member has this permission."""
        if self.restricted and not self.member.get(permission):
            raise Unauthorized(f'unauthorized to access resource "{resource}"')

    def foreign(self, row: Document) -> bool:
        """Whether a row belongs to another organization."""
        return self.state.organization_of(row) != self.organization_id

    def shut_out(self, kind: str, key: str) -> bool:
        """Whether a restricted member's list of `kind` lacks this id."""
        return self.restricted and key not in self.member[f"accessed{kind}"]

    def may_use(self, service_id: str) -> None:
        """Raise `Unauthorized` when a restricted member's list lacks this service.

        Owners and admins of any organization get through, as on the real server (measured 2026-11-23).
        """
        if self.shut_out("Services", service_id):
            raise Unauthorized("You don't have access to this service")

    def note(self, kind: str, key: str) -> None:
        """Add something new to the caller's list of accessed things, as the server does for its maker."""
        name = f"accessed{kind}"
        member = self.state.member.get(self.member["id"]) or self.member
        self.state.member.patch(self.member["id"], **{name: [*member[name], key]})


Handler = Callable[[Call, Data], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One operation of the API.

    Attributes:
        name: `<router>.<operation>`.
        method: `GET` for queries, `POST` for mutations.
        handler: does it.
        schema: fields of the request.
    """

    name: str
    method: str
    handler: Handler
    schema: Schema = field(default_factory=dict)


def query(name: str, handler: Handler, /, **schema: Any) -> Procedure:
    """A procedure that is asked with GET."""
    return Procedure(name=name, method="GET", handler=handler, schema=schema)


def mutation(name: str, handler: Handler, /, **schema: Any) -> Procedure:
    """A procedure that is called with POST."""
    return Procedure(name=name, method="POST", handler=handler, schema=schema)
