"""P1, P3, P5, P7, P8: pr-test.yml and sweep.yml on the local runner, real engine, real Vault."""

from pathlib import Path

import pytest

from tests.workflows.documents import Document
from tests.workflows.runner import Run
from tests.workflows.world import World

pytestmark = pytest.mark.e2e


def opened(world: World, *, fork: bool = False, title: str = "A change", branch: str = "feature") -> int:
    files = {"README.md": "Hello\n"}
    made = world.tell("POST", "pulls", branch=branch, files=files, fork=fork, title=title)
    return int(made["number"])


def wake(world: World, number: int, action: str) -> Run:
    return world.run("pr-test.yml", event="pull_request_target", payload=world.pull(number, action))


def test_p1_p3_a_preview_comes_with_its_pull_request_and_goes_with_it(world: World) -> None:
    number = opened(world)

    up = wake(world, number, "opened").ok()

    assert up.jobs == {"look": "success", "up": "success", "destroy": "skipped"}
    assert up.outputs("look")["url"] == f"https://report-pr-{number}.zitian.party"
    health = world.cloud.health(f"report-pr-{number}.zitian.party").json()
    assert health["commit"] == world.pull(number, "opened")["pull_request"]["head"]["sha"]
    assert len(world.table("comment")) == 1

    world.tell("PATCH", f"pulls/{number}", state="closed")
    gone = wake(world, number, "closed").ok()

    assert gone.jobs == {"look": "success", "up": "skipped", "destroy": "success"}
    assert world.cloud.control.get("/engine").json()["containers"] == []
    assert list(world.cloud.state.rglob(f"pr-{number}.json")) == []
    assert [name for name in world.refs() if "preview/" in name] == []
    assert len(world.table("comment")) == 1


def test_p8_an_up_that_waited_until_the_pull_request_was_closed_destroys(world: World) -> None:
    number = opened(world)
    event = world.pull(number, "opened")
    world.tell("PATCH", f"pulls/{number}", state="closed")

    done = world.run("pr-test.yml", event="pull_request_target", payload=event).ok()

    assert done.jobs["up"] == "skipped"
    assert world.cloud.control.get("/engine").json()["containers"] == []


def test_p7_a_fork_ends_where_it_is_looked_at(world: World) -> None:
    number = opened(world, fork=True)

    done = wake(world, number, "opened").ok()

    assert done.jobs == {"look": "success", "up": "skipped", "destroy": "skipped"}
    assert world.asked("oidc") == []


def test_a_title_and_a_branch_are_nobodys_command(world: World, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    title = f"`touch {trace}` $(touch {trace}) ${{{{ github.token }}}} | ![x](y) @all"
    number = opened(world, title=title, branch=f"a;touch${{IFS}}{trace};`touch${{IFS}}{trace}`")

    done = wake(world, number, "opened").ok()

    assert done.jobs == {"look": "success", "up": "success", "destroy": "skipped"}
    assert not trace.exists()
    assert "touch" not in done.log
    shown = str(world.table("comment")) + str(world.table("deployment"))
    assert [word for word in ("touch", "@all", "![x]") if word in shown] == []


def test_p4_a_login_that_is_refused_is_told_in_the_pull_request(world: World) -> None:
    def elsewhere(document: Document) -> None:
        document["jobs"]["up"]["environment"] = "nobodys"

    number = opened(world)

    done = world.run(
        "pr-test.yml",
        event="pull_request_target",
        payload=world.pull(number, "opened"),
        change=elsewhere,
    ).red()

    assert done.step("up", "strata login") == "failure"
    assert done.step("up", "strata preview after") == "success"
    (told,) = world.table("comment")
    assert "was not deployed: `strata login` failed" in told["body"]


def test_p5_what_a_missed_event_left_is_found_and_its_own_workflow_is_started(world: World) -> None:
    number = opened(world)
    wake(world, number, "opened").ok()
    world.tell("PATCH", f"pulls/{number}", state="closed")

    dry = world.run("sweep.yml", inputs={"dry_run": "true"}).ok()

    assert f"pr-{number}" in dry.log
    assert world.tell("GET", "dispatches") == []

    world.run("sweep.yml", event="schedule").ok()

    (started,) = world.tell("GET", "dispatches")
    assert started["workflow"].endswith("pr-test.yml")
    assert started["inputs"] == {"number": str(number)}

    world.run("pr-test.yml", inputs=started["inputs"]).ok()

    assert world.cloud.control.get("/engine").json()["containers"] == []


def test_p5_a_list_that_cannot_be_read_starts_nothing_and_is_red(world: World) -> None:
    world.cloud.fault(part="github", kind="reject", path="/api/v3/repos", key="/pulls", status=500, times=0)

    done = world.run("sweep.yml", event="schedule").red()

    assert done.step("sweep", "strata sweep") == "failure"
    assert world.tell("GET", "dispatches") == []
    assert done.step("sweep", "strata logout") == "success"


def test_g5_a_job_without_its_gate_gets_nothing(world: World) -> None:
    def taken_off(document: Document) -> None:
        del document["jobs"]["sweep"]["environment"]

    done = world.run("sweep.yml", event="schedule", change=taken_off).red()

    assert done.step("sweep", "strata login") == "failure"
    assert "does not let this job in as strata-finance-report-preview" in done.log
    assert done.step("sweep", "strata sweep") == "skipped"
    assert world.asked("dokploy") == []
