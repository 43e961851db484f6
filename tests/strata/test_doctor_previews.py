"""P10: what the previews' key sees, tried with the key that Vault holds."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from typer.testing import Result

from strata.outcome import Exit
from tests.strata.conftest import FakeDokploy, Here
from tests.strata.test_doctor import write_policies
from tests.vault.conftest import Server

KEY = "preview-key-canary"
PRODUCTION = "made by strata strata:finance-report/production/environment"


@pytest.fixture
def keep(administrator: Server, here: Here) -> Callable[..., None]:
    """Write the previews' deploy path."""

    def write(**fields: str) -> None:
        administrator.root.secrets.kv.v2.create_or_update_secret(
            path=f"{here.app}/preview/deploy", mount_point=here.mount, secret=fields
        )

    return write


@pytest.fixture
def shows(dokploy: FakeDokploy) -> Callable[..., None]:
    """What the only project of the previews' Dokploy holds: environment names and descriptions."""

    def hold(environments: Mapping[str, str | None]) -> None:
        rows: list[dict[str, Any]] = [
            {"name": name, "description": text} for name, text in environments.items()
        ]
        dokploy.answers["project.all"] = lambda params: [{"projectId": "p1"}]
        dokploy.answers["project.one"] = lambda params: {
            "projectId": params["projectId"],
            "environments": rows,
        }

    return hold


def told(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if "  previews  " in line]


def test_p10_a_key_that_sees_production_fails_and_says_what_to_do(
    strata: Callable[..., Result], keep: Callable[..., None], shows: Callable[..., None]
) -> None:
    keep(DOKPLOY_URL="http://dokploy.test", DOKPLOY_API_KEY=KEY)
    shows({"production": PRODUCTION, "pr-1": "strata:finance-report/pr-1/environment"})

    result = strata("doctor")

    (line,) = told(result)
    assert line.startswith("fail")
    assert "sees production" in line
    assert "previewsBesideStanding" in line
    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert KEY not in result.output


def test_p10_a_server_that_has_only_dokploys_own_environment_production_is_apart(
    strata: Callable[..., Result], keep: Callable[..., None], shows: Callable[..., None]
) -> None:
    keep(DOKPLOY_URL="http://dokploy.test", DOKPLOY_API_KEY=f"{KEY}\n")
    shows({"production": None, "pr-1": "strata:finance-report/pr-1/environment"})

    (line,) = told(strata("doctor"))

    assert line.startswith("ok")
    assert "sees neither staging nor production" in line


def test_p10_a_key_beside_production_is_fine_where_the_settings_acknowledge_it(
    strata: Callable[..., Result], here: Here, keep: Callable[..., None], shows: Callable[..., None]
) -> None:
    here.stack_file("staging", previewsBesideStanding=True)
    keep(DOKPLOY_URL="http://dokploy.test", DOKPLOY_API_KEY=KEY)
    shows({"production": PRODUCTION})

    (line,) = told(strata("doctor"))

    assert line.startswith("ok")
    assert "acknowledges" in line


def test_p10_a_path_without_a_key_is_warned_about(
    strata: Callable[..., Result], keep: Callable[..., None], dokploy: FakeDokploy
) -> None:
    keep(DOKPLOY_URL="http://dokploy.test")

    (line,) = told(strata("doctor"))

    assert line.startswith("warn")
    assert "has no DOKPLOY_API_KEY" in line


def test_p10_a_deployer_who_may_not_read_the_key_is_told_that_it_was_not_tried(
    strata: Callable[..., Result],
    here: Here,
    administrator: Server,
    dokploy: FakeDokploy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_policies(administrator, here)
    monkeypatch.setenv("VAULT_TOKEN", administrator.token(f"strata-{here.slug}-staging-deploy", ttl="1h"))

    (line,) = told(strata("doctor"))

    assert "was not tried" in line
