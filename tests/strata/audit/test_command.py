import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from model.identity import IDENTITIES
from strata.audit.command import reader
from strata.audit.declared import declared
from strata.github import Client
from strata.github.errors import NotConfigured
from strata.outcome import Exit
from strata.project import Project
from tests.model import github
from tests.strata.audit.github import REPOSITORY, Gates
from tests.strata.conftest import Here


@pytest.fixture
def gates(here: Here, monkeypatch: pytest.MonkeyPatch) -> Gates:
    """GitHub has all that is declared, except the ruleset."""
    here.stack_file("production", reviewerTeams=[1001])
    served = {}
    for gate in declared(Project.here()).gates:
        served |= github.served(gate)
    answering = Gates({**served, "rulesets": []})
    monkeypatch.setattr(Client, "from_env", lambda env, repository: answering.client())
    return answering


def test_g4_the_command_tells_differences_and_ends_with_1(
    gates: Gates, strata: Callable[..., Result]
) -> None:
    ended = strata("audit")

    assert ended.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert ended.stdout == "different  ruleset strata-main: there is no such ruleset\n"
    assert "Next: `pulumi up --refresh --stack STACK`" in ended.stderr


def test_g4_one_stack_is_asked_about_alone(gates: Gates, strata: Callable[..., Result]) -> None:
    ended = strata("audit", "--stack", "production")

    assert ended.exit_code == Exit.OK
    assert ended.stdout == "as declared: environment production, environment production-observe\n"
    assert not [path for path in gates.asked if path.startswith("actions/secrets")]


def test_the_json_says_the_same(gates: Gates, strata: Callable[..., Result]) -> None:
    said = json.loads(strata("audit", "--json").stdout)

    assert said["differences"] == [{"where": "ruleset strata-main", "what": "there is no such ruleset"}]
    assert len(said["looked_at"]) == len(IDENTITIES) + 2


@pytest.mark.parametrize(
    ("env", "sent"),
    [
        ({"STRATA_GITHUB_TOKEN": "minted", "GITHUB_TOKEN": "the job's"}, "minted"),
        ({"GITHUB_TOKEN": "a person's"}, "a person's"),
    ],
)
def test_a_job_looks_with_the_token_that_was_minted_for_it(env: dict[str, str], sent: str) -> None:
    with reader({**env, "GITHUB_REPOSITORY": REPOSITORY}, repository="finance_report") as client:
        assert client._http.headers["authorization"] == f"Bearer {sent}"


def test_without_a_token_the_command_says_which_variable_is_missing(
    here: Here, strata: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "STRATA_GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotConfigured, match="GITHUB_TOKEN"):
        reader({"GITHUB_OWNER": "x"}, repository="y")
    here.stack_file("production", reviewerTeams=[1001])

    assert strata("audit").exit_code == Exit.FAILED
