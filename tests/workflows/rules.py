"""W1 to W4, G3 and P7 as functions over parsed workflows: each yields what is wrong, in words."""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from model import identity
from model.gates import gates_of
from model.layers import Stack
from model.ruleset import REQUIRED_CHECK
from strata.project import Project
from tests.workflows.documents import ROOT, Document, environment_of, jobs, needs_of, permissions_of
from tests.workflows.order import CHECKED_OUT

Documents = Mapping[str, Document]
Rule = Callable[[Documents], Iterator[str]]

WRITES = {
    ("ci.yml", "plan", "pull-requests"): "the sticky comment with the plans",
    ("ci.yml", "images", "packages"): "pushes the images of a commit of main, after the aggregate check",
    ("pr-test.yml", "look", "pull-requests"): "tells why nothing is made: a fork, no label",
    ("pr-test.yml", "up", "actions"): "starts a preview that waited for its place (P6)",
    ("pr-test.yml", "destroy", "actions"): "starts a preview that waited for its place (P6)",
    ("pr-test.yml", "up", "contents"): "pushes the tag that pins the commit (P7)",
    ("pr-test.yml", "up", "deployments"): "GitHub's record of the preview (P4)",
    ("pr-test.yml", "up", "pull-requests"): "the sticky comment (P4)",
    ("pr-test.yml", "destroy", "contents"): "deletes the tag that pinned the commit (P3)",
    ("pr-test.yml", "destroy", "deployments"): "ends GitHub's record of the preview (P3)",
    ("pr-test.yml", "destroy", "pull-requests"): "the sticky comment (P4)",
    ("sweep.yml", "sweep", "actions"): "starts pr-test.yml for each leftover (P5)",
    ("staging-deploy.yml", "release", "contents"): "the annotated tag of the next patch version (R5)",
    ("staging-deploy.yml", "release", "packages"): "the version as tag on the verified digests (R5)",
    ("production-deploy.yml", "tag", "packages"): "the release's tag on the verified digests (R3)",
    ("production-deploy.yml", "deploy", "deployments"): "the record of the release (R9)",
    ("rollback.yml", "cancel", "actions"): "cancels what waits for approval (W1)",
    ("rollback.yml", "deploy", "deployments"): "the record of the release (R9)",
    ("drift.yml", "staging", "issues"): "one issue of the stack's drift (G4)",
    ("drift.yml", "production", "issues"): "one issue of the stack's drift (G4)",
}
"""Every permission to write, and why; `id-token` has rules of its own."""

_TEXTS = re.compile(
    r"github\.event\.[\w.]*\b(title|body|message|name|label|head_branch|head\.ref)\b|github\.head_ref"
)
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
_PROGRAMS = {"make", "pulumi", "strata"}
_NUMBER = "${{ github.event.pull_request.number || inputs.number }}"


def commands(body: Document) -> Iterator[list[str]]:
    """The words of each command of a job."""
    yield from (shlex.split(step["run"]) for step in body["steps"] if "run" in step)


def w1_one_group_for_what_changes_a_stack(documents: Documents) -> Iterator[str]:
    """A newer pending run replaces an older one: whoever only looks must not stand in that queue."""
    for file, job, body in jobs(documents):
        stacks = _changed(body)
        own, whole = body.get("concurrency"), documents[file].get("concurrency")
        groups = [c for c in (own, whole) if c and c["group"].startswith("pulumi-")]
        wanted = {"pulumi-" + (stack or "").replace("$NUMBER", _NUMBER) for stack in stacks}
        if wanted != {group["group"] for group in groups} and not _looks_inside(file, stacks):
            yield f"{file}: {job}: changes {sorted(map(str, stacks))} in {groups}, not in {sorted(wanted)}"
        if any(group.get("cancel-in-progress") is not False for group in groups):
            yield f"{file}: {job}: may be cancelled half-way"


def w2_least_permissions(documents: Documents) -> Iterator[str]:
    """Nothing at the top, each job's own list, every `write` with a reason, no reason without one."""
    used = set()
    for file, job, body in jobs(documents):
        if documents[file].get("permissions") != {}:
            yield f"{file}: permissions at the top are not empty"
        if not isinstance(body.get("permissions"), dict):
            yield f"{file}: {job}: no list of permissions of its own"
        for name, level in permissions_of(documents[file], job).items():
            if level == "write" and name != "id-token":
                used.add((file, job, name))
                if (file, job, name) not in WRITES:
                    yield f"{file}: {job}: {name}: write without a reason"
            elif level not in ("read", "write"):
                yield f"{file}: {job}: {name}: {level}"
    yield from (f"{' '.join(one)}: a reason without its permission" for one in WRITES.keys() - used)


