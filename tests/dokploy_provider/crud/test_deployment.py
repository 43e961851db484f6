"""Deployments against the emulator: when one is made, what it verifies, what is carried on."""

from tests.dokploy_provider.server import COMMIT
from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import PROBE, Tier


def test_d4_the_digest_asked_for_runs_after_up(tier: Tier) -> None:
    tier.up("v1.0.0")

    assert tier.running() == set(tier.deployment.outs["images"].values())


def test_d4_the_commit_of_the_release_is_the_one_in_its_image(tier: Tier) -> None:
    tier.served = "d" * 40
    tier.up("v1.0.0", commit="d" * 40)

    assert tier.deployment.outs["release_record"]["commit"] == "d" * 40


def test_verified_releases_are_newest_first_and_carried_on(tier: Tier) -> None:
    tier.up("v1.0.0")
    tier.up("v1.0.1")

    assert [v["version"] for v in tier.deployment.outs["verified_releases"]] == ["v1.0.1", "v1.0.0"]


def test_create_seeds_verified_releases_from_history(stage: Stage) -> None:
    old = {
        "version": "v0.9.0",
        "commit": COMMIT,
        "images": {"backend": "x@sha256:1"},
        "time": "2026-11-01T00:00:00Z",
    }
    tier = Tier(stage, history=[old])
    tier.up("v1.0.0")

    assert tier.deployment.outs["verified_releases"][1] == old


def test_verified_releases_keep_the_last_twenty(stage: Stage) -> None:
    history = [
        {
            "version": f"v0.0.{n}",
            "commit": COMMIT,
            "images": {"backend": f"x@sha256:{n}"},
            "time": "2026-11-01",
        }
        for n in range(20)
    ]
    tier = Tier(stage, history=history)
    tier.up("v1.0.0")

    assert len(tier.deployment.outs["verified_releases"]) == 20


def test_a_deployment_without_release_verifies_nothing(app: Tier) -> None:
    app.deployment.up({**app.inputs("v1.0.0"), "release": None})

    assert app.deployment.outs["verified_releases"] == []
    assert "release_record" not in app.deployment.outs


def test_d6_no_change_deploys_nothing_and_one_change_deploys_once(tier: Tier) -> None:
    tier.up("v1.0.0")
    tier.up("v1.0.0")

    assert len(tier.records()) == 1
    tier.up("v1.0.1")
    assert len(tier.records()) == 2


def test_d6_a_new_secret_version_deploys_once(app: Tier) -> None:
    app.extra = {"secret_versions": {"finance_report/staging/backend": 1}}
    app.up("v1.0.0")
    app.extra = {"secret_versions": {"finance_report/staging/backend": 2}}

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 2


def test_a_change_of_probes_verifies_anew_and_deploys_nothing(app: Tier) -> None:
    app.up("v1.0.0")
    app.extra = {"probes": [PROBE]}

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 1


def test_d1_a_service_that_was_done_before_proves_nothing(app: Tier) -> None:
    app.up("v1.0.0")
    before = app.records()[0]["deploymentId"]
    app.up("v1.0.1")

    assert app.deployment.outs["deployment_id"] != before
    assert app.deployment.outs["deployment_id"] == app.records()[0]["deploymentId"]
