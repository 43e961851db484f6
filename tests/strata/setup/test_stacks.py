"""The last steps: images, the first `up`, a green staging."""

import json
from collections.abc import Callable

import pytest

from strata.doctor import registry
from strata.doctor.finding import Finding, fail, ok, warn
from strata.setup import stacks as steps
from strata.setup.step import Answer, State
from strata.setup.world import World
from tests.strata.conftest import Here
from tests.strata.setup.conftest import Answers

Make = Callable[..., World]
COMMIT = "a" * 40
RELEASE = {
    "version": "v1.0.0",
    "commit": COMMIT,
    "time": "2026-11-23T09:00:00Z",
    "images": {"backend": f"ghcr.io/team/backend:v1.0.0@sha256:{'1' * 64}"},
}


def undone(answer: Answer, command: str) -> str:
    assert answer.state is State.TO_DO, answer
    assert answer.command.startswith(command), answer
    return answer.text


def backend(here: Here, *, resources: int = 30) -> None:
    row = {"name": "staging", "lastUpdate": "2026-11-22T08:00:00.000Z", "resourceCount": resources}
    (here.bin / "stacks.json").write_text(json.dumps([row]))


def test_without_a_stack_it_is_made_and_deployed_with_what_main_is(world: Make) -> None:
    answer = steps.first_up(world())

    undone(answer, "pulumi stack init staging")
    assert "RELEASE=sha-$(git rev-parse origin/main) pulumi up" in answer.command


@pytest.mark.parametrize(
    ("resources", "runs", "said"),
    [
        (0, [], "nothing of staging was made yet"),
        (30, [("update", "failed")], "the last update of staging: failed"),
        (0, [("destroy", "succeeded")], "nothing of staging was made yet"),
        (30, [("refresh", "failed"), ("update", "succeeded")], None),
    ],
)
def test_a_first_up_counts_when_it_has_succeeded(
    world: Make, here: Here, resources: int, runs: list[tuple[str, str]], said: str | None
) -> None:
    backend(here, resources=resources)
    here.history("staging", *runs)

    answer = steps.first_up(world())

    if said is None:
        assert answer.state is State.OK, answer
    else:
        assert said in undone(answer, "RELEASE=sha-")


def test_a_stack_that_has_verified_nothing_is_not_green(world: Make, here: Here) -> None:
    undone(steps.green(world()), "RELEASE=sha-")
    here.stacks({"staging": {"url": "http://127.0.0.1:1"}})

    assert "has verified no release" in undone(steps.green(world()), "RELEASE=sha-")


@pytest.mark.parametrize(
    ("status", "commit", "said", "command"),
    [
        (200, COMMIT, None, ""),
        (503, COMMIT, "503, database", "strata logs staging"),
        (200, "b" * 40, "serves bbbbbbbbbbbb, verified was aaaaaaaaaaaa", "pulumi up --refresh"),
        (200, None, "serves no commit, verified was aaaaaaaaaaaa", "pulumi up --refresh"),
    ],
)
def test_green_is_what_answers_as_the_commit_that_was_verified(
    world: Make, here: Here, github: Answers, status: int, commit: str | None, said: str | None, command: str
) -> None:
    here.stacks({"staging": {"url": github.address, "release": RELEASE}})
    checks = {"database": status == 200}
    body = {"status": "ok", "version": "v1.0.0", "commit": commit, "checks": checks}
    github.bodies["health"] = (status, body)

    answer = steps.green(world())

    if said is None:
        assert answer.state is State.OK, answer
        assert "serves v1.0.0" in answer.text
    else:
        assert said in undone(answer, command)


@pytest.mark.parametrize(
    ("found", "state", "command"),
    [
        (ok("registry", "ghcr.io/team/backend can be pulled"), State.OK, ""),
        (
            warn("registry", "ghcr.io/team/backend has no image of backend yet", next_step="x"),
            State.TO_DO,
            "git push",
        ),
        (
            fail("registry", "ghcr.io: may not pull", next_step="`docker login`"),
            State.TO_DO,
            "`docker login`",
        ),
        (fail("registry", "ghcr.io cannot be asked (X)", next_step="check it"), State.NOT_SEEN, "check it"),
    ],
)
def test_what_the_registry_says_of_the_images_is_done_undone_or_unseen(
    world: Make, monkeypatch: pytest.MonkeyPatch, found: Finding, state: State, command: str
) -> None:
    monkeypatch.setattr(registry, "check", lambda env, images: iter([found]))

    answer = steps.pushed(world())

    assert answer.state is state
    assert answer.command.startswith(command)
