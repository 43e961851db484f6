"""What went wrong with a container or a build, in the words of the one who prints it."""

import re
from collections.abc import Sequence

from components.local.engine import Container
from components.local.plan import LocalPlan
from model.layers import Layer

LINES = 20
_KEPT = 2000
_CONFLICT = re.compile(r'container name "/?([^"]+)" is already in use')
_PULL = re.compile(r"unable to pull image (\S+): (.*)")
# Docker says it in five ways, by version and by who found it; an IPv6 address may be in brackets.
_PORT = re.compile(
    r"(?:Bind for|bind host port(?: for)?|listen (?:tcp|udp)[46]?) "
    r"(?:\d+(?:\.\d+){3}|\[[0-9a-f:]*\]|[0-9a-f:]*):(\d+)\b.*already (?:allocated|in use)"
)


def ended(service: str, found: Container | None) -> str | None:
    """Why a container will never be healthy; `None`: it still may be, or is."""
    if found is None:
        return f"{service} has gone: somebody removed its container"
    if found.state in {"exited", "dead"}:
        return f"{service} ended with exit code {found.exit_code} instead of becoming healthy"
    if found.restarts:
        # While it runs Docker tells 0, whatever the last end was (Engine 20.10, 2026-11-23).
        told = "" if found.state == "running" else f": its last exit code was {found.exit_code}"
        return f"{service} ended and was started again{told}"
    if found.health == "unhealthy":
        told = f"; its health check says: {found.last_check[:_KEPT]}" if found.last_check else ""
        return f"{service} is unhealthy{told}"
    return None


def report(reason: str, lines: Sequence[str]) -> str:
    """What happened and what was printed.

    Args:
        reason: what happened, without a full stop.
        lines: the last ones that it printed.
    """
    printed = "\n".join(f"  {line}" for line in lines)
    return f"{reason}.\nThe last it printed:\n{printed}" if lines else f"{reason}.\nIt has printed nothing."


def left(plan: LocalPlan, remains: Sequence[str] | None = (), *, container: str = "") -> str:
    """What is still there after a failure, and the next command.

    Args:
        plan: of the stack.
        remains: what the clearing of `ci` has not removed; `None`: Docker did not say.
        container: that can be looked at; empty: there is none.
    """
    stack = plan.stack.name
    if plan.stack.layer is Layer.CI:
        again = f"`pulumi up --refresh --stack {stack}`; `pulumi destroy --stack {stack}` clears the state."
        if remains is not None and not remains:
            return (
                "Nothing is left running: the stack's containers and its network were removed. "
                f"Next: correct it, then {again}"
            )
        found = f"still there: {', '.join(remains)}" if remains else "Docker does not say what is still there"
        remove = f"docker rm --force --volumes $(docker ps --all --quiet --filter label={plan.label})"
        return (
            f"The stack could not be cleared, {found}. Next: when `docker version` answers, `{remove}` and "
            f"`docker network rm {plan.names.network}`, then {again}"
        )
    look = f", so that you can look: `docker logs {container}`" if container else ""
    return (
        f"What has started is left as it is{look}. Next: correct it and `pulumi up --stack {stack}`, or "
        f"remove everything with `pulumi destroy --stack {stack}`."
    )


def of_build(log: str) -> list[str]:
    """The lines of a build's output that matter: of the step that failed, else the last ones.

    BuildKit repeats a failed step between two rules; a step's own lines begin with its number and the time.
    """
    blocks = log.split("\n------\n")
    lines = blocks[-2].splitlines() if len(blocks) > 2 else log.splitlines()  # noqa: PLR2004 - around it
    kept = [line.rstrip() for line in lines if line.strip()]
    return [re.sub(r"^#?\d+(?: \d+)?\.\d+ ", "", line) for line in kept[-LINES:]]


def of_plugin(service: str, errors: Sequence[str], plan: LocalPlan) -> str:
    """What pulumi-docker or Docker refused; `left` says the rest."""
    said = " ".join(errors[0].split()) if errors else "it did not say why"
    if match := _CONFLICT.search(said):
        return (
            f"{service} cannot be made: a container {match[1]} that is not this stack's was made meanwhile. "
            f"Next: `docker rm -f {match[1]}` if nobody needs it; its volumes stay."
        )
    if match := _PORT.search(said):
        port = int(match[1])
        variable = plan.compose.variables.get(port)
        change = f"set {variable} to a free one" if variable else "change it in the compose file"
        return f"{service} cannot be started: port {port} was taken meanwhile. Next: {change}."
    if match := _PULL.search(said):
        return (
            f"the image of {service} cannot be pulled: {match[2][:_KEPT]}. Next: `docker pull {match[1]}`; "
            "where no registry is in reach, `make docker` builds stand-ins for the pinned images."
        )
    shortened = re.sub(r"^(?:\d+ errors? occurred: \* |creating urn:\S+ )+", "", said)
    return f"{service} cannot be made: {shortened[:_KEPT]}"
