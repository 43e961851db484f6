"""How an image behaves once it runs: nothing runs in the sandbox, so its labels say it."""

from collections.abc import Mapping
from enum import StrEnum

from sandbox.engine.errors import EngineError

LABEL = "strata.sandbox.behaviour"
SERVED_COMMIT = "strata.sandbox.served-commit"
PRINTS = "strata.sandbox.prints"
REVISION = "org.opencontainers.image.revision"

ARGUMENTS = {
    "GIT_COMMIT": REVISION,
    "SANDBOX_BEHAVIOUR": LABEL,
    "SANDBOX_SERVED_COMMIT": SERVED_COMMIT,
    "SANDBOX_PRINTS": PRINTS,
}
"""Build arguments and the labels that a locally built image gets from them."""


class Behaviour(StrEnum):
    """What becomes of a container that is started."""

    OK = "ok"  # runs, and is healthy where somebody looks
    EXITS = "exits"  # ends at once with exit code 1
    COMPLETES = "completes"  # ends at once with exit code 0
    UNHEALTHY = "unhealthy"  # runs, but its health check fails and /health answers 503
    FAILS_BUILD = "fails-build"  # never becomes an image


def behaviour_of(labels: Mapping[str, str], *, awaited: bool = False) -> Behaviour:
    """A container's behaviour.

    Args:
        labels: of the container, its image's included.
        awaited: whether another service waits for its end; then what is ok is that it ends well.

    Raises:
        EngineError: the label says something else.
    """
    word = labels.get(LABEL) or Behaviour.OK
    if word not in list(Behaviour):
        raise EngineError(f"{LABEL}={word}: the sandbox knows {', '.join(Behaviour)}")
    given = Behaviour(word)
    return Behaviour.COMPLETES if awaited and given is Behaviour.OK else given
