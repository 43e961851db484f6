"""The report, kept in Redis for a while. Whatever is wrong with Redis, a report is only slower."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.errors import Unavailable
from backend.logs import logger
from backend.reportcache import Cached

if TYPE_CHECKING:
    from redis import Redis

_GENERATION = "finance-report:generation"
_REPORT = "finance-report:report"
_SOCKET_SECONDS = 1.0
_KEPT_SECONDS = 60
_PAUSE_SECONDS = 2.0
_REFUSALS = ("noauth", "wrongpass", "noperm", "authentication", "invalid username-password")

_log = logger(__name__)


class RedisCache:
    """A `ReportCache` that all replicas share.

    A report lies under the generation that was current before its figures were read, and forgetting starts
    a new one: so a report whose figures are older than an entry is never found after that entry. What lies
    there is signed, since everybody who reaches Redis can write into it.

    Args:
        client: answers with text.
        secret: signs; after a change of it what was kept is not found any more.
        clock: in seconds.
    """

    def __init__(self, client: "Redis", *, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._secret = secret.encode()
        self._clock = clock
        self._silent_until = 0.0
        self._forgetting_owed = False

    @classmethod
    def at(cls, url: str, *, secret: str) -> "RedisCache":
        """The cache at a URL; nothing connects yet."""
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        client = Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=_SOCKET_SECONDS,
            socket_timeout=_SOCKET_SECONDS,
            # once more for a connection that Redis closed while it lay in the pool; the default waits long
            retry=Retry(NoBackoff(), 1),
        )
        return cls(client, secret=secret)

    def ping(self) -> None:
        """See `ReportCache`."""
        with _translated():
            self._client.ping()

    def read(self) -> Cached:
        """See `ReportCache`."""
        if self._forgetting_owed:
            self.forget()
        if self._silent or self._forgetting_owed:
            return Cached()
        try:
            with self._noticed():
                generation = self._generation()
                kept = self._get(f"{_REPORT}:{generation}")
        except Unavailable:
            return Cached()
        return Cached(body=self._verified(kept), generation=generation)

    def keep(self, body: str, *, generation: str | None) -> None:
        """See `ReportCache`."""
        if generation is None or self._silent:
            return
        try:
            with self._noticed():
                self._client.set(f"{_REPORT}:{generation}", self._signature(body) + body, ex=_KEPT_SECONDS)
        except Unavailable:
            return

    def forget(self) -> None:
        """See `ReportCache`."""
        self._forgetting_owed = True
        if self._silent:
            return
        try:
            with self._noticed():
                self._client.set(_GENERATION, secrets.token_hex(8))
        except Unavailable:
            return
        self._forgetting_owed = False

    @property
    def _silent(self) -> bool:
        """Whether it failed just now: each request would wait for the same timeout again."""
        return self._clock() < self._silent_until

    def _generation(self) -> str:
        found = self._get(_GENERATION)
        if found is None:
            self._client.set(_GENERATION, secrets.token_hex(8), nx=True)
            found = self._get(_GENERATION)
        return found or ""

    def _get(self, key: str) -> str | None:
        found = self._client.get(key)
        return found if isinstance(found, str) else None

    def _verified(self, kept: str | None) -> str | None:
        if kept is None:
            return None
        length = hashlib.sha256().digest_size * 2
        signature, body = kept[:length], kept[length:]
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            _log.warning("cached_report_is_not_ours")
            return None
        return body

    def _signature(self, body: str) -> str:
        return hmac.new(self._secret, body.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            with _translated():
                yield
        except Unavailable as error:
            self._silent_until = self._clock() + _PAUSE_SECONDS
            _log.warning("cache_left_out", reason=error.reason, seconds=_PAUSE_SECONDS)
            raise


@contextmanager
def _translated() -> Iterator[None]:
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable("cache", _reason(error)) from error


def _reason(error: Exception) -> str:
    words = str(error).lower()
    if any(refusal in words for refusal in _REFUSALS):
        return "credentials refused"
    return "no answer in time" if "timeout" in words or "timed out" in words else "unreachable"
