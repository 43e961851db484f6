import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from strata.errors import UsageError
from strata.health import Health, State, probe, tls, transport

URL = "http://report-staging.example.test"
WELL = b'{"status": "ok", "version": "v1", "commit": "abc", "checks": {}}'


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: response)


def test_o1_a_healthy_stack_says_version_and_commit() -> None:
    answer = httpx.Response(200, json={"status": "ok", "version": "v1.0.1", "commit": "abc", "checks": {}})

    assert probe(URL, answering(answer)) == Health(state=State.HEALTHY, version="v1.0.1", commit="abc")


def test_o1_an_unhealthy_stack_names_what_fails() -> None:
    body = {
        "status": "unavailable",
        "version": "v1",
        "commit": "abc",
        "checks": {"database": "unreachable", "cache": "ok", "storage": False},
    }

    health = probe(URL, answering(httpx.Response(503, json=body)))

    assert str(health) == "unhealthy (503, database, storage)"


@pytest.mark.parametrize(
    "response", [httpx.Response(404, text="404 page"), httpx.Response(200, text="<html>")]
)
def test_o1_an_answer_that_is_no_json_is_no_health(response: httpx.Response) -> None:
    assert probe(URL, answering(response)).state is State.UNHEALTHY


@pytest.mark.parametrize(
    ("body", "said"),
    [({}, "status, version, commit, checks"), ({"status": "ok", "version": "v1"}, "commit, checks")],
)
def test_c8_a_200_that_does_not_say_what_health_says_is_not_healthy(body: dict[str, str], said: str) -> None:
    health = probe(URL, answering(httpx.Response(200, json=body)))

    assert str(health) == f"unhealthy (200, without {said})"


def test_o1_no_connection_is_unreachable() -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert str(probe(URL, httpx.MockTransport(refuses))) == "unreachable (ConnectError)"


def test_o1_a_stack_without_an_address_is_not_asked() -> None:
    assert probe("", answering(httpx.Response(500))).state is State.NO_ADDRESS


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[str]]]:
    """Address of a server that notes the Host header of each request, with TLS if a context is given."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(WELL)))
            self.end_headers()
            self.wfile.write(WELL)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", hosts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_strata_connect_to_leads_every_host_to_one_address() -> None:
    with serving() as (target, hosts):
        health = probe(URL, transport({"STRATA_CONNECT_TO": target}))

    assert health.state is State.HEALTHY
    assert hosts == ["report-staging.example.test"]


def test_strata_connect_to_asks_for_the_certificate_of_the_urls_host(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "staging")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("report-staging.example.test")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle, secret = tmp_path / "ca.pem", tmp_path / "key.pem"
    bundle.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, secret)

    with serving(context) as (target, _):
        env = {"STRATA_CONNECT_TO": target, "SSL_CERT_FILE": str(bundle)}

        assert probe("https://report-staging.example.test", transport(env)).state is State.HEALTHY
        assert probe("https://report.example.test", transport(env)).state is State.UNREACHABLE


def test_a_ca_bundle_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="SSL_CERT_FILE names /nowhere/ca"):
        tls({"SSL_CERT_FILE": "/nowhere/ca.pem"})


def test_certificates_are_checked_by_default() -> None:
    assert tls({}).verify_mode is ssl.CERT_REQUIRED
