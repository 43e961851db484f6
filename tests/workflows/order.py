"""The gates' order, as one table: what each job waits for, when it runs, as what, and what it does, in order.

A copy on purpose: whoever changes what stands before production changes a line here too, where it is seen.
`order_rules.py` compares it with the workflows. A step is a line, with its condition, the name that others
ask for it by, and its variables. Not here: the set-up, GitHub's token on a step, time limits, names and
concurrency groups, which have rules of their own.
"""

from tests.workflows.parts import Job, step
from tests.workflows.starts import NUMBER

TRUSTED = {"GITHUB_OWNER": "${{ github.repository_owner }}"}
"""The variables of a job with an environment: which Vault it asks is reviewed code, and no variable."""

CHECKED_OUT = {
    ("staging-deploy.yml", "deploy"): "${{ env.COMMIT }}",
    ("staging-deploy.yml", "release"): "${{ env.COMMIT }}",
}
"""Commits that a job checks out in place of its own run's: those that `evidence` has proved to be on main."""

LOST = (
    "failure() && steps.before.outputs.known == 'true' && (steps.up.outcome == 'failure' || "
    "steps.smoke.outcome == 'failure' || "
    """contains(fromJSON('["down", "wrong"]'), steps.monitor.outputs.result))"""
)
SEEN = """contains(fromJSON('["interrupted", "down", "wrong"]'), steps.monitor.outputs.result)"""
PROVED = "${{ steps.still.outputs.commit }}"
RECORD = 'strata release record production --tag "$TAG"'
NOT_CANCELLED = "${{ !cancelled() }}"
KNOWN = "${{ steps.before.outputs.release }}"
ENGINE = "--yes --skip-preview --non-interactive --stack"
TOLD = '--outcome "$OUTCOME" --go "$GO" --login "$LOGIN" --before "$BEFORE" --lock "$LOCK" --job "$JOB"'
BEFORE_IT = {
    "GO": "${{ steps.before.outputs.go }}",
    "LOGIN": "${{ steps.login.outcome }}",
    "BEFORE": "${{ steps.before.outcome }}",
    "LOCK": "${{ steps.lock.outcome }}",
    "JOB": "${{ job.status }}",
}

