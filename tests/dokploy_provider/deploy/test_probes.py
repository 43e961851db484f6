"""D4: what a URL's answer means."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dokploy_provider.context import Context
from dokploy_provider.deploy.probes import Answer, Prober, Verdict
from dokploy_provider.models.deployment import Probe
from tests.dokploy_provider.scripted import Scripted

HEALTH = Probe(
    url="https://report.zitian.party/health",
    content_type="application/json",
    keys=["status", "commit"],
    identity=True,
)
PAGE = Probe(url="https://report.zitian.party/", content_type="text/html")
GOOD = {"status": "ok", "commit": "c1"}


def _ask(answer: Any, probe: Probe = HEALTH) -> Answer:
    def handler(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    with Prober(Scripted().here(web=httpx.MockTransport(handler))) as prober:
        return prober.ask(probe, commit="c1")


def test_the_expected_answer_is_right() -> None:
    assert _ask(GOOD).verdict is Verdict.RIGHT


def test_a_page_of_the_expected_type_is_right() -> None:
    assert _ask(httpx.Response(200, html="<p>"), PAGE).verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    "answer",
    [
        *(httpx.Response(status) for status in (301, 401, 404, 500, 502, 503, 504)),
        httpx.ConnectError("connection refused"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        httpx.ReadTimeout("slow"),
    ],
    ids=str,
)
def test_what_may_still_become_right_is_pending(answer: Any) -> None:
    assert _ask(answer).verdict is Verdict.PENDING


def test_a_certificate_that_is_not_ready_is_called_so() -> None:
    assert "TLS is not ready" in _ask(httpx.ConnectError("certificate verify failed")).text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (httpx.Response(200, html="<title>Sign in</title>"), "text/html instead of application/json"),
        (httpx.Response(200, text="{", headers={"content-type": "application/json"}), "JSON object"),
        ([], "JSON object"),
        ({"status": "ok"}, "without commit"),
        ({**GOOD, "commit": "c2"}, "says commit c2, but the image that runs carries c1"),
    ],
)
def test_a_wrong_payload_is_wrong_at_once(answer: Any, text: str) -> None:
    found = _ask(answer)

    assert found.verdict is Verdict.WRONG
    assert text in found.text


def test_the_first_that_is_not_right_is_told() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=GOOD) if request.url.path == "/health" else httpx.Response(404)

    with Prober(Scripted().here(web=httpx.MockTransport(handler))) as prober:
        assert prober.ask_all([HEALTH, PAGE], commit="c1").text == "https://report.zitian.party/: status 404"
        assert prober.ask_all([HEALTH], commit="c1").verdict is Verdict.RIGHT
        assert prober.ask_all([], commit=None).verdict is Verdict.RIGHT


def test_connect_to_keeps_the_host_in_header_and_sni() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    here = Scripted().here(web=httpx.MockTransport(handler), connect_to="127.0.0.1:8443")
    with Prober(here) as prober:
        prober.ask(HEALTH, commit="c1")

    assert str(seen[0].url) == "https://127.0.0.1:8443/health"
    assert seen[0].headers["host"] == "report.zitian.party"
    assert seen[0].extensions["sni_hostname"] == "report.zitian.party"


class TlsServer:
    """Answers every connection with one health document, under a certificate of its own."""

    def __init__(self, folder: Path, host: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file = folder / "key.pem"
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca_file, key_file)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        body = b'{"status":"ok","commit":"c1"}'
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    with self._context.wrap_socket(connection, server_side=True) as tls:
                        tls.recv(65536)
                        tls.sendall(head.encode() + body)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    server = TlsServer(tmp_path, "report.zitian.party")
    yield server
    server.close()


def _here(tls: TlsServer, **changed: Any) -> Context:
    return Scripted().here(connect_to=f"127.0.0.1:{tls.port}", **changed)


def test_a_host_without_dns_is_asked_over_tls_by_its_own_name(tls: TlsServer) -> None:
    with Prober(_here(tls, ca_file=str(tls.ca_file))) as prober:
        assert prober.ask(HEALTH, commit="c1").verdict is Verdict.RIGHT


def test_a_proxy_in_the_environment_is_not_asked_for_an_address_that_was_given(
    tls: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Prober(_here(tls, ca_file=str(tls.ca_file))) as prober:
        assert prober.ask(HEALTH, commit="c1").verdict is Verdict.RIGHT


def test_a_certificate_for_another_host_is_not_ready(tls: TlsServer) -> None:
    other = HEALTH.model_copy(update={"url": "https://other.zitian.party/health"})
    with Prober(_here(tls, ca_file=str(tls.ca_file))) as prober:
        assert "TLS is not ready" in prober.ask(other, commit="c1").text


def test_a_certificate_of_an_unknown_authority_is_not_ready(tls: TlsServer) -> None:
    with Prober(_here(tls)) as prober:
        assert "TLS is not ready" in prober.ask(HEALTH, commit="c1").text
