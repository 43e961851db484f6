import pytest

from components.gate_held import is_held

JOB = {"GITHUB_ACTIONS": "true", "STRATA_GITHUB_TOKEN": "minted"}


@pytest.mark.parametrize(
    ("env", "run", "held"),
    [
        (JOB, "up", True),
        (JOB, "preview", False),
        ({"GITHUB_ACTIONS": "true"}, "up", False),
        ({"STRATA_GITHUB_TOKEN": "minted"}, "up", False),
        ({}, "up", False),
    ],
)
def test_a_deploy_jobs_up_may_not_change_gates_and_a_preview_may_show_it(
    env: dict[str, str], run: str, *, held: bool
) -> None:
    assert is_held(env, dry_run=run == "preview") is held
