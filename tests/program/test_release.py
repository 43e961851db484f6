"""What a run deploys: the release that was asked for, or what runs already, with digests from the state."""

from typing import Any

from tests.program import recording
from tests.program.conftest import Program, verified

PINNED = {
    "postgres": "docker.io/library/postgres:17.6",
    "redis": "docker.io/library/redis:8.2.1",
    "minio": "docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
}


def data_images(suffix: str) -> dict[str, str]:
    return {service: f"{pin}@sha256:{suffix * 64}" for service, pin in PINNED.items()}


def deployment(run: recording.Run, tier: str) -> dict[str, Any]:
    (found,) = [one for one in run.of("Deployment") if f"-{tier}-" in one.name]
    return dict(found.inputs)


def test_r3_the_release_that_is_asked_for_runs_by_digest(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    assert deployment(run, "app")["release"] == {"version": "v1.0.0", "images": verified("v1.0.0")["images"]}


def test_r3_the_data_tier_runs_by_digest_too(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    pinned = {service: f"{pin}@{recording.digest(pin)}" for service, pin in PINNED.items()}
    assert deployment(run, "data")["images"] == pinned


def test_without_release_a_stack_keeps_what_it_runs_and_asks_no_registry(program: Program) -> None:
    program.runs("staging", "v1.0.0", dataImages=data_images("a"))

    run = program.run("staging", preview=True)

    assert deployment(run, "app")["images"] == verified("v1.0.0")["images"]
    assert deployment(run, "data")["images"] == data_images("a")
    assert program.world.asked == []


def test_production_keeps_what_it_runs_without_a_staging_stack(program: Program) -> None:
    program.runs("production", "v1.0.0")

    run = program.run("production")

    assert run.error is None


def test_the_data_tier_keeps_its_digests_when_a_new_release_comes(program: Program) -> None:
    program.runs("staging", "v1.0.0", dataImages=data_images("a"))
    program.set(RELEASE="v1.0.1")

    run = program.run("staging")

    assert deployment(run, "data")["images"] == data_images("a")


def test_the_data_tier_takes_a_new_digest_when_the_pin_has_changed(program: Program) -> None:
    recorded = {**data_images("a"), "redis": f"docker.io/library/redis:8.0.0@sha256:{'b' * 64}"}
    program.runs("staging", "v1.0.0", dataImages=recorded)

    run = program.run("staging")

    redis = PINNED["redis"]
    assert deployment(run, "data")["images"]["redis"] == f"{redis}@{recording.digest(redis)}"


def test_c6_another_postgresql_major_is_refused_with_the_playbook(program: Program) -> None:
    recorded = {**data_images("a"), "postgres": f"docker.io/library/postgres:16.9@sha256:{'b' * 64}"}
    program.runs("staging", "v1.0.0", dataImages=recorded)

    run = program.run("staging", preview=True)

    assert run.resources == []
    assert "upgrading PostgreSQL" in (run.error or "")


def test_r4_production_runs_the_digests_that_staging_verified(program: Program) -> None:
    program.staging_has_verified("v1.0.0")
    program.set(RELEASE="v1.0.0")

    run = program.run("production")

    assert deployment(run, "app")["images"] == verified("v1.0.0")["images"]


def test_the_history_of_a_stack_is_handed_to_its_deployment(program: Program) -> None:
    program.runs("staging", "v1.0.0")
    program.set(RELEASE="v1.0.1")

    run = program.run("staging")

    assert deployment(run, "app")["history"] == [verified("v1.0.0")]
    assert [one["version"] for one in run.exports["verifiedReleases"]] == ["v1.0.1", "v1.0.0"]


def test_what_was_verified_is_put_out_by_the_deployment_and_not_computed(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    assert run.exports["release"]["commit"] == "c" * 40


def test_a_stack_puts_out_what_people_and_later_runs_need(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    assert sorted(run.exports) == [
        "dataImages",
        "healthUrl",
        "links",
        "release",
        "url",
        "vaultVersions",
        "verifiedReleases",
    ]
    assert run.exports["healthUrl"] == "https://report-staging.zitian.party/health"
    assert sorted(run.exports["links"]) == ["app", "data", "environment"]


def test_links_stay_where_the_run_does_not_know_dokploy(program: Program) -> None:
    links = {"environment": "https://dokploy.zitian.party/dashboard/project/p/environment/e"}
    program.runs("staging", "v1.0.0", links=links)
    program.unset("DOKPLOY_URL")

    run = program.run("staging", preview=True)

    assert run.exports["links"] == links
