"""Making the record of what an environment was given, and reading what is known of it (R9)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from model.layers import Stack
from model.release import VerifiedRelease
from model.version import released
from strata import engine, show
from strata.errors import CommandError, UsageError
from strata.github import Client, tags
from strata.project import Project
from strata.release import provenance
from strata.release.history import keep, records
from strata.release.record import RESULTS, Record, line
from strata.release.tags import look_into, record_of, versions

_SHORT = 12


def made(
    project: Project,
    client: Client,
    stack: str,
    *,
    tag: str,
    result: str,
    replaced: str,
    verified: str,
    env: Mapping[str, str],
) -> tuple[Record, bool]:
    """Make and keep a record; what is said to be verified is compared with what the stack says it runs.

    Returns:
        The record, and whether it was written by this call.

    Raises:
        UsageError: tag or result is none.
        CommandError: staging has no record of the tag's commit, or the stack runs something else.
        GithubError: GitHub refused or did not answer.
    """
    if released(tag) is None or result not in RESULTS:
        raise UsageError(
            "a record is of a release and has a result",
            next_step=f"--tag vX.Y.Z --result {'|'.join(RESULTS)}",
        )
    there = tags.find(client, tag)
    proved = record_of(client, tags.peel(client, there).commit) if there else None
    if proved is None:
        raise CommandError(
            f"There is no record of staging about {tag}",
            next_step="`strata evidence production --tag` says why",
        )
    if result == "verified":
        _runs(project, stack, proved)
    record = Record.model_validate(
        {
            "version": tag,
            "commit": proved.commit,
            "images": proved.images,
            "who": line(provenance.who(env)),
            "from": f"staging, as {proved.version}",
            "when": datetime.now(UTC),
            "run": line(provenance.run_url(env)),
            "verified": line(verified),
            "result": result,
            "replaced": line(replaced),
        }
    )
    return record, keep(client, stack, record)


def print_known(client: Client, stack: str) -> None:
    """Records of a stack, newest first: staging's from annotated tags, production's from deployments.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    if stack == "staging":
        known = [one.record for one in look_into(client, versions(client)) if one.record]
    else:
        known = records(client, stack)
    rows = [
        (one.version, one.commit[:_SHORT], f"{one.when:%Y-%m-%d %H:%M}", one.result, one.who, one.verified)
        for one in known
    ]
    show.table(("VERSION", "COMMIT", "WHEN", "RESULT", "WHO", "VERIFIED BY"), rows)
    good = next((one for one in known if one.result == "verified"), None)
    if good:
        show.note(f"Next: RELEASE={good.version} pulumi up --refresh --stack {stack}")
    else:
        show.note(f"Nothing is recorded of {stack}. Next: deploy a release there.")


def _runs(project: Project, stack: str, proved: Record) -> None:
    outputs = engine.outputs(project, Stack.parse(stack).name)
    running = VerifiedRelease.parse(outputs["release"]) if outputs.get("release") else None
    if running is None or running.digests != proved.images:
        raise CommandError(
            f"{stack} does not run what staging verified as {proved.version}: it runs "
            f"{running.version if running else 'nothing'}",
            next_step=f"`strata releases {stack}`; record what it runs, or `--result failed`",
        )
