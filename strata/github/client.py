"""The client: one repository, one token.

By httpx and not by PyGithub, which repeats a POST after a 5xx (its `GithubRetry`, read 2026-11-23) and would
so make a second comment, and does not say which permission a 403 asks for: docs/adr/0012.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from strata.github import answers
from strata.github.errors import NotConfigured, OutcomeUnknown, RateLimited, ServerFault, Unreachable

_PUBLIC = "https://api.github.com"
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_ATTEMPTS = 4
_LONGEST_WAIT = 30.0
_TIMEOUT = 30.0
_PAGE = 100


def api_of(env: Mapping[str, str]) -> str:
    """The REST base: GITHUB_API_URL (a runner sets it), `<GITHUB_BASE_URL>/api/v3`, or GitHub's own."""
    if given := env.get("GITHUB_API_URL", "").rstrip("/"):
        return given
    base = env.get("GITHUB_BASE_URL", "").rstrip("/")
    return _PUBLIC if base in ("", _PUBLIC) else f"{base}/api/v3"


class Client:
    """One repository at GitHub and one token. Close it, or use it as a context.

    Args:
        api: REST base without a trailing slash.
        token: sent as a bearer token.
        repository: `owner/name`.
        transport: replaces the network in tests.
        sleep: seconds between retries of a question; replaces waiting in tests.
    """

    def __init__(
        self,
        *,
        api: str,
        token: str,
        repository: str,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.repository = repository
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=api,
            headers={
                "authorization": f"Bearer {token}",
                "accept": "application/vnd.github+json",
                "x-github-api-version": "2022-11-28",
                "user-agent": "strata",
            },
            timeout=httpx.Timeout(_TIMEOUT, connect=10.0),
            transport=transport,
        )

    @classmethod
    def from_env(
        cls,
        env: Mapping[str, str],
        *,
        repository: str | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> "Client":
        """The client that GITHUB_TOKEN and GITHUB_REPOSITORY describe; nothing is sent.

        Args:
            env: GITHUB_TOKEN; GITHUB_REPOSITORY (`owner/name`, a runner sets it) or GITHUB_OWNER with
                `repository`; GITHUB_API_URL or GITHUB_BASE_URL for another server than GitHub's own.
            repository: its name without the owner, from the settings.
            transport: as in the constructor.
            sleep: as in the constructor.

        Raises:
            NotConfigured: the token is missing, or nothing says which repository.
        """
        full = env.get("GITHUB_REPOSITORY", "")
        if not full and repository and env.get("GITHUB_OWNER"):
            full = f"{env['GITHUB_OWNER']}/{repository}"
        missing = [
            name
            for name, there in (
                ("GITHUB_TOKEN", env.get("GITHUB_TOKEN", "").strip()),
                ("GITHUB_REPOSITORY (or GITHUB_OWNER)", full),
            )
            if not there
        ]
        if missing:
            raise NotConfigured(
                f"{' and '.join(missing)} not set",
                next_step="export it; a job gets the token by `env: {GITHUB_TOKEN: ${{ github.token }}}`",
            )
        return cls(
            api=api_of(env),
            token=env["GITHUB_TOKEN"].strip(),
            repository=full,
            transport=transport,
            sleep=sleep,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def get(self, path: str, **params: str | int) -> Any:
        """`GET /repos/{owner}/{repo}/{path}`, with up to 3 retries on a lost connection, 429 and 5xx.

        Args:
            path: below the repository, without a leading slash; from the root with one.
            params: of the query.

        Returns:
            The decoded JSON, `None` for an empty body.

        Raises:
            GithubError: see the tree in `strata.github.errors`.
        """
        return self._retrying(lambda: self._send("GET", self._path(path), params=params))

    def pages(self, path: str, *, key: str | None = None, **params: str | int) -> Iterator[Any]:
        """Every item of a listing, page by page (100 each, by its `Link` header).

        Args:
            path: as in `get`.
            key: where the items are in each page's object (`workflow_runs`); `None` where a page is a list.
            params: of the first page's query.

        Raises:
            GithubError: as in `get`.
        """
        url: str | None = self._path(path)
        query: Mapping[str, str | int] = {"per_page": _PAGE, **params}
        while url:
            response = self._retrying(partial(self._answer, "GET", url, params=query))
            page = answers.value(response, what=f"GET {self._path(path)}", change=False)
            yield from page[key] if key else page
            url, query = response.links.get("next", {}).get("url"), {}

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """`POST`, sent once; raises `OutcomeUnknown` where it may have been done. As `get` otherwise."""
        return self._send("POST", self._path(path), json=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """`PATCH`, sent once; as `post`."""
        return self._send("PATCH", self._path(path), json=body)

    def put(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """`PUT`, sent once; as `post`."""
        return self._send("PUT", self._path(path), json=body)

    def delete(self, path: str) -> None:
        """`DELETE`, sent once; as `post`. What is gone already raises `Missing`."""
        self._send("DELETE", self._path(path))

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"/repos/{self.repository}/{path}".rstrip("/")

    def _send(self, method: str, url: str, **options: Any) -> Any:
        change = method != "GET"
        return answers.value(
            self._answer(method, url, **options), what=f"{method} {url.partition('?')[0]}", change=change
        )

    def _answer(self, method: str, url: str, **options: Any) -> httpx.Response:
        what = f"{method} {url.partition('?')[0]}"
        given = {name: one for name, one in options.items() if one}
        try:
            response = self._http.request(method, url, **given)
        except _NEVER_SENT as error:
            raise Unreachable(
                f"GitHub cannot be reached for {what} ({type(error).__name__})",
                next_step="check the network and GITHUB_API_URL",
            ) from None
        except httpx.HTTPError as error:
            kind = ServerFault if method == "GET" else OutcomeUnknown
            raise kind(
                f"GitHub's answer to {what} was lost ({type(error).__name__})",
                next_step="run it again: it looks first what was done",
            ) from None
        if method == "GET" and not response.is_success:
            raise answers.error(response, what=what, change=False)
        return response

    def _retrying(self, ask: Callable[[], Any]) -> Any:
        retrying = Retrying(
            retry=retry_if_exception_type((ServerFault, Unreachable, RateLimited)),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(ask)


def _pause(state: RetryCallState) -> float:
    """1, 2, 4 seconds, or what GitHub asks for, bounded: a job should fail rather than sleep for an hour."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, RateLimited) else None
    return min(_LONGEST_WAIT, asked if asked is not None else 2.0 ** (state.attempt_number - 1))
