from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/releases", {}),
        ("POST", "/releases", {"tag": ""}),
        ("POST", "/releases", {"tag": "a b"}),
        ("POST", "/releases", {"tag": "v1", "target": "nowhere"}),
        ("POST", "/secrets", {"environment": "staging"}),
        ("PUT", "/app", {"permissions": ["contents"]}),
    ],
)
def test_what_cannot_be_meant_is_400_and_says_why(
    control: Caller, repository: Repository, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = control(method, path, json=body)

    assert answer.status_code == 400
    assert answer.json()["message"]
    assert set(repository.refs()) == {"refs/heads/main"}
