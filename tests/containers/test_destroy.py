"""What a destroy leaves on a real Docker host, and what a later `up` finds (S9, C6)."""

from tests.containers.staging import Staging
from tests.e2e.cloud import Cloud
from tests.e2e.looks import left_of
from tests.e2e.test_pull_request import pushed, served


def of_stack(cloud: Cloud, kind: str, stack: str) -> list[str]:
    """Names of a kind in the Engine that carry the stack's name, asked without the sandbox."""
    form = {"image": "{{.Repository}}:{{.Tag}}", "container": "{{.Names}}"}.get(kind, "{{.Name}}")
    everything = ("--all",) if kind in ("container", "image") else ()
    listed = cloud.run("docker", kind, "ls", *everything, "--format", form).ok().stdout
    return [name for name in listed.splitlines() if f"finance-report-{stack}" in name]


def test_c6_s9_a_destroyed_staging_leaves_its_volumes_alone_and_the_next_up_finds_the_rows(
    staging: Staging,
) -> None:
    cloud, release = staging.cloud, staging.release
    staging.account("before the destroy")

    cloud.destroy("staging", "--refresh").ok()

    assert of_stack(cloud, "container", "staging") == []
    assert of_stack(cloud, "network", "staging") == []
    assert of_stack(cloud, "service", "staging") == []
    assert sorted(of_stack(cloud, "volume", "staging")) == [
        f"finance-report-staging-{service}" for service in ("minio", "postgres", "redis")
    ]
    staging.up(release=release).ok()
    assert "before the destroy" in staging.accounts()


def test_p3_s9_a_pull_request_is_built_from_its_commit_and_leaves_nothing(cloud: Cloud) -> None:
    given = pushed(cloud, "pr-12", "built on a real host")
    before = set(of_stack(cloud, "image", "pr-12"))

    cloud.up("pr-12", **given).ok()

    assert served(cloud, "pr-12") == ("pr-12", given["PREVIEW_COMMIT"])
    assert len(of_stack(cloud, "container", "pr-12")) == 5
    assert len(set(of_stack(cloud, "image", "pr-12")) - before) == 2
    cloud.destroy("pr-12", "--refresh").ok()
    assert left_of(cloud, "pr-12") == {}
    assert set(of_stack(cloud, "image", "pr-12")) == before
    for kind in ("container", "network", "volume"):
        assert of_stack(cloud, kind, "pr-12") == [], kind
