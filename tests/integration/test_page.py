"""The page in a real browser, on the running services."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.integration.accounts import Account, ok
from tests.integration.services import Services
from toolchain.browser import Browser as Chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 15_000


@dataclass
class Opened:
    """A page, what its console said, and which hosts it asked."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.set_default_timeout(PATIENCE)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.get_by_test_id(name.replace("_", "-")).fill(value)

    def add_account(self, name: str) -> None:
        self.fill(account_name=name, account_currency="EUR")
        self.page.get_by_test_id("account-add").click()
        expect(self.page.get_by_test_id("account-row").filter(has_text=name)).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = Chromium().program()
    if program is None:
        pytest.fail("there is no browser\n  → make browser", pytrace=False)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, headless=True, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Browser, services: Services) -> Iterator[Opened]:
    origin = services.project.address("frontend", 3000)
    context = browser.new_context(locale="en-GB", timezone_id="UTC", accept_downloads=True)
    found = Opened(page=context.new_page(), origin=origin)
    found.watch()
    found.page.goto(origin)
    yield found
    context.close()


def test_somebody_opens_an_account_adds_an_entry_and_uploads_a_statement(
    opened: Opened, backend: httpx.Client, services: Services, tmp_path: Path
) -> None:
    page = opened.page
    (tmp_path / "november.pdf").write_bytes(b"%PDF-1.7 november")

    opened.add_account("Household")
    opened.fill(entry_amount="-12.50", entry_description="Bread & <b>butter</b>")
    page.get_by_test_id("entry-add").click()
    entry = page.get_by_test_id("entry-row")
    expect(entry).to_contain_text("Bread & <b>butter</b>", timeout=PATIENCE)
    expect(entry).to_contain_text("12.50")
    page.get_by_test_id("statement-file").set_input_files(tmp_path / "november.pdf")
    page.get_by_test_id("statement-upload").click()
    statement = page.get_by_test_id("statement-row")
    expect(statement).to_contain_text("november.pdf", timeout=PATIENCE)
    with page.expect_download() as download:
        statement.get_by_role("link").click()

    assert download.value.path().read_bytes() == b"%PDF-1.7 november"
    expect(page.get_by_test_id("version")).to_contain_text(services.version)
    expect(page.get_by_test_id("version")).to_contain_text(services.commit[:7])
    expect(page.get_by_test_id("error")).to_be_hidden()
    [kept] = [each for each in ok(backend.get("/api/accounts")) if each["name"] == "Household"]
    assert kept["balance"] == "-12.50"
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
