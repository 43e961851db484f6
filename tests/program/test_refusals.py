"""Whatever is wrong is said before the first resource is registered, and before anything dearer is asked."""

import pytest

from tests.program import recording
from tests.program.conftest import Program

PRIVILEGED = "services: {backend: {image: a, privileged: true}, frontend: {image: b}}"
REGISTRY_HAS_NO_FRONTEND = {"ghcr.io/zitian-party/finance-report-frontend:v1.0.0"}


def refused(run: recording.Run) -> str:
    """The refusal's text, after it is sure that nothing was registered."""
    assert run.resources == []
    assert run.error is not None
    assert "Traceback" not in run.error
    return run.error


@pytest.mark.parametrize("stack", ["nonsense", "pr-0", "prod", "Staging"])
def test_a_stack_that_is_no_layer_is_refused_with_the_layers(program: Program, stack: str) -> None:
    said = refused(program.run(stack))

    assert "local, ci, pr-<number>, staging, production" in said


def test_a_misspelt_setting_is_refused_before_the_registry_is_asked(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    said = refused(program.run("staging", domian="zitian.party"))

    assert "did you mean domain?" in said
    assert program.world.asked == []


def test_o3_a_missing_credential_is_refused_before_the_registry_is_asked(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.unset("REGISTRY_PASSWORD", "GITHUB_TOKEN")

    said = refused(program.run("staging"))

    assert "GITHUB_TOKEN (" in said
    assert "REGISTRY_PASSWORD (" in said
    assert program.world.asked == []


def test_o3_a_preview_asks_for_github_only(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.unset("REGISTRY_PASSWORD", "DOKPLOY_API_KEY", "DOKPLOY_URL")

    assert program.run("staging", preview=True).error is None

    program.unset("GITHUB_OWNER")
    assert "GITHUB_OWNER (" in refused(program.run("staging", preview=True))


def test_a_stack_that_runs_nothing_asks_for_a_release(program: Program) -> None:
    said = refused(program.run("staging"))

    assert "RELEASE=<tag> pulumi up --refresh --stack staging" in said
    assert program.world.asked == []


@pytest.mark.parametrize("release", ["main", "latest", "v1.0", "v1.0.0-rc.1"])
def test_r1_a_release_that_moves_is_refused_before_the_registry_is_asked(
    program: Program, release: str
) -> None:
    program.set(RELEASE=release)

    said = refused(program.run("staging"))

    assert f"RELEASE={release!r}" in said
    assert program.world.asked == []


def test_r1_production_takes_no_commit(program: Program) -> None:
    program.set(RELEASE="sha-0123456")

    assert "production takes vX.Y.Z only" in refused(program.run("production"))


def test_r2_a_missing_image_is_named_with_its_registry_before_vault_is_asked(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.world.absent_images = REGISTRY_HAS_NO_FRONTEND

    said = refused(program.run("staging"))

    assert "ghcr.io/zitian-party/finance-report-frontend:v1.0.0 (got bad response from registry: 404" in said
    assert program.vault.asked == []


def test_r4_production_without_a_staging_stack_says_so(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    assert "there is no staging stack yet" in refused(program.run("production"))


def test_r4_production_refuses_what_staging_has_not_verified_and_names_what_it_has(program: Program) -> None:
    program.set(RELEASE="v1.0.1")
    program.staging_has_verified("v1.0.0")

    said = refused(program.run("production"))

    assert "staging has verified: v1.0.0" in said


def test_r4_a_tag_that_was_moved_after_staging_verified_it_is_refused(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.staging_has_verified("v1.0.0")
    for record in program.world.outputs["staging"]["verifiedReleases"]:
        record["images"]["backend"] = record["images"]["backend"].split("@")[0] + "@sha256:" + "0" * 64

    assert "it was moved" in refused(program.run("production"))


def test_v2_a_missing_key_is_named_in_the_preview_of_a_running_stack(program: Program) -> None:
    program.runs("staging", "v1.0.0")
    program.vault.keys["finance_report/staging/minio"] = ["MINIO_ROOT_USER"]

    said = refused(program.run("staging", preview=True))

    assert "MINIO_ROOT_PASSWORD" in said


def test_v2_every_missing_path_is_named_at_once(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.vault.keys.clear()

    said = refused(program.run("staging"))

    paths = [f"finance_report/staging/{service}" for service in ("backend", "postgres", "redis", "minio")]
    assert [path for path in paths if path not in said] == []


def test_v1_a_vault_that_dokploy_cannot_read_is_refused_before_anything_is_deployed(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.vault.connected = False

    assert "strata vault connect staging" in refused(program.run("staging"))


def test_a_plan_that_breaks_a_rule_is_refused_whole(program: Program) -> None:
    said = refused(program.run_preview(compose=PRIVILEGED))

    assert "stack pr-12 breaks" in said
    assert "privileged" in said


def test_a_pr_of_which_nothing_is_known_asks_for_its_source(program: Program) -> None:
    said = refused(program.run("pr-12"))

    assert "PREVIEW_REF and PREVIEW_COMMIT and PREVIEW_COMPOSE are not set" in said


def test_a_pr_with_half_a_source_is_refused(program: Program) -> None:
    program.world.outputs["pr-12"] = {"preview": {"ref": "r", "commit": "c", "compose": "{}"}}
    program.set(PREVIEW_COMMIT="0" * 40)

    assert "PREVIEW_REF and PREVIEW_COMPOSE are not set" in refused(program.run("pr-12"))
