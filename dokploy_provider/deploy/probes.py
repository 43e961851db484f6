"""URLs that must answer before a deployment counts.

A connection refused, a certificate not ready, 404 and 5xx may still become right; a wrong payload never does.
With `STRATA_CONNECT_TO=host:port` the connection goes there while the URL's host stays in `Host` and SNI, so
that a host without DNS (or the sandbox's ingress) can be asked.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import httpx

from dokploy_provider.context import Context
from dokploy_provider.models.deployment import Probe

TIMEOUT = 10.0


class Verdict(StrEnum):
    """What one answer means."""

    RIGHT = "right"
    PENDING = "pending"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One look at one URL."""

    verdict: Verdict
    text: str


class Prober:
    """Asks URLs; a context manager that closes its connections."""

    def __init__(self, here: Context) -> None:
        self._connect_to = here.connect_to
        self._http = httpx.Client(
            transport=here.web,
            verify=ssl.create_default_context(cafile=here.ca_file) if here.ca_file else True,
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=here.connect_to is None,
            limits=httpx.Limits(max_keepalive_connections=0),  # each look is a new visitor
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask_all(self, probes: Iterable[Probe], *, commit: str | None) -> Answer:
        """The first answer that is not right, else right.

        Args:
            probes: what to ask.
            commit: what a probe with `identity` must name.
        """
        for probe in probes:
            answer = self.ask(probe, commit=commit)
            if answer.verdict is not Verdict.RIGHT:
                return answer
        return Answer(verdict=Verdict.RIGHT, text="all answer")

    def ask(self, probe: Probe, *, commit: str | None) -> Answer:
        """`GET` one URL."""
        url, headers, extensions = self._aim(probe.url)
        try:
            response = self._http.get(url, headers=headers, extensions=extensions)
        except httpx.ConnectError as error:
            tls = "certificate" in str(error).lower() or "ssl" in str(error).lower()
            text = "TLS is not ready" if tls else "no connection"
            return Answer(verdict=Verdict.PENDING, text=f"{probe.url}: {text}")
        except httpx.HTTPError as error:
            return Answer(verdict=Verdict.PENDING, text=f"{probe.url}: {type(error).__name__}")
        if response.status_code != httpx.codes.OK:
            return Answer(verdict=Verdict.PENDING, text=f"{probe.url}: status {response.status_code}")
        return _judge(probe, response, commit)

    def _aim(self, url: str) -> tuple[httpx.URL, dict[str, str], dict[str, str]]:
        aim = httpx.URL(url)
        if self._connect_to is None:
            return aim, {}, {}
        host, _, port = self._connect_to.rpartition(":")
        return (
            aim.copy_with(host=host, port=int(port)),
            {"Host": aim.netloc.decode()},
            {"sni_hostname": aim.host},
        )


def _judge(probe: Probe, response: httpx.Response, commit: str | None) -> Answer:
    """An answer with status 200 is right or wrong; waiting would not change it."""
    wrong = _complaint(probe, response, commit)
    verdict = Verdict.WRONG if wrong else Verdict.RIGHT
    return Answer(verdict=verdict, text=f"{probe.url}: {wrong or 'right'}")


def _complaint(probe: Probe, response: httpx.Response, commit: str | None) -> str | None:
    """What is wrong with the payload."""
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if probe.content_type and media != probe.content_type.lower():
        return f"answers {media or 'no content type'} instead of {probe.content_type}"
    if not probe.keys and not probe.identity:
        return None
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return "does not answer a JSON object"
    missing = [key for key in probe.keys if key not in body]
    if missing:
        return f"answers without {', '.join(missing)}"
    if probe.identity and body.get("commit") != commit:
        return f"says commit {body.get('commit')}, but the image that runs carries {commit}"
    return None
