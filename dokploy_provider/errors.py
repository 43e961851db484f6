"""What can go wrong between Pulumi and Dokploy."""

from collections.abc import Sequence
from enum import StrEnum


class DokployError(Exception):
    """Root of everything this room raises on purpose.

    ```
    DokployError
    ├── NotConfigured          DOKPLOY_URL or a credential is missing; nothing was sent
    ├── ServerTooOld           the server's version is below the minimum
    ├── ApiError               one request and its answer: `procedure`, `status`
    │   ├── Unreachable        no connection, nothing was sent
    │   ├── Unauthorized       the key is wrong, expired or deleted (or its limit was used up before this run)
    │   ├── RateLimited        the key worked before: its request limit is used up
    │   ├── Forbidden          the key is right and may not do this
    │   ├── NotFound           the procedure's documented not-found
    │   ├── Rejected           any other 4xx: nothing was done
    │   ├── ServerFault        5xx or an answer that is not JSON, to a question
    │   └── OutcomeUnknown     the answer to a mutation was lost: it may have been applied
    ├── Ambiguous              more than one candidate; the ids are in the message
    ├── NotOurs                an object of that name without our marker, or with another's
    ├── Beside                 it may not stand beside what the server also carries
    ├── NotApplied             the server answered well and kept something else
    ├── LeftBehind             a delete that left containers, networks, images or volumes
    ├── Unexpected             a defect of this room; says where, never what it held
    └── DeployFailed           a deployment of ours failed: `failure` is its class
    ```

    A message says what happened, where, and what to do next. It never holds a body, a key or a secret.
    """


class NotConfigured(DokployError):
    """A setting from the environment is missing."""


class ServerTooOld(DokployError):
    """The server's version is below `client.version.MINIMUM`."""


class ApiError(DokployError):
    """One request and its answer.

    Attributes:
        procedure: such as `compose.update`.
        status: HTTP status; `None` without an answer.
        retry_after: seconds that the server asked to wait, if it did.
    """

    def __init__(
        self, message: str, *, procedure: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.procedure = procedure
        self.status = status
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No connection: nothing was sent."""


class Unauthorized(ApiError):
    """The key is wrong, expired or deleted."""


class RateLimited(ApiError):
    """The key's request limit is used up (Dokploy says 401 for it, never 429)."""


class Forbidden(ApiError):
    """The key is right and may not do this: permission, other organization, unknown server."""


class NotFound(ApiError):
    """The documented not-found of a procedure."""


class Rejected(ApiError):
    """A 4xx other than the above: nothing was done."""


class ServerFault(ApiError):
    """A question was answered with a 5xx or with something that is not JSON."""


class OutcomeUnknown(ApiError):
    """The answer to a mutation was lost; whoever sent it must look."""


class Ambiguous(DokployError):
    """More than one candidate."""


class NotOurs(DokployError):
    """An object that carries no marker of ours, or another's."""


class Beside(DokployError):
    """It may not stand beside what the server also carries (P10)."""


class NotApplied(DokployError):
    """The server answered well and kept something else."""


class LeftBehind(DokployError):
    """What a delete left on the host.

    Attributes:
        left: one line per left-over thing.
    """

    def __init__(self, message: str, *, left: Sequence[str]) -> None:
        super().__init__(message)
        self.left = tuple(left)


class Unexpected(DokployError):
    """A defect of this room."""


class Failure(StrEnum):
    """Why a deployment failed, the last line of its report."""

    API_UNREACHABLE = "api-unreachable"
    NO_RECORD = "no-record"
    DEPLOYMENT_ERROR = "deployment-error"
    UNHEALTHY = "unhealthy"
    WRONG_IDENTITY = "wrong-identity"
    TIMEOUT = "timeout"


class DeployFailed(DokployError):
    """A deployment of ours failed.

    Attributes:
        failure: its class.
    """

    def __init__(self, message: str, *, failure: Failure) -> None:
        super().__init__(message)
        self.failure = failure
