"""What an `up` in a deploy job and a plain one do about gates that are not as declared."""

from tests.model import github
from tests.model.plans import standing
from tests.program.conftest import Program

STAGING = standing("staging").gates
RULESET = standing("staging").ruleset


def as_job(program: Program) -> None:
    program.set(GITHUB_ACTIONS="true", STRATA_GITHUB_TOKEN="minted", RELEASE="v1.0.0")


def stand(program: Program) -> None:
    """GitHub has the gates of staging as they are declared."""
    for gate in STAGING:
        program.world.github |= github.served(gate)
    assert RULESET is not None
    program.world.github |= github.served_ruleset(RULESET)


def test_a_job_whose_gates_stand_as_declared_deploys(program: Program) -> None:
    stand(program)
    as_job(program)

    assert program.run("staging").error is None


def test_a_job_that_would_change_a_gate_ends_before_the_first_resource(program: Program) -> None:
    stand(program)
    program.runs("staging", "v1.0.0")
    del program.world.github["environments/plan"]
    program.world.github["rulesets"] = []
    program.world.github["environments/staging"]["can_admins_bypass"] = True
    as_job(program)

    run = program.run("staging")

    assert run.resources == []
    assert run.error is not None
    assert "a deploy job may not change a gate; nothing was changed" in run.error
    assert "gate staging: administrators may pass without approval" in run.error
    assert "gate plan: there is no such environment" in run.error
    assert "ruleset strata-main: there is no such ruleset" in run.error
    assert "an administrator runs `strata audit`, then `pulumi up --refresh --stack staging`" in run.error


def test_the_same_change_from_an_administrators_machine_is_made(program: Program) -> None:
    program.set(RELEASE="v1.0.0")
    program.unset("STRATA_GITHUB_TOKEN")

    run = program.run("staging")

    assert run.error is None
    assert "plan-gate-environment" in {one.name for one in run.resources}


def test_a_plan_in_a_job_shows_the_change(program: Program) -> None:
    as_job(program)

    assert program.run("staging", preview=True).error is None


def test_a_run_of_what_runs_already_asks_github_nothing(program: Program) -> None:
    program.unset("STRATA_GITHUB_TOKEN")
    program.runs("staging", "v1.0.0")
    program.world.github_refuses = "nobody should ask"

    assert program.run("staging").error is None
