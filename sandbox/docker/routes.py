"""What the ingress knows of the Engine, and when: as much as Traefik would, and no sooner.

Traefik hears of containers by events (`start`, `die`, a change of health; not `kill`), and of Swarm's
services by asking every 15 s: until then a replica that was told to stop still gets its share of requests,
and a new service has no route. Only a program that answers for longer than that loses none of them (R6).
"""

from collections.abc import Mapping
from typing import Any

from sandbox.docker import rows
from sandbox.docker.belongings import Belongings
from sandbox.docker.mirror import Mirror
from sandbox.docker.watch import Snapshot, Watch

Document = dict[str, Any]
Tables = dict[str, list[Document]]


class Routes:
    """Routes of this sandbox's containers.

    Args:
        watch: what the Engine holds, and what of it Traefik saw when it last asked Swarm.
        belongings: whose labels are followed.
        mirror: takes its own name off the images'.
    """

    def __init__(self, watch: Watch, belongings: Belongings, mirror: Mirror) -> None:
        self._watch = watch
        self._belongings = belongings
        self._mirror = mirror
        self._made: tuple[Snapshot, Snapshot, int, Tables] | None = None

    def tables(self) -> Tables:
        """The rows that routers are made from: containers of now, services and tasks of the last question."""
        now, asked, apps = self._watch.now, self._watch.asked, len(list(self._belongings.apps))
        known = self._made
        if known is None or known[0] is not now or known[1] is not asked or known[2] != apps:
            known = self._made = (now, asked, apps, self._make(now, asked))
        return known[3]

    def address(self, container_id: str) -> str | None:
        """Where this machine reaches a container; `None` for one that takes no requests.

        A task keeps the address that it had when Swarm was asked, whatever has become of it. One that is only
        on overlay networks has an address on `docker_gwbridge`, one with a bridge network of its own on that
        (Engine 20.10, 2026-11-23).
        """
        for snapshot in (self._watch.asked, self._watch.now):
            found = _find(snapshot, container_id)
            if found and rows.labels_of(found).get(rows.SWARM_TASK):
                return _address(found, snapshot)
        return _address(found, self._watch.now) if found and _takes_requests(found) else None

    def _make(self, now: Snapshot, asked: Snapshot) -> Tables:
        own = self._belongings.has_app
        services = [rows.service(s, asked, self._mirror) for s in asked.services]
        return {
            "containers": [
                rows.container(c, self._mirror) for c in now.containers if own(rows.app_of(rows.labels_of(c)))
            ],
            "services": [s for s in services if own(s["stack"])],
            "tasks": [rows.task_table(t, asked, self._mirror) for t in asked.tasks],
        }


def _find(snapshot: Snapshot, container_id: str) -> Document | None:
    return next((c for c in snapshot.containers if c["Id"] == container_id), None)


def _address(found: Mapping[str, Any], snapshot: Snapshot) -> str | None:
    if found["Id"] in snapshot.gateway:
        return snapshot.gateway[found["Id"]]
    bridges = {n["Name"] for n in snapshot.networks if n["Driver"] == "bridge"}
    attached = (found.get("NetworkSettings") or {}).get("Networks") or {}
    return next((end["IPAddress"] for n, end in attached.items() if n in bridges and end["IPAddress"]), None)


def _takes_requests(found: Mapping[str, Any]) -> bool:
    state = found["State"]
    health = (state.get("Health") or {}).get("Status")
    return bool(state.get("Running")) and not state.get("Paused") and health in (None, "none", "healthy")
