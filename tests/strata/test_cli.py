import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from strata import cli, vault_commands
from strata.outcome import Exit
from tests.strata.conftest import ROOT, Here

Strata = Callable[..., Result]


def test_o2_the_exit_codes_are_documented_in_the_help(strata: Strata) -> None:
    said = " ".join(re.sub(r"[│╭╮╰╯─]", " ", strata("--help").stdout).split())

    for code in Exit:
        assert re.search(rf"\b{code.value}\b", said), code


def test_help_imports_no_room() -> None:
    program = (
        "import sys; import strata.cli; "
        "heavy = {'hvac', 'pulumi', 'httpx', 'pydantic', 'vault', 'model', 'dokploy_provider', 'yaml'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "strata.cli", "layers"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("| # | Layer | Stack |")


def test_layers_prints_the_table_of_the_model(strata: Strata) -> None:
    from model.layers import markdown_table

    assert strata("layers").stdout == markdown_table() + "\n"


def test_an_unknown_stack_is_a_usage_error_that_names_the_stacks(strata: Strata, here: Here) -> None:
    result = strata("releases", "stagin")

    assert result.exit_code == Exit.USAGE
    assert "Did you mean 'staging'" in result.stderr


def test_without_a_project_the_way_is_named(
    strata: Strata, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here.folder.parent)

    result = strata("status")

    assert result.exit_code == Exit.FAILED
    assert "no Pulumi.yaml" in result.stderr
    assert "Next: change into the checkout" in result.stderr


def test_o3_an_error_of_a_room_is_one_paragraph_without_a_traceback(strata: Strata, here: Here) -> None:
    result = strata("vault", "seed", "staging")

    assert result.exit_code == Exit.FAILED
    assert (
        result.stderr
        == "strata: VAULT_ADDR is not set. Next: export VAULT_ADDR=https://<host of your Vault>.\n"
    )


def test_v1_a_defect_ends_with_its_place_and_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(name: str) -> None:
        raise ValueError("canary-value")

    monkeypatch.setattr(vault_commands, "_of", breaks)

    result = CliRunner().invoke(cli.app, ["vault", "seed", "staging"])

    assert result.exit_code == Exit.DEFECT
    assert "ValueError at test_cli.py:" in result.stderr
    assert "canary-value" not in result.output


def test_strata_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, here: Here, strata: Strata
) -> None:
    monkeypatch.setenv("STRATA_DEBUG", "1")

    assert "Traceback" in strata("vault", "seed", "staging").stderr


@pytest.mark.parametrize("words", [["nonsense"], ["logs"], ["vault", "seed"], ["status", "--nonsense"]])
def test_wrong_words_end_with_the_usage_code(strata: Strata, words: list[str]) -> None:
    assert strata(*words).exit_code == Exit.USAGE


def test_the_sandbox_is_mounted(strata: Strata) -> None:
    assert "deploy" in strata("sandbox", "--help").stdout
