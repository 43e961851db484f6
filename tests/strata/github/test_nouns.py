"""Comments, tags, deployment records and files, against GitHub's emulator and with lost answers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from strata.errors import CommandError, NotThere
from strata.github import Client, comments, contents, deployments, dispatches, pulls, refs
from strata.github.errors import Missing, OutcomeUnknown, ServerFault
from tests.strata.previews.github import MAIN, Github, use

MARK = "<!-- strata:plan -->"


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    made = Github(tmp_path)
    use(made, monkeypatch)
    yield made
    made.close()


def bodies(github: Github) -> list[str]:
    return [str(row["body"]) for row in github.comments(12)]


def test_p4_a_comment_is_made_once_and_then_edited(github: Github) -> None:
    github.opens(12)

    for text in ("one", "two", "two"):
        comments.put(github.client, 12, marker="plan", body=text)

    assert bodies(github) == [f"{MARK}\ntwo"]


def test_p4_markers_keep_comments_apart(github: Github) -> None:
    github.opens(12)

    comments.put(github.client, 12, marker="plan", body="x")
    comments.put(github.client, 12, marker="preview", body="y")
    comments.put(github.client, 12, marker="plan", body="z")

    assert bodies(github) == [f"{MARK}\nz", "<!-- strata:preview -->\ny"]


def test_a_marker_that_somebody_quotes_is_not_ours(github: Github) -> None:
    github.opens(12)
    github.writes(12, f"> {MARK}\nlook at this")

    comments.put(github.client, 12, marker="plan", body="x")

    assert len(bodies(github)) == 2


@pytest.mark.parametrize(("kind", "association"), [("User", "NONE"), ("User", "CONTRIBUTOR")])
def test_a_marker_of_somebody_without_write_access_is_not_ours(kind: str, association: str) -> None:
    theirs = {"id": 1, "body": f"{MARK}\nx", "user": {"type": kind}, "author_association": association}
    sent = list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        return httpx.Response(200, json=[theirs] if request.method == "GET" else {})

    client = Client(api="https://x", token="t", repository="o/r", transport=httpx.MockTransport(answer))
    comments.put(client, 12, marker="plan", body="y")
    client.close()

    assert sent == ["GET", "POST"]


def test_the_comment_of_a_workflows_token_is_ours() -> None:
    bot = comments.Comment.read(
        {"id": 1, "body": MARK, "user": {"type": "Bot"}, "author_association": "NONE"}
    )

    assert bot.carries("plan")


@pytest.mark.parametrize("path", ["issues/12/comments", "issues/comments/*"])
@pytest.mark.parametrize("kind", ["drop-after", "error-after", "drop-before"])
def test_s2_after_a_lost_answer_there_is_one_comment_or_an_error(
    github: Github, kind: str, path: str
) -> None:
    github.opens(12)
    comments.put(github.client, 12, marker="other", body="x")
    edited = path.endswith("*")
    if edited:
        comments.put(github.client, 12, marker="plan", body="one")
        path = path.replace("*", str(github.comments(12)[-1]["id"]))
    github.fault(kind, path, method="PATCH" if edited else "POST")

    try:
        comments.put(github.client, 12, marker="plan", body="two")
        lost = False
    except OutcomeUnknown:
        lost = True

    assert lost is (kind == "drop-before")
    comments.put(github.client, 12, marker="plan", body="two")
    assert [body for body in bodies(github) if body.startswith(MARK)] == [f"{MARK}\ntwo"]


def test_a_comment_that_is_deleted_while_it_is_edited_is_made_again(
    github: Github, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.opens(12)
    comments.put(github.client, 12, marker="plan", body="one")
    found = comments.find

    def then_deleted(client: Client, number: int, *, marker: str) -> list[comments.Comment]:
        there = found(client, number, marker=marker)
        github.deletes_comments(12)
        return there

    monkeypatch.setattr(comments, "find", then_deleted)
    comments.put(github.client, 12, marker="plan", body="two")

    assert bodies(github) == [f"{MARK}\ntwo"]


def test_a_comment_is_not_longer_than_github_takes(github: Github) -> None:
    github.opens(12)

    comments.put(github.client, 12, marker="plan", body="x" * 70_000)

    assert len(bodies(github)[0]) == comments.LONGEST


@pytest.mark.parametrize("kind", ["drop-after", "error-after"])
@pytest.mark.parametrize("act", ["create", "move", "delete"])
def test_p7_a_tag_is_where_it_shall_be_also_after_a_lost_answer(github: Github, kind: str, act: str) -> None:
    sha = github.opens(12)
    if act != "create":
        refs.put_tag(github.client, "preview/x", MAIN)
    methods = {"create": ("git/refs", "POST"), "move": ("git/refs/tags/preview/x", "PATCH")}
    path, method = methods.get(act, ("git/refs/tags/preview/x", "DELETE"))
    github.fault(kind, path, method=method)

    if act == "delete":
        refs.delete_tag(github.client, "preview/x")
    else:
        refs.put_tag(github.client, "preview/x", sha)

    assert github.tags() == ({} if act == "delete" else {"preview/x": sha})


def test_p3_a_tag_that_is_gone_is_deleted_without_an_error(github: Github) -> None:
    refs.delete_tag(github.client, "preview/x")

    assert github.tags() == {}


def test_a_tag_that_a_rule_protects_is_not_called_deleted() -> None:
    row = {"ref": "refs/tags/x", "object": {"sha": "a" * 40, "type": "commit"}}
    client = Client(
        api="https://x",
        token="t",
        repository="o/r",
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=row)),
    )

    with pytest.raises(CommandError, match="still there"):
        refs.delete_tag(client, "x")
    client.close()


def test_p3_only_the_record_that_is_meant_is_removed(github: Github) -> None:
    first, second = github.record("pr-1"), github.record("pr-12")
    github.status(first, "success")
    github.status(second, "success")

    (mine,) = deployments.of(github.client, "pr-12")
    deployments.remove(github.client, mine)

    assert github.records("pr-12") == []
    assert [row["now"]["state"] for row in github.records("pr-1")] == ["success"]


@pytest.mark.parametrize("kind", ["drop-after", "error-after"])
def test_p3_a_record_whose_removal_was_not_answered_is_gone(github: Github, kind: str) -> None:
    number = github.record("pr-12")
    github.fault(kind, f"deployments/{number}", method="DELETE")

    (mine,) = deployments.of(github.client, "pr-12")
    deployments.remove(github.client, mine)
    deployments.remove(github.client, mine)

    assert github.records("pr-12") == []


@pytest.mark.parametrize("kind", ["drop-after", "error-after"])
def test_a_state_is_set_also_when_its_answer_was_lost(github: Github, kind: str) -> None:
    number = github.record("pr-12")
    github.fault(kind, f"deployments/{number}/statuses", method="POST")

    (mine,) = deployments.of(github.client, "pr-12")
    deployments.tell(github.client, mine, state="success", url="https://a.example")

    (record,) = github.records("pr-12")
    assert (record["now"]["state"], record["now"]["environment_url"]) == ("success", "https://a.example")


def test_a_record_of_our_own_waits_for_no_checks(github: Github) -> None:
    sha = github.opens(12)

    deployments.create(github.client, environment="pr-12", commit=sha)

    assert [row["environment"] for row in github.client.get("deployments")] == ["pr-12"]


def test_a_pull_request_is_read_with_its_labels_and_where_its_commit_lies(github: Github) -> None:
    sha = github.opens(12, labels=["a`b", "preview"])

    found = pulls.find(github.client, 12)

    assert found is not None
    assert (found.open, found.commit) == (True, sha)
    assert found.labels == {"a`b", "preview"}
    assert found.repository == "zitian-party/finance_report"
    assert [pull.number for pull in pulls.all_open(github.client)] == [12]


def test_a_number_without_a_pull_request_is_none(github: Github) -> None:
    assert pulls.find(github.client, 99) is None


def test_p5_a_404_for_everything_is_an_error_and_no_absence() -> None:
    client = Client(
        api="https://x",
        token="t",
        repository="o/r",
        transport=httpx.MockTransport(lambda _: httpx.Response(404, json={"message": "Not Found"})),
    )

    with pytest.raises(Missing):
        pulls.find(client, 12)
    client.close()


Reading = Callable[[Client], object]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(404), "is not there"),
        (httpx.Response(200, json=[]), "is a folder"),
        (httpx.Response(200, json={"type": "symlink", "target": "/etc/passwd"}), "a link or a submodule"),
        (httpx.Response(200, json={"type": "file", "encoding": "none", "content": ""}), "larger"),
        (httpx.Response(200, json={"type": "file", "encoding": "base64", "content": "/w=="}), "not UTF-8"),
    ],
)
def test_p10_what_is_no_file_of_text_is_not_read(answer: httpx.Response, why: str) -> None:
    client = Client(
        api="https://x", token="t", repository="o/r", transport=httpx.MockTransport(lambda _: answer)
    )

    with pytest.raises(NotThere, match=why):
        contents.text(client, "docker-compose.yml", commit="a" * 40)
    client.close()


def test_p10_a_file_is_read_at_the_commit(github: Github) -> None:
    sha = github.opens(12, files={"docker-compose.yml": "services: {}  # ü"})

    assert contents.text(github.client, "docker-compose.yml", commit=sha) == "services: {}  # ü"


def test_a_workflow_is_started_with_its_inputs(github: Github) -> None:
    dispatches.start(github.client, "pr-test.yml", ref="main", inputs={"number": "12"})

    assert [row["inputs"] for row in github.dispatches()] == [{"number": "12"}]


def test_a_listing_that_fails_for_good_is_an_error(github: Github) -> None:
    github.fault("reject", "pulls", status=500, times=9)

    with pytest.raises(ServerFault):
        list(pulls.all_open(github.client))
