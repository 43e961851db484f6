"""The scanner finds what was leaked on purpose, in each place and in each form."""

import base64
import gzip
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.scanner import MAY_HOLD, Scanner

VALUE = 'Canary/4711+&ä="quoted"-tail'
PLACES = (
    "state/.pulumi/stacks/finance-report/staging.json",
    "state/.pulumi/stacks/finance-report/staging.json.bak",
    "state/.pulumi/history/finance-report/staging/staging-1.history.json",
    "state/.pulumi/backups/finance-report/staging/staging.1.json",
    "project/Pulumi.staging.yaml",
    "daemon.log",
    "openbao/openbao.log",
    "dokploy/logs/finance-report-staging-app-abcdef/1.log",
    "previews/pr-12.docker-compose.yml",
)
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in JSON": json.dumps,
    "in JSON in JSON": lambda value: json.dumps(json.dumps({"x": value})),
    "in a URL": lambda value: urllib.parse.quote(value, safe=""),
    "in a form": urllib.parse.quote_plus,
    "in hexadecimal": lambda value: value.encode().hex(),
    "in base64": lambda value: base64.b64encode(value.encode()).decode(),
    "in base64, behind a user": lambda value: base64.b64encode(f"user:{value}".encode()).decode(),
    "in base64, behind another": lambda value: base64.b64encode(f"robot:{value}:x".encode()).decode(),
    "in base64 for URLs": lambda value: base64.urlsafe_b64encode(f"a{value}".encode()).decode(),
}


def scanner() -> Scanner:
    return Scanner(secrets={"planted": VALUE, "other": "nothing-of-this-anywhere"})


def write(root: Path, place: str, content: bytes) -> None:
    file = root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_v1_a_leak_is_found_in_each_file_and_form(tmp_path: Path, place: str, form: str) -> None:
    for one in PLACES:
        write(tmp_path, one, b"harmless\n")
    assert scanner().files(tmp_path, without=MAY_HOLD) == []

    write(tmp_path, place, f"before {FORMS[form](VALUE)} after\n".encode())

    found = scanner().files(tmp_path, without=MAY_HOLD)
    assert {(hit.secret, hit.place) for hit in found} == {("planted", place)}


@pytest.mark.parametrize("form", FORMS)
def test_v1_a_leak_is_found_on_a_console(form: str) -> None:
    found = scanner().text("console", f"error: {FORMS[form](VALUE)}: refused")

    assert {(hit.secret, hit.place) for hit in found} == {("planted", "console")}


def test_a_leak_in_a_packed_file_is_found(tmp_path: Path) -> None:
    write(tmp_path, "staging.json.gz", gzip.compress(VALUE.encode()))

    (hit,) = {found.place for found in scanner().files(tmp_path)}

    assert hit == "staging.json.gz, unpacked"


def test_a_leak_in_a_files_name_is_found(tmp_path: Path) -> None:
    write(tmp_path, "backup-nothing-of-this-anywhere.json", b"")

    assert [hit.secret for hit in scanner().files(tmp_path)] == ["other"]


@pytest.mark.parametrize("place", ["credentials.json", "dokploy/compose/app-abcdef/code/.env"])
def test_what_stands_for_a_server_that_holds_secrets_is_left_out(tmp_path: Path, place: str) -> None:
    write(tmp_path, place, VALUE.encode())

    assert scanner().files(tmp_path, without=MAY_HOLD) == []
    assert scanner().files(tmp_path) != []


def test_a_secret_that_is_too_short_to_be_looked_for_is_no_zero_hits() -> None:
    with pytest.raises(AssertionError, match="too short"):
        Scanner(secrets={"pin": "4711"})


def test_what_was_looked_at_is_told(tmp_path: Path) -> None:
    write(tmp_path, "daemon.log", b"harmless")
    looking = scanner()

    looking.files(tmp_path)
    looking.text("console", "")

    assert {"daemon.log", "console"} <= set(looking.seen)
