"""The token that GitHub signs for a job: asked of the runner when it is used, and used once."""

import time
from collections.abc import Callable, Mapping

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from strata import health
from strata.errors import CommandError

_ATTEMPTS = 3
_TIMEOUT = 20.0


class NoIdentity(CommandError):
    """The runner gives this job no token."""


class _Passing(Exception):
    """An answer that may be another one in a second."""


def fetch(env: Mapping[str, str], *, audience: str, sleep: Callable[[float], None] = time.sleep) -> str:
    """GET ACTIONS_ID_TOKEN_REQUEST_URL.

    Args:
        env: of a job's step.
        audience: whom the token is for.
        sleep: seconds between attempts.

    Raises:
        NoIdentity: this is no job, or one that may not ask, or the runner does not answer.
    """
    url, bearer = (env.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}", "").strip() for name in ("URL", "TOKEN"))
    if not (url and bearer):
        raise NoIdentity(
            "This step has no ACTIONS_ID_TOKEN_REQUEST_URL and -TOKEN: only a job of GitHub Actions with "
            "`permissions: id-token: write` can log in, and none of a fork's pull request",
            next_step="add the permission to the job; on a laptop use `vault login`",
        )
    attempts = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=0.5, max=4),
        retry=retry_if_exception_type(_Passing),
        sleep=sleep,
    )
    try:
        return str(attempts.copy(reraise=True)(_asked, env, url, bearer, audience))
    except _Passing as error:
        raise NoIdentity(
            f"The runner's token service did not give a token ({error})",
            next_step="look at https://www.githubstatus.com and run the job again",
        ) from None


def _asked(env: Mapping[str, str], url: str, bearer: str, audience: str) -> str:
    try:
        with health.direct(env) as client:
            answer = client.get(
                httpx.URL(url).copy_merge_params({"audience": audience}),
                headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"},
                timeout=_TIMEOUT,
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _Passing(type(error).__name__) from None
    if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise _Passing(f"status {answer.status_code}")
    if answer.is_error:
        raise NoIdentity(
            f"The runner's token service refuses this job (status {answer.status_code})",
            next_step="the job needs `permissions: id-token: write`; a fork's pull request never has it",
        )
    try:
        value = answer.json()["value"]
    except (ValueError, KeyError, TypeError):
        raise _Passing("an answer without a token") from None
    return str(value)
