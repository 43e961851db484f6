import httpx
import pytest

from strata.github import tags
from strata.github.errors import Conflict, GithubError, OutcomeUnknown
from strata.github.tags import NoCommit, Peeled
from tests.strata.release.town import Fault, Town


def test_tags_are_listed_by_their_beginning_and_told_apart_by_kind(town: Town) -> None:
    commit = town.merge("one")
    town.git.tag("v1.0.0", commit)
    tags.create(town.github, name="v1.0.1", commit=commit, message="annotated")
    town.git.tag("other", commit)

    found = {tag.name: tag.annotated for tag in tags.matching(town.github, "v")}

    assert found == {"v1.0.0": False, "v1.0.1": True}


def test_one_tag_is_found_by_its_whole_name_only(town: Town) -> None:
    town.git.tag("v1.0.10", town.merge("one"))

    assert tags.find(town.github, "v1.0.1") is None
    assert tags.find(town.github, "v1.0.10") is not None


def test_a_plain_and_an_annotated_tag_lead_to_their_commit(town: Town) -> None:
    commit = town.merge("one")
    town.git.tag("plain", commit)
    tags.create(town.github, name="annotated", commit=commit, message="Why\n\nand more")

    found = [
        tags.peel(town.github, tag)
        for tag in (tags.find(town.github, name) for name in ("plain", "annotated"))
        if tag
    ]

    assert found == [
        Peeled(name="plain", commit=commit),
        Peeled(name="annotated", commit=commit, message="Why\n\nand more"),
    ]


def test_a_tag_of_a_tag_is_peeled_with_the_message_of_the_first(town: Town) -> None:
    commit = town.merge("one")
    tags.create(town.github, name="inner", commit=commit, message="inner")
    inner = town.tags()["inner"]
    body = {"tag": "outer", "message": "outer", "object": inner, "type": "tag"}
    outer = town.github.post("git/tags", body)["sha"]
    town.github.post("git/refs", {"ref": "refs/tags/outer", "sha": outer})

    tag = tags.find(town.github, "outer")

    assert tag is not None
    found = tags.peel(town.github, tag)
    assert (found.commit, (found.message or "").strip()) == (commit, "outer")


def test_a_chain_of_tags_without_an_end_is_given_up(town: Town) -> None:
    commit = town.merge("one")
    tags.create(town.github, name="v1.0.0", commit=commit, message="x")
    loop = {"sha": "a" * 40, "message": "x", "object": {"sha": "a" * 40, "type": "tag"}}
    town.to_github.faults.append(Fault("GET", "/git/tags/", httpx.Response(200, json=loop)))
    tag = tags.find(town.github, "v1.0.0")

    assert tag is not None
    with pytest.raises(NoCommit):
        tags.peel(town.github, tag)


def test_a_tag_is_made_once(town: Town) -> None:
    commit = town.merge("one")

    assert tags.create(town.github, name="v1.0.0", commit=commit, message="first")
    first = town.tags()
    assert not tags.create(town.github, name="v1.0.0", commit=commit, message="second")
    assert town.tags() == first


def test_a_name_that_github_does_not_take_is_told(town: Town) -> None:
    with pytest.raises(GithubError):
        tags.create(town.github, name="v1..0", commit=town.merge("one"), message="x")


def test_a_tag_that_somebody_else_made_while_the_answer_was_lost_is_theirs(town: Town) -> None:
    commit = town.merge("one")
    other = town.merge("two")

    def come_between(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path.endswith("/git/refs"):
            town.git.git("tag", "v1.0.0", other)

    town.to_github.before.append(come_between)
    town.to_github.faults.append(Fault("POST", "/git/refs", httpx.Response(502)))

    assert not tags.create(town.github, name="v1.0.0", commit=commit, message="x")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(httpx.Response(422, json={"message": "rule"}), Conflict), (httpx.Response(500), OutcomeUnknown)],
)
def test_a_refusal_of_a_name_that_is_free_is_raised(
    town: Town, answer: httpx.Response, kind: type[GithubError]
) -> None:
    commit = town.merge("one")
    town.to_github.faults.append(Fault("POST", "/git/refs", answer))

    with pytest.raises(kind):
        tags.create(town.github, name="v1.0.0", commit=commit, message="x")
