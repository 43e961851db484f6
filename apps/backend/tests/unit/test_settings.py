import re

import pytest

from backend.errors import SettingsRefused
from backend.settings import Settings, read

LONG = "0123456789abcdef0123456789abcdef"
THROWAWAY = {
    "DATABASE_URL": "postgresql://finance_report:throwaway@db:5432/finance_report",
    "REDIS_URL": "redis://redis:6379/0",
    "S3_ENDPOINT": "http://minio:9000",
    "S3_BUCKET": "finance-report-local",
    "S3_ACCESS_KEY": "throwaway",
    "S3_SECRET_KEY": "throwaway",
    "SECRET_KEY": "throwaway",
}
GUARDED = THROWAWAY | {
    "DATABASE_URL": "postgresql://finance_report:Canary%2F4711@db:5432/finance_report",
    "REDIS_URL": "redis://:Canary4711@redis:6379/0",
    "S3_ACCESS_KEY": "Canary4711",
    "S3_SECRET_KEY": "Canary4711",
    "SECRET_KEY": LONG,
}


def named(refused: SettingsRefused) -> list[str]:
    words = re.findall(r"[A-Z0-9_]+", str(refused))
    return [name for name in THROWAWAY if name in words]


def settings(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **changes: str) -> Settings:
    for name in (*Settings.model_fields, "PATH"):
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**variables, **changes}.items():
        monkeypatch.setenv(name, value)
    return read()


@pytest.mark.parametrize("env", ["local", "ci", "pr-1", "pr-1234"])
def test_v1_throwaway_secrets_do_where_everything_is_thrown_away(
    env: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings(monkeypatch, THROWAWAY, ENV=env).protected is False


@pytest.mark.parametrize(
    "env", ["staging", "production", "pr-", "pr-0", "pr-1x", "Local", "local ", "preview", ""]
)
def test_v1_throwaway_secrets_are_refused_everywhere_else(env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(monkeypatch, THROWAWAY, ENV=env)

    assert named(refused.value) == ["DATABASE_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "SECRET_KEY"]
    assert "throwaway" not in str(refused.value)


def test_v1_an_environment_without_a_name_is_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsRefused):
        settings(monkeypatch, THROWAWAY)


def test_v1_real_secrets_do_in_staging(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, GUARDED, ENV="staging").protected is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", LONG[:-1]),
        ("S3_SECRET_KEY", "minioadmin"),
        ("S3_ACCESS_KEY", "throwaway"),
        ("DATABASE_URL", "postgresql://finance_report:postgres@db/x"),
        ("DATABASE_URL", "postgresql://finance_report@db/x"),
        ("DATABASE_URL", "postgresql://finance_report:%74hrowaway@db/x"),
        ("REDIS_URL", "redis://:throwaway@redis/0"),
    ],
)
def test_v1_one_public_secret_is_one_too_many(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(monkeypatch, GUARDED, ENV="production", **{name: value})

    assert named(refused.value) == [name]


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(monkeypatch, {}, ENV="staging")

    assert [name for name in THROWAWAY if f"{name} is missing" in str(refused.value)] == list(THROWAWAY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "Canary4711"),
        ("DATABASE_URL", "mysql://u:Canary4711@db/x"),
        ("DATABASE_URL", "postgresql://u:Canary4711@db:port/x"),
        ("DATABASE_URL", "postgresql://u:Canary4711@[db/x"),
        ("REDIS_URL", "http://u:Canary4711@redis"),
        ("S3_ENDPOINT", "Canary4711"),
        ("S3_BUCKET", "ab"),
        ("PORT", "Canary4711"),
        ("PORT", "70000"),
        ("DRAIN_SECONDS", "-1"),
        ("DRAIN_SECONDS", "Canary4711"),
        ("LOG_LEVEL", "Canary4711"),
    ],
)
def test_v1_what_does_not_do_is_named_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(monkeypatch, THROWAWAY, ENV="local", **{name: value})

    assert name in str(refused.value)
    assert "Canary4711" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_v1_settings_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Canary" not in repr(settings(monkeypatch, GUARDED, ENV="staging"))
