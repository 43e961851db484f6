from collections.abc import Callable

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY

Call = Callable[..., httpx.Response]


def test_a_request_without_a_token_is_refused(call: Call) -> None:
    answer = call("GET", "/user", token=None)

    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


def test_a_request_with_another_token_is_refused(call: Call) -> None:
    answer = call("PUT", f"{REPOSITORY}/environments/staging", token="stolen")

    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize(
    "path",
    [
        "/users/nobody",
        "/orgs/other",
        "/repos/zitian-party/other",
        "/repos/zitian-party/other/environments",
        "/repositories/1/environments/staging",
        "/nothing/like/this",
        f"{REPOSITORY}/environments/staging",
        f"{REPOSITORY}/environments/staging/variables",
        f"{REPOSITORY}/environments/staging/deployment-branch-policies",
    ],
)
def test_what_is_not_there_is_404_in_githubs_words(call: Call, path: str) -> None:
    answer = call("GET", path)

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_the_organisation_is_found_under_the_name_that_the_plugin_asks(call: Call) -> None:
    assert call("GET", "/orgs/zitian-party").json()["login"] == "zitian-party"


def test_a_reviewers_number_can_be_looked_up_by_name(call: Call) -> None:
    assert call("GET", "/users/reviewer").json()["id"] == 2002


@pytest.mark.parametrize("path", ["/user", "/repos/{owner}/{repo}"])
def test_accounts_answer_as_githubs_openapi_says(call: Call, path: str) -> None:
    judge = contract.load()
    body = call("GET", path.format(owner="zitian-party", repo="finance_report")).json()

    assert judge.problems(body, method="GET", path=path, status=200) == []


def test_a_fault_reaches_the_request_it_was_asked_for(call: Call, world: World) -> None:
    world.faults.add(part="github", kind="reject", path="/api/v3/user", status=502, message="Server Error")

    assert [call("GET", "/user").status_code for _ in range(2)] == [502, 200]


def test_the_access_log_holds_path_and_status_but_no_body(call: Call, world: World) -> None:
    call("PUT", f"{REPOSITORY}/environments/staging", json={"wait_timer": 7})

    (entry,) = world.log.since(0, part="github")
    assert (entry["method"], entry["path"], entry["status"]) == (
        "PUT",
        f"/api/v3{REPOSITORY}/environments/staging",
        200,
    )
    assert "7" not in {str(value) for value in entry.values()}