def w2_pinned_actions(documents: Documents) -> Iterator[str]:
    """By commit; of other people's actions only those that GitHub makes."""
    for file, job, body in jobs(documents):
        for uses in (step["uses"] for step in body["steps"] if "uses" in step):
            own = uses.startswith("./.github/actions/")
            if not own and not (_PINNED.fullmatch(uses) and uses.startswith("actions/")):
                yield f"{file}: {job}: {uses} is not pinned by commit, or not GitHub's"


def w2_nobodys_text(documents: Documents) -> Iterator[str]:
    """No expression in a script, and no title, branch, label or message anywhere."""
    for file, document in documents.items():
        for text in (found.group() for found in _TEXTS.finditer(str(document))):
            yield f"{file}: uses {text}"
    for file, job, body in jobs(documents):
        for run in (step["run"] for step in body["steps"] if "run" in step):
            if "${{" in run:
                yield f"{file}: {job}: an expression in `{run}`: hand it on by env"


def w2_nothing_of_a_pull_request_runs_with_rights(documents: Documents) -> Iterator[str]:
    """`pull_request_target` checks out main and keeps no credentials; nobody does keep them."""
    for file, job, body in jobs(documents):
        for step in (step for step in body["steps"] if "actions/checkout@" in step.get("uses", "")):
            given = step.get("with", {})
            if given.get("persist-credentials") is not False:
                yield f"{file}: {job}: the checkout leaves a credential in .git"
            if "pull_request_target" in documents[file]["on"] and given.get("ref") != "main":
                yield f"{file}: {job}: checks out {given.get('ref', 'the default')} and not main"
            own = {"main", CHECKED_OUT.get((file, job))}
            if "repository" in given or given.get("ref", "main") not in own:
                yield f"{file}: {job}: checks out something of others"


def w2_limits_and_names(documents: Documents) -> Iterator[str]:
    """Each job ends by itself, on a named machine, and is called something."""
    for file, document in documents.items():
        if not document.get("name") or not document.get("run-name"):
            yield f"{file}: no name or run-name"
    for file, job, body in jobs(documents):
        if body.get("runs-on") != "ubuntu-24.04":
            yield f"{file}: {job}: runs on {body.get('runs-on')}"
        if not isinstance(body.get("timeout-minutes"), int):
            yield f"{file}: {job}: no timeout"
        if not body.get("name"):
            yield f"{file}: {job}: no name"


def w2_workflows_wait_for_each_other_by_name(documents: Documents) -> Iterator[str]:
    """`workflow_run` names another workflow by its display name: renamed, it would never start again."""
    names = {document.get("name") for document in documents.values()}
    for file, document in documents.items():
        for waited in (document["on"].get("workflow_run") or {}).get("workflows", []):
            if waited not in names:
                yield f"{file}: waits for {waited}, which no workflow is called"
            if not document["on"]["workflow_run"].get("branches"):
                yield f"{file}: waits for runs of every branch"


def w3_one_check_judges_all(documents: Documents) -> Iterator[str]:
    """`required` runs always and needs every job but those that come after it."""
    body = documents["ci.yml"]["jobs"]
    required = body.get("required")
    if required is None or required.get("name") != REQUIRED_CHECK:
        yield "ci.yml: no job is called required"
        return
    after = {job for job in body if "required" in needs_of(body[job])}
    if missing := sorted(set(body) - {"required"} - after - set(needs_of(required))):
        yield f"ci.yml: required does not need {missing}"
    if required.get("if") != "always()":
        yield "ci.yml: required does not run always, and a skipped check counts as passed"
    if not any(step.get("run") == "strata ci result" and "if" not in step for step in required["steps"]):
        yield "ci.yml: required does not judge"
    condition = _all_of(body.get("images", {}).get("if", ""))
    if (
        "required" not in needs_of(body.get("images", {}))
        or "needs.required.result == 'success'" not in condition
    ):
        yield "ci.yml: images do not wait for required"
    if "!cancelled()" not in condition:
        yield "ci.yml: images are skipped with plan, which is no need of theirs but one of required's"


def w4_a_step_is_a_command(documents: Documents) -> Iterator[str]:
    """One program, its words, and nothing of a shell but variables in quotes."""
    for file, job, body in jobs(documents):
        for run in (step["run"] for step in body["steps"] if "run" in step):
            bare = re.sub(r'"[a-z-]*\$[A-Z_]+"', "VALUE", run)
            if "\n" in run.strip() or re.search(r"[|;&<>`$(){}*?\\]", bare):
                yield f"{file}: {job}: `{run}` is a script"
            elif shlex.split(run)[0] not in _PROGRAMS:
                yield f"{file}: {job}: `{run}` starts {shlex.split(run)[0]}"


