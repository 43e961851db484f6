"""The sandbox's own certificate authority: clients check TLS for real, they only trust one more CA."""

import hashlib
import ipaddress
import os
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.folder import Folder, write_private

_SKEW = timedelta(days=1)
_CA_LIFE = timedelta(days=3650)
_LEAF_LIFE = timedelta(days=390)  # Apple's clients refuse more than 398 days
_RENEW_BEFORE = timedelta(days=30)


class Authority:
    """A certificate authority in the sandbox's folder, made at first use.

    Args:
        folder: `ca.pem` is written to it; keys lie in its `keys/`, which only the owner reads.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        key_file = folder.keys / "ca.key"
        if not (folder.ca.exists() and key_file.exists()):
            key = ec.generate_private_key(ec.SECP256R1())
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Strata sandbox")])
            certificate = (
                _builder(subject=name, issuer=name, key=key, life=_CA_LIFE)
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                .add_extension(_usage(ca=True), critical=True)
                .sign(key, hashes.SHA256())
            )
            write_private(key_file, _pem(key))
            folder.ca.write_bytes(certificate.public_bytes(Encoding.PEM))
        self._certificate = x509.load_pem_x509_certificate(folder.ca.read_bytes())
        loaded = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file} does not hold an EC key")
        self._key = loaded

    def issue(self, names: Sequence[str]) -> Path:
        """One PEM file with key and certificate for these host names or addresses; renewed 30 days ahead."""
        label = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]
        path = self._folder.keys / f"{label}.pem"
        if not (path.exists() and self._lasts(path)):
            write_private(path, self._leaf(names))
        return path

    def context(self, names: Sequence[str]) -> ssl.SSLContext:
        """A server's TLS context for these host names or addresses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.issue(names))
        return context

    def _lasts(self, path: Path) -> bool:
        leaf = x509.load_pem_x509_certificate(path.read_bytes())
        try:
            leaf.verify_directly_issued_by(self._certificate)
        except Exception:  # noqa: BLE001  # whatever is wrong with it, a new one is made
            return False
        return leaf.not_valid_after_utc > datetime.now(UTC) + _RENEW_BEFORE

    def _leaf(self, names: Sequence[str]) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        issued = (
            _builder(subject=subject, issuer=self._certificate.subject, key=key, life=_LEAF_LIFE)
            .add_extension(x509.SubjectAlternativeName([_general_name(n) for n in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        return _pem(key) + issued.public_bytes(Encoding.PEM).decode()


def write_bundle(folder: Folder) -> None:
    """Write what `SSL_CERT_FILE` names: the system's authorities and ours, so that other TLS still works."""
    system = next((p for p in _system_bundles(folder) if p.is_file()), None)
    public = system.read_text() if system else ""
    folder.bundle.write_text(f"{public.rstrip()}\n{folder.ca.read_text()}".lstrip())


def _system_bundles(folder: Folder) -> list[Path]:
    defaults = ssl.get_default_verify_paths()
    candidates = [
        os.environ.get("SSL_CERT_FILE"),
        defaults.cafile,
        defaults.openssl_cafile,
        "/etc/ssl/cert.pem",
    ]
    return [Path(c) for c in candidates if c and c != str(folder.bundle)]


def _builder(
    *, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
