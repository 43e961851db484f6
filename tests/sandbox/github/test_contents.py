import base64

from sandbox.git import Repository
from tests.sandbox.github.conftest import REPOSITORY, Call

FILES = f"{REPOSITORY}/contents"


def test_p10_a_file_is_read_at_a_commit(call: Call, repository: Repository) -> None:
    sha = repository.commit({"compose.yml": "services: {ü: {}}\n"}, branch="feature")

    found = call("GET", f"{FILES}/compose.yml?ref={sha}").json()
    assert base64.b64decode(found["content"]).decode() == "services: {ü: {}}\n"
    assert (found["type"], found["encoding"], found["size"]) == ("file", "base64", 19)
    of_main = call("GET", f"{FILES}/compose.yml").json()
    assert base64.b64decode(of_main["content"]).decode() == "services: {}\n"


def test_a_files_raw_text_can_be_asked_for(call: Call, repository: Repository) -> None:
    answer = call("GET", f"{FILES}/compose.yml", headers={"Accept": "application/vnd.github.raw+json"})

    assert answer.text == "services: {}\n"


def test_a_folder_is_a_list(call: Call, repository: Repository) -> None:
    rows = call("GET", f"{FILES}/.github/workflows").json()

    assert [(row["name"], row["type"]) for row in rows] == [("ci.yml", "file"), ("pr-test.yml", "file")]
    assert ".github" in [row["name"] for row in call("GET", FILES).json() if row["type"] == "dir"]


def test_what_is_not_there_is_404(call: Call, repository: Repository) -> None:
    assert call("GET", f"{FILES}/none.yml").status_code == 404
    assert call("GET", f"{FILES}/compose.yml?ref=nowhere").status_code == 404


def test_branches_and_tags_are_listed(call: Call, repository: Repository) -> None:
    sha = repository.commit({"a": "1"}, branch="feature/x", tag="v1.0.0")

    assert [row["name"] for row in call("GET", f"{REPOSITORY}/branches").json()] == ["feature/x", "main"]
    assert call("GET", f"{REPOSITORY}/branches/feature/x").json()["commit"]["sha"] == sha
    assert call("GET", f"{REPOSITORY}/branches/none").status_code == 404
    (tag,) = call("GET", f"{REPOSITORY}/tags").json()
    assert (tag["name"], tag["commit"]["sha"]) == ("v1.0.0", sha)
