"""`strata preview before`: looks again inside the group (P8), and prepares what `pulumi` is to do."""

import shlex
import tempfile
from pathlib import Path

import typer

from dokploy_provider.errors import DokployError
from model.errors import StrataError
from model.guardrails import check
from model.layers import Stack
from model.preview import COMPOSE_PATH, preview_plan, preview_ref
from strata.errors import CommandError, NotThere
from strata.github import compare, contents
from strata.github.errors import Forbidden, GithubError
from strata.previews import tags
from strata.previews.comment import State
from strata.previews.decision import Action, Push, Reason
from strata.previews.desk import MAIN, Desk, Seen
from strata.previews.stacks import of
from strata.previews.unblock import unblock

# GITHUB_TOKEN cannot be given the permission `workflows`, which GitHub asks for as soon as a ref shows it
# other workflow files (cli/cli issue 9514, read 2026-11-23). A tag that is there already is taken as it is.
_NOT_TAGGED = (
    "{error} A commit that changes .github/workflows cannot be tagged by the token of a workflow: somebody "
    "with write access may do it, `git push origin <commit>:refs/tags/preview/pr-{number}-<its first 7 "
    "digits>`, and run this again"
)
_WORKFLOWS = ".github/workflows/"


class Refused(CommandError):
    """A commit that is not deployed; its pull request was told so and nothing was changed."""


def before(desk: Desk, number: int, *, action: Action) -> bool:
    """Whether `pulumi` is to run; the step's output `go` says the same.

    Args:
        desk: what it works with.
        number: of the pull request.
        action: what the job is about to do.

    Raises:
        Refused: the commit breaks rules; nothing was pushed and nothing deployed.
        CommandError: GitHub or the backend refused or did not answer.
    """
    seen = desk.seen(number)
    previews = desk.stacks.numbers()
    decision = desk.decided(seen, previews=previews)
    go = False
    if decision.reason is Reason.LIMIT and action is Action.UP:
        _wait(desk, seen)
    elif decision.action is not action:
        typer.echo(f"pr-{number}: not {action}, since it asks for {decision.action} now ({decision.reason})")
    elif action is Action.UP:
        go = _prepared(desk, seen)
    elif action is Action.DESTROY:
        go = number in previews
        typer.echo(f"pr-{number}: {decision.reason}" + ("" if go else "; there is no stack of it"))
    desk.runner.output("go", str(go).lower())
    return go


def _prepared(desk: Desk, seen: Seen) -> bool:
    assert seen.request is not None  # noqa: S101 - `up` is only asked for by a pull request
    stack, push = of(seen.number), desk.push(seen.memory, seen.request.commit)
    compose = _allowed(desk, stack, push)
    made = desk.stacks.reserve(stack)
    # Taken first and counted then: of two that take the last place at once, none runs above the limit.
    if made and len(desk.stacks.numbers() - {seen.number}) >= desk.rules.limit:
        desk.stacks.give_back(stack)
        _wait(desk, seen)
        unblock(desk)
        return False
    try:
        tag = tags.pin(desk.github, stack, commit=push.commit)
    except GithubError as error:
        # A stack without a tag is a place that `look` does not see: others would come for it in vain.
        if made:
            desk.stacks.give_back(stack)
        if isinstance(error, Forbidden) and _changes_workflows(desk, push.commit):
            raise _refused(desk, stack, push, _NOT_TAGGED.format(error=error, number=seen.number)) from None
        desk.tell(seen.number, State.UNTRIED, push=push, deployed=desk.deployed(seen.number))
        raise
    _hand_on(
        desk,
        {"PREVIEW_REF": tag, "PREVIEW_COMMIT": push.commit, "PREVIEW_COMPOSE": str(_file(desk, compose))},
    )
    return True


def _changes_workflows(desk: Desk, commit: str) -> bool:
    changed = compare.changed(desk.github, base=MAIN, commit=commit)
    return any(path.startswith(_WORKFLOWS) for path in changed)


def _wait(desk: Desk, seen: Seen) -> None:
    desk.tell(seen.number, State.WAITING, push=None)  # its time counts from when it is there
    typer.echo(f"pr-{seen.number}: the limit of {desk.rules.limit} previews is reached; its comment says so")


def _allowed(desk: Desk, stack: Stack, push: Push) -> str:
    """The compose file at the commit, after the plan's rules have passed it (P10).

    Raises:
        Refused: they have not, or it cannot be read; the pull request was told.
    """
    if met := _beside(desk, stack, push):
        raise _refused(
            desk,
            stack,
            push,
            f"This Dokploy also carries {' and '.join(met)}, and a branch's compose file is as good as root "
            "on its host (P10). Give previews a Dokploy of their own, or acknowledge it: "
            "`pulumi config set previewsBesideStanding true`",
        )
    try:
        text = contents.text(desk.github, COMPOSE_PATH, commit=push.commit)
        server = desk.runner.env.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
        plan = preview_plan(
            settings=desk.settings,
            stack=stack,
            git_url=f"{server}/{desk.github.repository}.git",
            ref=preview_ref(stack, commit=push.commit),
            commit=push.commit,
            compose_file=text,
        )
        check(plan)
    except (StrataError, NotThere) as error:
        raise _refused(desk, stack, push, str(error)) from None
    return text


def _beside(desk: Desk, stack: Stack, push: Push) -> list[str]:
    """Which standing stacks the server carries, unless that is acknowledged.

    Raises:
        DokployError: it cannot be asked; the pull request was told that its commit is not deployed.
    """
    if desk.settings.previews_beside_standing:
        return []
    try:
        return desk.dokploy().carries()
    except DokployError:
        assert stack.pr is not None  # noqa: S101 - a preview's
        desk.tell(stack.pr, State.UNTRIED, push=push, deployed=desk.deployed(stack.pr))
        raise


def _refused(desk: Desk, stack: Stack, push: Push, said: str) -> Refused:
    assert stack.pr is not None  # noqa: S101 - a preview's
    desk.tell(stack.pr, State.REFUSED, push=push, said=said)
    desk.runner.output("go", "false")  # decided, and told: the step fails so that the job is red
    return Refused(
        f"{stack}: commit {push.commit[:7]} is not deployed. {said.rstrip('.')}",
        next_step="push a commit that keeps the rules",
    )


def _file(desk: Desk, text: str) -> Path:
    """Where the program reads it: the runner's own folder, which goes with the job."""
    folder = desk.runner.env.get("RUNNER_TEMP") or None
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder, prefix="preview-", suffix=".yaml", delete=False
    ) as file:
        file.write(text)
    return Path(file.name)


def _hand_on(desk: Desk, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        if desk.runner.env.get("GITHUB_ENV"):
            desk.runner.variable(name, value)
        else:
            typer.echo(f"export {name}={shlex.quote(value)}")
