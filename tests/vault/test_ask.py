import json

import hvac
import pytest

from tests.vault.answering import CUT, answering
from vault.ask import ATTEMPTS, read, write
from vault.errors import Refused, Sealed, Unreachable, Unwell

GOOD = ("200 OK", json.dumps({"data": {"ttl": 1}}))
SEALED = ("503 Service Unavailable", json.dumps({"errors": ["Vault is sealed"]}))
BUSY = ("503 Service Unavailable", json.dumps({"errors": ["canary: no leader"]}))
ASKED = "GET /v1/auth/token/lookup-self HTTP/1.1"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, which take no time."""
    pauses: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)
    return pauses


def look(address: str) -> object:
    client = hvac.Client(url=address, token="t", timeout=5)
    return read(client, client.auth.token.lookup_self, where="auth/token/lookup-self")


@pytest.mark.parametrize(
    "trouble", [CUT, BUSY, ("500 Oops", "{}"), ("502 Bad Gateway", ""), ("429 Many", "{}")]
)
def test_what_passes_by_itself_is_asked_again(trouble: tuple[str, str]) -> None:
    with answering(trouble, trouble, GOOD) as (address, asked):
        assert look(address) == {"data": {"ttl": 1}}

    assert asked == [ASKED] * 3


def test_asking_again_is_bounded_in_number_and_time(waits: list[float]) -> None:
    with answering(BUSY) as (address, asked), pytest.raises(Unwell) as caught:
        look(address)

    assert len(asked) == ATTEMPTS
    assert sum(waits) <= 1
    assert "canary" not in str(caught.value)


def test_v2_a_sealed_vault_is_not_asked_again() -> None:
    with answering(SEALED) as (address, asked), pytest.raises(Sealed):
        look(address)

    assert asked == [ASKED, "GET /v1/sys/seal-status HTTP/1.1"]


@pytest.mark.parametrize("trouble", [CUT, BUSY, ("500 Oops", "{}")])
def test_s2_a_change_is_sent_once(trouble: tuple[str, str]) -> None:
    with answering(trouble) as (address, asked):
        client = hvac.Client(url=address, token="t", timeout=5)
        with pytest.raises((Unreachable, Unwell)):
            write(client, lambda: client.adapter.post("/v1/x", json={}), where="x")

    assert asked == ["POST /v1/x HTTP/1.1"]


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden"])
def test_an_accessor_that_is_gone_is_never_taken_for_a_missing_permission(status: str) -> None:
    gone = json.dumps({"errors": ["1 error occurred:\n\t* invalid accessor\n\n"]})

    with answering((status, gone)) as (address, _), pytest.raises(Refused) as caught:
        look(address)

    assert caught.value.reason == "invalid accessor"


def test_v6_a_refusals_text_is_passed_on_only_if_it_is_known_to_hold_no_value() -> None:
    refusal = ("400 Bad Request", json.dumps({"errors": ["canary-value is too short"]}))

    with answering(refusal) as (address, _), pytest.raises(Refused) as caught:
        look(address)

    assert str(caught.value).startswith(f"Vault at {address} refused auth/token/lookup-self (400). Next:")
    assert caught.value.reason == ""
