"""`strata login` and `strata logout`: a job's short-lived credentials, and giving them back.

All is collected before anything is handed on, and each value is masked as soon as it is known: a job that
cannot have everything has nothing.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from model.identity import APP_KEYS, EXPORTED, IDENTITIES, Identity, of_environment
from model.layers import Stack
from strata import dockerlogin, idtoken, registrylogin, show
from strata.actions import Runner
from strata.errors import UsageError
from strata.github import installations
from strata.github.errors import GithubError
from strata.github.installations import App, AppRefused
from strata.project import Project
from vault import jobs
from vault.client import address, connection
from vault.errors import ExpiredToken, VaultError

if TYPE_CHECKING:
    from model.settings import Settings
    from vault.jobs import Session

GITHUB = "STRATA_GITHUB_TOKEN"
VAULT = "VAULT_TOKEN"
_ADDRESS = "VAULT_ADDR"
_GHCR = "ghcr.io"
_APP_FIELDS = {
    "app_id": "GITHUB_APP_ID",
    "installation_id": "GITHUB_APP_INSTALLATION_ID",
    "private_key": "GITHUB_APP_PRIVATE_KEY",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person may know of a login.

    Attributes:
        environment: of GitHub.
        names: of the variables that were set.
        until: by which time each token ends.
    """

    environment: str
    names: tuple[str, ...]
    until: Mapping[str, datetime]

    def __str__(self) -> str:
        ends = "; ".join(f"{name} until {when:%H:%M} UTC" for name, when in self.until.items())
        return f"logged in as {self.environment}: {', '.join(self.names)} ({ends})"


def login(environment: str, *, runner: Runner, project: Project) -> Told:
    """Hand the credentials of a GitHub environment to the later steps of this job.

    A job that logs in again, before what must not fail for an old token, gives back what it held before.

    Args:
        environment: that the job names.
        runner: of the job.
        project: whose settings say where Vault is and where the credentials lie. An address in the
            environment goes before them: a terminal's, a sandbox's.

    Raises:
        UsageError: the environment is nobody's, or this is no job.
        strata.idtoken.NoIdentity: the runner gives this job no token.
        strata.github.installations.AppRefused: GitHub does not take the App.
        vault.errors.VaultError: Vault does not let the job in, or lacks something.
        strata.github.errors.GithubError: GitHub could not be asked.
    """
    identity = _identity(environment)
    if not runner.env.get("GITHUB_ENV"):
        raise UsageError(
            "There is no job to hand credentials to (GITHUB_ENV is not set)",
            next_step="use it in a workflow; on a laptop `vault login` and export VAULT_TOKEN",
        )
    stack = Stack.parse(identity.home)
    names, settings = project.names(stack), project.settings(stack)
    env = {**runner.env, _ADDRESS: runner.env.get(_ADDRESS, "").strip() or settings.vault_addr}
    token = idtoken.fetch(env, audience=address(env))
    runner.mask(token)
    session = jobs.log_in(env, identity=identity, slug=names.slug, token=token)
    try:
        runner.mask(session.client.token)
        found = jobs.credentials(session.client, identity=identity, app=names.app, mount=settings.vault_mount)
        values, until = _collected(found, session, runner, repository=_repository(env, settings.repository))
        values.update(_registry(found, runner, settings))
    except BaseException:
        with suppress(VaultError):
            jobs.give_back(session.client)
        raise
    if env[_ADDRESS] != runner.env.get(_ADDRESS):
        runner.variable(_ADDRESS, env[_ADDRESS])
    for name, value in values.items():
        runner.variable(name, value)
    _given_back(env)
    return Told(environment=environment, names=tuple(values), until=until)


def logout(*, runner: Runner) -> list[str]:
    """Give both tokens back and take all that `login` set from the later steps; fails for nothing.

    Returns:
        What is told: what was given back, and what could not be.
    """
    env = runner.env
    told = _given_back(env)
    before = dockerlogin.drop(env)
    if env.get("GITHUB_ENV"):
        for name in sorted((EXPORTED | {GITHUB, VAULT}) & env.keys()):
            runner.variable(name, "")
        if before is not None:
            runner.variable(dockerlogin.VARIABLE, before)
    return told or ["there is nothing to give back"]


def _identity(environment: str) -> Identity:
    found = of_environment(environment)
    if found is None:
        known = ", ".join(one.environment for one in IDENTITIES)
        raise UsageError(
            f"{environment!r} is an environment of nobody", next_step=f"name one of {known}, or pr-<number>"
        )
    return found


def _collected(
    found: Mapping[str, str], session: "Session", runner: Runner, *, repository: str
) -> tuple[dict[str, str], dict[str, datetime]]:
    """All variables by name, masked; and by when the tokens end."""
    for value in found.values():
        runner.mask(value)
    values = {name: found[name] for name in sorted(EXPORTED & found.keys())}
    until = {VAULT: datetime.now(UTC) + timedelta(seconds=session.seconds)}
    values[VAULT] = str(session.client.token)
    if found.keys() >= APP_KEYS:
        app = App(**{field: found[key].strip() for field, key in _APP_FIELDS.items()})
        made = installations.mint(runner.env, app, repository=repository)
        runner.mask(made.token)
        values[GITHUB] = made.token
        until[GITHUB] = datetime.fromisoformat(made.expires_at)
    return values, until


def _registry(found: Mapping[str, str], runner: Runner, settings: "Settings") -> dict[str, str]:
    """Where Docker's configuration with the registry's login lies; nothing where images are public.

    A job without the registry's password and without a `docker login` has its own token, if that is given.
    """
    env = runner.env
    password, own = found.get("REGISTRY_PASSWORD", ""), env.get("GITHUB_TOKEN", "").strip()
    host = env.get("STRATA_REGISTRY_MIRROR") or settings.registry_url
    if password and settings.registry_username:
        auth = dockerlogin.auth_of(settings.registry_username, password)
    elif own and settings.registry_url == _GHCR and not registrylogin.credentials(env, host):
        auth = dockerlogin.auth_of(env.get("GITHUB_ACTOR") or "strata", own)
    else:
        return {}
    runner.mask(auth)
    earlier = dockerlogin.drop(env)
    kept = env if earlier is None else {**env, dockerlogin.VARIABLE: earlier}
    return {dockerlogin.VARIABLE: str(dockerlogin.keep(kept, host=host, auth=auth))}


def _repository(env: Mapping[str, str], name: str) -> str:
    return env.get("GITHUB_REPOSITORY") or f"{env.get('GITHUB_OWNER', '')}/{name}"


def _given_back(env: Mapping[str, str]) -> list[str]:
    """Give back the tokens that an earlier step handed on; what became of each."""
    github, vault = env.get(GITHUB, ""), env.get(VAULT, "")
    told = []
    if github:
        repository = _repository(env, "")
        told.append(_ended(GITHUB, lambda: installations.revoke(env, github, repository=repository)))
    if vault:
        told.append(_ended(VAULT, lambda: jobs.give_back(connection(env, token=vault))))
    return told


def _ended(name: str, end: Callable[[], None]) -> str:
    """A token that has ended by itself is as good as one given back."""
    try:
        end()
    except ExpiredToken:
        return f"{name} had ended already"
    except (VaultError, GithubError, AppRefused) as error:
        show.note(f"{name} was not given back and ends by itself: {error}")
        return f"{name} was not given back"
    return f"{name} is given back"
