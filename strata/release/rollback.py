"""The way back: known before a deployment starts (D10), and nobody else's deployment in front of it (W1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.errors import ReleaseError
from model.images import ImageRef
from model.layers import Stack
from model.release import Tag, VerifiedRelease
from strata.github import Client, runs
from strata.github.errors import Conflict
from strata.registry import Registry
from strata.release.record import DISPROVED, VERIFIED, Record

WORKFLOW = "production-deploy.yml"
DEPLOY = "Deploy"
"""The job that stands behind the gate, as the run's page calls it."""
UNFINISHED = ("waiting", "pending", "queued", "requested", "in_progress")
"""States of a run that may still deploy; of one that is `in_progress` the job decides."""
_STARTED = ("in_progress", "completed")


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """Where a stack can go back to.

    Attributes:
        release: verified by this stack before; `None`: there is none.
        said: which, or why there is none.
    """

    release: VerifiedRelease | None
    said: str


def way_back(
    outputs: Mapping[str, Any],
    stack: Stack,
    *,
    kept: Sequence[Record],
    registry: Registry,
    deploying: str | None,
) -> WayBack:
    """The newest release that the stack has verified, other than the one that is being deployed.

    Its outputs name a release as verified before smoke checks and monitoring have looked at it, so the
    records decide: one of a version has to say `verified`, and the newest not that it failed.

    Args:
        outputs: of the stack, before the deployment.
        stack: staging or production; production goes back to a release tag only.
        kept: the stack's records, newest first; without any, its outputs alone are believed.
        registry: asked whether the images are still there: a way back without them is none.
        deploying: the release that is going to be deployed, if it is known.

    Raises:
        ReleaseError: the outputs are not readable.
        RegistryError: the registry does not say.
    """
    running = [VerifiedRelease.parse(outputs["release"])] if outputs.get("release") else []
    known = [*running, *VerifiedRelease.parse_all(outputs.get("verifiedReleases"))]
    results: dict[str, list[str]] = {}
    for record in kept:
        results.setdefault(record.version, []).append(record.result)
    believed = "" if kept else "; nothing is recorded of it, so its state alone says that it was verified"
    gone: list[str] = []
    for one in known:
        if one.version == deploying or not _may_run(one, stack):
            continue
        told = results.get(one.version, [])
        if kept and (VERIFIED not in told or told[0] in DISPROVED):
            gone.append(f"{one.version} ({f'recorded as {told[0]}' if told else 'no record of it'})")
            continue
        missing = [image for image in one.images.values() if not _there(registry, image)]
        if not missing:
            return WayBack(release=one, said=f"{one}{believed}")
        gone.append(f"{one.version} ({', '.join(missing)} not in the registry)")
    if not known:
        return WayBack(
            release=None, said=f"{stack} has verified no release yet: there is nothing to go back to"
        )
    why = f"; not usable: {'; '.join(dict.fromkeys(gone))}" if gone else ""
    return WayBack(release=None, said=f"{stack} has verified no other release that it may go back to{why}")


def clear(client: Client, *, say: Callable[[str], object]) -> int:
    """Cancel runs to production whose job `Deploy` has not started; one that deploys is never touched.

    A run whose evidence is being looked at, or that waits for approval or in the queue, would deploy after
    the rollback. GitHub has no "cancel if it still waits": each is looked at once more right before.

    Returns:
        How many were cancelled.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    unfinished = {
        run.id
        for status in UNFINISHED
        for run in runs.of_workflow(client, WORKFLOW, status=status)
        if run.status == status
    }
    cancelled = 0
    for run in sorted(unfinished):
        now = runs.get(client, run)
        deploys = [job.status for job in runs.jobs(client, run) if job.name == DEPLOY]
        if now.status not in UNFINISHED:
            say(f"run {run} has ended meanwhile")
            continue
        if any(status in _STARTED for status in deploys):
            say(f"run {run} is left alone: its job {DEPLOY} is {deploys[0]}")
            continue
        try:
            runs.cancel(client, run)
        except Conflict:
            say(f"run {run} has ended meanwhile")
            continue
        cancelled += 1
        say(f"run {run} is cancelled: it was {now.status}")
    return cancelled


def _may_run(release: VerifiedRelease, stack: Stack) -> bool:
    try:
        Tag.parse(release.version, layer=stack.layer)
    except ReleaseError:
        return False
    return True


def _there(registry: Registry, image: str) -> bool:
    return registry.has(ImageRef.parse(image))
