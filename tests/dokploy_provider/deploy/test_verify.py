"""D4: after `done`, until all is right three times in a row."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any

import httpx
import pytest

from dokploy_provider.crud.service import COMPOSE
from dokploy_provider.deploy.records import Target
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.deploy.verify import Verified, Verifier
from dokploy_provider.errors import DeployFailed, Failure
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import DeploymentDesired, Probe, Release
from tests.dokploy_provider.scripted import Scripted

COMMIT = "c" * 40
REF = "ghcr.io/z/backend:v1@sha256:" + "1" * 64
PROBE = Probe(
    url="https://report.zitian.party/health", content_type="application/json", keys=["commit"], identity=True
)
RELEASE = Release(version="v1.0.0", images={"backend": REF})
WANT = DeploymentDesired(
    compose_id="c1", stack="staging", images={"backend": REF}, release=RELEASE, probes=[PROBE]
)
BUILT = WANT.model_copy(update={"images": {}, "release": None, "commit": COMMIT})
ROW = {"containerId": "c1", "name": "app-backend-1", "state": "running", "status": "Up 2 seconds"}
RECORD = DeploymentRow(deployment_id="d1", status="done", description=f"Commit: {COMMIT}")
Answers = Callable[[httpx.Request], httpx.Response]


def _inspection(ref: str = REF, commit: str | None = COMMIT) -> dict[str, Any]:
    labels = {"com.docker.compose.service": "backend"}
    return {
        "Config": {
            "Image": ref,
            "Labels": labels | ({"org.opencontainers.image.revision": commit} if commit else {}),
        }
    }


def _server(*inspections: Any, rows: Any = None) -> Scripted:
    server = Scripted().on("docker.getContainersByAppNameMatch", [ROW] if rows is None else rows)
    return server.on("docker.getConfig", *(inspections or [_inspection()])).on("deployment.readLogs", "log")


def _health(*commits: str | int) -> Answers:
    """Answers with these commits (or statuses) one after the other, the last one for ever."""
    answers: Iterator[str | int] = chain(commits[:-1], repeat(commits[-1]))

    def answer(_: httpx.Request) -> httpx.Response:
        found = next(answers)
        return (
            httpx.Response(found) if isinstance(found, int) else httpx.Response(200, json={"commit": found})
        )

    return answer


def _verify(
    server: Scripted,
    want: DeploymentDesired = WANT,
    *,
    web: Answers | None = None,
    record: DeploymentRow = RECORD,
) -> Verified:
    here = server.here(web=httpx.MockTransport(web or _health(COMMIT)))
    target = Target(kind=COMPOSE, id="c1", app_name="app", compose_type=want.compose_type, stack=want.stack)
    report = Reporter(here=here, target=target)
    return Verifier(here=here, target=target, want=want, report=report).verify(record)


def _failure(server: Scripted, want: DeploymentDesired = WANT, **given: Any) -> DeployFailed:
    with pytest.raises(DeployFailed) as caught:
        _verify(server, want, **given)
    return caught.value


def test_what_was_seen_is_the_commit_and_what_runs() -> None:
    assert _verify(_server()) == Verified(commit=COMMIT, running=frozenset({"backend"}))


def test_one_right_look_is_not_enough() -> None:
    server = _server()
    _verify(server)

    assert len(server.asked("docker.getContainersByAppNameMatch")) == 3


def test_a_url_that_comes_and_goes_starts_the_count_anew() -> None:
    server = _server()
    _verify(server, web=_health(COMMIT, COMMIT, 502, COMMIT, COMMIT, 502, COMMIT))

    assert len(server.asked("docker.getContainersByAppNameMatch")) == 9


def test_a_container_that_comes_and_goes_starts_the_count_anew() -> None:
    server = _server()
    server.on("docker.getContainersByAppNameMatch", [ROW], [ROW], [], [ROW])
    _verify(server)

    assert len(server.asked("docker.getContainersByAppNameMatch")) == 6


def test_a_url_that_never_answers_is_unhealthy_after_the_window() -> None:
    server = _server()
    error = _failure(server, web=_health(404))

    assert error.failure is Failure.UNHEALTHY
    assert "after 300 s" in str(error)
    assert "status 404" in str(error)
    assert 300 <= sum(server.time.slept) <= 302


def test_containers_on_another_digest_only_are_a_wrong_identity_after_the_window() -> None:
    error = _failure(_server(_inspection("ghcr.io/z/backend:v0@sha256:" + "0" * 64)))

    assert error.failure is Failure.WRONG_IDENTITY
    assert "not ghcr.io/z/backend:v1" in str(error)


def test_a_container_that_does_not_run_is_unhealthy_after_the_window() -> None:
    error = _failure(_server(rows=[{**ROW, "state": "restarting", "status": "Restarting (1)"}]))

    assert error.failure is Failure.UNHEALTHY
    assert "app-backend-1 is restarting" in str(error)


def test_a_wrong_commit_fails_at_once() -> None:
    server = _server()

    assert _failure(server, web=_health("d" * 40)).failure is Failure.WRONG_IDENTITY
    assert server.time.slept == []


def test_an_image_without_a_commit_cannot_be_identified() -> None:
    assert _failure(_server(_inspection(commit=None))).failure is Failure.WRONG_IDENTITY


def test_images_of_two_commits_are_no_release() -> None:
    other = {**ROW, "containerId": "c2", "name": "app-frontend-1"}
    frontend = _inspection(commit="d" * 40)
    frontend["Config"]["Labels"]["com.docker.compose.service"] = "frontend"
    images = {"backend": REF, "frontend": REF}
    want = WANT.model_copy(update={"images": images, "release": Release(version="v1", images=images)})

    assert (
        _failure(_server(_inspection(), frontend, rows=[ROW, other]), want).failure is Failure.WRONG_IDENTITY
    )


def test_images_of_another_commit_than_asked_for_are_a_wrong_identity() -> None:
    want = WANT.model_copy(update={"commit": "d" * 40})

    assert "not " + "d" * 40 in str(_failure(_server(), want))


def test_a_data_tier_needs_no_commit() -> None:
    want = WANT.model_copy(update={"release": None, "probes": []})

    assert _verify(_server(_inspection(commit=None)), want).commit is None


def test_a_built_commit_is_the_one_in_the_record() -> None:
    assert _verify(_server(), BUILT).commit == COMMIT


def test_a_built_commit_may_be_written_a_moment_after_the_end() -> None:
    late = {"appName": "app", "composeStatus": "done", "deployments": [RECORD.model_dump(by_alias=True)]}
    server = _server().on(
        "compose.one", {**late, "deployments": [{"deploymentId": "d1", "status": "done"}]}, late
    )

    assert (
        _verify(server, BUILT, record=RECORD.model_copy(update={"description": "stack pr-1"})).commit
        == COMMIT
    )


@pytest.mark.parametrize("description", [f"Commit: {'d' * 40}", "stack pr-1"])
def test_another_or_no_built_commit_is_a_wrong_identity(description: str) -> None:
    record = RECORD.model_copy(update={"description": description})
    row = {"appName": "app", "composeStatus": "done", "deployments": [record.model_dump(by_alias=True)]}
    error = _failure(_server().on("compose.one", row), BUILT, record=record)

    assert error.failure is Failure.WRONG_IDENTITY


def test_d12_a_rollback_is_seen_in_the_log_of_a_stack_only() -> None:
    server = _server().on("deployment.readLogs", "rollback: update rolled back due to failure")
    server.on("docker.getStackContainersByAppName", [])
    stack = WANT.model_copy(update={"compose_type": "stack"})

    assert "Swarm rolled back" in str(_failure(server, stack))
    assert _verify(server, WANT).commit == COMMIT
