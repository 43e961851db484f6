"""What can go wrong with Vault, told apart as an operator has to act on it.

    VaultError
    ├── NotConfigured      a variable is missing or cannot be what it says
    ├── Unreachable        no answer, or not from a Vault
    ├── Sealed             it answers, but it is sealed or was never initialised
    ├── Unwell             5xx or rate limit, also after retrying
    ├── ExpiredToken       the token is no longer (or never was) one
    ├── NotAdmitted        a job's token is not let in; the claim is named
    ├── Forbidden          the token is good, its policies do not cover the path
    ├── MissingMount       nothing is mounted there
    ├── WrongMount         something is, but no KV version 2
    ├── Absent             the path holds nothing that can be used
    │   ├── MissingPath    nothing was ever written, or all of it was removed
    │   └── DeletedVersion the latest version was deleted or destroyed
    ├── MissingKeys        the path is there, keys are not
    ├── MisplacedKeys      the path holds what its reader must not have
    ├── PreflightFailed    several of the above, of several paths, at once
    ├── NotConnected       no usable token of Dokploy is recorded
    ├── Undeliverable      values that Dokploy could not hand on unchanged
    ├── ChangedMeanwhile   someone else wrote the path between our look and our write
    ├── TakenMount         somebody else's jobs log in where ours should
    └── Refused            Vault refused for a reason of its own (400)

A message says what happened, where, and the next command. None holds an answer's body, a value or a token:
Vault's answers to `data/` are secrets, and error texts of other servers have been seen to echo them.
"""

from collections.abc import Sequence


class VaultError(Exception):
    """What happened, and what to do next.

    Args:
        what: what happened and where, a sentence without its full stop.
        next_step: the next command or look, likewise.
    """

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(f"{what}. Next: {next_step}.")
        self.what = what
        self.next_step = next_step


class NotConfigured(VaultError):
    """A variable is missing or cannot be what it says."""


class Unreachable(VaultError):
    """No answer, or not one of a Vault."""


class Sealed(VaultError):
    """Vault answers, but is sealed or was never initialised."""


class Unwell(VaultError):
    """A 5xx answer or a rate limit, also after retrying."""


class ExpiredToken(VaultError):
    """The token has expired, was revoked, or never existed: Vault does not tell which."""


class NotAdmitted(VaultError):
    """A job's token is not let in; the claim that does not fit is named."""


class Forbidden(VaultError):
    """The token is good, but its policies do not cover what was asked."""


class MissingMount(VaultError):
    """Nothing is mounted there."""


class WrongMount(VaultError):
    """What is mounted there is not a KV engine of version 2."""


class Absent(VaultError):
    """The path holds nothing that can be used."""


class MissingPath(Absent):
    """Nothing was ever written there, or all of it was removed."""


class DeletedVersion(Absent):
    """The latest version was deleted or destroyed."""


class MissingKeys(VaultError):
    """The path is there, required keys are not.

    Attributes:
        keys: the missing ones, sorted.
    """

    def __init__(self, what: str, *, next_step: str, keys: Sequence[str]) -> None:
        super().__init__(what, next_step=next_step)
        self.keys = tuple(keys)


class MisplacedKeys(VaultError):
    """The path holds what its reader must not have."""


class PreflightFailed(VaultError):
    """Everything that is wrong with the required paths, so that one run shows all of it.

    Attributes:
        problems: one for each path, in the order of the paths.
    """

    def __init__(self, problems: Sequence[VaultError]) -> None:
        self.problems = tuple(problems)
        what = f"{len(self.problems)} secrets are not as the stack needs them: " + "; ".join(
            problem.what for problem in self.problems
        )
        steps = dict.fromkeys(problem.next_step for problem in self.problems)
        super().__init__(what, next_step="; then ".join(steps))


class NotConnected(VaultError):
    """No usable token of Dokploy is recorded for the environment."""


class Undeliverable(VaultError):
    """Values that Dokploy could not hand on unchanged, or that no stack asks for."""


class ChangedMeanwhile(VaultError):
    """Someone else wrote the path between our look and our write."""


class TakenMount(VaultError):
    """Somebody else's jobs log in where ours should."""


class Refused(VaultError):
    """Vault refused a request for a reason of its own (400).

    Attributes:
        reason: Vault's text when it is one we know to hold no value, else empty.
    """

    def __init__(self, what: str, *, next_step: str, reason: str = "") -> None:
        super().__init__(what, next_step=next_step)
        self.reason = reason
