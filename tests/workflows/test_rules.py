"""W1 to W4, G3, P7: the workflows keep the rules, and a workflow that breaks one is found."""

import copy

import pytest

from model.ruleset import REQUIRED_CHECK
from strata.previews import desk
from strata.release import evidence, rollback
from tests.workflows import rules
from tests.workflows.changes import Change, job_of, step_of, weaker
from tests.workflows.documents import all_of_them

WORKFLOWS = all_of_them()


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_workflows_keep_the_rule(rule: rules.Rule) -> None:
    assert list(rule(WORKFLOWS)) == []


BROKEN: dict[str, tuple[rules.Rule, Change]] = {
    "a deployment has no group": (
        rules.w1_one_group_for_what_changes_a_stack,
        lambda d: job_of(d, "staging-deploy", "deploy").pop("concurrency"),
    ),
    "a rollback has a group of its own": (
        rules.w1_one_group_for_what_changes_a_stack,
        lambda d: job_of(d, "rollback", "deploy")["concurrency"].update(group="rollback"),
    ),
    "one who looks stands in the queue": (
        rules.w1_one_group_for_what_changes_a_stack,
        lambda d: job_of(d, "drift", "staging").update(
            concurrency={"group": "pulumi-staging", "cancel-in-progress": False}
        ),
    ),
    "a newer run ends an older one half-way": (
        rules.w1_one_group_for_what_changes_a_stack,
        lambda d: d["pr-test.yml"]["concurrency"].update({"cancel-in-progress": True}),
    ),
    "all previews share one group": (
        rules.w1_one_group_for_what_changes_a_stack,
        lambda d: d["pr-test.yml"]["concurrency"].update(group="pulumi-previews"),
    ),
    "a job may write without a reason": (
        rules.w2_least_permissions,
        lambda d: job_of(d, "ci", "check")["permissions"].update(contents="write"),
    ),
    "a job has what the repository's default is": (
        rules.w2_least_permissions,
        lambda d: job_of(d, "ci", "check").pop("permissions"),
    ),
    "all jobs have everything": (
        rules.w2_least_permissions,
        lambda d: d["ci.yml"].update(permissions="write-all"),
    ),
    "an action moves with its tag": (
        rules.w2_pinned_actions,
        lambda d: step_of(d, "ci", "check", "actions/").update(uses="actions/checkout@v5"),
    ),
    "an action is somebody's": (
        rules.w2_pinned_actions,
        lambda d: step_of(d, "ci", "check", "actions/").update(uses=f"somebody/checkout@{'a' * 40}"),
    ),
    "a title is in a script": (
        rules.w2_nobodys_text,
        lambda d: step_of(d, "pr-test", "look", "strata").update(
            run="strata preview look --title '${{ github.event.pull_request.title }}'"
        ),
    ),
    "a title names the run": (
        rules.w2_nobodys_text,
        lambda d: d["pr-test.yml"].update({"run-name": "${{ github.event.pull_request.title }}"}),
    ),
    "a number is in a script": (
        rules.w2_nobodys_text,
        lambda d: step_of(d, "pr-test", "look", "strata").update(
            run="strata preview look --pr ${{ inputs.number }}"
        ),
    ),
    "the pull request's code is checked out": (
        rules.w2_nothing_of_a_pull_request_runs_with_rights,
        lambda d: step_of(d, "pr-test", "up", "actions/checkout")["with"].update(
            ref="${{ github.event.pull_request.head.sha }}"
        ),
    ),
    "evidence is looked at by the commit that it is about": (
        rules.w2_nothing_of_a_pull_request_runs_with_rights,
        lambda d: step_of(d, "staging-deploy", "evidence", "actions/checkout")["with"].update(
            ref="${{ env.COMMIT }}"
        ),
    ),
    "a checkout keeps its credential": (
        rules.w2_nothing_of_a_pull_request_runs_with_rights,
        lambda d: step_of(d, "ci", "check", "actions/checkout")["with"].pop("persist-credentials"),
    ),
    "a job never ends": (
        rules.w2_limits_and_names,
        lambda d: job_of(d, "sweep", "sweep").pop("timeout-minutes"),
    ),
    "the workflow that staging waits for is renamed": (
        rules.w2_workflows_wait_for_each_other_by_name,
        lambda d: d["ci.yml"].update(name="Checks"),
    ),
    "the check does not need a job": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "required")["needs"].remove("integration"),
    ),
    "the check is skipped after a failure": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "required").pop("if"),
    ),
    "the check is called something else": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "required").update(name="all green"),
    ),
    "the check does not judge": (
        rules.w3_one_check_judges_all,
        lambda d: step_of(d, "ci", "required", "strata").update(run="make toolchain"),
    ),
    "the check judges sometimes": (
        rules.w3_one_check_judges_all,
        lambda d: step_of(d, "ci", "required", "strata").update({"if": "github.event_name == 'push'"}),
    ),
    "images are pushed beside the check": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "images").update(needs="test"),
    ),
    "images are pushed after a red check": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "images").update({"if": "!cancelled() && github.event_name == 'push'"}),
    ),
    "images are pushed after anything": (
        rules.w3_one_check_judges_all,
        weaker("ci", "images", "|| !cancelled()"),
    ),
    "images are never pushed": (
        rules.w3_one_check_judges_all,
        lambda d: job_of(d, "ci", "images").update({"if": "needs.required.result == 'success'"}),
    ),
    "a step is a script": (
        rules.w4_a_step_is_a_command,
        lambda d: step_of(d, "ci", "check", "make").update(run="make check || true"),
    ),
    "a step runs something else": (
        rules.w4_a_step_is_a_command,
        lambda d: step_of(d, "ci", "check", "make").update(run="curl https://example.org"),
    ),
    "the gate is taken off": (
        rules.g3_who_gets_credentials,
        lambda d: job_of(d, "production-deploy", "deploy").pop("environment"),
    ),
    "the environment is renamed": (
        rules.g3_who_gets_credentials,
        lambda d: job_of(d, "production-deploy", "deploy").update(environment="prod"),
    ),
    "the environment is one that anybody makes": (
        rules.g3_who_gets_credentials,
        lambda d: job_of(d, "pr-test", "up")["environment"].update(name="pr-${{ inputs.branch }}"),
    ),
    "a job takes the credentials of another environment": (
        rules.g3_who_gets_credentials,
        lambda d: step_of(d, "drift", "production", "strata login").update(
            run="strata login --environment production"
        ),
    ),
    "another workflow goes to production": (
        rules.g3_who_gets_credentials,
        lambda d: job_of(d, "staging-deploy", "deploy").update(environment="production"),
    ),
    "a job without an environment asks for a token": (
        rules.g3_who_gets_credentials,
        lambda d: job_of(d, "ci", "test")["permissions"].update({"id-token": "write"}),
    ),
    "an environment has no gate": (
        rules.g2_g3_each_environment_is_a_gate_as_code,
        lambda d: job_of(d, "drift", "staging").update(environment="staging-watch"),
    ),
    "production is changed behind a gate that nobody opens": (
        rules.g2_g3_each_environment_is_a_gate_as_code,
        lambda d: job_of(d, "rollback", "deploy").update(environment="staging"),
    ),
    "a role expects a job that is gone": (
        rules.g3_nobody_is_expected_in_vain,
        lambda d: job_of(d, "rollback", "deploy").pop("environment"),
    ),
    "a secret is stored at GitHub": (
        rules.g3_github_keeps_no_secret,
        lambda d: step_of(d, "ci", "check", "make").update(env={"KEY": "${{ secrets.DOKPLOY_API_KEY }}"}),
    ),
    "a variable is kept at GitHub": (
        rules.g3_github_keeps_no_secret,
        lambda d: job_of(d, "ci", "plan")["env"].update(VAULT_ADDR="${{ vars.VAULT_ADDR }}"),
    ),
    "every step has the token": (
        rules.g3_github_keeps_no_secret,
        lambda d: job_of(d, "ci", "plan")["env"].update(GITHUB_TOKEN="${{ github.token }}"),
    ),
    "a fork gets a plan": (
        rules.p7_a_fork_gets_nothing,
        lambda d: job_of(d, "ci", "plan").update({"if": "github.event_name == 'pull_request'"}),
    ),
    "a fork gets a plan by an or": (
        rules.p7_a_fork_gets_nothing,
        weaker("ci", "plan", "|| true"),
    ),
    "a fork gets a plan because it is one": (
        rules.p7_a_fork_gets_nothing,
        lambda d: job_of(d, "ci", "plan").update({"if": f"!({job_of(d, 'ci', 'plan')['if']})"}),
    ),
}


@pytest.mark.parametrize(("rule", "change"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_the_rule_is_found(rule: rules.Rule, change: Change) -> None:
    documents = copy.deepcopy(WORKFLOWS)
    change(documents)

    assert list(rule(documents))


@pytest.mark.parametrize(
    "named", [evidence.WORKFLOW, rollback.WORKFLOW, desk.WORKFLOW], ids=["CI", "production", "previews"]
)
def test_the_workflows_that_commands_ask_for_exist(named: str) -> None:
    assert named in WORKFLOWS


def test_w1_the_job_by_which_a_rollback_judges_is_the_one_behind_the_gate() -> None:
    behind = [
        one for one in WORKFLOWS[rollback.WORKFLOW]["jobs"].values() if one.get("environment") == "production"
    ]

    assert [one["name"] for one in behind] == [rollback.DEPLOY]


def test_the_check_that_evidence_asks_for_is_the_one_that_the_ruleset_requires() -> None:
    assert evidence.REQUIRED == REQUIRED_CHECK


def test_every_rule_is_broken_by_something() -> None:
    assert {rule for rule, _ in BROKEN.values()} == set(rules.RULES)
