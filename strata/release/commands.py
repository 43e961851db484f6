"""`strata evidence`, `strata release`, `strata images`, `strata rollback`."""

import os
import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from strata import show
from strata.actions import Runner
from strata.errors import CommandError, UsageError
from strata.outcome import Commands
from strata.release.place import at

evidence = typer.Typer(
    cls=Commands, no_args_is_help=True, help="What must be true before a deployment starts."
)
release = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Versions of what staging verified, and records."
)
images = typer.Typer(cls=Commands, no_args_is_help=True, help="The application's images.")
rollback = typer.Typer(cls=Commands, no_args_is_help=True, help="The way back.")

Commit = Annotated[str, typer.Option(metavar="SHA", help="40 hexadecimal digits.")]
ReleaseTag = Annotated[str, typer.Option(metavar="vX.Y.Z", help="A release's tag.")]
Standing = Annotated[str, typer.Argument(metavar="STACK", help="staging or production.")]
_COMMIT = re.compile(r"[0-9a-f]{40}")


def _standing(stack: str) -> None:
    if stack not in {"staging", "production"}:
        raise UsageError(f"{stack[:40]!r} has no releases", next_step="give staging or production")


def _whole(commit: str) -> str:
    if not _COMMIT.fullmatch(commit):
        raise UsageError("--commit is no full commit", next_step="give its 40 hexadecimal digits")
    return commit


@evidence.command("staging")
def evidence_staging(
    commit: Commit,
    *,
    allow_older: Annotated[
        bool, typer.Option(envvar="ALLOW_OLDER", help="Also when staging has a newer commit.")
    ] = False,
) -> None:
    """CI passed for this very commit of main, its images are there, staging has nothing newer.

    Output `go`; exit code 1 if a check failed, 3 if one could not be made. A newer commit on staging is no
    failure: `go` is false with exit code 0. What it has is read from its state where that is at hand.
    """
    from model.layers import Stack
    from strata import health
    from strata.release.evidence import Looker
    from strata.release.running import running

    _whole(commit)
    with at("staging") as here:
        url = here.project.names(Stack.parse("staging")).url(https=here.settings.https)
        served = health.probe(url, health.transport(os.environ)).commit
        looker = Looker(client=here.client, registry=here.registry, settings=here.settings)
        has = running(here.project, os.environ, served=served)
        found = looker.staging(commit, running=has, older=allow_older)
    found.checks.tell(here.runner, f"Evidence for staging: {commit[:12]}", typer.echo)
    if found.superseded:
        typer.echo(f"not deployed: {found.superseded}")
    _hand_on(here.runner, go=found.go, reason=found.reason, commit=commit, release=f"sha-{commit}")
    if found.checks.exit:
        raise typer.Exit(found.checks.exit)


@evidence.command("production")
def evidence_production(tag: ReleaseTag) -> None:
    """The tag's commit is on main, CI passed for it, staging verified it, and no tag was moved since.

    Output `go`; exit code 1 if a check failed, 3 if one could not be made.
    """
    from strata.release import images as named
    from strata.release.evidence import Looker

    with at("production") as here:
        looker = Looker(client=here.client, registry=here.registry, settings=here.settings)
        found = looker.production(tag)
    found.checks.tell(here.runner, "Evidence for production", typer.echo)
    _hand_on(here.runner, go=found.go, reason=found.reason, commit=found.commit)
    if found.checks.exit:
        raise typer.Exit(found.checks.exit)
    here.runner.output("tag", tag)
    here.runner.output("digests", named.as_json(found.digests))
    here.runner.output("verified_as", found.record.version if found.record else "")


def _hand_on(runner: Runner, *, go: bool, **values: str) -> None:
    runner.output("go", "true" if go else "false")
    for name, value in values.items():
        runner.output(name, value)


@release.command("tag")
def tag_release(
    commit: Commit,
    digests: Annotated[str, typer.Option(metavar="JSON", help="Service to repository@sha256:…")],
    *,
    verified: Annotated[str, typer.Option(help="How, for the record.")] = "smoke checks of staging",
) -> None:
    """The next patch version on what staging verified: annotated git tag, then image tags; output `tag`."""
    from strata.release import images as named
    from strata.release.tagging import Tagger

    _whole(commit)
    with at("staging") as here:
        given = named.parse(digests, repositories=here.settings.images)
        tagger = Tagger(
            client=here.client,
            registry=here.registry,
            repositories=here.settings.images,
            env=os.environ,
            now=datetime.now(UTC),
        )
        done = tagger.release(commit, given, how=verified)
    here.runner.output("tag", done.version)
    what = "made" if done.made else "was there"
    put = f"put on {', '.join(done.put)}" if done.put else "was on all images"
    typer.echo(f"{done.version} is commit {commit[:12]}: git tag {what}, image tag {put}")
    if here.runner.is_one:
        rows = "".join(f"- `{one}`\n" for one in named.as_text(given).values())
        here.runner.summary(f"### {done.version}\n\nCommit `{commit}`, verified by staging:\n\n{rows}")


