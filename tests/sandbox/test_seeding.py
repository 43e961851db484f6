"""`strata` itself is another room: here a stand-in notes what it was asked for."""

import sys
from pathlib import Path

import pytest

from sandbox.errors import SeedingFailed
from sandbox.seeding import Administrator

NOTING = """
import os, sys
with open(sys.argv[1], "a") as notes:
    print(*sys.argv[2:], os.environ["VAULT_TOKEN"], os.environ["DOKPLOY_API_KEY"], file=notes)
"""
FAILING = "import sys; print('Vault is sealed'); sys.exit(3)"


def variables() -> dict[str, str]:
    return {"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "", "DOKPLOY_API_KEY": "key"}


def test_the_administrator_runs_the_commands_that_a_real_server_gets(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    strata = [sys.executable, "-c", NOTING, str(notes)]
    Administrator(variables(), token="root", strata=strata).prepare(lambda _: None)

    lines = notes.read_text().splitlines()
    assert lines[0] == "vault policies --apply root key"
    assert sorted(lines[1:]) == [
        f"vault {what} {name} root key" for what in ("connect", "seed") for name in ("production", "staging")
    ]


def test_dokploy_is_connected_after_its_secrets_are_there(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    strata = [sys.executable, "-c", NOTING, str(notes)]
    Administrator(variables(), token="root", strata=strata).prepare(lambda _: None)

    of_staging = [line.split()[1] for line in notes.read_text().splitlines() if " staging " in line]
    assert of_staging == ["seed", "connect"]


def test_v8_roles_that_wait_for_their_gates_do_not_fail_the_seeding() -> None:
    refused = [sys.executable, "-c", "import sys; sys.exit(1 if 'policies' in sys.argv else 0)"]

    Administrator(variables(), token="root", strata=refused).prepare(lambda _: None)


def test_o3_a_command_that_fails_is_shown_with_its_output_and_the_next_step() -> None:
    administrator = Administrator(variables(), token="root", strata=[sys.executable, "-c", FAILING])

    with pytest.raises(SeedingFailed) as error:
        administrator.prepare(lambda _: None)
    for text in ("`strata vault policies --apply`", "exit code 3", "Vault is sealed", "make sandbox"):
        assert text in str(error.value)
