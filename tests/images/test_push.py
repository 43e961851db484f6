"""`strata images push` with the real Docker and the sandbox's registry, which Docker reaches over TLS."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from model.images import ImageRef
from model.layers import Stack
from strata.images import REVISION, Builder, BuildFailed, Pushed
from strata.project import Project
from strata.registry import Registry
from tests.e2e.cloud import Sandbox, start_sandbox, stop_sandbox
from tests.images.project import docker
from tests.strata.conftest import ROOT

pytestmark = pytest.mark.xdist_group("images-push")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    started = start_sandbox(tmp_path_factory.mktemp("sandbox") / "s")
    yield started
    stop_sandbox(started)


@pytest.fixture(scope="module")
def registry(sandbox: Sandbox) -> Iterator[Registry]:
    with Registry(sandbox.environment) as found:
        yield found


@pytest.fixture(scope="module")
def builder(sandbox: Sandbox, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """In a clone: what is not committed here is no part of a commit's images."""
    clone = tmp_path_factory.mktemp("clone") / "checkout"
    subprocess.run(["git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone)], check=True)
    settings = Project.find({}, start=ROOT).settings(Stack.parse("staging"))
    return Builder(
        checkout=clone,
        repositories=settings.images,
        registry=registry,
        env=sandbox.environment,
        source="https://github.com/zitian-party/finance_report",
    )


@pytest.fixture(scope="module")
def commit(builder: Builder) -> str:
    return head(builder.checkout)


def name_of(sandbox: Sandbox, image: ImageRef) -> str:
    """As Docker was told to push it."""
    return image.lookup_name(mirror=sandbox.environment["STRATA_REGISTRY_MIRROR"])


@pytest.fixture(scope="module")
def pushed(sandbox: Sandbox, builder: Builder, commit: str) -> Iterator[dict[str, Pushed]]:
    found = builder.push(commit)
    yield found
    docker("image", "rm", "--force", *(name_of(sandbox, one.image) for one in found.values()))


def test_both_images_are_in_the_registry_under_the_digest_that_docker_pushed(
    registry: Registry, pushed: dict[str, Pushed], commit: str
) -> None:
    assert {service: one.built for service, one in pushed.items()} == {"backend": True, "frontend": True}
    for one in pushed.values():
        assert registry.digest(one.image.at(tag=f"sha-{commit}")) == one.image.digest
        labels = registry.labels(one.image)
        assert labels[REVISION] == commit
        assert labels["org.opencontainers.image.version"] == f"sha-{commit}"
        assert labels["org.opencontainers.image.source"].endswith("/finance_report")


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_the_commit_is_baked_into_the_image(
    sandbox: Sandbox, pushed: dict[str, Pushed], commit: str, service: str
) -> None:
    name = name_of(sandbox, pushed[service].image)

    assert docker("run", "--rm", "--network", "none", name, "cat", "COMMIT").stdout == commit


def test_a_second_run_builds_nothing(builder: Builder, pushed: dict[str, Pushed], commit: str) -> None:
    again = builder.push(commit)

    assert {service: (one.built, one.image) for service, one in again.items()} == {
        service: (False, one.image) for service, one in pushed.items()
    }


def test_a_version_on_what_docker_pushed_is_the_same_digest_for_docker(
    sandbox: Sandbox, registry: Registry, pushed: dict[str, Pushed]
) -> None:
    image = pushed["backend"].image

    assert registry.tag(image, tag="v7.0.0")

    name = name_of(sandbox, image.at(tag="v7.0.0"))
    with_login = {"DOCKER_CONFIG": sandbox.environment["DOCKER_CONFIG"]}
    docker("pull", "--quiet", name, env=with_login)
    shown = docker("image", "inspect", "--format", "{{json .RepoDigests}}", name).stdout
    docker("image", "rm", name)
    assert f"@{image.digest}" in shown


def test_another_builds_tag_is_left_alone(
    builder: Builder, registry: Registry, pushed: dict[str, Pushed], tmp_path: Path
) -> None:
    """Somebody else has put another commit's image under the next commit's tag."""
    subprocess.run(["git", "clone", "--quiet", str(builder.checkout), str(tmp_path / "next")], check=True)
    who = ("-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false")
    message = ("commit", "--quiet", "--allow-empty", "--message", "next")
    subprocess.run(["git", *who, *message], cwd=tmp_path / "next", check=True)
    following = head(tmp_path / "next")
    registry.tag(pushed["frontend"].image, tag=f"sha-{following}")

    with pytest.raises(BuildFailed, match="left alone"):
        replace(builder, checkout=tmp_path / "next").push(following)
    assert registry.digest(pushed["backend"].image.at(tag=f"sha-{following}")) is None


def head(checkout: Path) -> str:
    """The commit that is checked out."""
    words = ["git", "rev-parse", "HEAD"]
    return subprocess.run(words, cwd=checkout, check=True, capture_output=True, text=True).stdout.strip()
