from tests.sandbox.github.conftest import Call


def test_every_answer_has_an_identity_of_its_own(call: Call) -> None:
    answers = [call("GET", "/user"), call("GET", "/nothing"), call("GET", "/user", token="wrong")]

    assert [one.status_code for one in answers] == [200, 404, 401]
    assert len({one.headers["x-github-request-id"] for one in answers}) == 3
