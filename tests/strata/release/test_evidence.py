from datetime import UTC, datetime

import httpx
import pytest

from model.settings import Settings
from sandbox.github import deployments, releases
from strata.github import tags
from strata.outcome import Exit
from strata.release.checks import Checks
from strata.release.evidence import Evidence
from strata.release.history import TASK, keep
from strata.release.record import Record
from strata.release.running import Running
from strata.release.tagging import Tagger
from tests.strata.release.town import BACKEND, FRONTEND, Fault, Town, texts

PASSED = ("required", "completed", "success")


def failed(found: Evidence) -> list[str]:
    return [check.name for check in found.checks.done if not check.ok]


def staging(town: Town, settings: Settings, commit: str, **more: str | None) -> Evidence:
    return town.looker(settings).staging(commit, running=Running(commit=more.get("running")))


def test_staging_goes_for_a_commit_of_main_that_ci_passed_and_whose_images_are_there(
    town: Town, settings: Settings
) -> None:
    commit, images = town.proved("one")

    found = staging(town, settings, commit)

    assert (found.go, found.reason, found.checks.exit) == (True, "", Exit.OK)
    assert texts(found.digests) == texts(images)
    assert town.to_github.changes == []
    assert town.to_registry.changes == []


@pytest.mark.parametrize(
    "job",
    [
        ("required", "completed", "failure"),
        ("required", "completed", "skipped"),
        ("required", "completed", "cancelled"),
        ("required", "completed", "neutral"),
        ("required", "in_progress", None),
        ("required", "queued", None),
        ("Required", "completed", "success"),
        ("test", "completed", "success"),
    ],
)
def test_w3_anything_but_a_success_of_the_aggregate_job_is_no_evidence(
    town: Town, settings: Settings, job: tuple[str, str, str | None]
) -> None:
    commit = town.merge("one")
    town.push_images(commit)
    town.ci(commit, job)

    found = staging(town, settings, commit)

    assert failed(found) == ["CI's job 'required' passed"]
    assert (found.go, found.checks.exit) == (False, Exit.NOT_AS_IT_SHOULD_BE)


@pytest.mark.parametrize(
    "run",
    [
        {"event": "pull_request"},
        {"event": "workflow_dispatch"},
        {"head_branch": "release/1"},
        {"head_branch": None},
    ],
)
def test_w3_a_run_of_another_event_or_branch_is_no_evidence(
    town: Town, settings: Settings, run: dict[str, str]
) -> None:
    commit = town.merge("one")
    town.push_images(commit)
    town.ci(commit, **run)

    assert "no run of ci.yml by a push" in staging(town, settings, commit).reason


def test_w3_a_run_of_another_commit_is_no_evidence(town: Town, settings: Settings) -> None:
    town.proved("one")
    commit = town.merge("two")
    town.push_images(commit)

    assert failed(staging(town, settings, commit)) == ["CI's job 'required' passed"]


def test_w3_filters_are_not_relied_on(town: Town, settings: Settings) -> None:
    """A server that ignores the query gives runs of everything."""
    commit = town.merge("one")
    town.push_images(commit)
    town.ci(town.merge("two"))
    all_runs = httpx.Response(200, json=town.github.get("actions/workflows/ci.yml/runs"))
    town.to_github.faults.append(Fault("GET", "/actions/workflows/", all_runs))

    assert "no run of ci.yml by a push" in staging(town, settings, commit).reason


def test_the_newest_run_of_a_commit_counts(town: Town, settings: Settings) -> None:
    commit = town.merge("one")
    town.push_images(commit)
    town.ci(commit, PASSED)
    town.ci(commit, ("required", "completed", "failure"), conclusion="failure")
    assert not staging(town, settings, commit).go

    town.ci(commit, PASSED)
    assert staging(town, settings, commit).go


def test_one_of_two_jobs_of_that_name_that_failed_is_enough(town: Town, settings: Settings) -> None:
    commit = town.merge("one")
    town.push_images(commit)
    town.ci(commit, PASSED, ("required", "completed", "failure"))

    assert not staging(town, settings, commit).go


def test_a_commit_off_main_is_refused(town: Town, settings: Settings) -> None:
    commit = town.aside("not merged")
    town.ci(commit)
    town.push_images(commit)

    assert failed(staging(town, settings, commit)) == ["the commit is on main"]


def test_r2_a_missing_image_is_named(town: Town, settings: Settings) -> None:
    commit, _ = town.proved("one")
    town.store.remove(f"{FRONTEND}:sha-{commit}")

    found = staging(town, settings, commit)

    assert failed(found) == ["its images are in the registry"]
    assert f"{FRONTEND}:sha-{commit} not there" in found.reason


def test_a_newer_commit_on_staging_is_no_failure_and_no_go(town: Town, settings: Settings) -> None:
    older, _ = town.proved("one")
    newer, _ = town.proved("two")

    found = staging(town, settings, older, running=newer)

    assert (found.go, found.checks.exit) == (False, Exit.OK)
    assert found.reason == f"staging has {newer}, which is newer"
    assert town.looker(settings).staging(older, running=Running(commit=newer), older=True).go


