"""A PR's stack: everything from the commit, nothing of staging or production."""

from tests.program.conftest import COMMIT, PREVIEW_REF, Program


def test_p7_what_is_deployed_is_a_commit(program: Program) -> None:
    run = program.run_preview()

    assert run.one("pr-12-preview-deployment").inputs["commit"] == COMMIT
    assert run.one("pr-12-preview-compose").inputs["git_branch"] == PREVIEW_REF


def test_p2_a_pull_request_has_no_gate_no_vault_no_registry(program: Program) -> None:
    run = program.run_preview()

    kinds = {one.type.rsplit(":", 1)[1] for one in run.resources}
    assert kinds == {"Preview", "Tier", "Project", "Environment", "Compose", "Domain", "Deployment"}


def test_the_volumes_go_with_the_pull_request(program: Program) -> None:
    run = program.run_preview()

    assert run.one("pr-12-preview-compose").inputs["delete_volumes"] is True


def test_a_run_without_a_source_keeps_the_deployed_commit(program: Program) -> None:
    first = program.run_preview()
    program.world.outputs["pr-12"] = first.exports
    program.unset("PREVIEW_REF", "PREVIEW_COMMIT", "PREVIEW_COMPOSE")

    second = program.run("pr-12")

    assert second.error is None
    assert second.graph() == first.graph()
    assert [dict(one.inputs) for one in second.of("Compose")] == [
        dict(one.inputs) for one in first.of("Compose")
    ]


def test_the_repository_is_cloned_from_the_owner_of_the_environment(program: Program) -> None:
    program.set(GITHUB_OWNER="someone", GITHUB_SERVER_URL="http://127.0.0.1:1/")

    run = program.run_preview()

    assert (
        run.one("pr-12-preview-compose").inputs["git_url"] == "http://127.0.0.1:1/someone/finance_report.git"
    )


def test_a_pull_request_puts_out_what_people_and_later_runs_need(program: Program) -> None:
    run = program.run_preview()

    assert sorted(run.exports) == ["commit", "healthUrl", "links", "preview", "url"]
