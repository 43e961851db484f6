"""What the Engine holds at this moment, kept up to date by its own events and by short polls.

The emulator and the ingress ask synchronously, many times a second; asking the Engine each time would hold up
everybody (a list takes milliseconds, more while it starts containers). Swarm's tasks send no events, hence
the polls. Measured 2026-11-23: containers, tasks, services and networks in 12 ms.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from docker.errors import DockerException, NotFound

from sandbox.errors import EngineUnfit

Document = dict[str, Any]
_log = logging.getLogger(__name__)

_POLL = 0.3  # seconds between two looks while something goes on
_IDLE = 2.0  # and while nothing does
_BUSY = 60.0  # seconds after the last event for which something goes on
_FAREWELL = 2.0  # for each thread to end
_AGAIN = 1.0  # after an error
_GATEWAY = "docker_gwbridge"
_EXEC = "exec_"
SWARM_ASKED_EVERY = 15.0
"""Seconds; Traefik's default for its Swarm provider (`refreshSeconds`)."""
_SLOW = frozenset({"volume", "image"})
_HEARD = {"type": ["container", "service", "network", "volume", "image"]}


class Events(Protocol):
    """Events until they are closed."""

    def __iter__(self) -> Iterator[Document]: ...
    def close(self) -> None: ...  # noqa: D102


