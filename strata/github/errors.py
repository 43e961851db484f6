"""What GitHub refuses, told apart by what there is to do about it."""

from strata.errors import CommandError


class GithubError(CommandError):
    """Root of this package's errors.

    ```
    GithubError
    ├── NotConfigured    token, owner or repository are not known
    ├── Unreachable      no connection; nothing was sent
    ├── Unauthorized     401: the token is wrong or has expired
    ├── Forbidden        403: the token lacks a permission, which is named
    ├── RateLimited      429, or 403 with a used-up limit
    ├── Missing          404: it is not there, or the token may not see it
    ├── Conflict         409 and 422: it is there already, or GitHub does not take it
    ├── ServerFault      5xx to a question
    └── OutcomeUnknown   the answer to a change was lost or a 5xx: look before doing anything else
    ```
    """


class NotConfigured(GithubError):
    """Token, owner or repository are not known."""


class Unreachable(GithubError):
    """There was no connection; nothing was sent."""


class Unauthorized(GithubError):
    """401: the token is wrong or has expired."""


class Forbidden(GithubError):
    """403: the token lacks a permission.

    Attributes:
        permissions: those that GitHub names as sufficient (`environments=write`), empty if it names none.
    """

    permissions: str = ""


class RateLimited(GithubError):
    """429, or 403 with a used-up limit.

    Attributes:
        retry_after: seconds that GitHub asks to wait, `None` if it names none.
    """

    retry_after: float | None = None


class Missing(GithubError):
    """404: it is not there, or the token may not see it."""


class Conflict(GithubError):
    """409 and 422: it is there already, or GitHub does not take it.

    Attributes:
        codes: of the single errors, such as `already_exists`.
    """

    codes: tuple[str, ...] = ()


class ServerFault(GithubError):
    """5xx to a question, after all retries."""


class OutcomeUnknown(GithubError):
    """The answer to a change was lost or a 5xx: look before doing anything else."""
