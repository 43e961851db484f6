"""Faults that a test (or a curious person) asks for; each part looks here before and after it works."""

import threading
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong.

    The first six may hit any HTTP request of any part; the others are looked for by the part that they name.
    """

    REJECT = "reject"  # answered with `status` and `message`, nothing is done
    DROP_BEFORE = "drop-before"  # the connection is cut before anything is done
    DROP_AFTER = "drop-after"  # the work is done, then the connection is cut: the answer is lost
    ERROR_AFTER = "error-after"  # the work is done, then `status` is answered
    SLOW = "slow"  # `seconds` pass before the work starts, fewer if the faults are cleared
    GARBAGE = "garbage"  # status 200 with a body that is not JSON
    CONTAINER_STAYS = "container-stays"  # engine: a delete answers 200 but one container is left running
    LOSE_JOB = "lose-job"  # queue: the job vanishes without a record, as after a restart of the server
    FREEZE = "freeze"  # queue: the job stays `running` until the fault is cleared


@dataclass(kw_only=True)
class Fault:
    """One fault, live until it has hit `times` times.

    Attributes:
        part: `dokploy`, `github`, `registry`, `git`, `ingress` or `engine`.
        path: procedure or path prefix that it concerns; empty means all.
        kind: see `FaultKind`.
        times: how often it hits; 0 means until cleared.
        after: how many matching requests pass unharmed first.
        key: scope: only requests whose JSON body, query or path contains this text (e.g. a stack's name).
        status: HTTP status for the kinds that answer.
        message: text of that answer.
        headers: of that answer, such as `Retry-After`.
        method: `GET`, `POST` …; empty means all.
        seconds: for `slow`.
    """

    part: str
    kind: FaultKind
    path: str = ""
    times: int = 1
    after: int = 0
    key: str = ""
    status: int = 500
    message: str = "fault asked for"
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""
    seconds: float = 0.0
    hits: int = field(default=0)


class Faults:
    """The faults that are live, in the order they were asked for."""

    def __init__(self) -> None:
        self._live: list[Fault] = []
        self._lock = threading.Lock()
        self.generation = 0  # grows with each `clear`: what a fault holds (`freeze`, `slow`) waits for that

    def add(self, **fields: Any) -> None:
        """Arm a fault; fields as in `Fault`. Raises `TypeError` or `ValueError` on unknown ones."""
        fields["kind"] = FaultKind(fields["kind"])
        with self._lock:
            self._live.append(Fault(**fields))

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self._live.clear()
            self.generation += 1

    def live(self) -> list[dict[str, Any]]:
        """What is armed, with the number of hits so far."""
        with self._lock:
            return [asdict(f) for f in self._live]

    def concern(self, part: str) -> bool:
        """Whether anything is armed for this part."""
        with self._lock:
            return any(fault.part == part for fault in self._live)

    def take(
        self, *, part: str, path: str, text: str, kinds: set[FaultKind], method: str = ""
    ) -> Fault | None:
        """The first armed fault of these kinds that concerns this request, counted as a hit.

        Args:
            part: the part that asks.
            path: procedure or path of the request.
            text: body and query of the request, searched for the fault's `key`.
            kinds: what the caller can act out at this point.
            method: of the request.
        """
        with self._lock:
            for fault in self._live:
                if fault.part != part or fault.kind not in kinds or not path.startswith(fault.path):
                    continue
                if fault.method and fault.method != method:
                    continue
                if fault.key and fault.key not in text and fault.key not in path:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.hits += 1
                if fault.times and fault.hits >= fault.times:
                    self._live.remove(fault)
                return fault
        return None
