"""D1-D3, D8: our own record, and every way in which it ends."""

from typing import Any

import httpx
import pytest

from dokploy_provider.crud.service import COMPOSE
from dokploy_provider.deploy.records import Snapshot, Target, Title, queue
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.deploy.wait import Waiter
from dokploy_provider.errors import DeployFailed, Failure
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import DeploymentDesired
from tests.dokploy_provider.scripted import Scripted, missing

WANT = DeploymentDesired(compose_id="c1", stack="staging", revisions=["1-0123456789ab"], commit="c" * 40)
TARGET = Target(kind=COMPOSE, id="c1", app_name="app-abc123", compose_type="", stack="staging")
TITLE = Title.of(WANT)


def _record(
    id_: str = "d1", *, title: str = str(TITLE), status: str = "running", at: str = "1", **more: Any
) -> Any:
    return {"deploymentId": id_, "title": title, "status": status, "createdAt": at, **more}


def _compose(*records: Any, status: str = "running") -> dict[str, Any]:
    return {"appName": "app-abc123", "composeStatus": status, "deployments": list(records)}


def _job(title: str = str(TITLE), state: str = "waiting") -> dict[str, Any]:
    return {"id": "job-1", "state": state, "data": {"composeId": "c1", "titleLog": title}}


def _server() -> Scripted:
    return (
        Scripted()
        .on("deployment.queueList", [])
        .on("compose.deploy", {})
        .on("deployment.readLogs", "one\ntwo")
    )


def _waiter(server: Scripted, **changed: Any) -> Waiter:
    here, want = server.here(), WANT.model_copy(update=changed)
    return Waiter(here=here, target=TARGET, want=want, report=Reporter(here=here, target=TARGET))


def _for_record(server: Scripted, *before: str, **changed: Any) -> DeploymentRow:
    return _waiter(server, **changed).for_record(TITLE, before=before)


def _for_end(server: Scripted, **changed: Any) -> DeploymentRow:
    return _waiter(server, **changed).for_end(DeploymentRow(deployment_id="d1", status="running"))


def _fails(server: Scripted, **changed: Any) -> DeployFailed:
    with pytest.raises(DeployFailed) as caught:
        _for_end(server, **changed)
    return caught.value


def test_d1_a_record_is_ours_by_its_nonce() -> None:
    other = Title.of(WANT)
    server = _server().on("compose.one", _compose(_record("d0", title=str(other)), _record("d1")))

    assert _for_record(server).deployment_id == "d1"


def test_d1_a_record_that_stood_there_before_is_not_ours() -> None:
    server = _server().on(
        "compose.one", _compose(_record("d0")), _compose(_record("d0"), _record("d1", at="2"))
    )

    assert _for_record(server, "d0").deployment_id == "d1"


def test_d1_once_bound_a_record_stays_ours_whatever_its_text_becomes() -> None:
    renamed = _record("d1", title="Fix typo", status="done", description="Commit: abc1234")
    server = _server().on("compose.one", _compose(_record("d1")), _compose(renamed), _compose(renamed))

    assert _for_end(server).title == "Fix typo"


def test_d1_a_git_record_that_ended_unseen_is_known_by_its_commit() -> None:
    ended = _record("d1", title="Fix typo", status="done", description=f"Commit: {'c' * 40}")

    assert _for_record(_server().on("compose.one", _compose(ended))).deployment_id == "d1"


@pytest.mark.parametrize("description", [f"Commit: {'d' * 40}", "", None])
def test_d1_a_foreign_record_of_another_commit_is_not_taken(description: str | None) -> None:
    foreign = _record("d9", title="Fix typo", status="done", description=description)
    server = _server().on(
        "compose.one", _compose(foreign), _compose(foreign), _compose(foreign, _record("d1", at="2"))
    )

    assert _for_record(server).deployment_id == "d1"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (_compose(_record(status="error")), "Dokploy reports an error"),
        (_compose(_record(status="cancelled")), "it was cancelled"),
        (_compose(), "vanished"),
        (_compose(_record(), status="idle"), "idle although its record says running"),
        (missing("compose.one"), "was deleted meanwhile"),
    ],
)
def test_d2_every_end_has_its_own_message_within_two_looks(answer: Any, text: str) -> None:
    server = _server().on("compose.one", answer)
    error = _fails(server)

    assert text in str(error)
    assert error.failure is Failure.DEPLOYMENT_ERROR
    assert len(server.asked("compose.one")) <= 2


