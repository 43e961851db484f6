"""The page in a real browser, on the running services."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import PATIENCE, Opened, launched
from tests.integration.accounts import Account, ok
from tests.integration.services import Services


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture
def opened(browser: Browser, services: Services) -> Iterator[Opened]:
    with Opened.at(browser, services.project.address("frontend", 3000)) as found:
        yield found


def test_somebody_opens_an_account_adds_an_entry_and_uploads_a_statement(
    opened: Opened, backend: httpx.Client, services: Services, tmp_path: Path
) -> None:
    (tmp_path / "november.pdf").write_bytes(b"%PDF-1.7 november")

    opened.add_account("Household")
    opened.choose("Household")
    opened.add_entry(amount="-12.50", description="Bread & <b>butter</b>")
    kept = opened.upload(tmp_path / "november.pdf")

    assert kept == b"%PDF-1.7 november"
    opened.shows(version=services.version, commit=services.commit)
    [account] = [each for each in ok(backend.get("/api/accounts")) if each["name"] == "Household"]
    assert account["balance"] == "-12.50"
    assert opened.complaints == []
    assert opened.hosts == {urlsplit(opened.origin).netloc}


def test_what_was_entered_is_there_after_a_reload(opened: Opened, backend: httpx.Client) -> None:
    account = Account.opened(backend)
    ok(account.add("3.00", "Kept"), 201)

    opened.page.reload()
    opened.page.get_by_test_id("entry-account").select_option(str(account.key))

    expect(opened.page.get_by_test_id("entry-row")).to_contain_text("Kept", timeout=PATIENCE)
    assert opened.complaints == []


def test_a_refusal_is_shown_in_words(opened: Opened) -> None:
    opened.fill(account_name="Nowhere", account_currency="XXQ")
    opened.page.get_by_test_id("account-add").click()

    error = opened.page.get_by_test_id("error")
    expect(error).to_be_visible(timeout=PATIENCE)
    expect(error).to_contain_text("ISO 4217")


def test_without_the_backend_the_page_says_so_and_works_again_when_it_is_back(
    opened: Opened, services: Services
) -> None:
    error = opened.page.get_by_test_id("error")
    with services.without("backend"):
        opened.page.reload()
        expect(error).to_contain_text("does not answer", timeout=PATIENCE)

    opened.page.reload()
    expect(error).to_be_hidden(timeout=PATIENCE)
    opened.add_account("Afterwards")
