"""What Dokploy's installation does to its host: a swarm of one node, the network that Traefik routes on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError

from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.errors import EngineUnfit

Say = Callable[[str], None]
MADE = "made-in-engine.json"
_LOOPBACK = "127.0.0.1"


class Preparation:
    """An Engine made ready, and what was changed for that.

    Args:
        client: of the Engine.
        place: folder in which it is remembered what this sandbox changed.
    """

    def __init__(self, client: docker.APIClient, place: Path) -> None:
        self._client = client
        self._file = place / MADE

    def prepare(self, say: Say) -> None:
        """Join the Engine to a swarm of its own and make `dokploy-network`, where they are not there.

        Raises:
            EngineUnfit: with what to do.
        """
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

    def undo(self, say: Say) -> None:
        """Take back what was changed, as far as nobody else uses it by now."""
        made = self._made()
        if "network" in made:
            self._try(say, "network", lambda: self._client.remove_network(DOKPLOY_NETWORK))
        if "swarm" in made and not self._client.services():
            self._try(say, "swarm", lambda: self._client.leave_swarm(force=True))
            say("the Engine has left the swarm that this sandbox had made")
        self._file.unlink(missing_ok=True)

    def _swarm(self, say: Say) -> None:
        swarm = self._client.info()["Swarm"]
        state = swarm["LocalNodeState"]
        if state == "inactive":
            # On loopback: nobody else is to join, and an address of the network may be gone tomorrow.
            made = self._change(
                lambda: self._client.init_swarm(advertise_addr=_LOOPBACK, listen_addr=f"{_LOOPBACK}:2377"),
                unless=lambda: self._client.info()["Swarm"]["LocalNodeState"] == "active",
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

    def _try(self, say: Say, what: str, work: Callable[[], Any]) -> None:
        try:
            work()
        except APIError as error:
            say(f"the {what} stays, it is in use: {error.explanation}")

    def _made(self) -> list[str]:
        found: list[str] = json.loads(self._file.read_text()) if self._file.exists() else []
        return found

    def _remember(self, what: str) -> None:
        self._file.write_text(json.dumps(sorted({*self._made(), what})))
