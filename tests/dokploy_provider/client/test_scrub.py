"""V6, D5: what may be shown of a server's words."""

import pytest

from dokploy_provider.client import scrub


@pytest.mark.parametrize(
    "text",
    [
        "POSTGRES_PASSWORD=canary-value",
        "password: canary-value",
        "Password='canary-value'",
        '{"token":"canary-value"}',
        "VAULT_TOKEN = canary-value",
        "API_KEY=>canary-value",
        "ENCRYPTION_KEY=canary-value",
        "Authorization: Bearer canary-value",
        "docker login -u me --password canary-value",
        "tool --token=canary-value",
        "postgresql://user:canary-value@db:5432/x",
        "https://x-access-token:canary-value@github.com/a/b.git",
        "MINIO_SECRET_KEY=canary-value",
        "hvs." + "CAESIcanary-valueABCDEFGHIJKLMNOP",
        "ghp_" + "canaryvalueABCDEFGHIJKLMNOPQRSTUV",
        "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnktdmFsdWUiOjF9.canary-value",
        "key AbCdEfGhIjKlMnOpQrStUvWxYz012345canaryvalue end",
    ],
)
def test_what_looks_like_a_credential_is_masked(text: str) -> None:
    shown = scrub.by_shape(text)

    assert "canary-value" not in shown
    assert "canaryvalue" not in shown
    assert scrub.MASK in shown


@pytest.mark.parametrize(
    "text",
    [
        "ghcr.io/zitian-party/backend:v1.0.0@sha256:" + "0123456789abcdef" * 4,
        "Commit: " + "0a" * 20,
        "Container finance-report-staging-app-k3x9ab-backend-1 Started",
        "The environment needs BACKEND_IMAGE to be set",
        "/etc/dokploy/compose/finance-report-staging-app-k3x9ab/code/docker-compose.yml",
        "strata staging 0123456789ab-0123456789ab 01234567",
    ],
)
def test_what_an_operator_needs_stays_readable(text: str) -> None:
    assert scrub.by_shape(text) == text


def test_a_private_key_is_masked_over_its_lines() -> None:
    kind = "OPENSSH PRIVATE KEY-----"
    log = f"before\n-----BEGIN {kind}\ncanary\ncanary\n-----END {kind}\nafter"

    assert scrub.log(log, (), lines=30) == ["before", "***", "after"]


def test_a_log_keeps_its_last_lines() -> None:
    log = "\n".join(f"line {n}" for n in range(100))

    assert scrub.log(log, (), lines=30) == [f"line {n}" for n in range(70, 100)]


def test_a_rollbacks_reason_is_not_pushed_out_by_the_wait_that_follows() -> None:
    waiting = [
        f"verify: Waiting {n // 5} seconds to verify that tasks are stable..." for n in range(75, 0, -1)
    ]
    log = [
        *["overall progress: 0 out of 2 tasks"] * 57,
        "rollback: update rolled back",
        *waiting,
        "converged",
    ]

    assert scrub.log("\n".join(log), (), lines=30) == [
        "overall progress: 0 out of 2 tasks",
        "rollback: update rolled back",
        "converged",
    ]


def test_the_frame_that_dokploy_draws_is_left_out() -> None:
    log = "╔════╗\n║    ║\n║ Command: docker compose up ║\n╚════╝\nStarted"

    assert scrub.log(log, (), lines=30) == ["║ Command: docker compose up ║", "Started"]


def test_held_values_are_masked_longest_first() -> None:
    assert scrub.by_value("canary-long canary", {"canary", "canary-long"}) == "*** ***"


def test_a_message_is_one_bounded_line() -> None:
    shown = scrub.message("a\nb " + "x" * 1000, ())

    assert shown.startswith("a b x")
    assert len(shown) <= 400
