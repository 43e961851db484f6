"""What the program asks of Vault, and what of it reaches a resource."""

import json
from typing import Any

import pytest

from tests.program import recording
from tests.program.conftest import Program
from tests.program.vault import CANARY, TOKEN


def secret_versions(run: recording.Run, name: str) -> dict[str, Any]:
    return dict(run.one(name).inputs["secret_versions"])


@pytest.mark.parametrize("preview", [True, False])
def test_v1_neither_a_value_nor_the_token_reaches_a_resource_or_an_output(
    program: Program, *, preview: bool
) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging", preview=preview)

    written = json.dumps([dict(one.inputs) for one in run.resources] + [run.exports], default=str)
    assert len(written) > 1000
    held = (CANARY, TOKEN, "github-token", "dokploy-key", "registry-password")
    assert [secret for secret in held if f'"{secret}' in written] == []
    assert CANARY not in written


def test_v3_the_values_of_a_service_are_never_asked_for(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    program.run("staging")

    asked = [path for path in program.vault.asked if "/data/" in path]
    assert asked == ["GET secret/data/finance_report/staging/deploy"]


def test_a_preview_prolongs_no_token(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    program.run("staging", preview=True)

    assert program.vault.renewals == 0


def test_an_up_prolongs_the_token_with_which_dokploy_reads(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    program.run("staging")

    assert program.vault.renewals == 1


def test_v4_a_rotated_secret_is_an_input_of_its_consumers_only(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.vault.versions["finance_report/staging/backend"] = 2

    run = program.run("staging")

    path = "finance_report/staging/backend"
    assert secret_versions(run, "staging-app-deployment")[path] == 2
    assert path not in secret_versions(run, "staging-data-deployment")


def test_a_pull_request_asks_vault_for_nothing(program: Program) -> None:
    program.unset("VAULT_ADDR", "VAULT_TOKEN")

    run = program.run_preview()

    assert run.error is None
    assert program.vault.asked == []


def test_the_vault_that_dokploy_reads_may_have_another_address_than_ours(program: Program) -> None:
    program.set(RELEASE="v1.0.0", DOKPLOY_VAULT_ADDR="http://vault.internal:8200")

    run = program.run("staging")

    assert run.one("staging-vault").inputs["url"] == "http://vault.internal:8200"
