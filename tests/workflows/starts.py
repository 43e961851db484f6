"""What starts each workflow, and the variables of all its jobs: a table, as `order.py` is."""

from tests.workflows.parts import File

NUMBER = "${{ github.event.pull_request.number || inputs.number }}"


def asked(**inputs: str) -> dict[str, dict[str, str]]:
    return {"inputs": inputs}


FILES = {
    "ci.yml": File(on={"pull_request": None, "push": {"branches": ["main"]}}),
    "drift.yml": File(on={"schedule": [{"cron": "41 5 * * *"}], "workflow_dispatch": None}),
    "pr-test.yml": File(
        on={
            "pull_request_target": {
                "types": ["opened", "reopened", "synchronize", "labeled", "unlabeled", "closed"]
            },
            "workflow_dispatch": asked(number="number"),
        },
        env={"NUMBER": NUMBER},
    ),
    "production-deploy.yml": File(
        on={"release": {"types": ["published"]}, "workflow_dispatch": asked(dry_run="boolean")},
        env={"TAG": "${{ github.ref_name }}"},
    ),
    "rollback.yml": File(on={"workflow_dispatch": None}, env={"TAG": "${{ github.ref_name }}"}),
    "staging-deploy.yml": File(
        on={
            "workflow_run": {"workflows": ["CI"], "types": ["completed"], "branches": ["main"]},
            "workflow_dispatch": asked(commit="string", older="boolean"),
        },
        env={
            "COMMIT": "${{ github.event.workflow_run.head_sha || inputs.commit }}",
            "ALLOW_OLDER": "${{ inputs.older || 'false' }}",
        },
    ),
    "sweep.yml": File(
        on={"schedule": [{"cron": "23 * * * *"}], "workflow_dispatch": asked(dry_run="boolean")}
    ),
}
