"""The commands as a job calls them: outputs, summary, exit codes. GitHub and registry are the sandbox's."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from strata import health
from strata.github import Client
from strata.registry import Registry
from strata.release import commands
from strata.release.history import keep
from strata.release.tagging import Tagger
from tests.strata.conftest import Here
from tests.strata.release.test_rollback import recorded, verified
from tests.strata.release.town import PASSWORD, TOKEN, Fault, Town, texts

Strata = Callable[..., Result]


class Job:
    """A step of a workflow."""

    def __init__(self, folder: Path, strata: Strata) -> None:
        self.folder = folder
        self.strata = strata
        self.text = ""

    def __call__(self, *words: str) -> Result:
        for name in ("output", "summary"):
            (self.folder / name).write_text("", encoding="utf-8")
        result = self.strata(*words)
        self.text += result.output + self.summary + (self.folder / "output").read_text(encoding="utf-8")
        return result

    @property
    def outputs(self) -> dict[str, str]:
        found, lines = {}, iter((self.folder / "output").read_text(encoding="utf-8").splitlines())
        for line in lines:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lambda: next(lines), end))
        return found

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text(encoding="utf-8")


@pytest.fixture
def job(town: Town, here: Here, strata: Strata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A step in which GitHub and the registry are the town's, and staging says nothing of itself."""
    folder = tmp_path / "runner"
    folder.mkdir()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary"))
    monkeypatch.setenv("GITHUB_ACTOR", "octocat")
    for name, value in {**town.env, "GITHUB_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Client, "from_env", lambda env, *, repository: town.client())
    made = Registry

    def registry(env: Any) -> Registry:
        return made(env, sleep=town.slept.append, client=httpx.Client(transport=town.to_registry))

    monkeypatch.setattr("strata.registry.Registry", registry)
    monkeypatch.setattr(health, "transport", lambda env: httpx.MockTransport(lambda _: httpx.Response(404)))
    return Job(folder, strata)


def staging_says(monkeypatch: pytest.MonkeyPatch, commit: str) -> None:
    body = {"version": "v1", "commit": commit, "checks": {}}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    monkeypatch.setattr(health, "transport", lambda env: answer)


def test_a_commit_goes_from_evidence_to_a_version_to_production(town: Town, job: Job) -> None:
    commit, images = town.proved("one")

    assert job("evidence", "staging", "--commit", commit).exit_code == 0
    assert (job.outputs["go"], job.outputs["release"]) == ("true", f"sha-{commit}")
    assert "| CI's job 'required' passed | ok |" in job.summary
    digests = json.dumps(texts(images))
    assert job("release", "tag", "--commit", commit, "--digests", digests, "--verified", "x").exit_code == 0
    assert job.outputs["tag"] == "v1.0.0"
    assert f"Commit `{commit}`" in job.summary
    town.git.tag("v1.1.0", commit)
    assert job("evidence", "production", "--tag", "v1.1.0").exit_code == 0
    assert (job.outputs["go"], job.outputs["verified_as"]) == ("true", "v1.0.0")
    assert json.loads(job.outputs["digests"]) == texts(images)
    assert job("release", "promote", "--tag", "v1.1.0").exit_code == 0
    assert town.image_tags()["backend"] == ["v1.0.0", "v1.1.0"]
    assert job("release", "promote", "--tag", "v1.1.0").exit_code == 0
    assert TOKEN not in job.text
    assert PASSWORD not in job.text


def test_a_failed_check_gives_no_go_and_exit_code_1(town: Town, job: Job) -> None:
    commit = town.merge("one")

    result = job("evidence", "staging", "--commit", commit)

    assert result.exit_code == 1
    assert job.outputs["go"] == "false"
    assert "no run of ci.yml" in job.outputs["reason"]
    assert "| failed |" in job.summary


def test_g4_a_check_that_could_not_be_made_gives_no_go_and_exit_code_3(town: Town, job: Job) -> None:
    commit, _ = town.proved("one")
    town.to_github.faults.append(Fault("GET", "/compare/", httpx.Response(500)))

    assert job("evidence", "staging", "--commit", commit).exit_code == 3
    assert job.outputs["go"] == "false"


def test_a_newer_commit_on_staging_gives_no_go_and_exit_code_0(
    town: Town, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, _ = town.proved("one")
    newer, _ = town.proved("two")
    staging_says(monkeypatch, newer)

    result = job("evidence", "staging", "--commit", older)

    assert (result.exit_code, job.outputs["go"]) == (0, "false")
    assert f"not deployed: staging has {newer}" in result.output
    assert job("evidence", "staging", "--commit", older, "--allow-older").exit_code == 0
    assert job.outputs["go"] == "true"
    for asked, go in (("true", "true"), ("false", "false"), ("", "false")):
        monkeypatch.setenv("ALLOW_OLDER", asked)
        assert job("evidence", "staging", "--commit", older).exit_code == 0
        assert job.outputs["go"] == go


def test_what_staging_has_is_read_from_its_state_where_that_is_at_hand(
    town: Town, job: Job, here: Here
) -> None:
    older, _ = town.proved("one")
    newer, _ = town.proved("two")
    release = {**verified(town, "v1.0.0"), "commit": newer}
    here.stacks({"staging": {"release": release}})

    assert job("evidence", "staging", "--commit", older).exit_code == 0
    assert (job.outputs["go"], newer in job.outputs["reason"]) == ("false", True)
    assert job("evidence", "staging", "--commit", newer).exit_code == 0
    assert job.outputs["go"] == "true"


def test_g4_a_staging_whose_release_tells_no_commit_and_that_does_not_answer_is_no_go(
    town: Town, job: Job, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, _ = town.proved("one")
    here.stacks({"staging": {"release": {**verified(town, "v1.0.0"), "commit": None}}})

    assert job("evidence", "staging", "--commit", commit).exit_code == 3
    assert job.outputs["go"] == "false"
    assert job("evidence", "staging", "--commit", commit, "--allow-older").exit_code == 0
    staging_says(monkeypatch, commit)
    assert job("evidence", "staging", "--commit", commit).exit_code == 0


def test_g4_a_state_that_cannot_be_read_is_no_go_only_where_there_should_be_one(
    town: Town, job: Job, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, _ = town.proved("one")
    (here.bin / "pulumi").write_text("#!/bin/sh\necho 'error: the backend is away' >&2; exit 1\n")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)

    assert job("evidence", "staging", "--commit", commit).exit_code == 0
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///nowhere")
    assert job("evidence", "staging", "--commit", commit).exit_code == 3
    assert "its state cannot be read" in job.outputs["reason"]


def test_what_staging_says_of_itself_is_no_path_of_a_request(
    town: Town, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, _ = town.proved("one")
    staging_says(monkeypatch, "../../../user")

    assert job("evidence", "staging", "--commit", commit).exit_code == 0
    assert not any("user" in line for line in town.to_github.asked)


@pytest.mark.parametrize(
    "words",
    [
        ("evidence", "staging", "--commit", "main"),
        ("evidence", "staging", "--commit", "abc1234"),
        ("release", "tag", "--commit", "a" * 41, "--digests", "{}"),
        ("release", "tag", "--commit", "a" * 40, "--digests", "no json"),
        ("release", "tag", "--commit", "a" * 40, "--digests", "[]"),
        ("release", "tag", "--commit", "a" * 40, "--digests", '{"backend": "x@sha256:1"}'),
        ("images", "push", "--commit", "$(id)"),
        ("rollback", "plan", "local"),
        ("rollback", "plan", "pr-1"),
        ("release", "record", "local", "--tag", "v1.0.0"),
        ("release", "restore", "nowhere"),
    ],
)
def test_words_that_cannot_be_meant_are_refused_and_nothing_is_asked(
    town: Town, job: Job, words: tuple[str, ...]
) -> None:
    assert job(*words).exit_code == 2
    assert (town.to_github.asked, town.to_registry.asked) == ([], [])


def test_digests_of_other_repositories_are_refused(town: Town, job: Job) -> None:
    commit, images = town.proved("one")
    given = {**texts(images), "backend": f"ghcr.io/somebody/else@{images['backend'].digest}"}

    result = job("release", "tag", "--commit", commit, "--digests", json.dumps(given))

    assert result.exit_code == 2
    assert "backend is not an image of" in result.output
    assert town.tags() == {}


@pytest.mark.parametrize("tag", ["main", "v1.0.0-rc.1", "$(id)"])
def test_r1_what_is_no_release_is_not_promoted(town: Town, job: Job, tag: str) -> None:
    assert job("release", "promote", "--tag", tag).exit_code == 3
    assert town.to_github.asked == []


def test_r1_what_is_no_release_has_no_evidence(town: Town, job: Job) -> None:
    assert job("evidence", "production", "--tag", "$(touch x)").exit_code == 1
    assert job.outputs["go"] == "false"
    assert "digests" not in job.outputs


def test_d10_the_way_back_is_an_output(town: Town, job: Job, here: Here) -> None:
    before = verified(town, "v1.0.0")
    here.stacks({"production": {"release": before, "verifiedReleases": [before]}})

    assert job("rollback", "plan", "production", "--deploying", "v1.1.0").exit_code == 0
    assert (job.outputs["known"], job.outputs["release"]) == ("true", "v1.0.0")
    assert job.outputs["commit"] == before["commit"]


def test_r8_a_release_that_is_recorded_as_failed_is_not_handed_on_as_the_way_back(
    town: Town, job: Job, here: Here
) -> None:
    newer, older = verified(town, "v1.0.1"), verified(town, "v1.0.0")
    here.stacks({"production": {"release": newer, "verifiedReleases": [newer, older]}})
    commit = town.git.refs()["refs/heads/main"]
    for record in (recorded("v1.0.0"), recorded("v1.0.1", "failed")):
        keep(town.github, "production", record.model_copy(update={"commit": commit}))

    assert job("rollback", "plan", "production", "--deploying", "v1.1.0").exit_code == 0
    assert (job.outputs["known"], job.outputs["release"]) == ("true", "v1.0.0")


def test_d10_a_stack_that_is_not_there_has_no_way_back_and_that_is_said(job: Job) -> None:
    result = job("rollback", "plan", "production")

    assert (result.exit_code, job.outputs["known"], job.outputs["release"]) == (0, "false", "")
    assert "no way back: production has verified no release yet" in result.output


def test_w1_clear_tells_how_many_it_cancelled(town: Town, job: Job) -> None:
    result = job("rollback", "clear")

    assert (result.exit_code, result.output) == (0, "0 runs cancelled\n")


def test_w1_a_clearing_that_failed_is_told_on_the_runs_page(town: Town, job: Job) -> None:
    town.to_github.faults.append(Fault("GET", "/runs", httpx.Response(502)))

    result = job("rollback", "clear")

    assert result.exit_code == 3
    assert "Clearing failed" in job.summary
    assert "gh run cancel" in job.summary


@pytest.mark.parametrize(("outcome", "proved"), [("failed", False), ("unseen", False), ("rolled back", True)])
def test_r9_a_record_of_what_is_not_proved_says_how_to_converge(
    job: Job, town: Town, tagger: Tagger, outcome: str, *, proved: bool
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")

    given = ("--tag", "v1.0.0", "--result", outcome, "--replaced", "v0.9.0")
    assert job("release", "record", "production", *given).exit_code == 0

    told = "RELEASE=v1.0.0 pulumi up --refresh --stack production" in job.summary
    assert told is not proved
    (status,) = town.world.store.table("github.deployment_status").where()
    assert status["state"] == {"failed": "failure", "unseen": "error", "rolled back": "inactive"}[outcome]


def test_r9_record_and_restore(town: Town, job: Job, here: Here, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    running = verified(town, "v0.9.0")
    running["images"] = {service: str(image) for service, image in images.items()}
    here.stacks({"production": {"release": {**running, "version": "v1.0.0"}}})

    first = job("release", "record", "production", "--tag", "v1.0.0", "--replaced", "v0.9.0")
    shown = job("release", "restore", "production")

    assert first.output == "kept: v1.0.0 on production, verified\n"
    assert shown.exit_code == 0
    assert "RELEASE=v1.0.0 pulumi up --refresh --stack production" in shown.output


def test_images_push_names_what_is_there(
    town: Town, job: Job, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    from strata import images
    from strata.images import Pushed

    commit = "a" * 40
    there = {service: Pushed(image=one, built=False) for service, one in town.push_images(commit).items()}
    monkeypatch.setattr(images.Builder, "push", lambda self, commit: there)

    result = job("images", "push", "--commit", commit)

    assert result.exit_code == 0
    assert result.output.count("was there: ghcr.io/") == 2
    assert set(json.loads(job.outputs["digests"])) == {"backend", "frontend"}


def test_every_command_says_what_it_does(strata: Strata) -> None:
    for group in (commands.evidence, commands.release, commands.images, commands.rollback):
        assert all(command.callback and command.callback.__doc__ for command in group.registered_commands)
