"""What only Dokploy can tell: at the first request of an `up`, before it is changed, and by `doctor`."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.e2e import refusals
from tests.e2e.cloud import Cloud
from tests.e2e.looks import ask, by_hand
from tests.vault.conftest import free_port

pytestmark = pytest.mark.e2e


def a_key_of_a_script(cloud: Cloud) -> str:
    """A key as a script makes it: good for five requests a day."""
    (organization, *_) = ask(cloud, "organization.all")
    body = {"name": "script", "metadata": {"organizationId": organization["id"]}}
    return str(by_hand(cloud, "user.createApiKey", body)["key"])


def an_exhausted_key(cloud: Cloud) -> str:
    """Such a key after five requests."""
    key = a_key_of_a_script(cloud)
    header = {"x-api-key": key}
    codes = [cloud.dokploy.get("/settings.getDokployVersion", headers=header).status_code for _ in range(6)]
    assert codes == [200] * 5 + [401]
    return key


def test_a_key_that_dokploy_refuses_is_told_at_the_first_request(cloud: Cloud) -> None:
    before = cloud.cursor()

    told = refusals.of_provider(cloud.up("staging", release="v1.0.0", DOKPLOY_API_KEY="nobodys-key"))

    (paragraph,) = told
    assert "Dokploy does not accept DOKPLOY_API_KEY: it is wrong, expired or deleted" in paragraph
    assert "one made in Dokploy's profile page has no limit" in paragraph
    assert "nobodys-key" not in paragraph
    assert refusals.changes(cloud, before) == []

    asked = cloud.run("strata", "doctor", DOKPLOY_API_KEY="nobodys-key").refused().output
    assert "fail  dokploy   " in asked
    assert "does not accept DOKPLOY_API_KEY" in asked


@pytest.mark.long
def test_s12_a_key_whose_limit_is_used_up_names_the_remedy(cloud: Cloud) -> None:
    key = an_exhausted_key(cloud)
    before = cloud.cursor()

    (told,) = refusals.of_provider(cloud.up("staging", release="v1.0.0", DOKPLOY_API_KEY=key))

    assert "or its limit is used up" in told
    assert "allows 5 requests a day unless it was made with `rateLimitEnabled: false`" in told
    assert key not in told
    assert refusals.changes(cloud, before) == []


@pytest.mark.long
def test_s12_a_limit_that_is_reached_half_way_is_told_apart_from_a_wrong_key(cloud: Cloud) -> None:
    key = a_key_of_a_script(cloud)

    told = refusals.of_provider(cloud.up("staging", release="v1.0.0", DOKPLOY_API_KEY=key))

    (whole,) = [text for text in told if "the first error says more" not in text]
    assert "the key worked before and is refused now" in whole
    assert "`rateLimitEnabled: false`" in whole
    assert [text for text in told if "Next: " not in text] == []


@pytest.fixture
def old_dokploy() -> Iterator[tuple[str, list[str]]]:
    """The address of something that says it is Dokploy 0.29, and what it was asked."""
    asked: list[str] = []

    class Old(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'"v0.29.4"')

        do_POST = do_GET  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Old)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.long
def test_s12_a_dokploy_that_is_too_old_is_asked_for_its_version_and_nothing_else(
    cloud: Cloud, old_dokploy: tuple[str, list[str]]
) -> None:
    address, asked = old_dokploy

    (told,) = refusals.of_provider(cloud.up("staging", release="v1.0.0", DOKPLOY_URL=address))

    assert "Dokploy v0.29.4 is older than 0.30.0" in told
    assert "Update Dokploy on its settings page and run again" in told
    assert set(asked) == {"/api/settings.getDokployVersion"}
    doctor = cloud.run("strata", "doctor", DOKPLOY_URL=address).refused().output
    assert "Dokploy v0.29.4 is older than 0.30.0" in doctor


@pytest.mark.long
def test_a_dokploy_that_cannot_be_reached_says_so(cloud: Cloud) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    before = cloud.cursor()

    (told,) = refusals.of_provider(cloud.up("staging", release="v1.0.0", DOKPLOY_URL=address))

    assert f"no connection to Dokploy at {address}" in told
    assert "Check DOKPLOY_URL and that the host is up" in told
    assert cloud.log(before) == []
    assert "no connection to Dokploy" in cloud.run("strata", "doctor", DOKPLOY_URL=address).refused().output


def test_s3_two_projects_of_our_name_without_our_marker_stop_the_up_with_both_ids(cloud: Cloud) -> None:
    for _ in range(2):
        by_hand(cloud, "project.create", {"name": "finance_report", "description": "made by hand"})
    ids = [row["projectId"] for row in ask(cloud, "project.all")]
    before = cloud.cursor()

    told = refusals.of_provider(cloud.up("staging", release="v1.0.0"))

    (paragraph,) = [text for text in told if "finance_report" in text]
    assert "Project 'finance_report' exists at Dokploy without our marker" in paragraph
    assert all(id_ in paragraph for id_ in ids)
    assert "rename it, or give its id as `adopt`" in paragraph
    assert {entry["path"] for entry in refusals.changes(cloud, before)} == set()
