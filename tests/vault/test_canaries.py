"""V1 over the whole room: what is written to logs and said in errors holds no secret."""

import logging

import pytest

from tests.vault.conftest import Server
from vault.connect import connect
from vault.errors import VaultError
from vault.policies import Reads, apply, documents, dokploy_policy
from vault.preflight import secret_versions
from vault.seed import Given, seed
from vault.token import renew

CANARY = "canary-3f9a1c-value"
SERVICE = "finance_report/staging/backend"
DEPLOY = "finance_report/staging/deploy"


def test_v1_no_value_and_no_token_in_logs_reports_and_errors(
    bao: Server, mount: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = []
    tokens: list[str] = []
    required = {SERVICE: frozenset({"SECRET_KEY"})}
    reads = Reads(environment="staging", mount=mount, service_paths=(SERVICE,))

    said.append(
        apply(bao.root, documents(slug=mount, app="finance_report", environments=[reads]), slug=mount)
    )
    given = Given(by_path={SERVICE: {"SECRET_KEY": CANARY}})
    said.append(seed(bao.root, mount=mount, required=required, given=given))
    said.append(secret_versions(bao.root, mount=mount, required=required))
    policy = dokploy_policy(slug=mount, environment="staging")
    for _ in range(2):
        connection = connect(
            bao.root, mount=mount, path=DEPLOY, policy=policy, display_name=policy, hand_over=tokens.append
        )
        said.append(connection)
    said.append(renew(bao.root, mount=mount, path=DEPLOY))
    with pytest.raises(VaultError) as caught:
        secret_versions(bao.root, mount=mount, required={SERVICE: frozenset({"SECRET_KEY", "OTHER"})})
    said.append(caught.value)

    text = caplog.text + repr(said) + str(caught.value)
    assert "POST" in caplog.text
    assert [secret for secret in (CANARY, *tokens) if secret in text] == []
