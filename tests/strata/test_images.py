"""Building and pushing, with the real git and the sandbox's registry; `docker` is a stand-in here.

The real Engine builds and pushes in tests/containers/test_images.py.
"""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from strata.errors import UsageError
from strata.images import Builder, BuildFailed
from strata.registry import Registry, RegistryError
from strata.release.images import at
from tests.strata.release.town import BACKEND, FRONTEND, IMAGES, REVISION, Fault, Town

# Notes each call; on `push` it writes down what the test's registry is to have under that name.
DOCKER = """#!{python}
import json, os, sys
place = os.path.dirname(os.path.abspath(__file__))
with open(place + "/calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
with open(place + "/login", "w") as login:
    login.write(open(os.environ["DOCKER_CONFIG"] + "/config.json").read())
if os.path.exists(place + "/" + sys.argv[1] + ".fails"):
    print("step 7: npm ci failed", file=sys.stderr)
    sys.exit(1)
if sys.argv[1] == "image":
    print("other/name@sha256:" + "0" * 64)
    print(open(place + "/digests/" + sys.argv[-1].replace("/", "_")).read())
"""


class Works:
    """A checkout on a commit, and a `docker` whose pushes reach the registry."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.checkout = folder / "checkout"
        self.bin = folder / "docker-bin"
        (self.bin / "digests").mkdir(parents=True)
        script = self.bin / "docker"
        script.write_text(DOCKER.replace("{python}", sys.executable), encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        for service in ("backend", "frontend"):
            (self.checkout / "apps" / service).mkdir(parents=True)
            (self.checkout / "apps" / service / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "first")
        self.commit = self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.checkout, check=True, capture_output=True, text=True
        )
        return done.stdout

    def will_push(self, service: str, *, kept: bool = True, revision: str | None = None) -> None:
        """What Docker says it pushed, and what the registry has of it from then on."""
        repository = {"backend": BACKEND, "frontend": FRONTEND}[service]
        name = f"{repository}:sha-{self.commit}"
        digest = self.town.store.publish(name, {REVISION: self.commit if revision is None else revision})
        self.town.store.remove(name)
        asked = f"127.0.0.1:4/{name}"
        line = f"127.0.0.1:4/{repository}@{digest}"
        (self.bin / "digests" / asked.replace("/", "_")).write_text(line, encoding="utf-8")
        if kept:
            self.arrives(service, revision=revision)

    def arrives(self, service: str, *, revision: str | None = None) -> None:
        """The image is in the registry once it was pushed."""
        repository = {"backend": BACKEND, "frontend": FRONTEND}[service]
        before: list[str] = []

        def come(request: object) -> None:
            pushed = [call for call in self.calls() if call[0] == "push" and repository in call[-1]]
            if pushed and not before:
                before.append("now")
                labels = {REVISION: self.commit if revision is None else revision}
                self.town.store.publish(f"{repository}:sha-{self.commit}", labels)

        self.town.to_registry.before.append(come)

    def calls(self) -> list[list[str]]:
        file = self.bin / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def fails(self, command: str) -> None:
        (self.bin / f"{command}.fails").touch()

    def builder(self, **env: str) -> Builder:
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return Builder(
            checkout=self.checkout,
            repositories=IMAGES,
            registry=self.town.registry,
            env={**self.town.env, "PATH": path, **env},
            source="https://github.com/zitian-party/finance_report",
        )


@pytest.fixture
def works(town: Town, tmp_path: Path) -> Works:
    return Works(town, tmp_path)


def test_both_images_are_built_with_the_commit_and_pushed_under_it(works: Works) -> None:
    for service in ("backend", "frontend"):
        works.will_push(service)

    pushed = works.builder().push(works.commit)

    assert {service: one.built for service, one in pushed.items()} == {"backend": True, "frontend": True}
    for service, one in pushed.items():
        assert one.image.digest == works.town.registry.digest(at(IMAGES, tag=f"sha-{works.commit}")[service])
    builds = [call for call in works.calls() if call[0] == "build"]
    assert len(builds) == 2
    for build, service in zip(builds, ("backend", "frontend"), strict=True):
        assert build[-1] == str(works.checkout / "apps" / service)
        assert f"GIT_COMMIT={works.commit}" in build
        assert f"{REVISION}={works.commit}" in build
        assert "org.opencontainers.image.source=https://github.com/zitian-party/finance_report" in build


def test_images_that_are_there_already_are_not_built_again(works: Works) -> None:
    images = works.town.push_images(works.commit)

    pushed = works.builder().push(works.commit)

    assert {service: (one.built, one.image.digest) for service, one in pushed.items()} == {
        service: (False, image.digest) for service, image in images.items()
    }
    assert works.calls() == []


def test_a_run_that_pushed_one_of_two_is_completed(works: Works) -> None:
    works.town.push_images(works.commit)
    works.town.store.remove(f"{FRONTEND}:sha-{works.commit}")
    works.will_push("frontend")

    pushed = works.builder().push(works.commit)

    assert {service: one.built for service, one in pushed.items()} == {"backend": False, "frontend": True}


@pytest.mark.parametrize("baked", ["f" * 40, ""])
def test_a_tag_that_carries_another_commit_is_refused_before_anything_is_built(
    works: Works, baked: str
) -> None:
    works.town.store.publish(f"{FRONTEND}:sha-{works.commit}", {REVISION: baked} if baked else {})

    with pytest.raises(BuildFailed, match="left alone"):
        works.builder().push(works.commit)
    assert works.calls() == []


def test_p41_a_push_that_the_registry_did_not_keep_is_found(works: Works) -> None:
    works.will_push("backend", kept=False)

    with pytest.raises(BuildFailed, match="the registry has nothing"):
        works.builder().push(works.commit)


def test_an_image_that_another_run_pushed_at_the_same_moment_is_found(works: Works) -> None:
    works.will_push("backend", kept=False)
    works.arrives("backend", revision="other")

    with pytest.raises(BuildFailed, match="another run may have pushed it"):
        works.builder().push(works.commit)


def test_an_image_without_its_commit_is_refused(works: Works) -> None:
    works.will_push("backend", revision="")

    with pytest.raises(BuildFailed, match="without its commit"):
        works.builder().push(works.commit)


@pytest.mark.parametrize("command", ["build", "push"])
def test_what_docker_says_is_told(works: Works, command: str) -> None:
    works.fails(command)

    with pytest.raises(
        BuildFailed, match=f"`docker {command}` of .* ended with exit code 1:\nstep 7: npm ci"
    ):
        works.builder().push(works.commit)


def change_a_file(works: Works) -> None:
    (works.checkout / "apps" / "backend" / "Dockerfile").write_text("FROM other\n", encoding="utf-8")


def add_a_file(works: Works) -> None:
    (works.checkout / "apps" / "backend" / "extra.py").touch()


@pytest.mark.parametrize("change", [change_a_file, add_a_file])
def test_a_checkout_with_changes_is_not_its_commit(works: Works, change: Callable[[Works], None]) -> None:
    change(works)

    with pytest.raises(UsageError, match="not as committed"):
        works.builder().push(works.commit)


def test_a_checkout_of_another_commit_is_refused(works: Works) -> None:
    with pytest.raises(UsageError, match=f"stands on {works.commit}, not on"):
        works.builder().push("a" * 40)


def test_without_docker_it_says_so(works: Works) -> None:
    git = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    (works.bin / "git").symlink_to(git)
    (works.bin / "docker").unlink()

    with pytest.raises(BuildFailed, match="docker is not on PATH"):
        works.builder(PATH=str(works.bin)).push(works.commit)


def test_a_registry_that_cannot_be_asked_ends_before_anything_is_built(works: Works) -> None:
    works.town.to_registry.faults.append(Fault("GET", "/manifests/", httpx.Response(500)))

    with pytest.raises(RegistryError, match="500"):
        works.builder().push(works.commit)
    assert works.calls() == []


def test_in_a_job_without_a_docker_login_its_token_is_docker_login_for_as_long_as_it_pushes(
    works: Works, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    own = {
        "DOCKER_CONFIG": str(nowhere),
        "GITHUB_TOKEN": "ghs_canary",
        "GITHUB_ACTOR": "octocat",
        "RUNNER_TEMP": str(temporary),
    }
    ghcr: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            ghcr.append(request.headers["authorization"])
            return httpx.Response(200, json={"token": "t"})
        if request.headers.get("authorization") != "Bearer t":
            challenge = 'Bearer realm="https://ghcr.io/token",service="ghcr.io"'
            return httpx.Response(401, headers={"www-authenticate": challenge})
        return httpx.Response(404)

    registry = Registry(own, client=httpx.Client(transport=httpx.MockTransport(answer)))
    builder = replace(works.builder(), registry=registry, env={**own, "PATH": works.builder().env["PATH"]})
    works.fails("push")

    with pytest.raises(BuildFailed, match="npm ci") as error:
        builder.push(works.commit)

    (shown,) = set(ghcr)
    login = json.loads((works.bin / "login").read_text())
    assert login["auths"] == {"ghcr.io": {"auth": shown.removeprefix("Basic ")}}
    assert list(temporary.iterdir()) == []
    assert list(nowhere.iterdir()) == []
    assert "ghs_canary" not in str(error.value)