class Client(Protocol):
    """The calls of `docker.APIClient` that are used here."""

    def close(self) -> None: ...  # noqa: D102
    def events(self, *, since: int, decode: bool, filters: Mapping[str, Any]) -> Events: ...  # noqa: D102
    def containers(self, *, all: bool) -> list[Document]: ...  # noqa: A002, D102
    def inspect_container(self, container: str) -> Document: ...  # noqa: D102
    def inspect_network(self, net_id: str) -> Document: ...  # noqa: D102
    def tasks(self) -> list[Document]: ...  # noqa: D102
    def services(self) -> list[Document]: ...  # noqa: D102
    def networks(self) -> list[Document]: ...  # noqa: D102
    def volumes(self) -> Document: ...  # noqa: D102
    def images(self) -> list[Document]: ...  # noqa: D102
    def info(self) -> Document: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The Engine at one moment.

    Attributes:
        containers: each as `docker inspect` shows it, with the words of `docker ps` under `Listed`.
        gateway: address by container id on the bridge over which this machine reaches any container.
        node: name of the one node.
    """

    containers: tuple[Document, ...] = ()
    tasks: tuple[Document, ...] = ()
    services: tuple[Document, ...] = ()
    networks: tuple[Document, ...] = ()
    volumes: tuple[Document, ...] = ()
    images: tuple[Document, ...] = ()
    gateway: Mapping[str, str] = field(default_factory=dict)
    node: str = ""

    @cached_property
    def service_names(self) -> dict[str, str]:
        """Service name by id."""
        return {service["ID"]: service["Spec"]["Name"] for service in self.services}


class Watch:
    """Keeps a snapshot.

    Args:
        connect: makes a client of the Engine; each thread has its own.
        ask_every: seconds between the looks of one that asks Swarm now and then; see `asked`.
        clock: seconds, as `time.monotonic`.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        *,
        ask_every: float = SWARM_ASKED_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._snapshot = self._asked = Snapshot()
        self._ask_every = ask_every
        self._clock = clock
        self._asked_at = float("-inf")
        self._inspected: dict[str, Document] = {}
        self._stale: set[str] = set()
        self._slow_is_stale = True
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._changed = threading.Event()
        self._ended = threading.Event()
        self._last_event = time.monotonic()
        self._client: Client | None = None
        self._trouble = ""
        self._events: Events | None = None
        self._since = 0
        self._threads: list[threading.Thread] = []

    @property
    def now(self) -> Snapshot:
        """The latest snapshot, however old: a route that was good a moment ago is better than none."""
        return self._snapshot

    @property
    def sure(self) -> Snapshot:
        """The latest snapshot. Raises `EngineUnfit` when the Engine did not answer the last look."""
        if self._trouble:
            raise EngineUnfit(f"The Docker Engine does not answer: {self._trouble}")
        return self._snapshot

    @property
    def asked(self) -> Snapshot:
        """What one knows that asks every `ask_every` seconds and hears of nothing in between."""
        return self._asked

    def start(self) -> None:
        """Take the first snapshot and go on in the background. Raises `DockerException`, `OSError`."""
        self._since = int(time.time())
        client, events = self._subscribe()  # before the look, or what happens after it goes unheard
        try:
            self.refresh(everything=True)
        except BaseException:
            client.close()
            raise
        self._spawn(self._listen, client, events)
        self._spawn(self._poll)

    def _spawn(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, name=f"docker {work.__name__}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """End the background work."""
        self._ended.set()
        self._changed.set()
        if self._events is not None:
            with contextlib.suppress(AttributeError, OSError):  # the SDK's, of a connection that has ended
                self._events.close()
        for thread in self._threads:
            thread.join(_FAREWELL)
        if self._client is not None:
            self._client.close()

    def refresh(self, *, everything: bool = False) -> Snapshot:
        """Look now.

        Args:
            everything: also at images and volumes, which are looked at after their own events otherwise.
        """
        with self._refreshing:
            with self._lock:
                if everything:
                    self._slow_is_stale = True
                slow, self._slow_is_stale = self._slow_is_stale, False
                stale, self._stale = self._stale, set()
            try:
                self._snapshot = self._look(stale, slow=slow)
            except (DockerException, OSError, EngineUnfit) as error:
                if self._client is not None:
                    self._client.close()
                self._client, self._trouble = None, str(error)
                with self._lock:
                    self._stale |= stale
                    self._slow_is_stale = self._slow_is_stale or slow
                raise
            self._trouble = ""
            if (now := self._clock()) >= self._asked_at + self._ask_every:
                self._asked, self._asked_at = self._snapshot, now
            return self._snapshot

    def _look(self, stale: set[str], *, slow: bool) -> Snapshot:
        client = self._client = self._client or self._connect()
        before = self._snapshot
        listed = client.containers(all=True)
        containers = []
        for row in listed:
            found = self._inspect(client, row, stale)
            if found is not None:
                containers.append({**found, "Listed": row})
        self._inspected = {c["Id"]: c for c in containers}
        return Snapshot(
            containers=tuple(containers),
            tasks=tuple(client.tasks()),
            services=tuple(client.services()),
            networks=tuple(client.networks()),
            volumes=tuple(client.volumes()["Volumes"] or ()) if slow else before.volumes,
            images=tuple(client.images()) if slow else before.images,
            gateway=_gateway(client),
            node=before.node or str(client.info()["Name"]),
        )

    def _inspect(self, client: Client, row: Document, stale: set[str]) -> Document | None:
        known = self._inspected.get(row["Id"])
        same = known is not None and row["Id"] not in stale and known["Listed"]["State"] == row["State"]
        if same and _health(known["Listed"]) == _health(row):  # type: ignore[index]  # `same` says it is one
            return known
        try:
            return client.inspect_container(row["Id"])
        except NotFound:
            return None

    def _poll(self) -> None:
        while not self._ended.is_set():
            busy = time.monotonic() - self._last_event < _BUSY
            self._changed.wait(_POLL if busy else _IDLE)
            self._changed.clear()
            try:
                self.refresh()
            except (DockerException, OSError, EngineUnfit) as error:
                _log.warning("the Docker Engine does not answer: %s", error)
                self._ended.wait(_AGAIN)

    def _subscribe(self) -> tuple[Client, Events]:
        """Hear from now on, and what was said since the last time: the Engine says yes before it listens."""
        client = self._connect()
        try:
            events = client.events(since=self._since, decode=True, filters=_HEARD)
        except BaseException:
            client.close()
            raise
        self._events = events
        return client, events

    def _listen(self, client: Client, events: Events) -> None:
        while True:
            with contextlib.closing(client):
                self._hear(events)
            while True:
                if self._ended.wait(_AGAIN):
                    return
                try:
                    client, events = self._subscribe()
                    if self._ended.is_set():
                        client.close()
                        return
                    break
                except (DockerException, OSError, EngineUnfit) as error:
                    _log.warning("the Docker Engine's events are not heard: %s", error)
            with self._lock:  # an Engine that was started again has forgotten what it said
                self._stale |= {c["Id"] for c in self._snapshot.containers}
                self._slow_is_stale = True
            self._changed.set()

    def _hear(self, events: Events) -> None:
        try:
            for event in events:
                if self._ended.is_set():
                    return
                self._note(event)
        except (DockerException, OSError) as error:
            _log.warning("the Docker Engine's events ended: %s", error)
        self._since = int(time.time())

    def _note(self, event: Document) -> None:
        action, kind = event.get("Action", ""), event.get("Type", "")
        if action.startswith(_EXEC) or action == "top":
            return
        subject = (event.get("Actor") or {}).get("ID", "")
        with self._lock:
            if kind == "container":
                self._stale.add(subject)
            if kind in _SLOW:
                self._slow_is_stale = True
        self._last_event = time.monotonic()
        self._changed.set()


def _health(row: Mapping[str, Any]) -> str:
    return str(row["Status"]).partition("(")[2]


def _gateway(client: Client) -> dict[str, str]:
    with contextlib.suppress(NotFound):
        found = client.inspect_network(_GATEWAY).get("Containers") or {}
        return {id_: end["IPv4Address"].partition("/")[0] for id_, end in found.items()}
    return {}