ORDER = {
    ("ci.yml", "check"): Job(may="contents:read", steps=(step("make check"),)),
    ("ci.yml", "test"): Job(may="contents:read", steps=(step("make test"),)),
    ("ci.yml", "integration"): Job(may="contents:read", steps=(step("make integration"),)),
    ("ci.yml", "ci-stack"): Job(
        may="contents:read",
        env={"PULUMI_BACKEND_URL": "file://~", "PULUMI_CONFIG_PASSPHRASE": "throwaway"},
        steps=(
            step("make docker"),
            step("pulumi stack init ci --non-interactive"),
            step(f"pulumi up {ENGINE} ci"),
            step("pulumi destroy --yes --skip-preview --remove --non-interactive --stack ci", "always()"),
        ),
    ),
    ("ci.yml", "compose"): Job(may="contents:read", steps=(step("strata verify --only compose"),)),
    ("ci.yml", "plan"): Job(
        when="github.event_name == 'pull_request'"
        " && github.event.pull_request.head.repo.full_name == github.repository",
        environment="plan",
        may="contents:read id-token:write pull-requests:write",
        steps=(
            step("strata login --environment plan"),
            step("strata plan --stack staging --stack production"),
            step("strata logout", "always()"),
        ),
    ),
    ("ci.yml", "required"): Job(
        needs="check test integration ci-stack compose plan",
        when="always()",
        may="contents:read",
        steps=(step("strata ci result", NEEDS="${{ toJSON(needs) }}"),),
    ),
    ("ci.yml", "images"): Job(
        needs="required",
        when="!cancelled() && needs.required.result == 'success'"
        " && github.event_name == 'push' && github.ref == 'refs/heads/main'",
        may="contents:read packages:write",
        steps=(step('strata images push --commit "$COMMIT"', COMMIT="${{ github.sha }}"),),
    ),
    ("staging-deploy.yml", "evidence"): Job(
        when="github.event_name == 'workflow_dispatch' || (github.event.workflow_run.conclusion == 'success'"
        " && github.event.workflow_run.event == 'push')",
        may="actions:read contents:read packages:read",
        outputs={"go": "${{ steps.evidence.outputs.go }}"},
        steps=(step('strata evidence staging --commit "$COMMIT"', called="evidence"),),
    ),
    ("staging-deploy.yml", "deploy"): Job(
        needs="evidence",
        when="needs.evidence.outputs.go == 'true'",
        environment="staging",
        may="actions:read contents:read id-token:write packages:read",
        outputs={"digests": "${{ steps.smoke.outputs.digests }}", "go": "${{ steps.still.outputs.go }}"},
        steps=(
            step("strata login --environment staging"),
            step("strata lock take staging"),
            step('strata evidence staging --commit "$COMMIT"', called="still"),
            step(
                f"pulumi up --refresh {ENGINE} staging",
                "steps.still.outputs.go == 'true'",
                RELEASE="sha-${{ env.COMMIT }}",
            ),
            step('strata smoke staging --commit "$COMMIT"', "steps.still.outputs.go == 'true'", "smoke"),
            step("strata lock release staging", "always()"),
            step("strata logout", "always()"),
        ),
    ),
    ("staging-deploy.yml", "release"): Job(
        needs="deploy",
        when="needs.deploy.outputs.go == 'true'",
        may="contents:write packages:write",
        steps=(
            step(
                'strata release tag --commit "$COMMIT" --digests "$DIGESTS"',
                DIGESTS="${{ needs.deploy.outputs.digests }}",
            ),
        ),
    ),
    ("production-deploy.yml", "evidence"): Job(
        may="actions:read contents:read deployments:read packages:read",
        outputs={"go": "${{ steps.evidence.outputs.go }}"},
        steps=(step('strata evidence production --tag "$TAG"', called="evidence"),),
    ),
    ("production-deploy.yml", "plan"): Job(
        needs="evidence",
        when="needs.evidence.outputs.go == 'true' && inputs.dry_run",
        environment="plan",
        may="contents:read id-token:write packages:read",
        steps=(
            step("strata login --environment plan"),
            step("strata plan --stack production", RELEASE="${{ env.TAG }}"),
            step("strata logout", "always()"),
        ),
    ),
    ("production-deploy.yml", "tag"): Job(
        needs="evidence",
        when="needs.evidence.outputs.go == 'true' && !inputs.dry_run",
        may="contents:read packages:write",
        steps=(step('strata release promote --tag "$TAG"'),),
    ),
    ("production-deploy.yml", "deploy"): Job(
        needs="tag",
        environment="production",
        may="actions:read contents:read deployments:write id-token:write packages:read",
        steps=(
            step("strata login --environment production"),
            step("strata lock take production"),
            step('strata evidence production --tag "$TAG"', called="still"),
            step('strata rollback plan production --deploying "$TAG"', called="before"),
            step(f"pulumi up --refresh {ENGINE} production", called="up", RELEASE="${{ env.TAG }}"),
            step('strata smoke production --commit "$COMMIT"', called="smoke", COMMIT=PROVED),
            step(
                'strata monitor production --minutes 10 --commit "$COMMIT"', called="monitor", COMMIT=PROVED
            ),
            step(
                f'{RECORD} --replaced "$KNOWN" --verified "$VERIFIED"',
                called="kept",
                KNOWN=KNOWN,
                VERIFIED="${{ steps.smoke.outputs.verified }}, ${{ steps.monitor.outputs.verified }}",
            ),
            step("strata login --environment production", LOST),
            step(f"pulumi up --refresh {ENGINE} production", LOST, "back", RELEASE=KNOWN),
            step(
                'strata smoke production --commit "$COMMIT"',
                "failure() && steps.back.outcome == 'success'",
                "proved",
                COMMIT="${{ steps.before.outputs.commit }}",
            ),
            step(
                f'{RECORD} --result "rolled back" --replaced "$KNOWN"',
                "failure() && steps.proved.outcome == 'success'",
                "returned",
                KNOWN=KNOWN,
            ),
            step(
                f'{RECORD} --result failed --replaced "$KNOWN"',
                "failure() && steps.proved.outcome != 'success' && (steps.up.outcome == 'failure' || "
                f"steps.smoke.outcome == 'failure' || {SEEN})",
                KNOWN=KNOWN,
            ),
            step(
                f'{RECORD} --result unseen --replaced "$KNOWN"',
                f"failure() && steps.monitor.outcome == 'failure' && !{SEEN}",
                KNOWN=KNOWN,
            ),
            step(
                f'{RECORD} --result failed --replaced "$KNOWN" --verified cancelled',
                "cancelled() && steps.up.outcome != 'skipped' && "
                "steps.kept.outcome != 'success' && steps.returned.outcome != 'success'",
                KNOWN=KNOWN,
            ),
            step("strata lock release production", "always()"),
            step("strata logout", "always()"),
        ),
    ),
    ("rollback.yml", "cancel"): Job(
        may="actions:write contents:read", steps=(step("strata rollback clear"),)
    ),
    ("rollback.yml", "deploy"): Job(
        needs="cancel",
        when=NOT_CANCELLED,
        environment="production",
        may="contents:read deployments:write id-token:write packages:read",
        steps=(
            step("strata login --environment production"),
            step("strata lock take production"),
            step(f"pulumi up --refresh {ENGINE} production", RELEASE="${{ env.TAG }}"),
            step('strata smoke production --commit "$COMMIT"', called="smoke", COMMIT="${{ github.sha }}"),
            step(
                'strata release record production --tag "$TAG" --verified "$VERIFIED"',
                VERIFIED="back by hand, ${{ steps.smoke.outputs.verified }}",
            ),
            step("strata lock release production", "always()"),
            step("strata logout", "always()"),
        ),
    ),
    ("pr-test.yml", "look"): Job(
        may="contents:read deployments:read pull-requests:write",
        outputs={"action": "${{ steps.look.outputs.action }}", "url": "${{ steps.look.outputs.url }}"},
        steps=(step('strata preview look --pr "$NUMBER"', called="look"),),
    ),
    ("pr-test.yml", "up"): Job(
        needs="look",
        when="needs.look.outputs.action == 'up'",
        environment=f"pr-{NUMBER}",
        may="actions:write contents:write deployments:write id-token:write pull-requests:write",
        steps=(
            step('strata login --environment "pr-$NUMBER"', called="login"),
            step('strata preview before --pr "$NUMBER" --action up', called="before"),
            step('strata lock take "pr-$NUMBER"', "steps.before.outputs.go == 'true'", "lock"),
            step(f'pulumi up --refresh {ENGINE} "pr-$NUMBER"', "steps.before.outputs.go == 'true'", "up"),
            step(
                f'strata preview after --pr "$NUMBER" --action up {TOLD}',
                "always()",
                OUTCOME="${{ steps.up.outcome }}",
                **BEFORE_IT,
            ),
            step('strata lock release "pr-$NUMBER"', "always() && steps.before.outputs.go == 'true'"),
            step("strata logout", "always()"),
        ),
    ),
    ("pr-test.yml", "destroy"): Job(
        needs="look",
        when="needs.look.outputs.action == 'destroy'",
        environment="preview",
        may="actions:write contents:write deployments:write id-token:write pull-requests:write",
        steps=(
            step("strata login --environment preview", called="login"),
            step('strata preview before --pr "$NUMBER" --action destroy', called="before"),
            step('strata lock take "pr-$NUMBER"', "steps.before.outputs.go == 'true'", "lock"),
            step(
                'pulumi destroy --yes --skip-preview --remove --non-interactive --stack "pr-$NUMBER"',
                "steps.before.outputs.go == 'true'",
                "destroy",
            ),
            step(
                f'strata preview after --pr "$NUMBER" --action destroy {TOLD}',
                "always()",
                OUTCOME="${{ steps.destroy.outcome }}",
                **BEFORE_IT,
            ),
            step('strata lock release "pr-$NUMBER"', "always() && steps.before.outputs.go == 'true'"),
            step("strata logout", "always()"),
        ),
    ),
    ("sweep.yml", "sweep"): Job(
        environment="preview",
        may="actions:write contents:read deployments:read id-token:write pull-requests:read",
        steps=(
            step("strata login --environment preview"),
            step("strata sweep", "${{ !inputs.dry_run }}"),
            step("strata sweep --dry-run", "inputs.dry_run"),
            step("strata logout", "always()"),
        ),
    ),
    **{
        ("drift.yml", stack): Job(
            environment=f"{stack}-observe",
            may="contents:read id-token:write issues:write",
            steps=(
                step(f"strata login --environment {stack}-observe"),
                step(f"strata drift {stack}"),
                step("strata logout", "always()"),
            ),
        )
        for stack in ("staging", "production")
    },
}
