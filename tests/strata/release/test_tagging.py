import threading

import httpx
import pytest
import semver

from model.images import ImageRef
from model.version import next_patch, released
from strata.errors import CommandError
from strata.github import tags
from strata.github.errors import Forbidden, OutcomeUnknown, RateLimited
from strata.registry import RegistryError, TagTaken
from strata.release.record import Record
from strata.release.tagging import Refused, Tagger
from strata.release.tags import record_of
from tests.strata.release.town import BACKEND, FRONTEND, Fault, Town, texts

HOW = "smoke: 15 checks"


def test_r5_the_first_version_is_v1_0_0_as_an_annotated_tag_with_the_record(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")

    done = tagger.release(commit, images, how=HOW)

    assert (done.version, done.made, done.put) == ("v1.0.0", True, ["backend", "frontend"])
    record = record_of(town.github, commit)
    assert record is not None
    assert record.images == texts(images)
    assert (record.version, record.commit, record.who, record.source, record.verified) == (
        "v1.0.0",
        commit,
        "octocat",
        "staging",
        HOW,
    )
    assert record.run == "https://github.com/zitian-party/finance_report/actions/runs/77/attempts/2"
    assert town.registry.digest(ImageRef.parse(f"{BACKEND}:v1.0.0")) == images["backend"].digest
    assert town.registry.digest(ImageRef.parse(f"{FRONTEND}:v1.0.0")) == images["frontend"].digest


def test_r5_each_commit_that_staging_proved_gets_the_next_patch(town: Town, tagger: Tagger) -> None:
    versions = [tagger.release(*town.proved(text), how=HOW).version for text in ("one", "two", "three")]

    assert versions == ["v1.0.0", "v1.0.1", "v1.0.2"]


def test_r5_the_next_patch_counts_from_a_version_that_a_person_gave(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how=HOW)
    town.git.tag("v2.3.0", commit)

    assert tagger.release(*town.proved("two"), how=HOW).version == "v2.3.1"


def test_r5_a_second_run_finds_its_tag_and_makes_none(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how=HOW)
    before = town.git.refs()

    again = tagger.release(commit, images, how=HOW)

    assert (again.version, again.made, again.put) == ("v1.0.0", False, [])
    assert town.git.refs() == before


def test_r5_a_second_run_finds_its_tag_below_a_newer_one(town: Town, tagger: Tagger) -> None:
    first = town.proved("one")
    tagger.release(*first, how=HOW)
    tagger.release(*town.proved("two"), how=HOW)

    assert tagger.release(*first, how=HOW).version == "v1.0.0"
    assert set(town.tags()) == {"v1.0.0", "v1.0.1"}


def test_r5_other_images_of_a_commit_that_has_a_version_get_the_next_one(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how=HOW)
    anew = {
        service: image.pin(town.store.publish(str(image.at(tag=f"sha-{commit}")), {"built": "anew"}))
        for service, image in images.items()
    }

    assert tagger.release(commit, anew, how=HOW).version == "v1.0.1"
    assert town.registry.digest(ImageRef.parse(f"{BACKEND}:v1.0.0")) == images["backend"].digest


def test_r5_a_run_that_ended_between_git_and_registry_is_completed_by_the_next(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    town.to_registry.faults.append(Fault("PUT", "finance-report-frontend", httpx.Response(503)))
    with pytest.raises(RegistryError, match="503"):
        tagger.release(commit, images, how=HOW)
    assert town.image_tags() == {"backend": ["v1.0.0"], "frontend": []}
    town.to_registry.faults.clear()

    done = tagger.release(commit, images, how=HOW)

    assert (done.version, done.made, done.put) == ("v1.0.0", False, ["frontend"])
    assert town.image_tags() == {"backend": ["v1.0.0"], "frontend": ["v1.0.0"]}


def test_r5_tags_outside_mains_history_are_not_counted_from_but_their_names_are_taken(
    town: Town, tagger: Tagger
) -> None:
    tagger.release(*town.proved("one"), how=HOW)
    elsewhere = town.aside("not merged")
    town.git.tag("v9.0.0", elsewhere)
    town.git.tag("v1.0.1", elsewhere)

    assert tagger.release(*town.proved("two"), how=HOW).version == "v1.0.2"


def test_r5_annotated_tags_of_others_are_peeled(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    assert tags.create(town.github, name="v3.0.0", commit=commit, message="Three, by hand")

    assert tagger.release(commit, images, how=HOW).version == "v3.0.1"


@pytest.mark.parametrize("name", ["v1.0.5-rc.1", "v1", "version-7", "vendor", "v1.0.6+build"])
def test_r5_tags_that_are_no_versions_are_ignored(town: Town, tagger: Tagger, name: str) -> None:
    commit, images = town.proved("one")
    town.git.tag(name, commit)

    assert tagger.release(commit, images, how=HOW).version == "v1.0.0"


def test_r5_a_tag_on_a_file_is_nobodys_release(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    blob = town.git.git("rev-parse", f"{commit}:README.md").strip()
    town.git.git("update-ref", "refs/tags/v8.0.0", blob)

    assert tagger.release(commit, images, how=HOW).version == "v1.0.0"


def test_r5_a_version_that_would_go_backwards_is_refused(town: Town, tagger: Tagger) -> None:
    older = town.proved("one")
    newer, _ = newest = town.proved("two")
    tagger.release(*newest, how=HOW)

    with pytest.raises(Refused, match=rf"is older than v1\.0\.0 .commit {newer}"):
        tagger.release(*older, how=HOW)
    assert set(town.tags()) == {"v1.0.0"}


def test_r5_a_commit_that_is_not_on_main_gets_no_version(town: Town, tagger: Tagger) -> None:
    commit = town.aside("not merged")
    images = town.push_images(commit)

    with pytest.raises(Refused, match="not in main's history"):
        tagger.release(commit, images, how=HOW)
    assert town.tags() == {}


def test_r5_a_commit_that_github_does_not_know_gets_no_version(town: Town, tagger: Tagger) -> None:
    commit = "d" * 40

    with pytest.raises(Refused, match="not in main's history"):
        tagger.release(commit, town.push_images(commit), how=HOW)


def test_r5_images_that_were_moved_after_staging_verified_them_are_refused(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    town.push_images(commit, baked="e" * 40)

    with pytest.raises(Refused, match="not sha256:"):
        tagger.release(commit, images, how=HOW)
    assert town.tags() == {}
    assert town.to_github.changes == []


def test_r5_two_runs_at_once_do_not_take_the_same_version(town: Town, tagger: Tagger) -> None:
    """The other one comes between this one's look and its tag."""
    commit, images = town.proved("one")
    other = town.proved("two")
    came: list[str] = []

    def come_between(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path.endswith("/git/refs") and not came:
            came.append("now")
            town.git.git("tag", "v1.0.0", other[0])

    town.to_github.before.append(come_between)

    with pytest.raises(Refused, match=r"older than v1\.0\.0"):
        tagger.release(commit, images, how=HOW)
    assert town.tags() == {"v1.0.0": other[0]}
    assert town.image_tags() == {"backend": [], "frontend": []}


def test_r5_a_name_that_another_run_takes_first_gives_the_next_one(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    elsewhere = town.aside("not merged")
    came: list[str] = []

    def come_between(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path.endswith("/git/refs") and len(came) < 2:
            town.git.git("tag", f"v1.0.{len(came)}", elsewhere)
            came.append("now")

    town.to_github.before.append(come_between)

    assert tagger.release(commit, images, how=HOW).version == "v1.0.2"


def test_r5_runs_at_once_for_one_commit_end_with_tags_on_its_digests_only(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    gate = threading.Barrier(4)
    seen: list[str] = []

    def run() -> None:
        gate.wait()
        seen.append(tagger.release(commit, images, how=HOW).version)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 4
    assert len(set(town.tags().values())) == len(town.tags())
    for name in town.tags():
        for repository, service in ((BACKEND, "backend"), (FRONTEND, "frontend")):
            assert town.registry.digest(ImageRef.parse(f"{repository}:{name}")) == images[service].digest


def test_a_lost_answer_to_the_ref_is_looked_after(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    town.to_github.faults.append(Fault("POST", "/git/refs", httpx.ReadTimeout("lost"), applied=True))

    done = tagger.release(commit, images, how=HOW)

    assert (done.version, done.made) == ("v1.0.0", True)


def test_a_lost_answer_to_a_ref_that_was_not_made_ends_and_the_next_run_makes_it(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    town.to_github.faults.append(Fault("POST", "/git/refs", httpx.Response(502), times=1))

    with pytest.raises(OutcomeUnknown):
        tagger.release(commit, images, how=HOW)
    assert town.tags() == {}
    assert tagger.release(commit, images, how=HOW).version == "v1.0.0"


def test_a_token_that_may_not_write_ends_with_the_permission_and_no_image_tag(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    headers = {"x-accepted-github-permissions": "contents=write"}
    town.to_github.faults.append(Fault("POST", "/git/", httpx.Response(403, headers=headers, json={})))

    with pytest.raises(Forbidden, match="contents=write"):
        tagger.release(commit, images, how=HOW)
    assert town.tags() == {}
    assert town.image_tags() == {"backend": [], "frontend": []}


def test_a_limit_of_requests_ends_with_what_to_do(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    limited = httpx.Response(429, headers={"retry-after": "7"}, json={"message": "slow down"})
    town.to_github.faults.append(Fault("POST", "/git/tags", limited))

    with pytest.raises(RateLimited, match="wait"):
        tagger.release(commit, images, how=HOW)


def test_a_ref_that_github_refuses_for_another_reason_than_its_name_is_told(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    refused = httpx.Response(422, json={"message": "Repository rule violations found"})
    town.to_github.faults.append(Fault("POST", "/git/refs", refused))

    with pytest.raises(CommandError, match="rule violations"):
        tagger.release(commit, images, how=HOW)


def test_a_version_that_the_registry_has_with_other_images_is_not_moved(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    foreign = town.push_images("f" * 40, tag="v1.0.0")

    assert tagger.release(commit, images, how=HOW).version == "v1.0.1"
    assert town.registry.digest(ImageRef.parse(f"{BACKEND}:v1.0.0")) == foreign["backend"].digest


def test_an_image_tag_that_appears_meanwhile_is_refused_and_not_moved(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    foreign: list[ImageRef] = []

    def come_between(request: httpx.Request) -> None:
        if request.method == "PUT" and "finance-report-backend" in request.url.path:
            foreign.append(town.push_images("f" * 40, tag="v1.0.0")["frontend"])

    town.to_registry.before.append(come_between)

    with pytest.raises(TagTaken, match="left alone"):
        tagger.release(commit, images, how=HOW)
    assert town.registry.digest(ImageRef.parse(f"{FRONTEND}:v1.0.0")) == foreign[0].digest


def test_r9_a_record_is_read_back_from_its_message_and_others_messages_are_none() -> None:
    record = Record.model_validate(
        {
            "version": "v1.0.0",
            "commit": "a" * 40,
            "images": {"backend": f"{BACKEND}@sha256:{'b' * 64}"},
            "who": "someone: with [yaml] # in it",
            "from": "staging",
            "when": "2026-11-23T12:00:00Z",
            "verified": "'quoted' & *starred",
        }
    )

    assert Record.parse(record.message()) == record
    assert Record.parse(record.message().replace("\n", "\r\n")) == record
    signed = f"{record.message()}-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n"
    assert Record.parse(signed) == record
    for other in (
        None,
        "",
        "v1.0.0",
        "v1\n---\n[1, 2",
        "v1\n---\nstrata: 2\n",
        "v1\n---\n!!python/object:x {}",
    ):
        assert Record.parse(other) is None
    assert Record.parse(record.message().replace("sha256:", "sha512:")) is None


def test_r9_a_record_that_names_another_commit_than_its_tag_is_nobodys(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how=HOW)
    record = record_of(town.github, commit)
    assert record is not None
    later = town.merge("two")
    tags.create(town.github, name="v1.0.1", commit=later, message=record.message())

    assert record_of(town.github, later) is None


def test_r5_versions_are_compared_as_numbers() -> None:
    found = [one for one in map(released, ["v1.0.9", "v1.0.10", "1.0.11", "v01.0.0", "vx"]) if one]

    assert max(found) == semver.Version(1, 0, 10)
    assert next_patch(max(found), taken=found) == semver.Version(1, 0, 11)


def test_a_taken_tag_is_told_apart_from_a_missing_digest(town: Town) -> None:
    images = town.push_images("a" * 40)
    town.push_images("f" * 40, tag="v1.0.0")

    with pytest.raises(TagTaken, match="was moved, or another build"):
        town.registry.tag(images["backend"], tag="v1.0.0")
    with pytest.raises(RegistryError, match="not in the registry any more"):
        town.registry.tag(images["backend"].pin(f"sha256:{'0' * 64}"), tag="v1.0.1")
