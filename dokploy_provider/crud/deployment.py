# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Deployment: deploy, wait, verify, and say what was verified.

What an `up` verified must outlive the next failure: there are no replace fields, `read` drops nothing while
Dokploy answers, and the list of verified releases is carried on from the state (or, without one, from
`history`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.deploy import records
from dokploy_provider.deploy.health import DRIFTS, Examiner
from dokploy_provider.deploy.patience import patiently
from dokploy_provider.deploy.records import Service, Title
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.deploy.verify import Verifier
from dokploy_provider.deploy.wait import Waiter
from dokploy_provider.errors import NotFound
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import HISTORY, DeploymentDesired, VerifiedRelease

_FORMERLY = ("app_name",)
"""Outs that older states have (an input until 2026-11-23): a refresh shows one that is gone as a change."""


def create(here: Context, want: DeploymentDesired) -> Made:
    """Deploy, or attach to what an earlier run started.

    Raises:
        DeployFailed: with a report that ends with its class.
    """
    return _run(here, want, {})


def update(here: Context, id_: str, state: Mapping[str, Any], want: DeploymentDesired) -> Made:
    """As `create`, knowing what is replaced."""
    return _run(here, want, state)


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """What differs from what was verified, as `drift`; never gone while Dokploy answers."""
    kept = ("deployment_id", "release_record", "verified_releases", "inputs_hash", "running", *_FORMERLY)
    outs: dict[str, Any] = {name: state[name] for name in kept if state.get(name) is not None}
    drift = _drift(here, Service.of(state), state)
    if drift:
        outs["drift"] = drift
    return Seen(outs=outs)


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Nothing: what was deployed goes with its compose or application."""


def _drift(here: Context, service: Service, state: Mapping[str, Any]) -> list[str]:
    now = records.snapshot(here, service, max_age=here.timing.max_age)
    if now is None:
        return [f"{service} is gone"]
    drift = []
    if now.records and now.records[0].deployment_id != state.get("deployment_id"):
        newest = now.records[0]
        drift.append(f"the newest deployment, {newest.deployment_id} ({newest.status}), is not ours")
    images = dict(state.get("images") or {})
    health = Examiner(here, service.named(now.app_name), images, must_run=_running(state)).look()
    return drift + [problem.text for problem in health.problems if problem.trouble in DRIFTS]


def _run(here: Context, want: DeploymentDesired, state: Mapping[str, Any]) -> Made:
    service, title = Service.of(want.model_dump()), Title.of(want)
    report = Reporter(here=here, target=service, previous=_previous(want, state))
    now = patiently(report, lambda: records.snapshot(here, service))
    if now is None:
        raise NotFound(
            f"{service} does not exist. Run `pulumi up --refresh`.", procedure=f"{service.kind.noun}.one"
        )
    target = service.named(now.app_name)
    report = replace(report, target=target)
    serving = bool(_carried_on(want, state))
    waiter = Waiter(here=here, target=target, want=want, report=report, serving=serving)
    verifier = Verifier(here=here, target=target, want=want, report=report)
    record = _ended_already(now, title, state, verifier)
    if record is None:
        waiting = _under_way(here, now, title, waiter)
        if waiting is None:
            waiter.send(title)
            waiting = title
        before = {r.deployment_id for r in now.records if r.title != str(waiting)}
        record = waiter.for_end(waiter.for_record(waiting, before=before))
    seen = verifier.verify(record)
    outs: dict[str, Any] = {
        "deployment_id": record.deployment_id,
        "inputs_hash": title.inputs_hash,
        "running": sorted(seen.running),
    }
    verified = _carried_on(want, state)
    if want.release is not None:
        time = record.finished_at or here.clock.now().isoformat()
        release = VerifiedRelease(
            version=want.release.version, commit=seen.commit or "", images=want.release.images, time=time
        )
        outs["release_record"] = release.model_dump()
        verified = [release.model_dump(), *(v for v in verified if not _same(v, outs["release_record"]))]
    return Made(id=target.id, outs={**outs, "verified_releases": verified[:HISTORY]})


def _under_way(here: Context, now: records.Snapshot, title: Title, waiter: Waiter) -> Title | None:
    """The title of an earlier run's deployment with these inputs that runs or waits in the queue."""
    running = [Title.parse(r.title) for r in now.records[:1] if r.status == records.RUNNING]
    queued = [Title.parse(job.title) for job in patiently(waiter.report, lambda: records.queue(here))]
    found = next((t for t in (*running, *queued) if title.same_inputs(t)), None)
    if found is not None:
        waiter.report.progress(
            "an earlier run's deployment with the same inputs is under way; waiting for it"
        )
    return found


def _ended_already(
    now: records.Snapshot, title: Title, state: Mapping[str, Any], verifier: Verifier
) -> DeploymentRow | None:
    """The newest record, if it deployed exactly this and ended well, and what runs is what it brought.

    So a run that was killed after its deployment ended, or a state that was lost, deploys nothing anew,
    although a refresh calls that deployment foreign. What was stopped or runs on other digests does not
    stand.
    """
    newest = now.records[0] if now.records else None
    if newest is None or newest.status != records.DONE:
        return None
    theirs = Title.parse(newest.title)
    own = newest.deployment_id == state.get("deployment_id") and state.get("inputs_hash") == title.inputs_hash
    lost = not state and title.same_content(theirs)
    if not (own or lost or title.same_inputs(theirs)) or not verifier.stands(
        newest, must_run=_running(state)
    ):
        return None
    verifier.report.progress(f"deployment {newest.deployment_id} has these inputs already; only verifying it")
    return newest


def _running(state: Mapping[str, Any]) -> list[str]:
    """Services that were seen running when the state was written."""
    return [str(service) for service in state.get("running") or ()]


def _carried_on(want: DeploymentDesired, state: Mapping[str, Any]) -> list[dict[str, Any]]:
    kept: Sequence[Mapping[str, Any]] = state.get("verified_releases") or ()
    return [dict(v) for v in kept] or [v.model_dump() for v in want.history]


def _previous(want: DeploymentDesired, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """The release that runs before this deployment, known before it starts; not the one being deployed."""
    last = next(iter(_carried_on(want, state)), None)
    return None if last is None or want.release is None or last["version"] == want.release.version else last


def _same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return all(a.get(key) == b.get(key) for key in ("version", "commit", "images"))
