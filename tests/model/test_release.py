import pytest

from model.errors import ReleaseError
from model.layers import Layer
from model.release import Release, Tag, VerifiedRelease, require_verified
from tests.model.plans import COMMIT, digest, release


def record(version: str = "v1.0.45", character: str = "a") -> dict[str, object]:
    """One entry of a stack's output `verifiedReleases`."""
    return {
        "version": version,
        "commit": COMMIT,
        "images": dict(release(version, character).images),
        "time": "2026-11-23T10:00:00Z",
    }


def verified(*pairs: tuple[str, str]) -> tuple[VerifiedRelease, ...]:
    return VerifiedRelease.parse_all([record(*pair) for pair in pairs])


@pytest.mark.parametrize("text", ["v1.0.45", "v0.0.1", "v10.20.30"])
@pytest.mark.parametrize("layer", [Layer.STAGING, Layer.PRODUCTION])
def test_r1_both_take_version_tags(text: str, layer: Layer) -> None:
    tag = Tag.parse(text, layer=layer)

    assert (str(tag), f"v{tag.version}") == (text, text)


@pytest.mark.parametrize("text", ["sha-0123abc", f"sha-{COMMIT}"])
def test_r1_staging_takes_commits(text: str) -> None:
    assert Tag.parse(text, layer=Layer.STAGING) == Tag(text=text)


def test_r1_production_takes_no_commits_and_says_what_to_do() -> None:
    with pytest.raises(ReleaseError, match=r"production takes vX\.Y\.Z only; tag what staging verified"):
        Tag.parse("sha-0123abc", layer=Layer.PRODUCTION)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("latest", "it moves"),
        ("stable", "it moves"),
        ("main", "branches are not deployed"),
        ("feature/x", "branches are not deployed"),
        ("1.0.45", "the 'v' is missing"),
        ("v1.0", "no release tag"),
        ("v1.0.045", "no release tag"),
        ("v1.0.45-rc.1", "no suffix"),
        ("v1.0.45+build", "no suffix"),
        ("v1.0.45 ", "no release tag"),
        ("sha-0123ab", "7 to 40"),
        ("sha-0123ABC", "7 to 40"),
        ("sha-", "7 to 40"),
        ("0123abc", "branches are not deployed"),
        ("", "no release tag"),
    ],
)
@pytest.mark.parametrize("layer", [Layer.STAGING, Layer.PRODUCTION])
def test_r1_everything_else_is_refused_with_the_reason_and_what_is_taken(
    text: str, told: str, layer: Layer
) -> None:
    with pytest.raises(ReleaseError, match=told) as caught:
        Tag.parse(text, layer=layer)

    assert f"{layer} takes vX.Y.Z" in str(caught.value)


@pytest.mark.parametrize("layer", [Layer.LOCAL, Layer.CI, Layer.PR])
def test_r1_layers_that_build_from_source_take_no_release(layer: Layer) -> None:
    with pytest.raises(ReleaseError, match="Unset it"):
        Tag.parse("v1.0.45", layer=layer)


@pytest.mark.parametrize(
    "image",
    ["ghcr.io/a/b:v1", "ghcr.io/a/b", f"ghcr.io/a/b@{digest()}", "ghcr.io/a/b:v1@sha512:" + "a" * 128, "A B"],
)
def test_r3_a_release_has_tags_and_digests(image: str) -> None:
    with pytest.raises(ReleaseError):
        Release(version="v1.0.0", images={"backend": image})


def test_a_record_is_read_as_the_deployment_puts_it_out() -> None:
    read = VerifiedRelease.parse(record())

    assert (read.version, read.commit, read.time) == ("v1.0.45", COMMIT, "2026-11-23T10:00:00Z")
    assert read.digests == release().digests


def test_a_record_of_a_later_version_with_more_in_it_is_still_read() -> None:
    assert VerifiedRelease.parse(record() | {"run": 7}).version == "v1.0.45"


@pytest.mark.parametrize("broken", [None, {}, {"version": 1}, "v1", {**record(), "images": []}])
def test_a_record_that_is_none_is_refused_without_its_content(broken: object) -> None:
    with pytest.raises(ReleaseError, match="not readable"):
        VerifiedRelease.parse(broken)


def test_no_records_are_no_releases() -> None:
    assert VerifiedRelease.parse_all(None) == ()


@pytest.mark.parametrize("broken", ["text", 7, {"version": "v1"}])
def test_records_that_are_no_list_are_refused(broken: object) -> None:
    with pytest.raises(ReleaseError, match="not a list"):
        VerifiedRelease.parse_all(broken)


def test_r4_production_takes_the_digests_that_staging_verified() -> None:
    known = verified(("v1.0.46", "b"), ("v1.0.45", "a"))

    assert require_verified(release(), known) == known[1]


def test_r4_digests_count_and_not_tags() -> None:
    known = verified(("sha-0123abc", "a"))

    assert require_verified(release("v1.1.0"), known).version == "sha-0123abc"


def test_r4_other_digests_are_refused_naming_what_staging_has() -> None:
    with pytest.raises(ReleaseError) as caught:
        require_verified(release("v1.0.47", "c"), verified(("v1.0.46", "b"), ("v1.0.45", "a")))

    text = str(caught.value)
    assert "staging has verified: v1.0.46 (commit 0123456789ab, 2026-11-23T10:00:00Z); v1.0.45 " in text
    assert "RELEASE=v1.0.47 pulumi up --refresh --stack staging" in text


def test_r4_a_tag_that_was_moved_is_called_that() -> None:
    with pytest.raises(ReleaseError, match="named other digests when staging verified it"):
        require_verified(release("v1.0.45", "c"), verified(("v1.0.45", "a")))


def test_r4_one_of_two_images_is_not_enough() -> None:
    known = verified(("v1.0.45", "a"))
    half = Release(
        version="v1.0.45", images={**release().images, "frontend": f"ghcr.io/a/f:v1.0.45@{digest('c')}"}
    )

    with pytest.raises(ReleaseError, match="has not verified the digests"):
        require_verified(half, known)


def test_r4_without_a_staging_stack_it_says_so() -> None:
    with pytest.raises(ReleaseError, match="there is no staging stack yet"):
        require_verified(release(), None)


def test_r4_a_staging_that_verified_nothing_says_so() -> None:
    with pytest.raises(ReleaseError, match="staging has not verified any release yet"):
        require_verified(release(), ())


def test_r4_a_long_list_is_cut() -> None:
    known = verified(*((f"v1.0.{n}", "b") for n in range(20)))

    with pytest.raises(ReleaseError, match="and 15 older"):
        require_verified(release(), known)


def test_a_release_goes_to_the_provider_as_plain_values() -> None:
    assert release().as_input() == {"version": "v1.0.45", "images": release().images}
