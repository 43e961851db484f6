"""What the nouns' functions give back, and the one way to send a mutation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dokploy_provider.context import Context
from dokploy_provider.errors import NotApplied, NotFound, OutcomeUnknown
from dokploy_provider.models.base import Row, canonical

T = TypeVar("T")
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A resource as it stands after a create or an update.

    Attributes:
        id: its id at Dokploy.
        outs: what it puts out beside its inputs.
    """

    id: str
    outs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A resource as it was found.

    Attributes:
        inputs: the inputs as the server has them.
        outs: what it puts out beside them; `drift` lists what differs that no input names.
    """

    inputs: dict[str, Any] = field(default_factory=dict)
    outs: dict[str, Any] = field(default_factory=dict)


def one(here: Context, model: type[R], procedure: str, *, max_age: float = 0.0, **key: str) -> R | None:
    """`GET <procedure>` of one object; `None` on its documented not-found, and on nothing else."""
    try:
        return model.model_validate(here.client.get(procedure, max_age=max_age, **key))
    except NotFound:
        return None


def once(here: Context, send: Callable[[], T], look: Callable[[], T | None]) -> T:
    """Send a mutation once; when its answer is lost, believe what is seen and nothing else.

    Args:
        here: the context.
        send: sends it.
        look: finds what it should have made; `None` when it is not there. Asked twice, a poll interval apart:
            a request may outlive its connection.

    Raises:
        OutcomeUnknown: the answer was lost and nothing is seen; the next run looks again before it sends.
    """
    try:
        return send()
    except OutcomeUnknown as lost:
        for wait in (0.0, here.timing.poll):
            here.clock.sleep(wait)
            found = look()
            if found is not None:
                return found
        raise OutcomeUnknown(
            f"{lost} Looked, and it is not there. Run again: it is looked for before it is sent again.",
            procedure=lost.procedure,
            status=lost.status,
        ) from None


def differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The columns whose value is another one at the server; absent, null and empty are the same."""
    return {name: value for name, value in wanted.items() if canonical(found.get(name)) != canonical(value)}


def kept(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Check a read-back.

    Args:
        what: names the object in the message.
        wanted: what was sent.
        found: what the server has now.

    Raises:
        NotApplied: they differ; the message names the fields, not their values.
    """
    wrong = sorted(differing(wanted, found))
    if wrong:
        raise NotApplied(
            f"{what}: Dokploy accepted the change and kept another value of {', '.join(wrong)}. "
            "Is someone else changing it at the same time? Run `pulumi up --refresh`."
        )
