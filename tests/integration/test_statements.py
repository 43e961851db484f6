import secrets

import httpx

from tests.integration.accounts import Account, ok
from tests.integration.services import Services


def content(client: httpx.Client, statement: int) -> bytes:
    answer = client.get(f"/api/statements/{statement}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_file_comes_back_byte_by_byte(account: Account) -> None:
    sent = secrets.token_bytes(1_500_000) + b"\r\n\0"

    kept = ok(account.upload("Ünterlagen 2026.pdf", sent), 201)

    assert kept["size"] == len(sent)
    assert [each["filename"] for each in account.statements()] == ["Ünterlagen 2026.pdf"]
    assert content(account.client, kept["id"]) == sent


def test_a_file_is_kept_in_the_object_store_and_outlives_the_backends_container(
    account: Account, services: Services
) -> None:
    kept = ok(account.upload("november.pdf", b"%PDF november"), 201)

    services.project.compose("up", "--detach", "--no-deps", "--force-recreate", "--wait", "backend")

    with services.client("backend") as another:
        assert content(another, kept["id"]) == b"%PDF november"


def test_files_of_the_same_name_do_not_replace_each_other(account: Account) -> None:
    first = ok(account.upload("statement.pdf", b"first"), 201)
    second = ok(account.upload("statement.pdf", b"second"), 201)

    assert content(account.client, first["id"]) == b"first"
    assert content(account.client, second["id"]) == b"second"


def test_a_file_that_is_too_large_is_refused_and_not_kept(account: Account) -> None:
    refused = account.upload("large.pdf", b"x" * (10 * 1024 * 1024 + 1))

    assert refused.status_code == 413
    assert account.statements() == []
