import pytest

from sandbox.git import Repository
from sandbox.github.tokens import Tokens
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call


def token(control: Caller, **permissions: str) -> str:
    made: str = control("POST", "/tokens", json={"permissions": permissions}).json()["token"]
    return made


def test_a_token_acts_as_its_login(call: Call, control: Caller) -> None:
    made = token(control, issues="write")

    issue = call("POST", f"{REPOSITORY}/issues", token=made, json={"title": "Drift"}).json()
    assert (issue["user"]["login"], issue["user"]["type"]) == ("github-actions[bot]", "Bot")


@pytest.mark.parametrize(
    ("method", "path", "accepted"),
    [
        ("POST", "/issues", "issues=write; pull_requests=write"),
        ("GET", "/pulls", "pull_requests=read"),
        ("POST", "/deployments", "deployments=write"),
        ("POST", "/git/refs", "contents=write"),
        ("GET", "/compare/main...main", "contents=read"),
        ("PUT", "/environments/staging", "administration=write"),
        ("GET", "/environments/staging", "actions=read"),
        ("GET", "/environments/staging/variables", "environments=read"),
        ("POST", "/rulesets", "administration=write"),
        ("POST", "/actions/runs/1/cancel", "actions=write"),
        ("POST", "/actions/runs/1/pending_deployments", "deployments=write"),
        ("GET", "/actions/secrets", "secrets=read"),
        ("GET", "/commits/main/check-runs", "checks=read"),
        ("GET", "/commits/main/pulls", "pull_requests=read"),
    ],
)
def test_a_call_without_its_permission_is_403_and_names_it(
    call: Call, control: Caller, method: str, path: str, accepted: str
) -> None:
    answer = call(method, REPOSITORY + path, token=token(control), json={})

    assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")
    assert answer.headers["x-accepted-github-permissions"] == accepted


def test_one_of_two_permissions_is_enough(call: Call, control: Caller) -> None:
    made = token(control, **{"pull-requests": "write"})

    assert call("POST", f"{REPOSITORY}/issues", token=made, json={"title": "x"}).status_code == 201


def test_reading_is_not_writing(call: Call, control: Caller, repository: Repository) -> None:
    made = token(control, contents="read")
    ref = {"ref": "refs/tags/v1", "sha": repository.refs()["refs/heads/main"]}

    assert call("GET", f"{REPOSITORY}/commits/main", token=made).status_code == 200
    assert call("POST", f"{REPOSITORY}/git/refs", token=made, json=ref).status_code == 403


def test_everybody_sees_the_repository_and_its_rules(call: Call, control: Caller) -> None:
    made = token(control)

    assert call("GET", f"{REPOSITORY}/rulesets", token=made).status_code == 200
    assert call("GET", REPOSITORY, token=made).json()["permissions"]["admin"] is False
    assert call("GET", REPOSITORY).json()["permissions"]["admin"] is True


def test_a_job_is_nobodys_account(call: Call, control: Caller) -> None:
    assert call("GET", "/user", token=token(control, contents="write")).status_code == 403


def test_what_a_token_may_not_see_of_another_repository_is_404(call: Call, control: Caller) -> None:
    assert call("GET", "/repos/zitian-party/other/issues", token=token(control)).status_code == 404


def test_a_token_that_expired_is_401(call: Call, control: Caller, clock: Clock) -> None:
    made = control("POST", "/tokens", json={"permissions": {"contents": "read"}, "seconds": 60}).json()
    clock.turn(60)

    assert made["expires_at"] == "2026-11-23T12:01:00Z"
    assert call("GET", REPOSITORY, token=made["token"]).status_code == 401


def test_a_token_can_be_ended_and_chosen(call: Call, control: Caller) -> None:
    control("POST", "/tokens", json={"permissions": {}, "token": "mine", "login": "dependabot[bot]"})
    assert call("GET", REPOSITORY, token="mine").status_code == 200

    assert [control("DELETE", "/tokens", json={"token": "mine"}).status_code for _ in range(2)] == [204, 404]
    assert call("GET", REPOSITORY, token="mine").status_code == 401


def test_a_token_itself_is_not_kept(world: World, control: Caller) -> None:
    made = token(control, contents="read")

    assert made not in str(world.store.dump())
    assert [row["permissions"] for row in Tokens(world).live()] == [{"contents": "read"}]


@pytest.mark.parametrize(
    "body", [{}, {"permissions": {"contents": "all"}}, {"permissions": {}, "seconds": "soon"}]
)
def test_a_token_that_cannot_be_meant_is_400(control: Caller, body: object) -> None:
    assert control("POST", "/tokens", json=body).status_code == 400
