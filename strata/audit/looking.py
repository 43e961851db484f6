"""Going round the gates: what cannot be seen in one place does not hide what is wrong in another."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from model.gate import GatePlan
from model.gate_seen import gate_differences
from model.identity import APP_KEYS, EXPORTED
from model.ruleset import RulesetPlan
from model.ruleset_seen import ruleset_differences
from strata.audit.declared import Declared
from strata.audit.report import Difference, Report
from strata.github import Client
from strata.github.environments import gate, repository_secret_names, secret_names
from strata.github.errors import GithubError
from strata.github.rulesets import ruleset

_OURS = frozenset({*EXPORTED, *APP_KEYS, "VAULT_TOKEN"})
_BRANCHES = "refs/heads/"
_OUR_BEGINNINGS = ("DOKPLOY_", "PULUMI_", "STRATA_", "VAULT_")


@dataclass
class _Round:
    """One audit while it goes on."""

    looked_at: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    unseen: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, where: str, told: Callable[[], Iterable[str]]) -> None:
        try:
            for one in told():
                self.differences.append(Difference(where=where, what=one))  # kept if the next look is refused
        except GithubError as refusal:
            self.unseen.append(Difference(where=where, what=str(refusal)))
        else:
            self.looked_at.append(where)


def look(client: Client, wanted: Declared, *, repository: bool = True) -> Report:
    """Compare GitHub with what is declared.

    Args:
        client: of the repository; needs actions, environments, secrets and metadata, all `read`.
        wanted: the gates.
        repository: look at the repository's own secrets too.

    Raises:
        GithubError: the repository itself cannot be seen, so nothing of it.
    """
    client.get("")
    going = _Round()
    for plan in wanted.gates:
        going.at(f"environment {plan.environment}", partial(_gate, client, plan))
    for rules in wanted.rulesets:
        going.at(f"ruleset {rules.name}", partial(_ruleset, client, rules, going.notes))
    if repository:
        going.at("repository", partial(_secrets, client))
    return Report(
        looked_at=tuple(going.looked_at),
        differences=tuple(going.differences),
        unseen=tuple(going.unseen),
        notes=tuple(going.notes),
    )


def incomplete(client: Client, wanted: Declared) -> dict[str, tuple[str, ...]]:
    """Environments whose gate is not as declared, with what is wrong: none of them may get a Vault role (V8).

    A gate that takes a branch is no better than what guards the branch. What cannot be seen is not fine.

    Args:
        client: of the repository, an administrator's.
        wanted: gates and rulesets of all standing stacks.
    """
    guarded = {
        branch.removeprefix(_BRANCHES): _told(partial(_guard, client, rules))
        for rules in wanted.rulesets
        for branch in rules.branches
    }
    found: dict[str, tuple[str, ...]] = {}
    for plan in wanted.gates:
        told = _told(partial(_gate, client, plan))
        for branch in plan.branch_patterns:
            told += guarded.get(branch, ())
        if told:
            found[plan.environment] = told
    return found


def _told(look_at: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    try:
        return tuple(look_at())
    except GithubError as refusal:
        return (str(refusal),)


def _guard(client: Client, plan: RulesetPlan) -> Iterator[str]:
    """What is wrong with a branch's ruleset, for somebody to whom GitHub shows who may bypass it."""
    seen = ruleset(client, plan.name)
    for one in ruleset_differences(plan, seen):
        yield f"ruleset {plan.name}: {one}"
    if seen is not None and seen.bypass is None:
        yield f"ruleset {plan.name}: who may bypass it is shown to administrators only, and not to this token"


def _gate(client: Client, plan: GatePlan) -> Iterator[str]:
    seen = gate(client, plan.environment)
    yield from gate_differences(plan, seen)
    if seen is not None:
        for name in secret_names(client, plan.environment):
            yield f"it holds the secret {name}; secrets live in Vault, delete it here"


def _ruleset(client: Client, plan: RulesetPlan, notes: list[str]) -> Iterator[str]:
    seen = ruleset(client, plan.name)
    if seen is not None and seen.bypass is None:
        notes.append(
            f"Who may bypass the ruleset {plan.name} is shown to administrators only: let one run this too."
        )
    yield from ruleset_differences(plan, seen)


def _secrets(client: Client) -> Iterator[str]:
    for name in repository_secret_names(client):
        if name in _OURS or name.startswith(_OUR_BEGINNINGS):
            yield f"every job can read its secret {name}; secrets live in Vault behind a gate, delete it"