def g3_who_gets_credentials(documents: Documents) -> Iterator[str]:
    """A job gets Vault's by an OIDC token: only with an environment whose identity expects this file."""
    for file, job, body in jobs(documents):
        environment = environment_of(body)
        asks = permissions_of(documents[file], job).get("id-token")
        logs_in = [
            _option(words, "--environment") for words in commands(body) if words[:2] == ["strata", "login"]
        ]
        if environment is None:
            if asks or logs_in:
                yield f"{file}: {job}: asks for credentials without an environment"
            continue
        named = environment.replace(_NUMBER, "1")
        found = identity.of_environment(named)
        if found is None:
            yield f"{file}: {job}: nobody knows the environment {environment}"
        elif file not in {entry.workflow for entry in found.entries}:
            yield f"{file}: {job}: the role of {environment} does not expect this workflow"
        if asks != "write" or {str(one).replace("$NUMBER", "1") for one in logs_in} != {named}:
            yield f"{file}: {job}: does not log in as {environment}, but as {logs_in}"


def g2_g3_each_environment_is_a_gate_as_code(documents: Documents) -> Iterator[str]:
    """GitHub makes what a job merely names, without a rule; `pr-<n>` is meant to be such a one."""
    project = Project.find({}, start=ROOT)
    stacks = [Stack.parse(name) for name in ("staging", "production")]
    kept = [gate for one in stacks for gate in gates_of(project.settings(one), project.names(one))]
    gates = {gate.environment: gate for gate in kept}
    for file, job, body in jobs(documents):
        environment = environment_of(body)
        if environment is None or environment == f"pr-{_NUMBER}":
            continue
        gate = gates.get(environment)
        if gate is None:
            yield f"{file}: {job}: no stack keeps a gate for {environment}"
        elif "production" in _changed(body) and not (gate.reviewers and gate.prevent_self_review):
            yield f"{file}: {job}: changes production, and nobody has to approve"


def g3_nobody_is_expected_in_vain(documents: Documents) -> Iterator[str]:
    """A role that accepts a workflow without such a job is a door for whoever adds one."""
    there = {
        (one.environment, file)
        for file, _, body in jobs(documents)
        if (one := identity.of_environment((environment_of(body) or "").replace(_NUMBER, "1")))
    }
    for one in identity.IDENTITIES:
        for entry in one.entries:
            if (one.environment, entry.workflow) not in there:
                yield f"no job of {entry.workflow} has the environment {one.environment}"


def g3_github_keeps_no_secret(documents: Documents) -> Iterator[str]:
    """No `secrets.`, no `vars.`, and the job's own token on the steps that need it."""
    for file, document in documents.items():
        text = str(document)
        if re.search(r"\bsecrets\b", text):
            yield f"{file}: uses a secret that GitHub stores"
        if re.search(r"\bvars\b", text):
            yield f"{file}: uses a variable of the repository, which whoever may push can set"
        if "github.token" in str(document.get("env")):
            yield f"{file}: gives every job the token"
    for file, job, body in jobs(documents):
        if "github.token" in str(body.get("env")):
            yield f"{file}: {job}: gives every step the token"


def p7_a_fork_gets_nothing(documents: Documents) -> Iterator[str]:
    """On `pull_request` a job with an environment asks whose the commit is, and nothing goes around it."""
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    for file, job, body in jobs(documents):
        asked = environment_of(body) is None or own in _all_of(body.get("if", ""))
        if "pull_request" in documents[file]["on"] and not asked:
            yield f"{file}: {job}: a fork would get {environment_of(body)}"


RULES: list[Rule] = [
    w1_one_group_for_what_changes_a_stack,
    w2_least_permissions,
    w2_pinned_actions,
    w2_nobodys_text,
    w2_nothing_of_a_pull_request_runs_with_rights,
    w2_limits_and_names,
    w2_workflows_wait_for_each_other_by_name,
    w3_one_check_judges_all,
    w4_a_step_is_a_command,
    g3_who_gets_credentials,
    g2_g3_each_environment_is_a_gate_as_code,
    g3_nobody_is_expected_in_vain,
    g3_github_keeps_no_secret,
    p7_a_fork_gets_nothing,
]


def _changed(body: Document) -> set[str | None]:
    """The stacks that a job changes, but for the one that is of the runner's own."""
    changing = (words for words in commands(body) if words[:2] in (["pulumi", "up"], ["pulumi", "destroy"]))
    return {_option(words, "--stack") for words in changing} - {"ci"}


def _looks_inside(file: str, stacks: set[str | None]) -> bool:
    # P8: what a pull request asks for is looked up while its place is held
    return file == "pr-test.yml" and not stacks


def _option(words: list[str], name: str) -> str | None:
    return words[words.index(name) + 1] if name in words else None


def _all_of(condition: str) -> list[str]:
    # what must all be so; of a condition with another word in it nothing must
    return [] if re.search(r"\|\||!\(", condition) else [" ".join(c.split()) for c in condition.split("&&")]
