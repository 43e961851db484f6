"""The keys and passwords of one sandbox: random, made once, kept in one file that only its owner reads."""

import json
import secrets
from dataclasses import asdict, dataclass, replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.folder import Folder, read_json, write_private

REGISTRY_USERNAME = "strata"
"""The user that reads from the registry; the same for every host name it stands for."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person or a CI job would hold.

    Attributes:
        dokploy_api_key: Dokploy's `x-api-key`.
        github_token: bearer token of the GitHub endpoints.
        registry_password: of the registry user `strata`.
        passphrase: of the stacks' secrets (`PULUMI_CONFIG_PASSPHRASE`).
        vault_token: the operator's, who may deploy staging and production; empty before seeding.
            The administrator's token is not here: it stays in `openbao/`.
        github_app_key: private key (PEM) of the GitHub App that the sandbox's GitHub knows.
    """

    dokploy_api_key: str
    github_token: str
    registry_password: str
    passphrase: str
    vault_token: str = ""
    github_app_key: str = ""

    @property
    def github_app_public_key(self) -> str | None:
        """PEM of what the App's signatures are checked with; `None` in a folder made without an App."""
        if not self.github_app_key:
            return None
        private = serialization.load_pem_private_key(self.github_app_key.encode(), password=None)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def load(folder: Folder) -> Credentials:
    """The sandbox's credentials, made at first use."""
    known = read_json(folder.credentials)
    if known is not None:
        return Credentials(**known)
    made = Credentials(
        dokploy_api_key=secrets.token_urlsafe(32),
        github_token=secrets.token_urlsafe(32),
        registry_password=secrets.token_urlsafe(24),
        passphrase=secrets.token_urlsafe(24),
        github_app_key=_app_key(),
    )
    write_private(folder.credentials, json.dumps(asdict(made)))
    return made


def keep_vault_token(folder: Folder, token: str) -> Credentials:
    """Remember the operator's Vault token."""
    known = replace(load(folder), vault_token=token)
    write_private(folder.credentials, json.dumps(asdict(known)))
    return known


def _app_key() -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
