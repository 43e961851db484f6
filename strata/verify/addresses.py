"""`/health` of what runs: previews, staging, production. The address follows from the stack's name (P9)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from model.errors import StrataError
from model.layers import Stack
from strata import engine
from strata.errors import EngineError
from strata.health import State as Health
from strata.health import probe
from strata.project import Project
from strata.verify.finding import Finding, State

PART = "health"
STANDING = ("staging", "production")
_AT_ONCE = 4


def verify_addresses(
    project: Project, asked: Sequence[Stack], *, through: httpx.BaseTransport
) -> list[Finding]:
    """What each address answers.

    Args:
        project: whose stacks.
        asked: the stacks to look at; empty means all that the backend has, and the standing ones.
        through: the network, or a test's.
    """
    try:
        there = {entry.name: entry.resources for entry in engine.stacks(project)}
    except EngineError as error:
        what, _, step = str(error).rstrip(".").partition(". Next: ")
        # Addresses can be asked all the same; which previews there are is not known then.
        problem = [Finding(part=PART, subject="stacks", state=State.UNKNOWN, detail=what, next_step=step)]
        there = dict.fromkeys(one.name for one in asked or map(Stack.parse, STANDING))
    else:
        problem = []
    # Where the backend cannot be asked, nobody knows whether anything should answer.
    silent = State.UNKNOWN if problem else State.WRONG
    stacks = list(asked) or [Stack.parse(name) for name in dict.fromkeys((*sorted(_named(there)), *STANDING))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda stack: _of_stack(project, stack, there, through, silent), stacks)
        return [*problem, *found]


def _named(names: "dict[str, int | None]") -> list[str]:
    """Those that Dokploy runs; a backend may hold other names."""
    kept = []
    for name in names:
        try:
            stack = Stack.parse(name)
        except StrataError:
            continue
        if stack.on_dokploy and name not in STANDING:
            kept.append(name)
    return kept


def _of_stack(
    project: Project,
    stack: Stack,
    there: "dict[str, int | None]",
    through: httpx.BaseTransport,
    silent: State,
) -> Finding:
    if not stack.on_dokploy:
        return Finding(part=PART, subject=stack.name, state=State.ABSENT, detail="it has no public address")
    if stack.name not in there or there[stack.name] == 0:
        return Finding(part=PART, subject=stack.name, state=State.ABSENT, detail="nothing is deployed")
    settings = project.settings(stack)
    url = project.names(stack).url(https=settings.https)
    health = probe(url, through)
    if health.state is Health.HEALTHY:
        told = f"{url}/health: {health.version or 'no version'}, commit {(health.commit or 'unknown')[:12]}"
        return Finding(part=PART, subject=stack.name, state=State.FINE, detail=told)
    return Finding(
        part=PART,
        subject=stack.name,
        state=silent,
        detail=f"{url}/health: {health}",
        next_step=f"`strata status`, `strata logs {stack}`, then `pulumi up --refresh --stack {stack}`",
    )