def test_the_same_or_an_older_commit_on_staging_is_a_go(town: Town, settings: Settings) -> None:
    older, _ = town.proved("one")
    newer, _ = town.proved("two")

    assert staging(town, settings, newer, running=older).go
    assert staging(town, settings, newer, running=newer).go
    assert staging(town, settings, newer, running="d" * 40).go  # GitHub does not know it any more


def test_g4_a_staging_that_has_something_unknown_is_no_go_unless_older_was_asked_for(
    town: Town, settings: Settings
) -> None:
    commit, _ = town.proved("one")
    has = Running(commit=None, unknown="it has v1.0.0, whose commit nobody says")

    found = town.looker(settings).staging(commit, running=has)

    assert (found.go, found.checks.exit) == (False, Exit.FAILED)
    assert "it has v1.0.0, whose commit nobody says; it may be newer" in found.reason
    assert town.looker(settings).staging(commit, running=has, older=True).go


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (403, {"x-accepted-github-permissions": "actions=read"}, "actions=read"),
        (429, {"retry-after": "1"}, "429"),
        (500, {}, "500"),
        (502, {}, "502"),
        (422, {}, "422"),
        (401, {}, "401"),
    ],
)
def test_g4_a_github_that_cannot_be_asked_is_told_apart_from_a_failed_check(
    town: Town, settings: Settings, status: int, headers: dict[str, str], said: str
) -> None:
    commit, _ = town.proved("one")
    refusal = httpx.Response(status, headers=headers, json={"message": "no"})
    town.to_github.faults.append(Fault("GET", "/actions/", refusal))

    found = staging(town, settings, commit)

    assert (found.go, found.checks.exit) == (False, Exit.FAILED)
    assert said in found.reason
    assert [check.ok for check in found.checks.done].count(None) == 1


def test_a_workflow_that_is_not_there_is_a_failed_check(town: Town, settings: Settings) -> None:
    commit, _ = town.proved("one")
    town.to_github.faults.append(Fault("GET", "/actions/workflows/", httpx.Response(404, json={})))

    found = staging(town, settings, commit)

    assert (found.go, found.checks.exit) == (False, Exit.NOT_AS_IT_SHOULD_BE)


def test_a_registry_that_cannot_be_asked_is_told_apart(town: Town, settings: Settings) -> None:
    commit, _ = town.proved("one")
    town.to_registry.faults.append(Fault("GET", "/manifests/", httpx.ConnectError("gone")))

    found = staging(town, settings, commit)

    assert (found.go, found.checks.exit) == (False, Exit.FAILED)
    assert "cannot be asked (ConnectError), 4 times" in found.reason


def test_production_goes_for_a_tag_whose_commit_staging_verified(
    town: Town, settings: Settings, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)
    before = town.git.refs()
    town.to_github.asked.clear()
    town.to_registry.asked.clear()

    found = town.looker(settings).production("v1.1.0")

    assert (found.go, found.reason, found.commit) == (True, "", commit)
    assert texts(found.digests) == texts(images)
    assert found.record is not None
    assert found.record.version == "v1.0.0"
    assert (town.git.refs(), town.to_github.changes, town.to_registry.changes) == (before, [], [])


