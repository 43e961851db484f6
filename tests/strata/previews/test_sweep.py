"""P5: leftovers of every kind, on either side, and what is never touched."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from strata.errors import CommandError
from strata.github.errors import ServerFault
from strata.previews.decision import Action, Reason
from strata.previews.desk import Desk
from strata.previews.sweep import sweep
from tests.strata.previews.actions import Actions
from tests.strata.previews.github import COMPOSE, MAIN, Github
from tests.strata.previews.standin import Engine

MakeDesk = Callable[..., Desk]
GONE = "f" * 40


@pytest.fixture
def actions(github: Github, engine: Engine, tmp_path: Path) -> Actions:
    return Actions(github, engine, tmp_path, Random(7))


def up(actions: Actions, *numbers: int) -> None:
    for number in numbers:
        actions.github.opens(number)
        actions.event(number)
    actions.settle()


def swept(desk: Desk, *, dry_run: bool = False) -> dict[int, tuple[Action, Reason]]:
    return {found.number: (found.action, found.reason) for found in sweep(desk, dry_run=dry_run)}


def nothing_is_left(github: Github, engine: Engine, number: int) -> None:
    assert number not in engine.state
    assert number not in engine.server
    assert [tag for tag in github.tags() if tag.startswith(f"preview/pr-{number}-")] == []
    assert github.records(f"pr-{number}") == []


def leave_stack(github: Github, engine: Engine) -> None:
    engine.state[99] = GONE


def leave_environment(github: Github, engine: Engine) -> None:
    engine.server[99] = GONE


def leave_tag(github: Github, engine: Engine) -> None:
    github.git.kept["refs/tags/preview/pr-99-0000000"] = MAIN


def leave_record(github: Github, engine: Engine) -> None:
    github.status(github.record("pr-99"), "success", "https://report-pr-99.zitian.party")


LEFT = {
    "stack": leave_stack,
    "environment": leave_environment,
    "tag": leave_tag,
    "deployment record": leave_record,
}


@pytest.mark.parametrize("kind", LEFT)
def test_p5_what_is_left_without_a_pull_request_is_destroyed(
    kind: str, actions: Actions, engine: Engine, github: Github
) -> None:
    up(actions, 12)
    LEFT[kind](github, engine)

    (found,) = sweep(actions.desk("schedule"), dry_run=False)

    assert (found.number, found.action, found.reason) == (99, Action.DESTROY, Reason.GONE)
    assert found.where == (kind,)
    actions.settle()
    assert actions.ended == []
    nothing_is_left(github, engine, 99)
    assert engine.server == {12: github.head(12)}


@pytest.mark.parametrize("kind", LEFT)
def test_p5_what_is_left_of_a_closed_one_is_destroyed(
    kind: str, actions: Actions, engine: Engine, github: Github
) -> None:
    github.opens(99)
    github.changes(99, state="closed")
    LEFT[kind](github, engine)

    assert swept(actions.desk("schedule")) == {99: (Action.DESTROY, Reason.GONE)}

    actions.settle()
    nothing_is_left(github, engine, 99)


def test_p5_a_link_in_the_comment_of_a_closed_one_goes(
    actions: Actions, engine: Engine, github: Github
) -> None:
    up(actions, 12)
    (told,) = github.comments(12)
    github.changes(12, state="closed")
    actions.event(12)
    actions.settle()
    github.client.patch(f"issues/comments/{told['id']}", {"body": told["body"]})

    (found,) = sweep(actions.desk("schedule"), dry_run=False)

    assert found.where == ("comment with a link",)
    actions.settle()
    (now,) = github.comments(12)
    assert "https://report-pr-12" not in now["body"]


def test_p5_an_expired_one_goes_and_says_so(actions: Actions, engine: Engine, github: Github) -> None:
    up(actions, 12, 13)
    github.clock.turn(71 * 3600)
    github.pushes(13, {"NOTES.md": "two"})
    actions.event(13)
    actions.settle()
    github.clock.turn(3600)

    assert swept(actions.desk("schedule")) == {12: (Action.DESTROY, Reason.EXPIRED)}

    actions.settle()
    nothing_is_left(github, engine, 12)
    assert engine.server == {13: github.head(13)}
    assert "Push to have it again" in github.comments(12)[0]["body"]


@pytest.mark.parametrize("side", ["stack", "environment", "tag", "comment"])
def test_p5_what_a_wanted_one_lacks_is_brought_back(
    side: str, actions: Actions, engine: Engine, github: Github
) -> None:
    up(actions, 12)
    sha = github.head(12)
    takes: dict[str, Callable[[], Any]] = {
        "stack": engine.state.clear,
        "environment": engine.server.clear,
        "tag": lambda: github.git.kept.pop(f"refs/tags/preview/pr-12-{sha[:7]}"),
        "comment": lambda: github.deletes_comments(12),
    }
    takes[side]()

    (found,) = sweep(actions.desk("schedule"), dry_run=False)

    assert (found.action, found.where) == (Action.UP, (f"no {side}",))
    actions.settle()
    assert (engine.state, engine.server) == ({12: sha}, {12: sha})
    assert github.tags() == {f"preview/pr-12-{sha[:7]}": sha}
    assert len(github.comments(12)) == 1


def test_p5_a_push_whose_run_was_lost_is_deployed(actions: Actions, engine: Engine, github: Github) -> None:
    up(actions, 12)
    second = github.pushes(12, {"NOTES.md": "two"})

    (found,) = sweep(actions.desk("schedule"), dry_run=False)

    assert (found.action, found.where) == (Action.UP, ("not told of the newest commit",))
    actions.settle()
    assert engine.server == {12: second}


def test_p5_a_commit_that_failed_or_was_refused_is_not_tried_every_hour(
    actions: Actions, engine: Engine, github: Github
) -> None:
    up(actions, 12, 13)
    engine.failing.add(12)
    github.pushes(12, {"NOTES.md": "two"})
    github.pushes(13, {"docker-compose.yml": "services: {x: {image: y, privileged: true}}"})
    for number in (12, 13):
        actions.event(number)
    actions.settle()

    assert swept(actions.desk("schedule")) == {}


def test_p10_a_first_commit_that_is_refused_is_refused_once(
    actions: Actions, engine: Engine, github: Github
) -> None:
    github.opens(12, files={"docker-compose.yml": "services: {x: {image: y, privileged: true}}"})
    actions.event(12)

    actions.settle()

    assert [number for number, _ in actions.ended] == [12]
    assert engine.state == {}
    assert swept(actions.desk("schedule")) == {}
    github.pushes(12, {"docker-compose.yml": COMPOSE})
    actions.event(12)
    actions.settle()
    assert engine.server == {12: github.head(12)}


def test_p5_nothing_outside_of_previews_is_seen_or_touched(
    actions: Actions, engine: Engine, github: Github
) -> None:
    for name in ("v1.0.0", "preview/main", "preview/pr-0-1234567", "preview/pr-12", "pr-12-1234567"):
        github.git.kept[f"refs/tags/{name}"] = MAIN
    for environment in ("staging", "production", "preview", "pr-x", "pr-012"):
        github.status(github.record(environment), "success", "https://report.zitian.party")
    tags = github.tags()

    assert swept(actions.desk("schedule")) == {}

    actions.settle()
    assert github.tags() == tags
    assert len(github.client.get("deployments")) == 5


def test_p5_a_dry_run_lists_and_starts_nothing(actions: Actions, engine: Engine, github: Github) -> None:
    leave_stack(github, engine)

    assert swept(actions.desk("schedule"), dry_run=True) == {99: (Action.DESTROY, Reason.GONE)}

    assert github.dispatches() == []
    assert engine.state == {99: GONE}


@pytest.mark.parametrize("page", ["pulls", "deployments", "git/matching-refs/tags/preview/pr-"])
def test_p5_what_cannot_be_listed_ends_the_sweep_before_anything_is_done(
    page: str, actions: Actions, engine: Engine, github: Github
) -> None:
    leave_stack(github, engine)
    github.fault("reject", page, status=502, times=9)

    with pytest.raises(ServerFault):
        sweep(actions.desk("schedule"), dry_run=False)

    assert github.dispatches() == []


def test_p5_one_run_that_cannot_be_started_does_not_keep_the_others(
    actions: Actions, engine: Engine, github: Github
) -> None:
    engine.state |= {98: GONE, 99: GONE}
    github.fault("reject", "actions/workflows/pr-test.yml/dispatches", status=503, times=1)

    with pytest.raises(CommandError, match=r"1 of 2 runs.*pr-98"):
        sweep(actions.desk("schedule"), dry_run=False)

    assert [row["inputs"]["number"] for row in github.dispatches()] == ["99"]


def test_p6_a_waiting_one_that_no_event_started_is_started_by_the_sweep(
    actions: Actions, engine: Engine, github: Github
) -> None:
    actions.settings = {"previewLimit": "1"}
    up(actions, 12, 13)
    (runs,) = engine.state
    (waits,) = {12, 13} - {runs}
    github.changes(runs, state="closed")
    github.fault("reject", "actions/workflows/pr-test.yml/dispatches", status=503, times=1)
    actions.event(runs)
    actions.settle()
    assert engine.state == {}

    assert swept(actions.desk("schedule")) == {waits: (Action.UP, Reason.WANTED)}

    actions.settle()
    assert set(engine.state) == {waits}


@pytest.mark.parametrize("seed", range(60))
def test_p3_p5_runs_that_are_lost_anywhere_are_made_good_by_the_sweep(
    seed: int, github: Github, engine: Engine, tmp_path: Path
) -> None:
    chance = Random(seed)
    actions = Actions(github, engine, tmp_path, chance, settings={"previewLimit": "2"})
    for number in (1, 12, 121):
        github.opens(number)
    for _ in range(12):
        number = chance.choice((1, 12, 121))
        github.changes(number, state=chance.choice(["open", "closed"]))
        actions.event(number)
        for _ in range(chance.randrange(4)):
            actions.step()
        if actions.running and chance.random() < 0.5:
            actions.kill(chance.choice(sorted(actions.running)))
        if chance.random() < 0.2:
            engine.failing.add(number)
    actions.settle()
    engine.failing.clear()

    for _ in range(3):
        sweep(actions.desk("schedule"), dry_run=False)
        actions.settle()

    wanting = {number for number in (1, 12, 121) if github.row(number)["state"] == "open"}
    assert set(engine.server) == set(engine.state) <= wanting
    assert {f"preview/pr-{n}-{github.head(n)[:7]}" for n in engine.state} == set(github.tags())
    for number in (1, 12, 121):
        linked = [c for c in github.comments(number) if f"//report-pr-{number}." in c["body"]]
        assert bool(linked) is (number in engine.state)
        states = [record["now"]["state"] for record in github.records(f"pr-{number}")]
        failed = [c for c in github.comments(number) if "**Failed**" in c["body"]]
        assert states == (["failure" if failed else "success"] if number in engine.state else [])


def test_p6_a_place_that_nobody_sees_is_come_for_once_for_each_event(
    actions: Actions, engine: Engine, github: Github
) -> None:
    actions.settings = {"previewLimit": "1"}
    up(actions, 1)
    for tag in github.tags():
        del github.git.kept[f"refs/tags/{tag}"]
    before = actions.begun

    up(actions, 2)

    assert actions.begun - before <= 2, "it starts itself again and again"
    assert "limit of 1" in github.comments(2)[0]["body"]
    sweep(actions.desk("schedule"), dry_run=False)
    actions.settle()
    assert set(github.tags()) == {f"preview/pr-1-{github.head(1)[:7]}"}
    assert engine.server == {1: github.head(1)}
