import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from model.images import ImageRef
from strata.errors import CommandError, UsageError
from strata.github.errors import Forbidden, OutcomeUnknown
from strata.project import Project
from strata.release.history import TASK, records
from strata.release.recording import made, print_known
from strata.release.tagging import Tagger
from tests.strata.conftest import Here
from tests.strata.release.town import Fault, Town

ENV = {
    "GITHUB_ACTOR": "octocat",
    "GITHUB_TRIGGERING_ACTOR": "hubot",
    "GITHUB_RUN_ID": "9",
    "GITHUB_REPOSITORY": "zitian-party/finance_report",
}
Keep = Callable[..., bool]


def running(version: str, images: dict[str, ImageRef]) -> dict[str, Any]:
    return {
        "release": {
            "version": version,
            "commit": "a" * 40,
            "images": {service: str(image) for service, image in images.items()},
            "time": "2026-11-23T12:00:00Z",
        }
    }


@pytest.fixture
def keep(town: Town, here: Here, tagger: Tagger) -> Keep:
    """A release that production runs, and what keeps its record."""
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)
    here.stacks({"production": running("v1.1.0", images)})

    def ask(tag: str = "v1.1.0", result: str = "verified", replaced: str = "", env: Any = ENV) -> bool:
        _, written = made(
            Project.here(),
            town.github,
            "production",
            tag=tag,
            result=result,
            replaced=replaced,
            verified="smoke,\nthen watched",
            env=env,
        )
        return written

    return ask


def test_r9_a_record_says_who_what_from_where_when_in_which_run_and_how(town: Town, keep: Keep) -> None:
    assert keep(replaced="v1.0.9")

    (record,) = records(town.github, "production")
    commit = town.tags()["v1.1.0"]
    assert (record.version, record.commit, record.who) == ("v1.1.0", commit, "hubot")
    assert (record.source, record.replaced, record.result) == ("staging, as v1.0.0", "v1.0.9", "verified")
    assert record.verified == "smoke, then watched"
    assert record.run == "https://github.com/zitian-party/finance_report/actions/runs/9/attempts/1"
    assert set(record.images) == {"backend", "frontend"}
    (row,) = town.world.store.table("github.deployment").where(task=TASK)
    (status,) = town.world.store.table("github.deployment_status").where(deployment=row["id"])
    assert (row["environment"], row["sha"], status["state"]) == ("production", commit, "success")


def test_r9_a_run_that_is_repeated_keeps_one_record(town: Town, keep: Keep) -> None:
    assert keep()
    assert not keep()
    assert keep(result="rolled back")
    assert [record.result for record in records(town.github, "production")] == ["rolled back", "verified"]


def test_r9_what_the_stack_does_not_run_is_not_recorded_as_verified(
    town: Town, keep: Keep, here: Here
) -> None:
    here.stacks({"production": running("v1.0.0", town.push_images("b" * 40, tag="v0.9.0"))})

    with pytest.raises(CommandError, match="production does not run what staging verified"):
        keep()
    assert records(town.github, "production") == []
    assert keep(result="failed")


def test_r9_a_stack_that_runs_nothing_has_nothing_verified(keep: Keep, here: Here) -> None:
    here.stacks({"production": {}})

    with pytest.raises(CommandError, match="it runs nothing"):
        keep()


@pytest.mark.parametrize(("tag", "result"), [("main", "verified"), ("v1.1.0", "fine"), ("v1.1", "failed")])
def test_what_is_no_release_or_no_result_is_refused(keep: Keep, tag: str, result: str) -> None:
    with pytest.raises(UsageError, match="a record is of a release"):
        keep(tag=tag, result=result)


def test_a_tag_that_staging_has_not_proved_is_not_recorded(town: Town, keep: Keep) -> None:
    town.git.tag("v3.0.0", town.merge("two"))

    for tag in ("v3.0.0", "v4.0.0"):
        with pytest.raises(CommandError, match="no record of staging"):
            keep(tag=tag)


def test_a_lost_answer_is_looked_after_and_the_record_is_kept_once(town: Town, keep: Keep) -> None:
    lost = httpx.ReadTimeout("lost")
    town.to_github.faults.append(Fault("POST", "/deployments", lost, applied=True, times=1))

    assert keep()
    assert not keep()
    assert len(records(town.github, "production")) == 1


def test_an_answer_that_was_lost_on_the_way_there_ends_and_is_kept_by_the_next_run(
    town: Town, keep: Keep
) -> None:
    town.to_github.faults.append(Fault("POST", "/deployments", httpx.Response(502), times=1))

    with pytest.raises(OutcomeUnknown):
        keep()
    assert keep()


def test_a_token_that_may_not_write_is_told_with_the_permission(town: Town, keep: Keep) -> None:
    headers = {"x-accepted-github-permissions": "deployments=write"}
    town.to_github.faults.append(Fault("POST", "/deployments", httpx.Response(403, headers=headers, json={})))

    with pytest.raises(Forbidden, match="deployments=write"):
        keep()


def test_without_a_run_the_machines_user_is_named_and_nothing_is_taken_for_a_repetition(
    town: Town, keep: Keep
) -> None:
    assert keep(env={})
    assert keep(env={})
    assert all(record.who.endswith("(no run)") for record in records(town.github, "production"))


def test_after_a_lost_state_tags_and_deployments_say_what_was_released(
    town: Town, keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    keep(result="failed", tag="v1.0.0")

    print_known(town.github, "staging")
    staging = capsys.readouterr()
    print_known(town.github, "production")
    production = capsys.readouterr()

    assert "v1.0.0" in staging.out
    assert staging.err == "Next: RELEASE=v1.0.0 pulumi up --refresh --stack staging\n"
    assert [line.split()[0] for line in production.out.splitlines()] == ["VERSION", "v1.0.0", "v1.1.0"]
    assert production.err == "Next: RELEASE=v1.1.0 pulumi up --refresh --stack production\n"


def test_where_nothing_was_released_it_says_so(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    print_known(town.github, "production")

    assert "Nothing is recorded of production" in capsys.readouterr().err


def test_r9_a_record_holds_no_control_characters_of_others(town: Town, keep: Keep) -> None:
    keep(replaced="v1\x00\x1b[31m\nstrata: 2")

    (record,) = records(town.github, "production")
    assert "\n" not in record.replaced
    assert json.loads(record.model_dump_json())["version"] == "v1.1.0"
