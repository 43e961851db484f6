"""The workflows are what the tables say, and the tables' commands stand in an order that makes sense."""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from tests.workflows.documents import Document, environment_of, jobs, needs_of
from tests.workflows.order import CHECKED_OUT, NOT_CANCELLED, ORDER, TRUSTED
from tests.workflows.parts import Step
from tests.workflows.rules import Documents, Rule, commands
from tests.workflows.starts import FILES

WORKFLOW_KEYS = {"name", "run-name", "on", "permissions", "concurrency", "env", "jobs"}
JOB_KEYS = {
    *("name", "needs", "if", "runs-on", "timeout-minutes", "environment", "concurrency", "permissions"),
    *("outputs", "env", "steps"),
}
STEP_KEYS = {"run", "if", "id", "name", "env", "timeout-minutes"}
ACTION_KEYS = {"uses", "with"}
CHECKOUT = {"persist-credentials": False, "fetch-depth": 0}
TOKEN = "GITHUB_TOKEN"  # a variable's name
JOBS_OWN = "${{ github.token }}"
INSTALLATIONS = "${{ env.STRATA_GITHUB_TOKEN }}"


def order_of_starts(documents: Documents) -> Iterator[str]:
    """Each workflow starts by what the table says, with its variables."""
    for file in documents.keys() | FILES.keys():
        if file not in documents or file not in FILES:
            yield f"{file}: stands in one of the table and the workflows only"
            continue
        yield from _differ(file, "on", _events(documents[file]["on"]), dict(FILES[file].on))
        yield from _differ(file, "env", documents[file].get("env", {}), dict(FILES[file].env))


def order_of_jobs(documents: Documents) -> Iterator[str]:
    """Each job waits for, runs when, and may what the table says."""
    there = {(file, job): body for file, job, body in jobs(documents)}
    for file, job in there.keys() | ORDER.keys():
        if (file, job) not in there or (file, job) not in ORDER:
            yield f"{file}: {job}: stands in one of the table and the workflows only"
            continue
        body, meant, where = there[file, job], ORDER[file, job], f"{file}: {job}"
        yield from _differ(where, "needs", needs_of(body), meant.needs.split())
        yield from _differ(where, "if", _flat(body.get("if", "")), meant.when)
        yield from _differ(where, "environment", environment_of(body) or "", meant.environment)
        may = dict(one.split(":") for one in meant.may.split())
        yield from _differ(where, "permissions", body.get("permissions"), may)
        yield from _differ(where, "outputs", body.get("outputs", {}), dict(meant.outputs))
        refs = [step.get("with", {}).get("ref", "") for step in body["steps"] if "uses" in step]
        own = "main" if file == "pr-test.yml" else ""
        yield from _differ(where, "ref", refs, [CHECKED_OUT.get((file, job), own), ""])
        env = TRUSTED if meant.environment else dict(meant.env)
        yield from _differ(where, "env", body.get("env", {}), env)


def order_of_steps(documents: Documents) -> Iterator[str]:
    """Each job does what the table says, after the checkout and the set-up: no step more, less or changed."""
    for file, job, body in jobs(documents):
        where, steps = f"{file}: {job}", body["steps"]
        actions = [step.get("uses", "").partition("@")[0] for step in steps[:2]]
        yield from _differ(where, "first steps", actions, ["actions/checkout", "./.github/actions/setup"])
        meant = ORDER[file, job].steps if (file, job) in ORDER else ()
        found = [_step(step) for step in steps[2:]]
        for number, (one, other) in enumerate(zip(found, meant, strict=False), start=1):
            yield from _differ(where, f"step {number}", one, other)
        yield from _differ(where, "number of steps", len(found), len(meant))


def order_of_checkouts(documents: Documents) -> Iterator[str]:
    """Checked out is what the run is of, main, or a commit that a job before has found on main (R5).

    Held apart from the table, as `order_of_commands` is.
    """
    for file, job, body in jobs(documents):
        for ref in (step["with"]["ref"] for step in body["steps"] if "ref" in step.get("with", {})):
            found = 'strata evidence staging --commit "$COMMIT"' in [
                step.get("run") for one in _before(documents[file]["jobs"], job) for step in one["steps"]
            ]
            if ref != "main" and not (ref == "${{ env.COMMIT }}" and found):
                yield f"{file}: {job}: checks out {ref}, which no job before it has found on main"


def order_of_keys(documents: Documents) -> Iterator[str]:
    """Nothing else is said: no `continue-on-error`, `container`, `services`, `shell`, `defaults`."""
    for file, document in documents.items():
        yield from _unknown(file, document, WORKFLOW_KEYS)
    for file, job, body in jobs(documents):
        yield from _unknown(f"{file}: {job}", body, JOB_KEYS)
        for number, step in enumerate(body["steps"]):
            where = f"{file}: {job}: step {number}"
            yield from _unknown(where, step, ACTION_KEYS if "uses" in step else STEP_KEYS)
            meant = {**CHECKOUT, "ref": CHECKED_OUT.get((file, job), "main")}
            for name, value in step.get("with", {}).items():
                if name not in meant or value != meant[name]:
                    yield f"{where}: {name} is {value}"


