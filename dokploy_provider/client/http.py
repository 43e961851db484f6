"""The client: `GET` for questions, `POST` for mutations; Dokploy knows no other verb."""

import threading
from collections.abc import Mapping
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from dokploy_provider.client import answers, scrub, version
from dokploy_provider.client.cache import ReadCache
from dokploy_provider.client.refusal import Refusal
from dokploy_provider.errors import (
    ApiError,
    NotConfigured,
    OutcomeUnknown,
    RateLimited,
    ServerFault,
    ServerTooOld,
    Unauthorized,
    Unreachable,
)
from dokploy_provider.timing import Clock

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
ATTEMPTS = 4
LONGEST_RETRY_WAIT = 30.0
TIMEOUT = 60.0
SLOW_TIMEOUT = 180.0
# Synchronous on the server: they return when Docker has finished (measured 2026-11-22: 10 s and more).
SLOW_VERBS = frozenset({"stop", "start", "delete", "remove", "rebuild"})
DATABASES = ("postgres", "mysql", "mariadb", "mongo", "redis", "libsql")
SLOW_DEPLOYS = frozenset(f"{database}.deploy" for database in DATABASES)


class Client:
    """One Dokploy server and one API key. Thread-safe; make one per process.

    Args:
        url: base URL, e.g. `https://dokploy.example.com`.
        key: API key, sent as `x-api-key`.
        transport: replaces the network in tests.
        clock: replaces waiting in tests.
    """

    def __init__(
        self, *, url: str, key: str, transport: httpx.BaseTransport | None = None, clock: Clock | None = None
    ) -> None:
        self.clock = clock or Clock()
        self._base = url.rstrip("/").removesuffix("/api")
        self._hidden = {key}
        self._key_worked = False
        self._version: str | None = None
        self._version_lock = threading.Lock()
        self._cache = ReadCache(self.clock.monotonic)
        self._refusal = Refusal(self.clock.monotonic)
        self._http = httpx.Client(
            headers={"x-api-key": key, "accept": "application/json"},
            timeout=httpx.Timeout(TIMEOUT, connect=10.0),
            transport=transport,
            limits=httpx.Limits(max_connections=8),
        )

    @classmethod
    def from_env(
        cls,
        env: Mapping[str, str],
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> "Client":
        """The client that `DOKPLOY_URL` and `DOKPLOY_API_KEY` describe; nothing is sent.

        Raises:
            NotConfigured: one of them is missing or empty.
        """
        missing = [name for name in ("DOKPLOY_URL", "DOKPLOY_API_KEY") if not env.get(name)]
        if missing:
            raise NotConfigured(
                f"{' and '.join(missing)} not set in the environment: Dokploy's address, and an API key made "
                "in its profile page. For the sandbox: `strata sandbox exec …` in front of the command."
            )
        return cls(url=env["DOKPLOY_URL"], key=env["DOKPLOY_API_KEY"], transport=transport, clock=clock)

    def hide(self, *values: str | None) -> None:
        """Mask these values in every message from now on."""
        self._hidden = self._hidden | {value for value in values if value}

    @property
    def hidden(self) -> frozenset[str]:
        """The values that are masked in messages."""
        return frozenset(self._hidden)

    @property
    def version(self) -> str:
        """The server's version, e.g. `v0.30.2`; asked once, before the first request of any kind.

        Raises:
            ServerTooOld: below the minimum.
            ApiError: it could not be asked, or the key was refused before in this process.
        """
        with self._version_lock:
            self._refusal.recall()
            if self._version is None:
                try:
                    self._version = version.check(self._get("settings.getDokployVersion", {}))
                except (ServerTooOld, ServerFault, Unreachable) as error:
                    raise self._refusal.told(error) from None
            return self._version

    def get(self, procedure: str, *, max_age: float = 0.0, **params: str | int) -> Any:
        """`GET /api/<procedure>`: ask, with up to 3 retries on a lost connection, 429 and 5xx.

        Args:
            procedure: such as `compose.one`.
            max_age: seconds that a kept answer may be old; 0 asks the server. The answer must not be changed.
            params: query parameters.

        Returns:
            The decoded JSON, `None` for an empty body.

        Raises:
            ApiError: see the tree in `dokploy_provider.errors`.
        """
        _ = self.version
        if max_age <= 0:
            return self._get(procedure, params)
        question = str((procedure, sorted(params.items())))
        return self._cache.through(question, max_age=max_age, ask=lambda: self._get(procedure, params))

    def post(self, procedure: str, body: Mapping[str, Any]) -> Any:
        """`POST /api/<procedure>`: change something. Sent exactly once.

        Returns:
            The decoded JSON, `None` for an empty body (some updates of a missing id answer that way).

        Raises:
            OutcomeUnknown: the answer was lost or was a 5xx; look before doing anything else.
            Unreachable: there was no connection; nothing was sent.
            ApiError: it was refused; nothing was done.
        """
        _ = self.version
        slow = procedure.rsplit(".", 1)[-1] in SLOW_VERBS or procedure in SLOW_DEPLOYS
        timeout = httpx.Timeout(SLOW_TIMEOUT if slow else TIMEOUT, connect=10.0)
        try:
            return self._send("POST", procedure, json=dict(body), timeout=timeout)
        finally:
            self._cache.clear()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, procedure: str, params: Mapping[str, str | int]) -> Any:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception(_worth_asking_again),
            sleep=self.clock.sleep,
            reraise=True,
        )
        return retrying(self._send, "GET", procedure, params=dict(params))

    def _send(self, verb: str, procedure: str, **request: Any) -> Any:
        mutation = verb == "POST"
        try:
            response = self._http.request(verb, f"{self._base}/api/{procedure}", **request)
        except NEVER_SENT as error:
            said = scrub.message(str(error), self._hidden)
            raise Unreachable(
                f"{procedure}: no connection to Dokploy at {self._base} ({said}). "
                "Check DOKPLOY_URL and that the host is up. Next: run `strata doctor`.",
                procedure=procedure,
            ) from None
        except httpx.HTTPError as error:
            kind = OutcomeUnknown if mutation else Unreachable
            raise kind(
                f"{procedure}: no answer from Dokploy ({type(error).__name__}). "
                + ("It may have been applied; run again to look." if mutation else "Next: run again."),
                procedure=procedure,
            ) from None
        try:
            result = answers.value(
                response,
                procedure=procedure,
                mutation=mutation,
                hidden=self._hidden,
                key_worked=self._key_worked,
            )
        except (Unauthorized, RateLimited) as error:
            if error.status == httpx.codes.TOO_MANY_REQUESTS:
                raise
            raise self._refusal.told(error) from None
        self._key_worked = True
        return result


def _worth_asking_again(error: BaseException) -> bool:
    if isinstance(error, RateLimited):
        return error.status == httpx.codes.TOO_MANY_REQUESTS
    return isinstance(error, (Unreachable, ServerFault))


def _pause(state: RetryCallState) -> float:
    """Seconds before the next try: 0.5, 1, 2, or what `Retry-After` asks for, bounded."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ApiError) else None
    return min(LONGEST_RETRY_WAIT, asked if asked is not None else 0.5 * 2.0 ** (state.attempt_number - 1))
