"""What Dokploy's installation does to its host: a swarm of one node, the network that Traefik routes on."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, NotFound

from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.errors import EngineUnfit

Say = Callable[[str], None]
_LOOPBACK = "127.0.0.1"
_INGRESS = "ingress"  # the network that each swarm has
_WITHOUT_NAMES = {"bridge", "host", "none"}  # Docker's own networks, in which containers have no names


class Preparation:
    """An Engine made ready, and what was changed for that.

    Args:
        client: of the Engine.
        record: the file in which it is remembered what this sandbox changed; it is there as long as the
            Engine may hold anything of the sandbox.
    """

    def __init__(self, client: docker.APIClient, record: Path) -> None:
        self._client = client
        self._file = record

    def prepare(self, say: Say) -> None:
        """Join the Engine to a swarm of its own and make `dokploy-network`, where they are not there.

        Raises:
            EngineUnfit: with what to do.
        """
        self._remember()
        self._swarm(say)
        found = self._network()
        if not found:
            made = self._change(
                lambda: self._client.create_network(DOKPLOY_NETWORK, driver="overlay", attachable=True),
                unless=lambda: bool(self._network()),
            )
            if made:
                self._remember("network")
        elif found[0]["Driver"] != "overlay" or not found[0]["Attachable"]:
            raise EngineUnfit(
                f"This Engine has a network {DOKPLOY_NETWORK} that is no attachable overlay"
                f" ({found[0]['Driver']}). Remove it: `docker network rm {DOKPLOY_NETWORK}`."
            )

    def undo(self, say: Say) -> list[str]:
        """Take back what was changed, as far as nobody else uses it by now.

        Returns:
            What stays, with the reason; it is remembered for the next time.
        """
        made, left = self._made(), []
        if "network" in made:
            left += self._kept("the network", self._remove_network, users=self._users_of_network())
            if not left:
                self._write(set(made) - {"network"})  # one of that name would be somebody else's by then
        if "swarm" in made and not left and self._state() != "inactive":
            left += self._kept("the swarm", self._leave, users=self._users_of_swarm())
            if not left:
                say("the Engine has left the swarm that this sandbox had made")
        if not left:
            self._file.unlink(missing_ok=True)
        return left

    def _remove_network(self) -> None:
        with contextlib.suppress(NotFound):
            self._client.remove_network(DOKPLOY_NETWORK)

    def _leave(self) -> None:
        self._client.leave_swarm(force=True)

    def _users_of_network(self) -> list[str]:
        """Containers, also resting ones, whose network the Engine would remove: they never start again."""
        return [
            f"container {c['Names'][0].removeprefix('/')}"
            for c in self._client.containers(all=True)
            if DOKPLOY_NETWORK in ((c.get("NetworkSettings") or {}).get("Networks") or {})
        ]

    def _users_of_swarm(self) -> list[str]:
        """What would be lost with it: leaving by force takes everything that the swarm holds.

        And running containers: leaving ends the resolution of names in every network of their own, also in
        bridges that have nothing to do with the swarm, until they start again (Engine 20.10, 2026-11-23).
        """
        client = self._client
        held = {
            "running container": [
                found["Names"][0].removeprefix("/")
                for found in client.containers()
                if set((found.get("NetworkSettings") or {}).get("Networks") or {}) - _WITHOUT_NAMES
            ],
            "service": [found["Spec"]["Name"] for found in client.services()],
            "secret": [found["Spec"]["Name"] for found in client.secrets()],
            "config": [found["Spec"]["Name"] for found in client.configs()],
            "network": [
                found["Name"]
                for found in client.networks()
                if found["Driver"] == "overlay" and found["Name"] != _INGRESS
            ],
        }
        return [f"{kind} {name}" for kind, names in held.items() for name in names]

    def _swarm(self, say: Say) -> None:
        swarm = self._client.info()["Swarm"]
        state = swarm["LocalNodeState"]
        if state == "inactive":
            # On loopback: nobody else is to join, and an address of the network may be gone tomorrow.
            made = self._change(
                lambda: self._client.init_swarm(advertise_addr=_LOOPBACK, listen_addr=f"{_LOOPBACK}:2377"),
                unless=lambda: self._state() == "active",
            )
            if made:
                self._remember("swarm")
                say("this Engine is a swarm of one node now (`down --erase` takes that back)")
        elif state != "active" or not swarm["ControlAvailable"]:
            raise EngineUnfit(
                f"This Engine's swarm is {state}, and this node does not manage it: no stack can be deployed."
                " Use another Engine, or leave that swarm: `docker swarm leave --force`."
            )
        elif (swarm.get("Nodes") or 1) > 1:
            raise EngineUnfit(
                "This Engine belongs to a swarm of several nodes; the sandbox deploys to one of its own only,"
                " as its containers could start where its registry is not. Use another Engine."
            )

    def _network(self) -> list[dict[str, Any]]:
        return [n for n in self._client.networks(names=[DOKPLOY_NETWORK]) if n["Name"] == DOKPLOY_NETWORK]

    def _change(self, work: Callable[[], Any], *, unless: Callable[[], bool]) -> bool:
        """Whether it was us: another sandbox may prepare the same Engine at the same moment."""
        try:
            work()
        except APIError:
            if not unless():
                raise
            return False
        return True

    @staticmethod
    def _kept(what: str, work: Callable[[], None], *, users: list[str]) -> list[str]:
        if users:
            return [f"{what} stays, it is in use: {', '.join(users)}"]
        try:
            work()
        except APIError as error:
            return [f"{what} stays: {error.explanation}"]
        return []

    def _state(self) -> str:
        return str(self._client.info()["Swarm"]["LocalNodeState"])

    def _made(self) -> list[str]:
        found: list[str] = json.loads(self._file.read_text()) if self._file.exists() else []
        return found

    def _remember(self, *what: str) -> None:
        self._write({*self._made(), *what})

    def _write(self, made: set[str]) -> None:
        self._file.write_text(json.dumps(sorted(made)))
