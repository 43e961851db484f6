from sandbox.github import releases as published
from strata.github import releases
from tests.strata.release.town import Town


def test_a_published_release_is_found_by_its_tag(town: Town) -> None:
    published.publish(town.world, tag="v1.0.0", author="octocat", prerelease=True)

    found = releases.by_tag(town.github, "v1.0.0")

    assert found is not None
    assert (found.tag, found.draft, found.prerelease) == ("v1.0.0", False, True)


def test_a_draft_and_a_plain_tag_are_no_published_release(town: Town) -> None:
    published.publish(town.world, tag="v1.0.0", author="octocat", draft=True)
    town.git.tag("v2.0.0", town.merge("one"))

    assert releases.by_tag(town.github, "v1.0.0") is None
    assert releases.by_tag(town.github, "v2.0.0") is None
