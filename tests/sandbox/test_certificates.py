import asyncio
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from sandbox import certificates
from sandbox.certificates import Authority
from sandbox.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "sandbox")
    made.make()
    return made


def handshake(folder: Folder, *, served: list[str], asked: str, trusted: Path) -> str:
    """Connect over TLS to a server with a certificate for `served`, expecting the name `asked`."""

    async def talk() -> str:
        async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=Authority(folder).context(served))
        async with server:
            reader, writer = await asyncio.open_connection(
                *server.sockets[0].getsockname(),
                ssl=ssl.create_default_context(cafile=trusted),
                server_hostname=asked,
            )
            heard = await reader.read()
            writer.close()
            await writer.wait_closed()
            return heard.decode()

    return asyncio.run(talk())


@pytest.mark.parametrize("name", ["report.zitian.party", "127.0.0.1", "localhost"])
def test_who_trusts_the_authority_trusts_what_it_issues(folder: Folder, name: str) -> None:
    assert handshake(folder, served=[name], asked=name, trusted=folder.ca) == "hello"


def test_a_name_that_was_not_issued_is_refused(folder: Folder) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, served=["a.zitian.party"], asked="b.zitian.party", trusted=folder.ca)


def test_the_authority_stays_the_same_over_a_restart(folder: Folder) -> None:
    first, again = Authority(folder).issue(["a.b"]), Authority(folder).issue(["a.b"])

    assert (first, first.read_bytes()) == (again, again.read_bytes())


def test_a_certificate_of_a_lost_authority_is_issued_anew(folder: Folder) -> None:
    before = Authority(folder).issue(["a.b"]).read_bytes()
    folder.ca.unlink()

    assert Authority(folder).issue(["a.b"]).read_bytes() != before
    assert handshake(folder, served=["a.b"], asked="a.b", trusted=folder.ca) == "hello"


def test_the_bundle_adds_the_authority_to_those_that_were_trusted(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    companys = Folder(tmp_path / "company")
    companys.make()
    Authority(companys)
    Authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(companys.ca))
    certificates.write_bundle(folder)

    bundled = x509.load_pem_x509_certificates(folder.bundle.read_bytes())
    assert bundled == [x509.load_pem_x509_certificate(f.ca.read_bytes()) for f in (companys, folder)]


def test_a_second_start_from_the_sandboxs_own_shell_does_not_pile_up(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authority(folder)
    certificates.write_bundle(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder.bundle))
    certificates.write_bundle(folder)

    assert folder.bundle.read_text().count(folder.ca.read_text()) == 1
