from pathlib import Path

import hvac
import pytest

from tests.vault.answering import answering
from tests.vault.conftest import ROOT_TOKEN, Server, free_port
from vault.client import login
from vault.errors import ExpiredToken, NotConfigured, Sealed, Unreachable, VaultError


def test_a_known_token_logs_in(bao: Server) -> None:
    client = login({"VAULT_ADDR": bao.address + "/", "VAULT_TOKEN": ROOT_TOKEN + "\n"})

    assert client.url == bao.address


@pytest.mark.parametrize("name", ["VAULT_ADDR", "VAULT_TOKEN"])
def test_a_missing_variable_is_named(bao: Server, name: str) -> None:
    env = {"VAULT_ADDR": bao.address, "VAULT_TOKEN": ROOT_TOKEN}
    del env[name]

    with pytest.raises(NotConfigured, match=f"{name} is not set"):
        login(env)


def test_v1_an_address_with_credentials_is_refused_and_not_repeated() -> None:
    with pytest.raises(NotConfigured) as caught:
        login({"VAULT_ADDR": "https://me:canary-word@vault.example", "VAULT_TOKEN": "t"})

    assert "canary-word" not in str(caught.value)


def test_v1_a_token_with_a_line_break_inside_is_refused_and_not_repeated(bao: Server) -> None:
    with pytest.raises(NotConfigured) as caught:
        login({"VAULT_ADDR": bao.address, "VAULT_TOKEN": "canary\nword"})

    assert "canary" not in str(caught.value)


def test_v2_an_unknown_token_is_expired(bao: Server) -> None:
    with pytest.raises(ExpiredToken, match="does not accept VAULT_TOKEN"):
        login({"VAULT_ADDR": bao.address, "VAULT_TOKEN": "canary-token"})


def test_v2_a_revoked_token_is_expired(bao: Server) -> None:
    token = bao.token("root")
    bao.root.auth.token.revoke(token)

    with pytest.raises(ExpiredToken):
        login({"VAULT_ADDR": bao.address, "VAULT_TOKEN": token})


def test_v2_a_dead_address_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        login({"VAULT_ADDR": f"http://127.0.0.1:{free_port()}", "VAULT_TOKEN": "t"})


def test_v2_a_server_that_never_was_initialised_says_so_and_a_sealed_one_says_sealed(
    uninitialised: str,
) -> None:
    env = {"VAULT_ADDR": uninitialised, "VAULT_TOKEN": "t"}
    with pytest.raises(Sealed, match="never initialised"):
        login(env)

    client = hvac.Client(url=uninitialised)
    keys = client.sys.initialize(secret_shares=1, secret_threshold=1)

    with pytest.raises(Sealed, match="is sealed"):
        login(env)

    client.sys.submit_unseal_key(keys["keys"][0])
    login({**env, "VAULT_TOKEN": keys["root_token"]})


@pytest.mark.parametrize("name", ["VAULT_CACERT", "SSL_CERT_FILE"])
def test_a_ca_bundle_of_the_environment_is_trusted(bao_tls: tuple[str, Path], name: str) -> None:
    address, bundle = bao_tls

    assert login({"VAULT_ADDR": address, "VAULT_TOKEN": ROOT_TOKEN, name: str(bundle)}).url == address


def test_v2_a_certificate_of_an_unknown_ca_is_told_apart_from_a_dead_server(
    bao_tls: tuple[str, Path],
) -> None:
    with pytest.raises(Unreachable, match="certificate that is not trusted"):
        login({"VAULT_ADDR": bao_tls[0], "VAULT_TOKEN": ROOT_TOKEN})


def test_v2_plain_http_to_a_tls_server_is_told(bao_tls: tuple[str, Path]) -> None:
    with pytest.raises(Unreachable, match="speaks TLS, and VAULT_ADDR says http"):
        login({"VAULT_ADDR": bao_tls[0].replace("https", "http"), "VAULT_TOKEN": ROOT_TOKEN})


def test_a_ca_bundle_that_is_not_there_is_named() -> None:
    with pytest.raises(NotConfigured, match=r"VAULT_CACERT names .*no-such-file"):
        login({"VAULT_ADDR": "https://127.0.0.1", "VAULT_TOKEN": "t", "VAULT_CACERT": "no-such-file.pem"})


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_what_is_no_vault_is_told(status: str) -> None:
    with (
        answering((status, "<html>canary-page</html>")) as (address, _),
        pytest.raises(Unreachable) as caught,
    ):
        login({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})

    assert "is not a Vault" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_v6_an_error_page_is_not_passed_on() -> None:
    with (
        answering(("500 Oops", '{"errors":["canary-value"]}')) as (address, _),
        pytest.raises(VaultError) as caught,
    ):
        login({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
