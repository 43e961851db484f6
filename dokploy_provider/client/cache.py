"""Answers that several resources' `read` share for a few seconds.

`compose.one` holds a compose with its domains and deployments, so one answer serves a Compose, its Domains
and its Deployment. Whatever this process writes makes all of them void.
"""

import threading
from collections.abc import Callable
from typing import Any


class ReadCache:
    """Answers by question, valid for as long as the asker says and until the next own write.

    Two threads that ask the same at once share one request.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._gates: dict[str, threading.Lock] = {}
        self._answers: dict[str, tuple[float, Any]] = {}
        self._writes = 0

    def clear(self) -> None:
        """Forget everything; an answer that is on its way is not kept either."""
        with self._lock:
            self._writes += 1
            self._answers.clear()

    def through(self, question: str, *, max_age: float, ask: Callable[[], Any]) -> Any:
        """The kept answer if it is at most `max_age` seconds old, else a new one; not to be changed."""
        with self._lock:
            gate = self._gates.setdefault(question, threading.Lock())
        with gate:
            with self._lock:
                kept = self._answers.get(question)
                if kept is not None and self._monotonic() - kept[0] <= max_age:
                    return kept[1]
                writes = self._writes
            asked = self._monotonic()
            answer = ask()
            with self._lock:
                if writes == self._writes:
                    self._answers[question] = (asked, answer)
            return answer
