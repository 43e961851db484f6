from sandbox.git import Repository
from tests.sandbox.github.conftest import REPOSITORY, Call


def test_the_newest_status_of_each_context_makes_the_whole(call: Call, repository: Repository) -> None:
    sha = repository.refs()["refs/heads/main"]
    combined = f"{REPOSITORY}/commits/main/status"

    def set_to(state: str, context: str) -> str:
        call("POST", f"{REPOSITORY}/statuses/{sha}", json={"state": state, "context": context})
        whole: str = call("GET", combined).json()["state"]
        return whole

    assert call("GET", combined).json()["state"] == "pending"
    assert set_to("success", "a") == "success"
    assert set_to("pending", "b") == "pending"
    assert set_to("failure", "b") == "failure"
    assert set_to("success", "b") == "success"
    assert call("GET", combined).json()["total_count"] == 2
    assert len(call("GET", f"{REPOSITORY}/commits/{sha}/statuses").json()) == 4


def test_a_bad_status_is_422(call: Call, repository: Repository) -> None:
    sha = repository.refs()["refs/heads/main"]

    assert call("POST", f"{REPOSITORY}/statuses/{sha}", json={"state": "fine"}).status_code == 422
    assert call("POST", f"{REPOSITORY}/statuses/main", json={"state": "success"}).status_code == 422
