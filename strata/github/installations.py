"""A GitHub App's token for one repository: made of the App's key when it is used, to read and no more."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from model.app_permissions import requested
from strata.errors import CommandError
from strata.github.client import Client, api_of
from strata.github.errors import Conflict, Forbidden, Missing, Unauthorized
from strata.github.shapes import Shape

_BEFORE = 60  # seconds: GitHub's clock may be behind the runner's
_LIVES = 540  # GitHub takes ten minutes at most


class AppRefused(CommandError):
    """The GitHub App's key, id or installation cannot be used."""


@dataclass(frozen=True, kw_only=True)
class App:
    """An installed GitHub App.

    Attributes:
        app_id: its id or client id.
        installation_id: of its installation at the repository's owner.
        private_key: PEM, RSA.
    """

    app_id: str
    installation_id: str
    private_key: str


class Installation(Shape):
    """A token of an installation.

    Attributes:
        token: the token.
        expires_at: when it ends, as GitHub writes times.
    """

    token: str
    expires_at: str


class Granted(Shape):
    """What the owner of the repository gave the App.

    Attributes:
        id: of the installation.
        permissions: level by name.
    """

    id: int
    permissions: dict[str, str]


def granted(env: Mapping[str, str], app: App, *, repository: str) -> Granted:
    """GET /repos/{owner}/{repo}/installation, signed by the App; nothing is made.

    Args:
        env: says where GitHub is.
        app: whose key signs.
        repository: `owner/name`.

    Raises:
        AppRefused: the key cannot sign, GitHub does not take it, or the App is not installed there.
        strata.github.errors.GithubError: GitHub could not be asked.
    """
    with Client(api=api_of(env), token=_signed(app), repository=repository) as client:
        try:
            return Granted.read(client.get("installation"))
        except Unauthorized as error:
            raise AppRefused(
                f"GitHub does not take the App's signature ({_short(error)})",
                next_step="compare GITHUB_APP_ID with the App's page; make a new private key there",
            ) from None
        except Missing:
            raise AppRefused(
                f"No App {app.app_id} is installed in {repository}",
                next_step="install it there from the App's page, Install App, Only select repositories",
            ) from None


def mint(
    env: Mapping[str, str],
    app: App,
    *,
    repository: str,
) -> Installation:
    """POST /app/installations/{id}/access_tokens, for one repository, to read what gates are made of.

    Args:
        env: says where GitHub is.
        app: whose key signs.
        repository: `owner/name`.

    Raises:
        AppRefused: the key cannot sign, or GitHub does not take App, installation or permissions.
        strata.github.errors.GithubError: GitHub could not be asked.
    """
    if not app.installation_id.isdecimal():
        raise AppRefused("GITHUB_APP_INSTALLATION_ID is no number", next_step=_LOOK)
    body = {"repositories": [repository.partition("/")[2]], "permissions": requested()}
    with Client(api=api_of(env), token=_signed(app), repository=repository) as client:
        try:
            made = client.post(f"/app/installations/{app.installation_id}/access_tokens", body)
        except Unauthorized as error:
            raise AppRefused(
                f"GitHub does not take the App's signature ({_short(error)})",
                next_step="compare GITHUB_APP_ID with the App's page; make a new private key there",
            ) from None
        except Missing:
            raise AppRefused(
                f"The App has no installation {app.installation_id} at GitHub", next_step=_LOOK
            ) from None
        except (Conflict, Forbidden) as error:
            wanted = ", ".join(f"{name}={level}" for name, level in sorted(requested().items()))
            raise AppRefused(
                f"GitHub gives the App no token for {repository} ({_short(error)})",
                next_step=f"install it there, and give it {wanted}; its owner accepts the change",
            ) from None
    return Installation.read(made)


def revoke(env: Mapping[str, str], token: str, *, repository: str) -> None:
    """DELETE /installation/token; one that has ended is as good as revoked.

    Raises:
        strata.github.errors.GithubError: GitHub could not be asked.
    """
    with Client(api=api_of(env), token=token, repository=repository) as client:
        try:
            client.delete("/installation/token")
        except Unauthorized:
            return


_LOOK = "the number is the end of the address of the installation's settings page at GitHub"


def _signed(app: App) -> str:
    now = int(time.time())
    claims = {"iat": now - _BEFORE, "exp": now + _LIVES, "iss": app.app_id}
    try:
        return jwt.encode(claims, app.private_key, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError):
        raise AppRefused(
            "GITHUB_APP_PRIVATE_KEY is no RSA key in PEM with its line breaks",
            next_step="write it from the file that GitHub gave: `vault kv patch … <key>=@FILE`",
        ) from None


def _short(error: CommandError) -> str:
    return str(error).partition(". Next:")[0]
