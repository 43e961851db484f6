from unit.asking import Asking
from unit.conftest import LARGEST

BODY = b"x" * (LARGEST + 64 * 1024 + 1)


def test_a_body_that_says_it_is_too_large_is_not_read_by_the_application(http: Asking) -> None:
    answer = http.send("POST", "/api/accounts", BODY)

    assert (answer.status, answer.json["error"]) == (413, "too_large")


def test_a_body_that_does_not_say_so_is_not_read_to_its_end(http: Asking) -> None:
    answer = http.send(
        "POST", "/api/accounts", BODY, headers={"content-type": "application/json"}, told=False
    )

    assert (answer.status, answer.json["error"]) == (413, "too_large")


def test_a_length_that_is_no_number_is_no_limit(http: Asking) -> None:
    assert http.send("GET", "/api", headers={"content-length": "many"}, told=False).status == 200
