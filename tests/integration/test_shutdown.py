"""A backend that is asked to stop while clients use it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx

from tests.integration.accounts import Account
from tests.integration.services import RECOVERY, Services, address_of, client_at
from tests.throwaway.waiting import eventually

WORKERS = 4


@dataclass
class Load:
    """Clients that add entries one after the other until nobody takes their requests any more."""

    address: str
    account: int
    answered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def work(self, worker: int) -> None:
        with client_at(self.address) as client:
            for number in range(10_000):
                description = f"{worker}-{number}"
                entry = {"amount": "1.00", "description": description}
                try:
                    answer = client.post(f"/api/accounts/{self.account}/entries", json=entry)
                except httpx.TransportError:
                    return
                (self.answered if answer.status_code == 201 else self.refused).append(description)
                if self.stop.is_set():
                    return


def test_a_stop_under_load_loses_no_request(services: Services) -> None:
    with services.another_backend("leaving", DRAIN_SECONDS="3") as container:
        address = address_of(container)
        eventually(lambda: says(address, 200), within=RECOVERY)
        with client_at(address) as client:
            account = Account.opened(client)
        load = Load(address=address, account=account.key)
        with ThreadPoolExecutor(WORKERS) as workers:
            running = [workers.submit(load.work, worker) for worker in range(WORKERS)]
            try:
                eventually(lambda: at_least(load, 20), within=20)
                container.kill("SIGTERM")
                eventually(lambda: says(address, 503), within=20, every=0.02)
                before_the_end = len(load.answered)
                code = container.wait(timeout=30)["StatusCode"]
            finally:
                load.stop.set()
            for each in running:
                each.result()
        last = container.logs(tail=1).decode()
    kept = services.sql(f"SELECT description FROM entries WHERE account_id = {account.key}")

    assert code == 0
    assert '"event": "stopped"' in last
    assert load.refused == []
    assert len(load.answered) > before_the_end, "nothing was answered while it drained"
    assert sorted(kept) == sorted(load.answered)


def says(address: str, status: int) -> None:
    with client_at(address) as client:
        assert client.get("/ready").status_code == status


def at_least(load: Load, answers: int) -> None:
    assert len(load.answered) >= answers


def test_compose_stops_the_application_without_having_to_kill_it(services: Services) -> None:
    ended: dict[str, Any] = {}
    for name in ("frontend", "backend"):
        services.project.compose("stop", "--timeout", "10", name)
        ended[name] = services.project.container(name).attrs["State"]["ExitCode"]
    services.project.compose("start", "backend", "frontend")
    services.healthy()

    assert ended == {"frontend": 0, "backend": 0}