def test_production_peels_an_annotated_tag(town: Town, settings: Settings, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    tags.create(town.github, name="v2.0.0", commit=commit, message="Two")

    assert town.looker(settings).production("v2.0.0").go
    assert town.looker(settings).production("v1.0.0").go  # ours, promoted as it is


@pytest.mark.parametrize(
    "tag",
    ["main", "latest", "sha-" + "a" * 40, "1.0.0", "v1.0.0-rc.1", "v1.0", "$(touch x)", "v1.0.0\nv2.0.0", ""],
)
def test_r1_what_is_no_release_tag_is_refused_before_anything_is_asked(
    town: Town, settings: Settings, tag: str
) -> None:
    found = town.looker(settings).production(tag)

    assert failed(found) == ["the tag is a release's"]
    assert (town.to_github.asked, town.to_registry.asked) == ([], [])


def test_a_tag_that_is_not_there_fails_and_all_that_follows_is_listed(town: Town, settings: Settings) -> None:
    town.proved("one")

    found = town.looker(settings).production("v7.0.0")

    assert not found.go
    assert [check.ok for check in found.checks.done] == [True, True, True, False, *[None] * 5]
    assert "there is no tag v7.0.0" in found.reason


def test_a_tag_off_main_is_refused(town: Town, settings: Settings) -> None:
    commit = town.aside("not merged")
    town.push_images(commit)
    town.git.tag("v1.0.0", commit)

    assert "the commit is on main" in failed(town.looker(settings).production("v1.0.0"))


def test_r4_a_commit_that_staging_has_not_proved_is_refused(town: Town, settings: Settings) -> None:
    commit, _ = town.proved("one")
    town.git.tag("v1.0.0", commit)

    found = town.looker(settings).production("v1.0.0")

    assert "staging verified the commit" in failed(found)
    assert "staging has not proved it" in found.reason


def test_r4_a_record_of_another_commit_is_no_proof(town: Town, settings: Settings, tagger: Tagger) -> None:
    tagger.release(*town.proved("one"), how="smoke")
    commit, _ = town.proved("two")
    town.git.tag("v1.1.0", commit)

    assert "staging verified the commit" in failed(town.looker(settings).production("v1.1.0"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("from", "production", "recorded by production"), ("result", "failed", "as failed")],
)
def test_r4_a_record_that_is_not_stagings_word_is_no_proof(
    town: Town, settings: Settings, field: str, value: str, said: str
) -> None:
    commit, images = town.proved("one")
    given = {
        "version": "v1.0.0",
        "commit": commit,
        "images": texts(images),
        "who": "octocat",
        "from": "staging",
        "when": datetime(2026, 11, 23, tzinfo=UTC),
        "verified": "smoke",
        field: value,
    }
    message = Record.model_validate(given).message()
    tags.create(town.github, name="v1.0.0", commit=commit, message=message)

    found = town.looker(settings).production("v1.0.0")

    assert "staging verified the commit" in failed(found)
    assert said in found.reason


def test_a_moved_release_tag_is_refused(town: Town, settings: Settings, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)
    town.push_images("f" * 40, tag="v1.1.0")

    found = town.looker(settings).production("v1.1.0")

    assert failed(found) == ["v1.1.0 in the registry is not moved"]
    assert "the tag was moved: backend:v1.1.0" in found.reason
    assert found.checks.exit is Exit.NOT_AS_IT_SHOULD_BE


def test_a_moved_tag_of_the_commit_is_refused(town: Town, settings: Settings, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.push_images(commit, baked="f" * 40)

    assert failed(town.looker(settings).production("v1.0.0")) == ["the registry has what staging verified"]


def test_a_moved_git_tag_leads_to_what_staging_has_not_proved(
    town: Town, settings: Settings, tagger: Tagger
) -> None:
    tagger.release(*town.proved("one"), how="smoke")
    later, _ = town.proved("two")
    town.git.tag("v1.0.0", later)

    assert not town.looker(settings).production("v1.0.0").go


@pytest.mark.parametrize("result", ["verified", "unseen"])
def test_a_version_that_goes_backwards_is_sent_to_the_rollback(
    town: Town, settings: Settings, tagger: Tagger, result: str
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.2.0", commit)
    given = Record.model_validate(
        {
            "version": "v1.2.0",
            "commit": commit,
            "images": texts(images),
            "who": "octocat",
            "from": "staging",
            "when": datetime(2026, 11, 23, tzinfo=UTC),
            "run": "https://github.com/run/1",
            "verified": "smoke",
            "result": result,
        }
    )
    assert keep(town.github, "production", given)

    found = town.looker(settings).production("v1.0.0")

    assert failed(found) == ["the version does not go backwards"]
    assert "rollback.yml, run on v1.0.0" in found.reason
    assert town.looker(settings).production("v1.2.0").go


@pytest.mark.parametrize(("flag", "said"), [("prerelease", "pre-release"), ("draft", "draft")])
def test_a_release_that_its_author_does_not_mean_for_production_is_refused(
    town: Town, settings: Settings, tagger: Tagger, flag: str, said: str
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    answer = httpx.Response(200, json={"tag_name": "v1.0.0", flag: True})
    town.to_github.faults.append(Fault("GET", "/releases/tags/", answer))

    found = town.looker(settings).production("v1.0.0")

    assert failed(found) == ["the release is for production"]
    assert f"GitHub's release v1.0.0 is a {said}" in found.reason


def test_a_published_release_goes(town: Town, settings: Settings, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    releases.publish(town.world, tag="v1.2.0", target=commit, author="octocat")

    assert town.looker(settings).production("v1.2.0").go
    assert not town.looker(settings).production("v1.3.0").go


def test_deployments_that_are_not_ours_say_nothing_about_versions(
    town: Town, settings: Settings, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    for task, payload in (
        ("deploy", {"strata": 1}),
        (TASK, "v9.0.0"),
        (TASK, {"strata": 9, "version": "v9.0.0"}),
    ):
        deployments.record(
            town.world,
            sha=commit,
            ref=commit,
            environment="production",
            creator="somebody",
            task=task,
            payload=payload,
        )

    assert town.looker(settings).production("v1.0.0").go


def test_images_of_other_repositories_are_no_proof(town: Town, settings: Settings, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    other = settings.model_copy(
        update={"images": settings.images.model_copy(update={"backend": f"{BACKEND}-next"})}
    )

    found = town.looker(other).production("v1.0.0")

    assert "of other images than the setting" in found.reason


def test_no_checks_are_not_passed() -> None:
    assert not Checks().passed
    assert Checks().exit is Exit.FAILED


def test_a_table_of_checks_holds_other_peoples_text_as_text() -> None:
    checks = Checks()
    checks.make("looked", lambda: (True, "fine | <b>@octocat</b>"))
    checks.leave_out("not looked", "because")

    shown = checks.markdown("Evidence")

    assert "| looked | ok | `fine \\| <b>@octocat</b>` |" in shown
    assert "| not looked | could not look |" in shown
