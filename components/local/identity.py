"""Who made a container, a network or a volume: the same names may be wanted by several on one Engine.

Names carry application and stack, and two checkouts of one application have both in common. So has one
checkout with two states. What somebody else made is never adopted, changed or removed.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import pulumi

from model.layers import Stack
from model.naming import Names

OWNER = "strata.stack"
CHECKOUT = "strata.checkout"
_DIGITS = 8
_REMOVALS = {"container": "docker rm -f", "network": "docker network rm", "volume": "docker volume rm"}

Labels = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One checkout's stack in one state.

    Attributes:
        stack: application and stack, `finance-report/local`.
        checkout: the real folder of the compose files.
        digits: of the checkout and of where the state is, as far as the environment says that.
    """

    stack: str
    checkout: str
    digits: str

    @classmethod
    def of(cls, names: Names, stack: Stack, *, folder: PurePath, env: Mapping[str, str]) -> "Identity":
        """Who is at work.

        Args:
            names: of the application.
            stack: `local` or `ci`.
            folder: of the compose files, without links.
            env: PULUMI_BACKEND_URL is where the state is; a state that `pulumi login` chose is not known.
        """
        seen = f"{folder}\n{env.get('PULUMI_BACKEND_URL', '')}"
        digits = hashlib.sha256(seen.encode()).hexdigest()[:_DIGITS]
        return cls(stack=f"{names.slug}/{stack.name}", checkout=str(folder), digits=digits)

    @property
    def owner(self) -> str:
        """Value of the label that all of it carries."""
        return f"{self.stack}@{self.digits}"

    @property
    def labels(self) -> dict[str, str]:
        """What is written on everything; the second one is for people, and for messages."""
        return {OWNER: self.owner, CHECKOUT: self.checkout}


def require_ours(identity: Identity, there: Mapping[str, Mapping[str, Labels]]) -> None:
    """Refuse names that somebody else has.

    Args:
        identity: who is at work.
        there: kind to name to labels, of everything that has one of the names that are going to be given.

    Raises:
        pulumi.RunError: names what is there, whose it is, who is asking, and the next commands.
    """
    found = [
        (kind, name, labels)
        for kind, named in there.items()
        for name, labels in sorted(named.items())
        if labels.get(OWNER) != identity.owner
    ]
    if not found:
        return
    lines = "\n".join(
        f"  {kind} {name}: {_maker(identity, labels) or 'nothing says whose it is'}"
        for kind, name, labels in found
    )
    raise pulumi.RunError(
        f"Stack {identity.stack} of the checkout {identity.checkout} cannot have its names, somebody else "
        f"has them. Nothing was changed:\n{lines}\nNext: {'; '.join(_commands(identity, found))}."
    )


def _maker(identity: Identity, labels: Labels) -> str | None:
    if OWNER not in labels:
        return None
    checkout = labels.get(CHECKOUT)
    state = ", with another state (PULUMI_BACKEND_URL)" if checkout == identity.checkout else ""
    return (
        f"stack {labels[OWNER].partition('@')[0]} of the checkout {checkout or 'that it does not say'}{state}"
    )


def _commands(identity: Identity, found: list[tuple[str, str, Labels]]) -> Iterator[str]:
    stack = identity.stack.partition("/")[2]
    if any(OWNER in labels for _, _, labels in found):
        yield (
            f"work on there, or remove it there and with its state by `pulumi destroy --stack {stack}`, or "
            f"give this one a name of its own by `pulumi config set app <name> --stack {stack}`"
        )
    for kind, removal in _REMOVALS.items():
        names = [name for one, name, labels in found if one == kind and OWNER not in labels]
        if names:
            yield f"`{removal} {' '.join(names)}` if nobody needs it, then run it again"
