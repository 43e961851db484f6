import pytest

from model.guardrails import violations
from model.guardrails.secrets import is_secret_name, literal_secret
from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, tier_of, with_service, with_tier

REFERENCE = "${{vault.finance-report-staging.finance_report/staging/postgres:POSTGRES_PASSWORD}}"


@pytest.mark.parametrize(
    "name",
    [
        "POSTGRES_PASSWORD",
        "SECRET_KEY",
        "api_token",
        "S3_ACCESS_KEY",
        "PASSPHRASE",
        "DB_CREDENTIALS",
        "PRIVATE_PEM",
    ],
)
def test_v1_a_name_can_say_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["ENV", "VERSION", "PUBLIC_URL", "POSTGRES_PASSWORD_FILE", "S3_BUCKET"])
def test_v1_other_names_do_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("SECRET_KEY", f"salt{REFERENCE}"),
        ("DATABASE_URL", "postgresql://app:hunter2@db:5432/app"),
        ("DATABASE_URL", f"postgresql://app:x{REFERENCE}@db/app"),
        ("SENTRY_DSN", "see https://key:hunter2@sentry.example.org/1"),
    ],
)
def test_v1_a_literal_where_a_secret_belongs_is_found(name: str, value: str) -> None:
    assert literal_secret(name, value) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", REFERENCE),
        ("SECRET_KEY", ""),
        ("DATABASE_URL", f"postgresql://app:{REFERENCE}@db:5432/app"),
        ("REDIS_URL", f"redis://:{REFERENCE}@cache:6379/0"),
        ("GIT_URL", "ssh://git@github.com/a/b.git"),
        ("S3_ENDPOINT", "http://storage:9000"),
        ("MAIL", "someone@example.org"),
    ],
)
def test_v1_references_and_plain_values_are_not(name: str, value: str) -> None:
    assert literal_secret(name, value) is None


@pytest.mark.parametrize("line", ["API_TOKEN='hunter2'", "X_URL='https://a:hunter2@h/'"])
def test_v1_a_secret_value_in_the_env_text_is_refused_without_being_repeated(line: str) -> None:
    plan = standing()
    plan = with_tier(plan, "app", env=f"{tier_of(plan, 'app').env}\n{line}")
    found = violations(plan)

    assert [(one.rule, one.where) for one in found] == [("V1", f"app variable {line.partition('=')[0]}")]
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    "environment", [{"API_TOKEN": "hunter2"}, ["API_TOKEN=hunter2"], {"API_TOKEN": "${VERSION:?}"}]
)
def test_v1_a_secret_value_in_a_standing_compose_file_is_refused(environment: object) -> None:
    plan = with_service(standing(), "app", "frontend", environment=environment)

    assert told(plan) == [("V1", "app service frontend environment API_TOKEN")]


def test_v1_a_preview_gets_no_secret_by_its_env_text() -> None:
    plan = with_tier(preview(), "preview", env=f"{tier_of(preview(), 'preview').env}\nAPI_TOKEN='x'")

    assert told(plan) == [("V1", "preview variable API_TOKEN")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("command", ["redis-server", "--requirepass", "${REDIS_PASSWORD:?}"]),
        ("entrypoint", "sh -c 'exec redis-server --requirepass ${REDIS_PASSWORD:?}'"),
        ("labels", {"password": "${REDIS_PASSWORD:?}"}),
        (
            "healthcheck",
            {"test": ["CMD", "redis-cli", "-a", "${REDIS_PASSWORD:?}", "ping"], "start_period": "1s"},
        ),
    ],
)
def test_v1_a_secret_where_ps_or_labels_show_it_is_refused(key: str, value: object) -> None:
    plan = with_service(standing(), "data", "redis", **{key: value})

    assert told(plan) == [("V1", f"data service redis {key}")]


@pytest.mark.parametrize(
    "reference",
    [
        "${{vault.finance-report-production.finance_report/staging/postgres:POSTGRES_PASSWORD}}",
        "${{vault.finance-report-staging.finance_report/production/postgres:POSTGRES_PASSWORD}}",
        "${{vault.finance-report-staging.other/staging/postgres:POSTGRES_PASSWORD}}",
    ],
)
def test_p2_a_reference_to_anothers_secret_is_refused(reference: str) -> None:
    plan = standing()
    env = tier_of(plan, "data").env.replace(REFERENCE, reference)
    found = told(with_tier(plan, "data", env=env))

    assert ("P2", "data variable POSTGRES_PASSWORD") in found


def test_p2_a_preview_refers_to_no_secret_at_all() -> None:
    plan = with_tier(preview(), "preview", env=f"{tier_of(preview(), 'preview').env}\nX='{REFERENCE}'")

    assert ("P2", "preview variable X") in told(plan)


def test_v4_a_secret_without_its_version_would_not_redeploy_its_consumer() -> None:
    plan = standing()
    versions = dict(tier_of(plan, "app").secret_versions)
    del versions["finance_report/staging/backend"]

    assert told(with_tier(plan, "app", secret_versions=versions)) == [
        ("V4", "app secret finance_report/staging/backend")
    ]


def test_v4_a_version_that_is_not_used_would_redeploy_for_nothing() -> None:
    plan = standing()
    versions = {**tier_of(plan, "data").secret_versions, "finance_report/staging/backend": 1}

    assert told(with_tier(plan, "data", secret_versions=versions)) == [
        ("V4", "data secret finance_report/staging/backend")
    ]