def order_of_tokens(documents: Documents) -> Iterator[str]:
    """The job's own token is a command's of Strata's; the engine reads GitHub with the login's."""
    for file, job, body in jobs(documents):
        for step in (step for step in body["steps"] if TOKEN in step.get("env", {})):
            engine = str(step.get("run")).startswith("pulumi ")
            wanted = INSTALLATIONS if engine else JOBS_OWN
            yield from _differ(f"{file}: {job}: {step.get('run')}", TOKEN, step["env"][TOKEN], wanted)


def order_of_commands(documents: Documents) -> Iterator[str]:
    """Login, lock, engine, proof, record; the lock given back after the engine; logout last and always.

    Held apart from the table: who writes both a workflow and its line wrong is found here.
    """
    for file, job, body in jobs(documents):
        done = [(shlex.split(step["run"]), step.get("if", "")) for step in body["steps"] if "run" in step]
        if environment_of(body) is None:
            continue
        where = f"{file}: {job}"
        if done[0][0][:2] != ["strata", "login"] or done[0][1]:
            yield f"{where}: does not begin with an unconditional login"
        if done[-1] != (["strata", "logout"], "always()"):
            yield f"{where}: does not end with a logout, always"
        yield from (f"{where}: {wrong}" for wrong in _locked(done))
        yield from (f"{where}: {wrong}" for wrong in _proved(file, done))


def order_of_gates(documents: Documents) -> Iterator[str]:
    """What changes staging, production or what a release is comes after evidence, or after `rollback clear`.

    Held apart from the table, as above.
    """
    for file, job, body in jobs(documents):
        verbs = {" ".join(words[:3]) for words in commands(body)}
        stacks = {words[-1] for words in commands(body) if words[:2] == ["pulumi", "up"]}
        if not (
            stacks & {"staging", "production"} or verbs & {"strata release promote", "strata release tag"}
        ):
            continue
        asked = {
            " ".join(words[1:3]) for one in _before(documents[file]["jobs"], job) for words in commands(one)
        }
        if not asked & {"evidence staging", "evidence production", "rollback clear"}:
            yield f"{file}: {job}: comes after nothing that asked whether it may"
        # a rollback goes on where clearing failed: GitHub's answer to that must not hold it up
        goes_on = file == "rollback.yml" and body.get("if") == NOT_CANCELLED
        if not goes_on and re.search(r"\|\||(always|failure|cancelled)\(", str(body.get("if", ""))):
            yield f"{file}: {job}: runs although what it needs failed"


RULES: list[Rule] = [
    order_of_starts,
    order_of_jobs,
    order_of_steps,
    order_of_checkouts,
    order_of_keys,
    order_of_tokens,
    order_of_commands,
    order_of_gates,
]

Done = list[tuple[list[str], str]]


def _locked(done: Done) -> Iterator[str]:
    # W6: under a lock that was taken, and is given back when the engine has ended, however
    engine = [
        n for n, (words, _) in enumerate(done) if words[:2] in (["pulumi", "up"], ["pulumi", "destroy"])
    ]
    if not engine:
        return
    stacks = {done[n][0][done[n][0].index("--stack") + 1] for n in engine}
    if len(stacks) > 1:
        yield f"changes {sorted(stacks)} in one job"
    for stack in stacks:
        before = done[: engine[0]]
        taken = [when for words, when in before if words == ["strata", "lock", "take", stack]]
        if taken not in ([""], [done[engine[0]][1]]):
            yield f"changes {stack} without the lock"
        back = [
            (n, when) for n, (words, when) in enumerate(done) if words[:3] == ["strata", "lock", "release"]
        ]
        if [n > engine[-1] and when.startswith("always()") for n, when in back] != [True]:
            yield f"does not give the lock of {stack} back once, after the engine and always"


def _proved(file: str, done: Done) -> Iterator[str]:
    # P4: what a preview's `after` asks; a standing stack is asked from outside before its record says so
    verbs = [words[1] if words[0] == "pulumi" else " ".join(words[1:3]) for words, _ in done]
    for at in (n for n, verb in enumerate(verbs) if verb in {"up", "destroy"}):
        proof = "preview after" if file == "pr-test.yml" else "smoke " + done[at][0][-1]
        record = next((n for n, verb in enumerate(verbs) if n > at and verb == "release record"), len(verbs))
        if proof not in verbs[at + 1 : record]:
            yield f"nothing asks whether `{' '.join(done[at][0][:2])}` came out right before it is recorded"


def _before(body: Mapping[str, Document], job: str) -> Iterator[Document]:
    for needed in needs_of(body[job]):
        yield body[needed]
        yield from _before(body, needed)


def _step(step: Document) -> Step:
    given = {name: value for name, value in step.get("env", {}).items() if name != TOKEN}
    run = str(step.get("run", step.get("uses")))
    return Step(run=run, when=_flat(step.get("if", "")), id=step.get("id", ""), given=given)


def _flat(condition: object) -> str:
    return " ".join(str(condition).split())


def _events(on: Mapping[str, Any]) -> dict[str, Any]:
    # of what a person is asked: names and types
    return {
        event: {"inputs": {name: about["type"] for name, about in options["inputs"].items()}}
        if options and "inputs" in options
        else options
        for event, options in on.items()
    }


def _differ(where: str, what: str, found: object, meant: object) -> Iterator[str]:
    if found != meant:
        yield f"{where}: {what}: {found} in the workflow, {meant} in the table: tests/workflows/order.py"


def _unknown(where: str, given: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"{where}: says {name}, which no table knows" for name in sorted(given.keys() - known))
