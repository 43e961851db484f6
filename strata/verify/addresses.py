"""What a visitor of what runs is answered: previews, staging, production; one look, as smoke checks make it.

The address follows from the stack's name (P9); who should answer there stands in the stack's outputs.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from model.errors import StrataError
from model.layers import Stack
from model.release import VerifiedRelease
from model.routing import smoke_probes
from strata import engine
from strata.errors import CommandError, EngineError
from strata.project import Project
from strata.smoke import Expected, Look, Verdict, Visitor, look_round
from strata.target import runs
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
        found = pool.map(
            lambda stack: _of_stack(project, stack, there, through, silent, named=stack in asked), stacks
        )
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
    *,
    named: bool,
) -> Finding:
    if not stack.on_dokploy:
        return Finding(part=PART, subject=stack.name, state=State.ABSENT, detail="it has no public address")
    if stack.name not in there or there[stack.name] == 0:
        # Who names a stack means that it is there.
        state, step = (State.WRONG, f"pulumi up --stack {stack}") if named else (State.ABSENT, "")
        return Finding(
            part=PART, subject=stack.name, state=state, detail="nothing is deployed", next_step=step
        )
    settings = project.settings(stack)
    url = project.names(stack).url(https=settings.https)
    commit, release, unknown = None, None, ""
    if silent is State.WRONG:
        try:
            commit, release = runs(engine.outputs(project, stack.name))
        except (CommandError, StrataError) as error:
            unknown = str(error).partition(" Next: ")[0].rstrip(".")
    with Visitor(through) as visitor:
        looks = look_round(visitor, smoke_probes(url), Expected(commit=commit, environment=stack.name))
    bad = [look for look in looks if look.verdict is not Verdict.RIGHT]
    if not bad and unknown:
        return Finding(
            part=PART,
            subject=stack.name,
            state=State.UNKNOWN,
            detail=f"{_said(url, looks, release)}; whether it should is not known: {unknown}",
            next_step="`strata status`",
        )
    if not bad:
        return Finding(part=PART, subject=stack.name, state=State.FINE, detail=_said(url, looks, release))
    wrong = next((look for look in bad if look.verdict is Verdict.WRONG), None)
    return Finding(
        part=PART,
        subject=stack.name,
        state=State.WRONG if wrong else silent,
        detail=str(wrong or bad[0]),
        next_step=f"`strata status`, `strata logs {stack}`, then `pulumi up --refresh --stack {stack}`",
    )


def _said(url: str, looks: Sequence[Look], release: VerifiedRelease | None) -> str:
    commit = next((look.commit for look in looks if look.commit), "unknown")
    return f"{url}: {f'{release.version}, ' if release else ''}commit {commit[:12]}"
