"""GitHub: the token reaches the repository whose environments are the gates."""

from collections.abc import Mapping

import httpx

from model.app_permissions import APP_PERMISSIONS, READ
from strata import health
from strata.doctor.finding import Finding, Findings, fail, ok, warn

_PUBLIC = "https://api.github.com"
_ACCEPTED = "x-accepted-github-permissions"


def api_of(env: Mapping[str, str]) -> str:
    """The REST base: GitHub's own, or `<GITHUB_BASE_URL>/api/v3` as GitHub Enterprise Server has it."""
    base = env.get("GITHUB_BASE_URL", "").rstrip("/")
    return _PUBLIC if base in ("", _PUBLIC) else f"{base}/api/v3"


def check(env: Mapping[str, str], repository: str | None) -> Findings:
    """GET /repos/{owner}/{repository}.

    Args:
        env: GITHUB_TOKEN, GITHUB_OWNER, GITHUB_BASE_URL.
        repository: from the settings; `None` if there is no project here.
    """
    missing = [name for name in ("GITHUB_TOKEN", "GITHUB_OWNER") if not env.get(name)]
    if missing:
        yield fail(
            "github",
            f"{' and '.join(missing)} not set",
            next_step="export them; `gh auth token` prints yours",
        )
        return
    if repository is None:
        yield warn("github", "no repository is known without a project", next_step="run it in the checkout")
        return
    name = f"{env['GITHUB_OWNER']}/{repository}"
    headers = {
        "Authorization": f"Bearer {env['GITHUB_TOKEN'].strip()}",
        "Accept": "application/vnd.github+json",
    }
    base = api_of(env)
    try:
        with health.direct(env) as client:
            answer = client.get(f"{base}/repos/{name}", headers=headers)
            lacking = list(_lacking(client, f"{base}/repos/{name}", headers)) if answer.is_success else []
    except httpx.HTTPError as error:
        yield fail(
            "github",
            f"{base} cannot be asked ({type(error).__name__})",
            next_step="check GITHUB_BASE_URL and the network",
        )
        return
    yield _meaning(answer, name, base)
    yield from lacking
    if until := answer.headers.get("github-authentication-token-expiration"):
        yield ok("github", f"the token expires {until}")


def _lacking(client: httpx.Client, repository: str, headers: Mapping[str, str]) -> Findings:
    """Each question that the App's permissions are for; GitHub names in a 403 what would be enough."""
    refused = False
    for one in APP_PERMISSIONS:
        if not one.probe:
            continue
        answer = client.get(f"{repository}/{one.probe}", headers=dict(headers))
        if answer.status_code == httpx.codes.FORBIDDEN and answer.headers.get("x-ratelimit-remaining") != "0":
            refused = True
            wanted = answer.headers.get(_ACCEPTED) or f"{one.name}={READ}"
            yield warn(
                "github",
                f"the token may not read {one.why} (GitHub asks for {wanted})",
                next_step=f"give it, or the App, {one.shown}: Read-only",
            )
    if not refused:
        yield ok("github", "the token may read what gates are made of")


def _meaning(answer: httpx.Response, name: str, base: str) -> Finding:
    match answer.status_code:
        case httpx.codes.OK:
            return ok("github", f"the token reaches {name} at {base}")
        case httpx.codes.UNAUTHORIZED:
            return fail(
                "github",
                f"{base} does not accept GITHUB_TOKEN",
                next_step="make a new one; it may have expired",
            )
        case httpx.codes.NOT_FOUND:
            return fail(
                "github",
                f"{name} does not exist or the token may not see it",
                next_step="check GITHUB_OWNER, `repository` in the settings, and what the token may reach",
            )
        case httpx.codes.FORBIDDEN | httpx.codes.TOO_MANY_REQUESTS if (
            answer.headers.get("x-ratelimit-remaining") == "0"
        ):
            return fail(
                "github",
                "the token's rate limit is used up",
                next_step="wait for it to start anew (at most an hour)",
            )
    return fail(
        "github",
        f"{base} answers {answer.status_code} for {name}",
        next_step="https://www.githubstatus.com and the token's scopes",
    )
