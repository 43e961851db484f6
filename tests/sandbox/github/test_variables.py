from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY

Call = Callable[..., httpx.Response]

ALL = f"{REPOSITORY}/environments/staging/variables"


@pytest.fixture(autouse=True)
def staging(call: Call) -> None:
    call("PUT", f"{REPOSITORY}/environments/staging")


def test_a_variable_is_created_changed_and_deleted(call: Call) -> None:
    assert call("POST", ALL, json={"name": "VAULT_ADDR", "value": "a"}).status_code == 201
    assert call("PATCH", f"{ALL}/VAULT_ADDR", json={"name": "VAULT_ADDR", "value": "b"}).status_code == 204
    assert call("GET", f"{ALL}/VAULT_ADDR").json()["value"] == "b"
    assert [call("DELETE", f"{ALL}/VAULT_ADDR").status_code for _ in range(2)] == [204, 404]


def test_names_do_not_depend_on_case(call: Call) -> None:
    call("POST", ALL, json={"name": "vault_addr", "value": "a"})

    assert call("GET", f"{ALL}/Vault_Addr").json()["name"] == "VAULT_ADDR"


def test_the_same_variable_twice_is_409(call: Call) -> None:
    assert [call("POST", ALL, json={"name": "A", "value": "1"}).status_code for _ in range(2)] == [201, 409]


def test_a_renamed_variable_is_gone_under_its_old_name(call: Call) -> None:
    call("POST", ALL, json={"name": "A", "value": "1"})
    call("PATCH", f"{ALL}/A", json={"name": "B"})

    assert [(v["name"], v["value"]) for v in call("GET", ALL).json()["variables"]] == [("B", "1")]


def test_the_older_address_by_repository_number_shows_the_same(call: Call) -> None:
    number = call("GET", REPOSITORY).json()["id"]
    call("POST", ALL, json={"name": "A", "value": "1"})

    older = call("GET", f"/repositories/{number}/environments/staging/variables/A")
    assert older.json() == call("GET", f"{ALL}/A").json()


@pytest.mark.parametrize(
    "body",
    [
        {"name": "GITHUB_X", "value": "1"},
        {"name": "1A", "value": "1"},
        {"name": "A-B", "value": "1"},
        {"name": "A"},
        {"name": "A", "value": ""},
        {"name": "A", "value": 1},
        {"name": "A", "value": "x" * (48 * 1024 + 1)},
        {"value": "1"},
    ],
)
def test_a_bad_variable_is_422_and_not_kept(call: Call, body: dict[str, Any]) -> None:
    assert call("POST", ALL, json=body).status_code == 422
    assert call("GET", ALL).json()["variables"] == []


def test_variables_answer_as_githubs_openapi_says(call: Call) -> None:
    judge = contract.load()
    all_ = "/repos/{owner}/{repo}/environments/{environment_name}/variables"
    made = call("POST", ALL, json={"name": "A", "value": "1"})

    assert judge.problems(made.json(), method="POST", path=all_, status=made.status_code) == []
    assert judge.problems(call("GET", ALL).json(), method="GET", path=all_, status=200) == []
    one = call("GET", f"{ALL}/A").json()
    assert judge.problems(one, method="GET", path=f"{all_}/{{name}}", status=200) == []


def test_the_repositorys_variables_are_not_an_environments(call: Call) -> None:
    of_repository = f"{REPOSITORY}/actions/variables"
    call("POST", of_repository, json={"name": "vault_addr", "value": "https://vault.example.test"})

    assert call("GET", f"{of_repository}/VAULT_ADDR").json()["value"] == "https://vault.example.test"
    assert call("GET", ALL).json()["variables"] == []
    assert call("PATCH", f"{of_repository}/VAULT_ADDR", json={"value": "other"}).status_code == 204
    assert [row["value"] for row in call("GET", of_repository).json()["variables"]] == ["other"]
    one = f"{of_repository}/VAULT_ADDR"
    assert [call("DELETE", one).status_code for _ in range(2)] == [204, 404]


def test_the_repositorys_variables_answer_as_githubs_openapi_says(call: Call) -> None:
    judge = contract.load()
    path, place = "/repos/{owner}/{repo}/actions/variables", f"{REPOSITORY}/actions/variables"
    made = call("POST", place, json={"name": "A", "value": "1"})

    assert judge.problems(made.json(), method="POST", path=path, status=made.status_code) == []
    assert judge.problems(call("GET", place).json(), method="GET", path=path, status=200) == []
    one = call("GET", f"{place}/A").json()
    assert judge.problems(one, method="GET", path=f"{path}/{{name}}", status=200) == []
