"""The application's page in a real browser, wherever it is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

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


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """A Chromium of the test's own; without one the test fails in one sentence."""
    program = Chromium().program()
    if program is None:
        pytest.fail("there is no browser\n  → make browser", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=[*FLAGS, *flags])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page, what its console said, and which hosts it asked."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    @classmethod
    @contextmanager
    def at(cls, browser: Browser, origin: str, *, trusting: bool = False) -> "Iterator[Opened]":
        """The page of an origin; `trusting` takes a certificate that the browser does not know."""
        context = browser.new_context(
            locale="en-GB", timezone_id="UTC", accept_downloads=True, ignore_https_errors=trusting
        )
        found = cls(page=context.new_page(), origin=origin)
        found.watch()
        found.page.goto(origin)
        yield found
        context.close()

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

    def choose(self, account: str) -> None:
        self.page.get_by_test_id("entry-account").select_option(label=f"{account} (EUR)")

    def add_entry(self, *, amount: str, description: str) -> None:
        """To the account that is chosen."""
        self.fill(entry_amount=amount, entry_description=description)
        self.page.get_by_test_id("entry-add").click()
        entry = self.page.get_by_test_id("entry-row").filter(has_text=description)
        expect(entry).to_contain_text(description, timeout=PATIENCE)
        expect(entry).to_contain_text(amount.removeprefix("-"))

    def upload(self, file: Path) -> bytes:
        """Upload a statement and fetch it again as a person does."""
        self.page.get_by_test_id("statement-file").set_input_files(file)
        self.page.get_by_test_id("statement-upload").click()
        statement = self.page.get_by_test_id("statement-row").filter(has_text=file.name)
        expect(statement).to_contain_text(file.name, timeout=PATIENCE)
        with self.page.expect_download() as download:
            statement.get_by_role("link").click()
        return download.value.path().read_bytes()

    def shows(self, *, version: str, commit: str) -> None:
        expect(self.page.get_by_test_id("version")).to_contain_text(version)
        expect(self.page.get_by_test_id("version")).to_contain_text(commit[:7])
        expect(self.page.get_by_test_id("error")).to_be_hidden()
