"""W3, P7: ci.yml on the local runner. `make check`, `test`, `integration` and stack ci are stubs here: they
have tests of their own, and `Run.made` says that they were called.
"""

import pytest

from tests.workflows.documents import load
from tests.workflows.runner import Run
from tests.workflows.world import World

pytestmark = pytest.mark.e2e


def push(world: World, **more: int) -> Run:
    return world.run("ci.yml", event="push", payload={"after": world.main}, make=more)


def test_w3_on_main_all_is_green_and_the_images_come_after_the_check(world: World) -> None:
    pushed = world.images(world.main)

    done = push(world).ok()

    assert done.jobs == {**dict.fromkeys(load("ci.yml")["jobs"], "success"), "plan": "skipped"}
    assert done.made == [
        "make check",
        "make docker",
        "make integration",
        "make test",
        "pulumi destroy --yes --skip-preview --remove --non-interactive --stack ci",
        "pulumi stack init ci --non-interactive",
        "pulumi up --yes --skip-preview --non-interactive --stack ci",
    ]
    assert "| plan | good | skipped: not on push |" in done.summary
    # each job's token may what the file says for that job, and no more
    given = [sorted(one["permissions"].items()) for one in world.table("token")]
    assert [("contents", "read"), ("packages", "write")] in given
    assert max(map(len, given)) == 2
    assert all(digest in done.outputs("images")["digests"] for digest in pushed.values())


def test_w3_a_failing_test_makes_the_check_red_and_no_image_is_pushed(world: World) -> None:
    done = push(world, test=2).red()

    assert {job for job, result in done.jobs.items() if result == "failure"} == {"test", "required"}
    assert done.jobs["images"] == "skipped"
    assert "| test | BAD | failure |" in done.summary
    assert [call for call in world.asked("registry") if not call.startswith(("GET", "HEAD"))] == []


def test_w3_stack_ci_is_destroyed_when_its_up_fails(world: World) -> None:
    done = push(world, **{"pulumi-up": 1}).red()

    assert done.jobs["ci-stack"] == "failure"
    assert [call.split()[1] for call in done.made if call.startswith("pulumi")] == ["destroy", "stack", "up"]
    assert "| ci-stack | BAD | failure |" in done.summary


def test_p7_a_fork_s_checks_run_and_get_no_credentials(world: World) -> None:
    number = world.tell("POST", "pulls", branch="feature", files={"README.md": "Hello\n"}, fork=True)[
        "number"
    ]

    done = world.run(
        "ci.yml",
        event="pull_request",
        payload=world.pull(number, "opened"),
        ref=f"refs/pull/{number}/merge",
        sha=world.merge_of(number),
    ).ok()

    assert {job for job, result in done.jobs.items() if result == "skipped"} == {"plan", "images"}
    assert "| plan | good | skipped: no credentials for a fork |" in done.summary
    assert world.asked("oidc") == []
    assert world.table("comment") == []
