import re

import httpx

from tests.integration.accounts import Account, ok
from tests.integration.services import Services
from tests.throwaway.waiting import eventually


def test_version_json_tells_version_commit_of_the_image_and_environment(
    frontend: httpx.Client, services: Services
) -> None:
    answer = frontend.get("/version.json")

    assert ok(answer) == {"version": services.version, "commit": services.commit, "environment": "ci"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_names_no_host_at_all(frontend: httpx.Client) -> None:
    page = frontend.get("/").text
    parts = [frontend.get(path).text for path in re.findall(r'(?:src|href)="(/[^"]+)"', page)]

    # an XML namespace is a name that looks like an address
    named = re.findall(r"https?://(?!www\.w3\.org/)[\w.:-]+", "".join([page, *parts]))

    assert len(parts) >= 2
    assert named == []


def test_the_api_is_at_the_pages_own_origin(frontend: httpx.Client, services: Services) -> None:
    account = Account.opened(frontend)
    ok(account.add("12.50"), 201)
    kept = ok(account.upload("through.pdf", b"through the frontend" * 100_000), 201)

    assert account.balance() == "12.50"
    assert frontend.get(f"/api/statements/{kept['id']}/file").content == b"through the frontend" * 100_000
    assert frontend.get("/health").json()["commit"] == services.commit


def test_a_refusal_of_the_backend_reaches_the_page_as_it_is(frontend: httpx.Client) -> None:
    refused = frontend.post("/api/accounts", json={"name": "", "currency": "EUR"})

    assert refused.status_code == 422
    assert refused.json()["fields"] == ["name"]


def test_without_the_backend_the_page_is_served_and_the_api_says_what_is_wrong(
    frontend: httpx.Client, services: Services
) -> None:
    with services.without("backend"):
        page = frontend.get("/")
        refused = frontend.get("/api/accounts")

        assert page.status_code == 200
        assert refused.status_code in {502, 503}
        assert refused.json()["error"] == "unavailable"

    def served() -> None:
        ok(frontend.get("/api/accounts"))

    eventually(served, within=15)
