"""One pull request's way through the three commands, and what each of them refuses."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from dokploy_provider.errors import Unreachable
from strata.errors import CommandError, EngineError
from strata.github.errors import (
    Conflict,
    Forbidden,
    GithubError,
    OutcomeUnknown,
    RateLimited,
    ServerFault,
)
from strata.previews.after import Leftovers, after
from strata.previews.before import Refused, before
from strata.previews.comment import Memory, State
from strata.previews.decision import Action, Outcome, Reason
from strata.previews.desk import Desk
from strata.previews.looking import look
from strata.previews.steps import Steps
from strata.previews.sweep import sweep
from tests.strata.previews.github import COMPOSE, REPOSITORY, WORKFLOW, Github
from tests.strata.previews.standin import Engine, Server

MakeDesk = Callable[..., Desk]
NOT_ME = Steps(go=False)
URL = "https://report-pr-12.zitian.party"


def variables(place: Path) -> dict[str, str]:
    """What a step handed on by GITHUB_ENV or GITHUB_OUTPUT."""
    lines = place.read_text().splitlines() if place.exists() else []
    return {lines[i].partition("<<")[0]: lines[i + 1] for i in range(0, len(lines), 3)}


def ups(desk: Desk, engine: Engine, number: int, *, place: Path) -> bool:
    """The job `up`; whether it deployed."""
    if not before(desk, number, action=Action.UP):
        after(desk, number, action=Action.UP, outcome=Outcome.SKIPPED, steps=NOT_ME)
        return False
    given = variables(place / "variables")
    well = engine.up(number, tag=given["PREVIEW_REF"], commit=given["PREVIEW_COMMIT"])
    after(desk, number, action=Action.UP, outcome=Outcome.SUCCESS if well else Outcome.FAILURE)
    return well


def goes(desk: Desk, engine: Engine, number: int) -> None:
    """The job `destroy`."""
    outcome, go = Outcome.SKIPPED, before(desk, number, action=Action.DESTROY)
    if go:
        outcome = Outcome.SUCCESS if engine.destroy(number) else Outcome.FAILURE
    after(desk, number, action=Action.DESTROY, outcome=outcome, steps=Steps(go=go))


def comment(github: Github, number: int = 12) -> str:
    (only,) = github.comments(number)
    return str(only["body"])


def test_p1_p4_an_opened_pull_request_gets_a_preview_and_is_told_where(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path, outputs: Path
) -> None:
    sha = github.opens(12)
    record = github.record("pr-12")

    assert look(desk(), 12).action is Action.UP
    assert variables(outputs) == {"action": "up", "reason": "wanted", "url": URL}
    assert ups(desk(), engine, 12, place=tmp_path)

    assert engine.server == {12: sha}
    assert github.tags() == {f"preview/pr-12-{sha[:7]}": sha}
    assert URL in comment(github)
    assert sha[:7] in comment(github)
    (told,) = github.records("pr-12")
    assert (told["id"], told["now"]["state"], told["now"]["environment_url"]) == (record, "success", URL)
    assert told["now"]["log_url"] == f"https://github.example/{REPOSITORY}/actions/runs/77"


def test_p10_the_compose_file_of_the_commit_is_written_for_the_program(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    sha = github.opens(12)

    before(desk(), 12, action=Action.UP)

    given = variables(tmp_path / "variables")
    assert Path(given["PREVIEW_COMPOSE"]).read_text() == COMPOSE
    assert (given["PREVIEW_REF"], given["PREVIEW_COMMIT"]) == (f"preview/pr-12-{sha[:7]}", sha)


def test_p4_a_second_push_edits_the_comment_and_leaves_one_record_and_one_tag(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    github.record("pr-12")
    ups(desk(), engine, 12, place=tmp_path)
    second = github.pushes(12, {"NOTES.md": "two"})
    (tmp_path / "variables").unlink()
    newest = github.record("pr-12")

    ups(desk(), engine, 12, place=tmp_path)

    assert second[:7] in comment(github)
    assert [row["id"] for row in github.records("pr-12")] == [newest]
    assert github.tags() == {f"preview/pr-12-{second[:7]}": second}


def test_p4_a_comment_that_someone_deleted_is_made_again(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.deletes_comments(12)

    ups(desk(), engine, 12, place=tmp_path)

    assert URL in comment(github)


@pytest.mark.parametrize("kind", ["drop-after", "error-after"])
def test_s2_a_comment_whose_answer_was_lost_is_not_made_twice(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path, kind: str
) -> None:
    github.opens(12)
    github.fault(kind, "issues/12/comments", method="POST", times=1)

    ups(desk(), engine, 12, place=tmp_path)

    assert URL in comment(github)


def test_p4_two_comments_of_two_runs_at_once_become_one(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    for _ in range(2):
        github.writes(12, "<!-- strata:preview -->\nboth")

    ups(desk(), engine, 12, place=tmp_path)

    assert URL in comment(github)


def test_p3_closing_takes_everything_of_this_one_and_nothing_of_another(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    for number in (12, 1, 121):
        (tmp_path / "variables").unlink(missing_ok=True)
        github.opens(number)
        github.record(f"pr-{number}")
        ups(desk(), engine, number, place=tmp_path)
    kept = {number: engine.server[number] for number in (1, 121)}
    github.changes(12, state="closed")

    assert look(desk(), 12).action is Action.DESTROY
    goes(desk(), engine, 12)

    assert engine.server == kept
    assert engine.state == kept
    assert github.tags() == {f"preview/pr-{n}-{sha[:7]}": sha for n, sha in kept.items()}
    assert github.records("pr-12") == []
    assert {len(github.records(f"pr-{n}")) for n in (1, 121)} == {1}
    assert URL not in comment(github)
    assert "https://report-pr-121." in comment(github, 121)


def test_p3_closing_twice_is_no_error(desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.changes(12, state="closed")
    goes(desk(), engine, 12)
    told = comment(github)

    goes(desk(), engine, 12)

    assert comment(github) == told


def test_p3_the_branch_is_not_needed(desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.deletes_branch(12)

    goes(desk(), engine, 12)

    assert (engine.server, engine.state, github.tags()) == ({}, {}, {})


def test_p8_a_run_that_was_to_deploy_finds_the_request_closed_and_does_nothing(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    look(desk(), 12)
    github.changes(12, state="closed")

    assert not ups(desk(), engine, 12, place=tmp_path)

    assert (engine.state, github.tags(), github.comments(12)) == ({}, {}, [])


def test_p8_a_run_that_was_to_destroy_finds_the_request_open_and_does_nothing(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    sha = github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    told = comment(github)

    goes(desk(), engine, 12)

    assert engine.server == {12: sha}
    assert comment(github) == told


def test_p8_a_tag_is_on_the_commit_that_is_asked_for_now(
    desk: MakeDesk, engine: Engine, github: Github
) -> None:
    sha = github.opens(12)
    github.git.kept[f"refs/tags/preview/pr-12-{sha[:7]}"] = github.git.kept["refs/heads/main"]

    before(desk(), 12, action=Action.UP)

    assert github.tags()[f"preview/pr-12-{sha[:7]}"] == sha


def test_p7_a_fork_gets_nothing_that_holds_credentials(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12, fork="somebody/finance_report", author="reviewer")

    decision = look(desk(), 12)

    assert (decision.action, decision.reason) == (Action.NONE, Reason.FORK)
    assert not ups(desk(), engine, 12, place=tmp_path)
    assert (engine.state, github.tags()) == ({}, {})


def test_p7_a_fork_that_is_gone_is_no_own_repository(desk: MakeDesk, github: Github) -> None:
    github.opens(12, fork="somebody/finance_report", author="reviewer")
    github.deletes_branch(12)

    assert look(desk(), 12).action is Action.NONE


def test_p10_a_compose_file_that_breaks_rules_ends_before_anything_is_pushed(
    desk: MakeDesk, engine: Engine, github: Github, outputs: Path
) -> None:
    name = "[a](http://evil.example)<img src=x>@team"
    hostile = COMPOSE.replace("services:", f'services:\n  "{name}":\n    image: x\n    privileged: true', 1)
    github.opens(12, files={"docker-compose.yml": hostile})

    with pytest.raises(Refused):
        before(desk(), 12, action=Action.UP)

    assert (engine.state, github.tags()) == ({}, {})
    assert "**Refused**" in comment(github)
    assert "evil.example" in comment(github)
    rendered = MarkdownIt("commonmark").parse(comment(github).partition("###")[2])
    inline = [token for block in rendered for token in block.children or ()]
    assert "html_inline" not in [token.type for token in inline]
    links = [str(token.attrs["href"]) for token in inline if token.type == "link_open"]
    assert [link for link in links if not link.startswith("https://github.example/")] == []
    assert variables(outputs)["go"] == "false"
    after(desk(), 12, action=Action.UP, outcome=Outcome.SKIPPED, steps=NOT_ME)
    assert "**Refused**" in comment(github)


@pytest.mark.parametrize("files", [{"docker-compose.yml": None}, {"docker-compose.yml": "a: ["}])
def test_p10_a_commit_without_a_readable_compose_file_is_refused_in_its_comment(
    desk: MakeDesk, engine: Engine, github: Github, files: dict[str, str | None]
) -> None:
    github.opens(12)
    github.pushes(12, files)

    with pytest.raises(Refused, match="pr-12"):
        before(desk(), 12, action=Action.UP)

    assert "**Refused**" in comment(github)
    assert engine.state == {}


def test_p10_a_server_that_also_carries_staging_is_refused(
    desk: MakeDesk, engine: Engine, github: Github
) -> None:
    engine.beside = ["staging"]
    github.opens(12)

    with pytest.raises(Refused, match="also carries staging"):
        before(desk(), 12, action=Action.UP)

    assert (engine.state, github.tags()) == ({}, {})
    assert "previewsBesideStanding" in comment(github)


def test_a_dokploy_that_does_not_answer_is_told_and_nothing_is_done(
    desk: MakeDesk, engine: Engine, github: Github, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = github.opens(12)

    def down(_self: Server) -> list[str]:
        raise Unreachable("no connection to Dokploy", procedure="project.all")

    monkeypatch.setattr(Server, "carries", down)

    with pytest.raises(Unreachable):
        before(desk(), 12, action=Action.UP)

    assert f"**Failed**: `{sha[:7]}` was not deployed" in comment(github)
    assert URL not in comment(github)
    assert (engine.state, github.tags()) == ({}, {})


def test_p10_acknowledged_it_is_not(desk: MakeDesk, engine: Engine, github: Github) -> None:
    engine.beside = ["staging"]
    github.opens(12)

    assert before(desk(previewsBesideStanding=True), 12, action=Action.UP)


def test_p7_a_commit_that_the_token_may_not_tag_takes_no_place_and_somebody_else_may_tag_it(
    desk: MakeDesk, engine: Engine, github: Github
) -> None:
    sha = github.opens(12, files={WORKFLOW: "name: Mine"})
    github.fault("reject", "git/refs", method="POST", status=403)

    with pytest.raises(Refused, match=r"changes \.github/workflows"):
        before(desk(), 12, action=Action.UP)

    assert (engine.state, github.tags()) == ({}, {})
    assert "**Refused**" in comment(github)
    github.git.kept[f"refs/tags/preview/pr-12-{sha[:7]}"] = sha
    github.fault("reject", "git/refs", method="POST", status=403)
    assert before(desk(), 12, action=Action.UP)


@pytest.mark.parametrize(
    ("kind", "status", "message", "error"),
    [
        ("reject", 403, "Resource not accessible by integration", Forbidden),
        ("reject", 403, "You have exceeded a secondary rate limit. Wait a few minutes.", RateLimited),
        ("reject", 422, "Validation failed", Conflict),
        ("reject", 429, "Too many requests", RateLimited),
        ("reject", 502, "Bad gateway", OutcomeUnknown),
        ("drop-before", 500, "", OutcomeUnknown),
    ],
)
def test_p6_a_tag_that_could_not_be_set_takes_no_place_and_is_told_as_a_failure_of_the_run(
    desk: MakeDesk,
    engine: Engine,
    github: Github,
    *,
    kind: str,
    status: int,
    message: str,
    error: type[GithubError],
) -> None:
    sha = github.opens(12)
    github.fault(kind, "git/refs", method="POST", status=status, message=message)

    with pytest.raises(error):
        before(desk(), 12, action=Action.UP)

    assert (engine.state, github.tags()) == ({}, {})
    assert f"**Failed**: `{sha[:7]}` was not deployed" in comment(github)
    assert "workflows" not in comment(github)


def test_p6_above_the_limit_the_newest_is_told_and_gets_no_job(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(previewLimit="1"), engine, 12, place=tmp_path)
    github.opens(13)

    decision = look(desk(previewLimit="1"), 13)

    assert (decision.action, decision.reason) == (Action.NONE, Reason.LIMIT)
    assert "the limit of 1 previews is reached" in comment(github, 13)


def test_p6_those_that_are_there_still_update_above_the_limit(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    for number in (12, 13):
        (tmp_path / "variables").unlink(missing_ok=True)
        github.opens(number)
        ups(desk(), engine, number, place=tmp_path)
    second = github.pushes(13, {"NOTES.md": "two"})
    (tmp_path / "variables").unlink()

    assert look(desk(previewLimit="1"), 13).action is Action.UP
    assert ups(desk(previewLimit="1"), engine, 13, place=tmp_path)

    assert engine.server[13] == second


def test_p6_a_place_that_becomes_free_starts_who_waits_longest(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(previewLimit="1"), engine, 12, place=tmp_path)
    for number in (14, 13):
        github.opens(number)
        look(desk(previewLimit="1"), number)
    github.changes(12, state="closed")

    goes(desk(previewLimit="1"), engine, 12)

    (started,) = github.dispatches()
    assert (started["workflow"], started["ref"], started["inputs"]) == (
        "pr-test.yml",
        "main",
        {"number": "13"},
    )


def test_p6_of_two_that_take_the_last_place_at_once_none_runs_above_the_limit(
    desk: MakeDesk, engine: Engine, github: Github
) -> None:
    for number in (12, 13):
        github.opens(number)
    both = desk(previewLimit="1")
    asked = engine.numbers

    def late() -> frozenset[int]:
        """13 took its place between the first look and the second."""
        there = asked()
        engine.state.setdefault(13, None)
        return there

    engine.numbers = late  # type: ignore[method-assign]  # the other run, between two lines of this one

    assert not before(both, 12, action=Action.UP)

    assert engine.state == {13: None}
    assert "limit of 1" in comment(github)


def test_p6_that_nobody_could_be_started_fails_no_destroy(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(previewLimit="1"), engine, 12, place=tmp_path)
    github.opens(13)
    look(desk(previewLimit="1"), 13)
    github.changes(12, state="closed")
    github.fault("reject", "actions/workflows/pr-test.yml/dispatches", status=503)

    goes(desk(previewLimit="1"), engine, 12)

    assert engine.server == {}


def test_p6_that_the_state_does_not_say_who_waits_fails_no_destroy(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.changes(12, state="closed")
    assert before(desk(), 12, action=Action.DESTROY)
    assert engine.destroy(12)
    answers = iter([frozenset[int]()])

    def numbers() -> frozenset[int]:
        for answer in answers:
            return answer
        raise EngineError("pulumi stack ls failed", next_step="look at the backend")

    monkeypatch.setattr(engine, "numbers", numbers)

    after(desk(), 12, action=Action.DESTROY, outcome=Outcome.SUCCESS)

    assert "**Removed**" in comment(github)


def test_p5_a_preview_expires_after_the_last_push_and_a_push_renews_it(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.clock.turn(71 * 3600)
    assert look(desk(), 12).action is Action.UP
    github.clock.turn(3600)

    assert look(desk(), 12).reason is Reason.EXPIRED
    goes(desk(), engine, 12)
    assert "Push to have it again" in comment(github)
    assert look(desk(), 12).action is Action.NONE
    github.changes(12, state="closed")
    github.changes(12, state="open")
    assert look(desk(), 12).action is Action.NONE, "only a push renews it"

    github.pushes(12, {"NOTES.md": "two"})
    assert look(desk(), 12).action is Action.UP


def test_p1_the_label_is_asked_for_where_the_settings_say_so(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    assert look(desk(previewLabel="preview"), 12).action is Action.NONE
    github.changes(12, labels=["preview"])
    assert look(desk(previewLabel="preview"), 12).action is Action.UP
    ups(desk(previewLabel="preview"), engine, 12, place=tmp_path)
    github.changes(12, labels=["other"])

    assert look(desk(previewLabel="preview"), 12).action is Action.DESTROY
    goes(desk(previewLabel="preview"), engine, 12)

    assert engine.server == {}
    assert "`preview` was taken off" in comment(github)


def test_a_failed_up_is_told_with_what_still_runs(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    first = github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    second = github.pushes(12, {"NOTES.md": "two"})
    (tmp_path / "variables").unlink()
    engine.failing = {12}

    assert not ups(desk(env={"PREVIEW_COMMIT": second}), engine, 12, place=tmp_path)

    assert f"**Failed**: `{second[:7]}`" in comment(github)
    assert f"`{first[:7]}` was deployed before: {URL}" in comment(github)
    (record,) = github.records("pr-12")
    assert record["now"]["state"] == "failure"


def test_s9_what_is_left_on_the_server_fails_the_destroy_and_is_told(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    engine.stays = {12}
    github.changes(12, state="closed")

    with pytest.raises(Leftovers, match="finance-report-pr-12-preview-backend-1"):
        goes(desk(), engine, 12)

    assert "**Not wholly removed**" in comment(github)
    assert URL not in comment(github)
    assert github.tags() != {}, "nothing would show the sweeper that something is left"


def test_a_destroy_that_failed_leaves_everything_for_the_next(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    sha = github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.changes(12, state="closed")
    engine.failing = {12}

    with pytest.raises(Leftovers, match="still in the state"):
        goes(desk(), engine, 12)

    assert engine.server == {12: sha}
    goes(desk(), engine, 12)
    assert (engine.server, github.tags(), github.records("pr-12")) == ({}, {}, [])


def test_a_number_that_is_no_pull_request_is_cleared_up_by_hand(
    desk: MakeDesk, engine: Engine, github: Github
) -> None:
    engine.state[99] = engine.server[99] = "f" * 40

    assert look(desk(env={"GITHUB_EVENT_NAME": "workflow_dispatch"}), 99).reason is Reason.GONE
    goes(desk(), engine, 99)

    assert (engine.state, engine.server) == ({}, {})


def test_p5_a_404_counts_only_when_the_open_ones_can_be_listed(desk: MakeDesk, github: Github) -> None:
    github.fault("reject", "pulls", status=502, times=9)

    with pytest.raises(ServerFault):
        look(desk(), 99)


def test_a_token_without_the_permission_is_told_which_one(desk: MakeDesk, github: Github) -> None:
    github.opens(12)
    poor = replace(desk(), github=github.client_of(github.token(contents="read", pull_requests="write")))

    with pytest.raises(Forbidden, match="deployments=read"):
        look(poor, 12)


def test_the_titles_of_people_reach_neither_comment_nor_output(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path, outputs: Path
) -> None:
    github.opens(12, title="$(touch x) `id` [a](https://evil.example) @team", body="<script>")

    look(desk(), 12)
    ups(desk(), engine, 12, place=tmp_path)

    shown = comment(github) + outputs.read_text() + (tmp_path / "summary").read_text()
    assert [word for word in ("evil", "$(", "@team", "<script>") if word in shown] == []


def test_a_comment_remembers_only_what_it_could_have_written() -> None:
    for body in ("", "<!-- strata:memory {} -->", '<!-- strata:memory {"state": "up", "commit": 1} -->', "x"):
        assert Memory.of(body) is None
    state = '<!-- strata:memory {"state": "gone"} -->'
    assert Memory.of(state) == Memory(state=State.GONE, push=None)


def test_an_up_that_says_no_commit_is_no_success(desk: MakeDesk, github: Github) -> None:
    github.opens(12)

    with pytest.raises(CommandError, match="says no commit"):
        after(desk(), 12, action=Action.UP, outcome=Outcome.SUCCESS)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (Steps(ended={"login": Outcome.FAILURE, "before": Outcome.SKIPPED}), "`strata login` failed"),
        (Steps(ended={"before": Outcome.FAILURE}), "`strata preview before` failed"),
        (Steps(go=True, ended={"lock": Outcome.FAILURE}), "`strata lock take` failed"),
        (Steps(go=True, cancelled=True), "the run was cancelled"),
        (Steps(), "a step before it did not end well"),
    ],
)
def test_p4_what_kept_pulumi_from_running_is_told_though_nothing_but_github_can_be_asked(
    desk: MakeDesk, engine: Engine, github: Github, monkeypatch: pytest.MonkeyPatch, steps: Steps, why: str
) -> None:
    sha = github.opens(12)
    github.record("pr-12")
    told = comment_of_the_last_run(github)

    def nobody(*_: object) -> None:
        raise EngineError("pulumi has no backend", next_step="log in")

    for name in ("numbers", "commit"):
        monkeypatch.setattr(engine, name, nobody)

    after(desk(), 12, action=Action.UP, outcome=Outcome.SKIPPED, steps=steps)

    assert f"**Failed**: `{sha[:7]}` was not deployed: {why}." in comment(github)
    assert told not in comment(github)
    assert "/actions/runs/77" in comment(github)
    (record,) = github.records("pr-12")
    assert record["now"]["state"] == "failure"


def comment_of_the_last_run(github: Github) -> str:
    """What an earlier run had told: the pull request waited."""
    github.writes(12, '<!-- strata:preview -->\n<!-- strata:memory {"state": "waiting"} -->\nIt waits.')
    return "It waits."


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.FAILURE])
def test_p4_a_destroy_that_could_not_begin_or_whose_state_is_silent_is_told(
    desk: MakeDesk,
    engine: Engine,
    github: Github,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcome: Outcome,
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)
    github.changes(12, state="closed")

    def nobody() -> None:
        raise EngineError("pulumi has no backend", next_step="log in")

    monkeypatch.setattr(engine, "numbers", nobody)
    steps = Steps(ended={"login": Outcome.FAILURE})

    with suppress(Leftovers):
        after(desk(), 12, action=Action.DESTROY, outcome=outcome, steps=steps)

    assert "**Not wholly removed**" in comment(github)
    assert URL not in comment(github)
    assert github.tags() != {}, "nothing would show the sweeper that something is left"


def test_p5_what_was_not_tried_is_tried_by_the_sweep_and_what_failed_is_not(
    desk: MakeDesk, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.opens(12)
    ups(desk(), engine, 12, place=tmp_path)

    github.pushes(12, {"NOTES.md": "two"})
    (tmp_path / "variables").unlink()
    engine.failing = {12}
    assert not ups(desk(), engine, 12, place=tmp_path)
    assert sweep(desk(), dry_run=False) == []

    after(desk(), 12, action=Action.UP, outcome=Outcome.SKIPPED, steps=Steps(go=True))
    (found,) = sweep(desk(), dry_run=False)
    assert found.where == ("not tried",)
