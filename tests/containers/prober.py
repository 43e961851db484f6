"""A client that asks the public host every 50 ms, and remembers what it did not like (R6)."""

import threading
import time
from types import TracebackType
from typing import Self

import httpx

EVERY = 0.05
PATIENCE = 2  # seconds; who waits longer has seen a gap


class Prober:
    """Asks in threads of its own while its block runs, one for each path.

    Args:
        ingress: the port where the host is reached.
        host: the public one.
        paths: what is asked.
    """

    def __init__(self, *, ingress: int, host: str, paths: tuple[str, ...]) -> None:
        self._ingress = ingress
        self._host = host
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(path,)) for path in paths]
        self.failures: list[str] = []
        self.asked = 0
        self.versions: set[str] = set()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, path: str) -> None:
        with httpx.Client(verify=False, trust_env=False, timeout=PATIENCE) as client:
            following = time.monotonic()
            while not self._stop.wait(max(0.0, following - time.monotonic())):
                following = max(following + EVERY, time.monotonic())
                self._note(client, path)

    def _note(self, client: httpx.Client, path: str) -> None:
        self.asked += 1
        began = time.monotonic()
        try:
            answer = client.get(
                f"https://127.0.0.1:{self._ingress}{path}",
                headers={"Host": self._host},
                extensions={"sni_hostname": self._host},
            )
        except httpx.HTTPError as error:
            self.failures.append(f"{path}: {error!r} after {time.monotonic() - began:.2f} s")
            return
        if answer.status_code != 200:
            self.failures.append(f"{path}: {answer.status_code} {answer.text[:200]}")
        elif path == "/health":
            self.versions.add(answer.json()["version"])