@release.command()
def promote(tag: ReleaseTag) -> None:
    """Put a release's tag on the digests that staging verified for its commit, if it is not there."""
    from model.layers import Layer
    from model.release import Tag
    from strata.release import images as named
    from strata.release.promotion import promote as put_tag

    Tag.parse(tag, layer=Layer.PRODUCTION)
    with at("production") as here:
        done = put_tag(here.client, here.registry, here.settings.images, tag=tag)
    put = f"put on {', '.join(done.put)}" if done.put else "was on all images"
    typer.echo(f"{tag} is what staging verified as {done.record.version}: image tag {put}")
    here.runner.output("digests", named.as_json(done.record.references))


@release.command()
def record(
    stack: Standing,
    tag: ReleaseTag,
    *,
    result: Annotated[str, typer.Option(help="verified, unseen, failed or 'rolled back'.")] = "verified",
    replaced: Annotated[str, typer.Option(help="What ran before, if anything did.")] = "",
    verified: Annotated[str, typer.Option(help="How.")] = "smoke checks and monitoring",
) -> None:
    """Keep who released what, from where, when, in which run and how it was verified (R9)."""
    from strata.release.recording import made

    _standing(stack)
    with at(stack) as here:
        kept, written = made(
            here.project,
            here.client,
            stack,
            tag=tag,
            result=result,
            replaced=replaced,
            verified=verified,
            env=os.environ,
        )
    typer.echo(f"{'kept' if written else 'was kept already'}: {kept.version} on {stack}, {kept.result}")
    if here.runner.is_one:
        here.runner.summary(f"### Record\n\n```yaml\n{kept.text()}```\n")
    if result in {"failed", "unseen"}:
        here.runner.summary(
            f"**What {stack} runs now is not proved.** To {tag}, or back to "
            f"{replaced or 'an earlier release'}: `RELEASE={tag} pulumi up --refresh --stack {stack}`, "
            f"then `strata smoke {stack}`.\n"
        )


@release.command()
def restore(stack: Standing) -> None:
    """What git and GitHub know of a stack whose state is lost: records newest first, and the next command."""
    from strata.release.recording import print_known

    _standing(stack)
    with at(stack) as here:
        print_known(here.client, stack)


@images.command("push")
def push_images(commit: Commit) -> None:
    """Build the images of the commit that is checked out and push them, once; output `digests`."""
    from model.layers import Stack
    from strata.images import Builder
    from strata.project import Project
    from strata.registry import Registry
    from strata.release import images as named

    _whole(commit)
    project = Project.here()
    settings = project.settings(Stack.parse("staging"))
    server, repository = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_REPOSITORY", "")
    source = f"{server}/{repository}" if server and repository else ""
    with Registry(os.environ) as registry:
        builder = Builder(
            checkout=project.checkout,
            repositories=settings.images,
            registry=registry,
            env=os.environ,
            source=source,
        )
        with show.progress("looking at the registry, building what it does not have"):
            pushed = builder.push(commit)
    for one in pushed.values():
        typer.echo(f"{'pushed' if one.built else 'was there'}: {one.image}")
    Runner.here().output("digests", named.as_json({service: one.image for service, one in pushed.items()}))


@rollback.command("plan")
def plan_rollback(
    stack: Standing,
    deploying: Annotated[str, typer.Option(help="The release that is going to be deployed.")] = "",
) -> None:
    """The release that a stack can go back to, before the next is deployed (D10), by what is recorded of it.

    Outputs `release`, its `commit`, and `known`. There may be none: `known` is false then, with exit code 0.
    """
    from model.layers import Stack
    from strata import engine
    from strata.errors import NotThere
    from strata.release.history import records
    from strata.release.rollback import way_back

    _standing(stack)
    with at(stack) as here:
        try:
            outputs = engine.outputs(here.project, stack, os.environ)
        except NotThere:
            outputs = {}
        kept, asked = records(here.client, stack), Stack.parse(stack)
        way = way_back(outputs, asked, kept=kept, registry=here.registry, deploying=deploying or None)
    runner = here.runner
    runner.output("release", way.release.version if way.release else "")
    runner.output("commit", (way.release.commit or "") if way.release else "")
    runner.output("known", "true" if way.release else "false")
    typer.echo(f"{'the way back' if way.release else 'no way back'}: {way.said}")


@rollback.command("clear")
def clear_waiting() -> None:
    """Cancel production-deploy.yml's runs that have not begun to deploy; one that has is left alone (W1)."""
    from strata.release.rollback import clear

    try:
        with at("production") as here:
            cancelled = clear(here.client, say=typer.echo)
    except CommandError:
        Runner.here().summary(
            "### Clearing failed: the rollback goes on without it\n\n"
            "A run of production-deploy.yml that is on its way deploys **after** this rollback. "
            "Approve none; cancel them: `gh run list --workflow production-deploy.yml`, `gh run cancel …`.\n"
        )
        raise
    typer.echo(f"{cancelled} runs cancelled")
