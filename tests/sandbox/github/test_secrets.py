import pytest

from tests.sandbox.calls import Caller
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY, Call

OF_REPOSITORY = f"{REPOSITORY}/actions/secrets"
OF_STAGING = f"{REPOSITORY}/environments/staging/secrets"


def test_names_are_told_where_they_were_set(call: Call, control: Caller) -> None:
    control("POST", "/secrets", json={"name": "one"})
    control("POST", "/secrets", json={"name": "two", "environment": "staging"})

    assert [row["name"] for row in call("GET", OF_REPOSITORY).json()["secrets"]] == ["ONE"]
    assert [row["name"] for row in call("GET", OF_STAGING).json()["secrets"]] == ["TWO"]


@pytest.mark.parametrize("environment", [None, "staging"])
def test_a_secret_can_be_deleted_once(call: Call, control: Caller, environment: str | None) -> None:
    control("POST", "/secrets", json={"name": "one", "environment": environment})
    one = f"{OF_STAGING if environment else OF_REPOSITORY}/ONE"

    assert call("GET", one).json()["name"] == "ONE"
    assert [call("DELETE", one).status_code for _ in range(2)] == [204, 404]


def test_an_environment_that_is_not_there_has_no_secrets(call: Call) -> None:
    assert call("GET", OF_STAGING).status_code == 404
    assert call("GET", OF_REPOSITORY).json() == {"total_count": 0, "secrets": []}


def test_a_deleted_environment_takes_its_secrets_along(call: Call, control: Caller) -> None:
    control("POST", "/secrets", json={"name": "one", "environment": "staging"})
    call("DELETE", f"{REPOSITORY}/environments/staging")
    call("PUT", f"{REPOSITORY}/environments/staging")

    assert call("GET", OF_STAGING).json()["secrets"] == []


@pytest.mark.parametrize("environment", [None, "staging"])
def test_secrets_answer_as_githubs_openapi_says(call: Call, control: Caller, environment: str | None) -> None:
    judge = contract.load()
    control("POST", "/secrets", json={"name": "one", "environment": environment})
    place = "environments/{environment_name}/secrets" if environment else "actions/secrets"
    path = f"/repos/{{owner}}/{{repo}}/{place}"
    listed = call("GET", OF_STAGING if environment else OF_REPOSITORY).json()

    assert judge.problems(listed, method="GET", path=path, status=200) == []
