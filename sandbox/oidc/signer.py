"""The issuer's key: what it signs with, and what it shows to those who check."""

from enum import StrEnum
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from sandbox.folder import Folder, write_private

ALGORITHM = "RS256"
KEY_ID = "sandbox"
_BITS = 2048


class Flaw(StrEnum):
    """What may be wrong with a token, for tests; GitHub itself makes no such one."""

    NONE = "none"
    EXPIRED = "expired"
    OTHER_KEY = "other-key"
    UNSIGNED = "unsigned"
    SHARED_SECRET = "shared-secret"  # noqa: S105  # a word: HS256 with the public key as its secret
    OTHER_ISSUER = "other-issuer"


class Signer:
    """One RSA key, kept in the sandbox's folder: Vault goes on trusting it after a restart.

    Args:
        folder: of the sandbox.
    """

    def __init__(self, folder: Folder) -> None:
        place = folder.keys / "oidc.key"
        if not place.exists():
            write_private(place, _pem(_generated()))
        loaded = load_pem_private_key(place.read_bytes(), password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError(f"{place} does not hold an RSA key")
        self._key = loaded

    def jwks(self) -> dict[str, Any]:
        """The public key, as `/jwks` answers it."""
        shown = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**shown, "kid": KEY_ID, "alg": ALGORITHM, "use": "sig"}]}

    def sign(self, claims: dict[str, Any], flaw: Flaw = Flaw.NONE) -> str:
        """A token with these claims, or one that must be refused."""
        head = {"kid": KEY_ID}
        match flaw:
            case Flaw.UNSIGNED:
                return jwt.encode(claims, key="", algorithm="none", headers=head)
            case Flaw.SHARED_SECRET:
                # The public modulus as the secret: what a verifier that mixes up algorithms would take.
                secret = self.jwks()["keys"][0]["n"]
                return jwt.encode(claims, key=secret, algorithm="HS256", headers=head)
            case Flaw.OTHER_KEY:
                return jwt.encode(claims, key=_generated(), algorithm=ALGORITHM, headers=head)
        return jwt.encode(claims, key=self._key, algorithm=ALGORITHM, headers=head)


def _generated() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
