from datetime import UTC, datetime

import httpx
import pytest

from model.images import ImageRef
from strata.errors import CommandError
from strata.github import tags
from strata.registry import RegistryError
from strata.release.promotion import Promoted, promote
from strata.release.record import Record
from strata.release.tagging import Tagger
from tests.strata.release.town import BACKEND, FRONTEND, IMAGES, PASSWORD, Fault, Town, texts


def put(town: Town, tag: str) -> Promoted:
    return promote(town.github, town.registry, IMAGES, tag=tag)


def test_r4_a_release_tag_is_put_on_the_digests_that_staging_verified(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)

    done = put(town, "v1.1.0")

    assert (done.record.version, done.put) == ("v1.0.0", ["backend", "frontend"])
    assert town.registry.digest(ImageRef.parse(f"{BACKEND}:v1.1.0")) == images["backend"].digest
    assert town.registry.digest(ImageRef.parse(f"{FRONTEND}:v1.1.0")) == images["frontend"].digest
    assert put(town, "v1.1.0").put == []


def test_a_release_tag_that_means_other_images_is_not_moved(town: Town, tagger: Tagger) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)
    town.store.publish(f"{FRONTEND}:v1.1.0", {"another": "build"})

    with pytest.raises(CommandError, match=r"nothing was tagged: .*frontend"):
        put(town, "v1.1.0")
    assert town.registry.digest(ImageRef.parse(f"{BACKEND}:v1.1.0")) is None


def test_a_tag_that_is_not_there_or_not_on_main_or_not_proved_is_refused(town: Town) -> None:
    commit, _ = town.proved("one")
    town.git.tag("v1.0.0", commit)
    town.git.tag("v2.0.0", town.aside("not merged"))

    for tag, said in (
        ("v3.0.0", "no tag v3"),
        ("v2.0.0", "not in main's history"),
        ("v1.0.0", "has not proved"),
    ):
        with pytest.raises(CommandError, match=said):
            put(town, tag)
    assert town.image_tags() == {"backend": [], "frontend": []}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("from", "production", "recorded by production as verified"),
        ("result", "failed", "recorded by staging as failed"),
        ("images", {"backend": f"{BACKEND}@sha256:{'1' * 64}"}, "of other images than the setting"),
    ],
)
def test_r4_a_record_that_is_not_stagings_word_is_not_promoted(
    town: Town, field: str, value: str | dict[str, str], said: str
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

    with pytest.raises(CommandError, match=said):
        put(town, "v1.0.0")
    assert town.image_tags() == {"backend": [], "frontend": []}


def test_a_registry_that_may_not_be_written_says_what_to_do_and_no_credential(
    town: Town, tagger: Tagger
) -> None:
    commit, images = town.proved("one")
    tagger.release(commit, images, how="smoke")
    town.git.tag("v1.1.0", commit)
    town.to_registry.faults.append(Fault("PUT", "/manifests/", httpx.Response(403, json={})))

    with pytest.raises(RegistryError, match="docker login") as error:
        put(town, "v1.1.0")
    assert PASSWORD not in str(error.value)
