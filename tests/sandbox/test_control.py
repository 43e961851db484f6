from typing import Any

import pytest

from sandbox.control import Parts, create_app
from sandbox.errors import UnfitAnswer
from sandbox.oidc import Runs
from sandbox.world import World
from tests.sandbox.calls import Caller


class Images:
    def __init__(self) -> None:
        self.there: dict[str, dict[str, str]] = {}

    def publish(self, name: str, labels: dict[str, str]) -> str:
        if "@" in name:
            raise ValueError("an image is published under a tag")
        self.there[name] = labels
        return "sha256:1"

    def remove(self, name: str) -> bool:
        return self.there.pop(name, None) is not None


class Repository:
    def __init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.commits: list[tuple[dict[str, str], str]] = []

    def commit(self, files: dict[str, str], *, branch: str) -> str:
        self.commits.append((files, branch))
        return f"sha{len(self.commits)}"

    def tag(self, name: str, sha: str) -> None:
        self.tags[name] = sha


class Inside:
    def __init__(self) -> None:
        self.images = Images()
        self.repository = Repository()
        self.done: list[str] = []

    async def status(self) -> dict[str, Any]:
        return {"parts": []}

    async def reset(self) -> None:
        self.done.append("reset")

    async def keep(self) -> None:
        raise UnfitAnswer("Vault is sealed")


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def control(world: World, inside: Inside) -> Caller:
    parts = Parts(
        status=inside.status,
        engine=lambda: {"containers": [{"name": "a"}]},
        images=inside.images,
        repository=inside.repository,
        oidc=Runs(world.store),
        reset=inside.reset,
        keep=inside.keep,
    )
    return Caller(create_app(world, parts), base_url="http://control")


def note(world: World, path: str, *, part: str = "dokploy") -> None:
    world.log.add(part=part, method="GET", path=path, status=200, seconds=0.1)


def test_the_log_is_read_from_a_cursor_on(control: Caller, world: World) -> None:
    note(world, "compose.one")
    cursor = control.get("/log").json()["cursor"]
    note(world, "compose.update")
    note(world, "/v2/", part="registry")

    entries = control.get(f"/log?since={cursor}").json()["entries"]
    assert [entry["path"] for entry in entries] == ["compose.update", "/v2/"]


def test_the_log_can_be_read_for_one_part(control: Caller, world: World) -> None:
    note(world, "compose.one")
    note(world, "/v2/", part="registry")

    assert [e["path"] for e in control.get("/log?since=0&part=registry").json()["entries"]] == ["/v2/"]


def test_a_fault_is_armed_shown_and_disarmed(control: Caller, world: World) -> None:
    armed = control("POST", "/faults", json={"part": "dokploy", "kind": "reject", "key": "staging"})
    assert armed.status_code == 201
    assert [(f["kind"], f["key"], f["hits"]) for f in control.get("/faults").json()] == [
        ("reject", "staging", 0)
    ]

    control("DELETE", "/faults")
    assert control.get("/faults").json() == []


def test_the_pace_is_set_field_by_field(control: Caller, world: World) -> None:
    control("POST", "/pace", json={"build": 2})

    assert control.get("/pace").json() == {"queue_delay": 0, "build": 2, "start": 0}


def test_a_run_is_registered_and_told_where_its_jobs_ask(control: Caller) -> None:
    run = {"workflow": "a.yml", "text": "jobs: {}", "event_name": "push"}

    first, second = control("POST", "/oidc/runs", json=run), control("POST", "/oidc/runs", json=run)

    assert first.json()["url"] == "http://127.0.0.1:9/token?run=1"
    assert second.json()["number"] == 2
    assert first.json()["token"] != second.json()["token"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"flaw": "ugly"}, "'ugly' is not a valid Flaw"),
        ({"flavour": 1}, "unknown: flavour"),
        ({"text": ""}, "No such file"),
    ],
)
def test_a_run_that_can_be_none_is_refused(control: Caller, more: dict[str, Any], said: str) -> None:
    run = {"workflow": "no/such.yml", "text": "jobs: {}", "event_name": "push", **more}

    answer = control("POST", "/oidc/runs", json=run)

    assert answer.status_code == 400
    assert said in answer.json()["message"]


def test_an_image_is_published_and_taken_away(control: Caller, inside: Inside) -> None:
    name = "ghcr.io/zitian-party/finance-report-backend:v9.9.9"
    made = control("POST", "/images", json={"name": name, "labels": {"a": "b"}})

    assert made.json() == {"digest": "sha256:1"}
    assert inside.images.there == {name: {"a": "b"}}
    assert [control("DELETE", "/images", json={"name": name}).status_code for _ in range(2)] == [204, 404]


def test_a_commit_can_be_made_with_its_tag(control: Caller, inside: Inside) -> None:
    body = {"files": {"a.txt": "text"}, "branch": "main", "tag": "preview/pr-7-abc"}

    assert control("POST", "/git/commits", json=body).json() == {"sha": "sha1"}
    assert inside.repository.commits == [({"a.txt": "text"}, "main")]
    assert inside.repository.tags == {"preview/pr-7-abc": "sha1"}


def test_a_tag_is_set(control: Caller, inside: Inside) -> None:
    control("POST", "/git/tags", json={"name": "v1", "sha": "sha9"})

    assert inside.repository.tags == {"v1": "sha9"}


def test_the_engines_tables_are_shown(control: Caller) -> None:
    assert control.get("/engine").json() == {"containers": [{"name": "a"}]}


def test_a_reset_is_done_when_it_answers(control: Caller, inside: Inside) -> None:
    assert control("POST", "/reset").status_code == 204
    assert inside.done == ["reset"]


def test_what_goes_wrong_inside_is_said(control: Caller) -> None:
    answer = control("POST", "/baseline")

    assert (answer.status_code, answer.json()["message"]) == (500, "Vault is sealed")


@pytest.mark.parametrize(
    ("method", "path", "body", "why"),
    [
        ("POST", "/faults", {"part": "dokploy", "kind": "lightning"}, "lightning"),
        ("POST", "/faults", {"kind": "reject"}, "missing: part"),
        ("POST", "/faults", {"part": "dokploy", "kind": "reject", "hits": 3}, "unknown: hits"),
        ("POST", "/pace", {"speed": 1}, "unknown: speed"),
        ("POST", "/pace", {"build": "slow"}, "number of seconds"),
        ("POST", "/pace", {"build": -1}, "number of seconds"),
        ("POST", "/pace", [], "not a JSON object"),
        ("POST", "/images", {"name": "a@sha256:1"}, "under a tag"),
        ("POST", "/images", {"name": 1}, "name is a text"),
        ("POST", "/images", {"name": "a:b", "labels": {"x": 1}}, "object of texts"),
        ("POST", "/git/commits", {"files": {}}, "missing: branch"),
        ("POST", "/git/tags", {"name": "a"}, "missing: sha"),
        ("GET", "/log?since=yesterday", None, "number"),
    ],
)
def test_a_request_that_cannot_be_meant_is_400_and_says_why(
    control: Caller, method: str, path: str, body: Any, why: str
) -> None:
    answer = control(method, path, json=body)

    assert answer.status_code == 400
    assert why in answer.json()["message"]


def test_a_body_that_is_not_json_is_400(control: Caller) -> None:
    assert control("POST", "/pace", content=b"{").status_code == 400


def test_what_happens_at_github_is_told_below_github(control: Caller, world: World) -> None:
    made = control("POST", "/github/tokens", json={"permissions": {"contents": "read"}})

    assert made.status_code == 201
    assert len(world.store.table("github.token")) == 1
