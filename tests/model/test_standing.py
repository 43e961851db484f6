import pytest

from model.envtext import read, references
from model.layers import Layer
from model.plan import DomainPlan, ProbePlan, RegistryPlan
from model.services import ComposeType
from tests.model.plans import STANDING, standing, tier_of


@pytest.mark.parametrize("stack", STANDING)
def test_decision_10_two_tiers_of_the_types_that_fit_them(stack: str) -> None:
    tiers = [(tier.tier, tier.compose_type) for tier in standing(stack).tiers]

    assert tiers == [("data", ComposeType.DOCKER_COMPOSE), ("app", ComposeType.STACK)]


def test_c6_only_productions_data_is_protected() -> None:
    protected = {stack: [tier.protect for tier in standing(stack).tiers] for stack in STANDING}

    assert protected == {"staging": [False, False], "production": [True, False]}


@pytest.mark.parametrize("stack", STANDING)
def test_c6_no_volume_goes_with_a_service(stack: str) -> None:
    assert [tier.delete_volumes for tier in standing(stack).tiers] == [False, False]


def test_c6_the_data_tier_names_its_volumes() -> None:
    assert tier_of(standing(), "data").volumes == (
        "finance-report-staging-postgres",
        "finance-report-staging-redis",
        "finance-report-staging-minio",
    )


COMPOSE_UP = "compose -p {app_name} -f docker-compose.yml up -d --build --remove-orphans"


def test_decision_7_commands_end_when_the_outcome_is_known() -> None:
    assert [tier.command for tier in standing().tiers] == [
        COMPOSE_UP + " --wait --wait-timeout 300",
        "stack deploy -c docker-compose.yml {app_name} --prune --with-registry-auth --detach=false",
    ]


def test_decision_9_the_page_is_at_the_root_and_the_backend_at_its_paths() -> None:
    domains = tier_of(standing(), "app").domains

    assert [(one.path, one.service, one.port) for one in domains] == [
        ("/", "frontend", 3000),
        ("/api", "backend", 8000),
        ("/health", "backend", 8000),
    ]
    assert {one.host for one in domains} == {"report-staging.zitian.party"}


@pytest.mark.parametrize(
    ("tls", "scheme", "certificate", "resolver"),
    [
        ("none", "http", "none", None),
        ("letsencrypt", "https", "letsencrypt", None),
        ("cloudflare", "https", "custom", "cloudflare"),
    ],
)
def test_decision_9_tls_is_one_setting(tls: str, scheme: str, certificate: str, resolver: str | None) -> None:
    plan = standing(tls=tls)

    assert plan.url == f"{scheme}://report-staging.zitian.party"
    assert tier_of(plan, "app").domains[0] == DomainPlan(
        service="frontend",
        host="report-staging.zitian.party",
        path="/",
        port=3000,
        https=scheme == "https",
        certificate_type=certificate,
        cert_resolver=resolver,
    )


def test_d4_the_backend_is_asked_for_its_commit_and_the_page_for_being_one() -> None:
    assert tier_of(standing(), "app").probes == (
        ProbePlan(
            url="https://report-staging.zitian.party/health",
            content_type="application/json",
            keys=("status", "version", "commit", "checks"),
            identity=True,
        ),
        ProbePlan(url="https://report-staging.zitian.party/", content_type="text/html"),
    )


@pytest.mark.parametrize("stack", STANDING)
def test_p4_addresses_are_computed_from_the_stack(stack: str) -> None:
    env = read(tier_of(standing(stack), "app").env)

    assert env["DATABASE_URL"].endswith(f"@finance-report-db-{stack}:5432/finance_report")
    assert env["REDIS_URL"].endswith(f"@finance-report-redis-{stack}:6379/0")
    assert env["S3_ENDPOINT"] == f"http://finance-report-minio-{stack}:9000"
    assert (env["ENV"], env["S3_BUCKET"], env["VERSION"]) == (stack, f"finance-report-{stack}", "v1.0.45")


def test_v4_only_the_consumers_of_a_path_have_it_as_an_input() -> None:
    versions = {tier.tier: set(tier.secret_versions) for tier in standing().tiers}
    data = {f"finance_report/staging/{service}" for service in ("postgres", "redis", "minio")}

    assert versions == {"data": data, "app": data | {"finance_report/staging/backend"}}


def test_v4_the_version_is_the_one_that_was_looked_up() -> None:
    assert set(tier_of(standing(), "app").secret_versions.values()) == {3}


def test_v4_each_reference_is_to_a_key_that_is_required() -> None:
    required = {
        "postgres": {"POSTGRES_PASSWORD"},
        "redis": {"REDIS_PASSWORD"},
        "minio": {"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"},
        "backend": {"SECRET_KEY"},
    }
    used: dict[str, set[str]] = {}
    for tier in standing().tiers:
        for reference in references(tier.env):
            used.setdefault(reference.path.rpartition("/")[2], set()).add(reference.key)

    assert used == required


def test_g2_production_is_guarded_by_people_and_version_tags() -> None:
    gate = standing("production").gate

    assert gate is not None
    assert (gate.environment, gate.reviewers, gate.prevent_self_review, gate.can_admins_bypass) == (
        "production",
        1,
        True,
        False,
    )
    assert (gate.branch_patterns, gate.tag_patterns) == ((), ("v*.*.*",))


def test_g2_staging_takes_main_only() -> None:
    gate = standing().gate

    assert gate is not None
    assert (gate.branch_patterns, gate.tag_patterns, gate.prevent_self_review) == (("main",), (), False)


def test_the_gates_variables_say_where_and_as_whom_a_workflow_works() -> None:
    gate = standing("production").gate

    assert gate is not None
    assert gate.variables == {
        "STRATA_STACK": "production",
        "STRATA_URL": "https://report.zitian.party",
        "STRATA_VAULT_ROLE": "strata-finance-report-production-deploy",
    }


def test_without_a_user_name_nobody_logs_in_to_the_registry() -> None:
    assert standing(registryUsername="").registry is None


def test_with_a_user_name_dokploy_logs_in_and_state_holds_a_version_only() -> None:
    assert standing(registryUsername="robot").registry == RegistryPlan(
        name="ghcr.io", url="ghcr.io", username="robot", credential_version="1"
    )


def test_d8_limits_come_from_the_settings() -> None:
    timeouts = standing(deployTimeoutSeconds="60").timeouts

    assert (timeouts.deploy, timeouts.queue, timeouts.healthy) == (60, 1800, 300)


def test_the_plan_is_the_stacks() -> None:
    plan = standing("production")

    assert (plan.stack.layer, plan.network, plan.project_name) == (
        Layer.PRODUCTION,
        "finance-report-production",
        "finance_report",
    )
    assert plan.vault_provider is not None
    assert (plan.vault_provider.name, plan.vault_provider.mount) == ("finance-report-production", "secret")