def test_d2_an_idle_service_seen_once_may_be_a_start_that_is_not_booked_yet() -> None:
    server = _server().on("compose.one", _compose(_record(), status="idle"), _compose(_record(status="done")))

    assert _for_end(server).status == "done"


def test_d3_after_the_start_window_it_is_sent_once_more_and_then_fails() -> None:
    other = [_job("someone else's")]
    server = _server().on("compose.one", _compose()).on("deployment.queueList", other)
    with pytest.raises(DeployFailed, match="someone else's") as caught:
        _for_record(server)

    assert caught.value.failure is Failure.NO_RECORD
    assert len(server.asked("compose.deploy")) == 1
    assert server.asked("compose.deploy")[0]["title"] == str(TITLE)


def test_d3_standing_in_the_queue_does_not_eat_the_start_window() -> None:
    looks = [_compose()] * 60
    server = _server().on("compose.one", *looks, _compose(_record())).on("deployment.queueList", [_job()])

    assert _for_record(server).deployment_id == "d1"
    assert not server.asked("compose.deploy")


def test_d3_the_start_window_begins_when_it_leaves_the_queue() -> None:
    server = _server().on("compose.one", *[_compose()] * 70, _compose(_record()))
    server.on("deployment.queueList", *[[_job()]] * 60, [])

    assert _for_record(server).deployment_id == "d1"
    assert not server.asked("compose.deploy")


def test_d3_the_queue_has_a_limit_of_its_own() -> None:
    server = (
        _server()
        .on("compose.one", _compose())
        .on("deployment.queueList", [_job(), _job("a long build", "active")])
    )
    with pytest.raises(DeployFailed, match="active a long build") as caught:
        _for_record(server, queue_timeout=100)

    assert caught.value.failure is Failure.TIMEOUT


def test_d3_the_queue_is_read_first_to_run_first() -> None:
    server = _server().on("deployment.queueList", [_job("second"), _job("first", "active")])

    assert [job.title for job in queue(server.here())] == ["first", "second"]


def test_d8_a_timeout_names_the_record_that_runs() -> None:
    error = _fails(_server().on("compose.one", _compose(_record())), deploy_timeout=60)

    assert error.failure is Failure.TIMEOUT
    assert "record d1 still runs after 60 s" in str(error)


def test_a_server_that_is_away_for_a_while_is_borne() -> None:
    away = [httpx.ConnectError("refused")] * 20
    server = _server().on("compose.one", *away, _compose(_record(status="done")))

    assert _for_end(server).status == "done"


def test_a_server_that_stays_away_is_api_unreachable() -> None:
    assert (
        _fails(_server().on("compose.one", httpx.ConnectError("refused"))).failure is Failure.API_UNREACHABLE
    )


def test_polling_starts_quickly_and_settles_at_the_interval() -> None:
    server = _server().on("compose.one", *[_compose(_record())] * 30, _compose(_record(status="done")))
    _for_end(server)

    assert server.time.slept[0] == pytest.approx(0.1)
    assert server.time.slept[-1] == 1.0


def test_records_are_newest_first_although_dokploy_gives_them_unsorted() -> None:
    rows = tuple(DeploymentRow(deployment_id=i, created_at=i) for i in ("2", "3", "1"))
    snapshot = Snapshot(app_name="", status="", records=rows)

    assert snapshot.by_id("3") is rows[1]
    assert snapshot.by_id("9") is None


def test_a_title_is_read_back_as_it_was_written() -> None:
    assert Title.parse(str(TITLE)) == TITLE


@pytest.mark.parametrize(
    "text",
    ["Manual deployment", "", None, pytest.param(f"{TITLE} and more", id="more"), "strata staging x y"],
)
def test_other_titles_are_not_ours(text: str | None) -> None:
    assert Title.parse(text) is None


def test_two_titles_of_the_same_inputs_differ_in_their_nonce_only() -> None:
    other = Title.of(WANT)

    assert other.nonce != TITLE.nonce
    assert TITLE.same_inputs(other)


def test_a_counter_makes_other_inputs_of_the_same_content() -> None:
    other = Title.of(WANT.model_copy(update={"revisions": ["2-0123456789ab"]}))

    assert TITLE.same_content(other)
    assert not TITLE.same_inputs(other)


def test_another_stack_has_other_inputs() -> None:
    assert not TITLE.same_inputs(Title.of(WANT.model_copy(update={"stack": "production"})))
