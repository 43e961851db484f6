"""Releases on real containers: what a client of the public host sees of a good one and of bad ones."""

from pathlib import Path

from tests.containers.prober import Prober
from tests.containers.staging import HOST, Staging, broken_migration
from tests.e2e.looks import images, running

APP = "finance-report-staging-app"


def asked_all_the_time(staging: Staging) -> Prober:
    ingress = staging.cloud.sandbox.ports.ingress
    return Prober(ingress=ingress, host=HOST, paths=("/health", "/", "/api/accounts"))


def test_d4_what_runs_are_the_digests_and_the_commit_that_were_asked_for(staging: Staging) -> None:
    release = staging.cloud.outputs("staging")["release"]
    found = images(staging.cloud, APP)

    assert {service: len(ids) for service, ids in running(staging.cloud, APP).items()} == {
        "backend": 2,
        "frontend": 2,
    }
    assert found == {service: {image} for service, image in release["images"].items()}
    health = staging.health()
    assert health["checks"] == {"database": "ok", "cache": "ok", "storage": "ok"}
    assert (health["version"], health["commit"]) == (release["version"], release["commit"])
    assert staging.ask("GET", "/version.json")["commit"] == release["commit"]


def test_s7_a_second_up_changes_nothing(staging: Staging) -> None:
    before = running(staging.cloud, "finance-report-staging")

    staging.up("--expect-no-changes").ok()

    assert running(staging.cloud, "finance-report-staging") == before


def test_r6_c6_a_good_release_costs_no_request_and_no_row(staging: Staging) -> None:
    before, wanted = staging.release, staging.another_release()
    staging.account(f"before {wanted}")

    with asked_all_the_time(staging) as prober:
        staging.up(release=wanted).ok()

    assert prober.failures == []
    assert prober.asked > 200
    assert prober.versions == {before, wanted}
    assert staging.health()["version"] == wanted
    assert f"before {wanted}" in staging.accounts()


def test_r6_d12_a_release_that_cannot_migrate_costs_no_request_and_is_a_failure(
    staging: Staging, tmp_path: Path
) -> None:
    before, health = staging.release, staging.health()
    staging.publish("v1.2.0", broken_migration(tmp_path), tmp_path)

    with asked_all_the_time(staging) as prober:
        shown = staging.up(release="v1.2.0").refused().output

    assert prober.failures == []
    assert prober.versions == {before}
    assert "unhealthy" in shown
    assert "strata logs" in shown
    assert staging.health() == health
    # D11: what reached Dokploy is put right, although the old containers never stopped serving
    staging.up(release=before).ok()
    assert staging.release == before
    staging.up("--expect-no-changes").ok()


def test_r8_c6_a_healthy_release_with_another_commit_is_a_failure_and_one_command_goes_back(
    staging: Staging, tmp_path: Path
) -> None:
    before = staging.release
    staging.account("before v1.3.0")
    staging.publish("v1.3.0", "RUN printf '%s' 0000000000000000000000000000000000000000 > COMMIT", tmp_path)

    shown = staging.up(release="v1.3.0").refused().output

    assert "wrong-identity" in shown
    assert staging.release == before
    staging.up(release=before).ok()
    assert staging.health()["version"] == before
    assert "before v1.3.0" in staging.accounts()
