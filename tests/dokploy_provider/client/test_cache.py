"""Answers that several reads share."""

import threading

from tests.dokploy_provider.scripted import Scripted


def test_an_answer_may_be_shared_for_a_while() -> None:
    server = Scripted().on("compose.one", {})
    client = server.client()
    client.get("compose.one", max_age=10, composeId="c")
    client.get("compose.one", max_age=10, composeId="c")
    client.get("compose.one", max_age=10, composeId="d")

    assert len(server.asked("compose.one")) == 2


def test_an_own_write_makes_shared_answers_void() -> None:
    server = Scripted().on("compose.one", {}).on("compose.update", {})
    client = server.client()
    client.get("compose.one", max_age=10)
    client.post("compose.update", {})
    client.get("compose.one", max_age=10)

    assert len(server.asked("compose.one")) == 2


def test_an_answer_under_way_during_an_own_write_is_not_kept() -> None:
    server = Scripted()
    client = server.client()

    def write_meanwhile(_: object) -> dict[str, str]:
        client.post("compose.update", {})
        return {}

    server.on("compose.update", {}).on("compose.one", write_meanwhile, {})
    client.get("compose.one", max_age=10)
    client.get("compose.one", max_age=10)

    assert len(server.asked("compose.one")) == 2


def test_s14_threads_that_ask_the_same_at_once_share_one_request() -> None:
    entered, go = threading.Event(), threading.Event()

    def slowly(_: object) -> dict[str, str]:
        entered.set()
        assert go.wait(5)
        return {}

    server = Scripted().on("compose.one", slowly)
    client = server.client()
    threads = [threading.Thread(target=lambda: client.get("compose.one", max_age=10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert entered.wait(5)
    go.set()
    for thread in threads:
        thread.join(5)

    assert len(server.asked("compose.one")) == 1
