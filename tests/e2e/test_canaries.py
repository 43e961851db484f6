"""V1: every secret is where it belongs and nowhere else: canaries in all of them, zero hits elsewhere."""

import json
import secrets
from collections.abc import Iterator

import pytest

from sandbox.folder import read_json
from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import ask, by_hand, running, variable
from tests.e2e.scanner import MAY_HOLD, Scanner

pytestmark = pytest.mark.e2e

KEYS = {
    "backend": ("SECRET_KEY",),
    "postgres": ("POSTGRES_PASSWORD",),
    "redis": ("REDIS_PASSWORD",),
    "minio": ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"),
}
BAD = "v9.9.9"


def planted_in_vault(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """A canary in every key of staging and production."""
    for stack in ("staging", "production"):
        for service, keys in KEYS.items():
            canaries = {key: f"canary-{secrets.token_urlsafe(18)}" for key in keys}
            cloud.vault_admin.secrets.kv.v2.create_or_update_secret(
                path=f"finance_report/{stack}/{service}", secret=canaries, mount_point="secret"
            )
            yield from ((f"{stack} {key}", canary) for key, canary in canaries.items())


def credentials(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """What the run is given, and what Dokploy and the administrator have."""
    for name in (
        *("DOKPLOY_API_KEY", "VAULT_TOKEN", "GITHUB_TOKEN", "REGISTRY_PASSWORD"),
        "PULUMI_CONFIG_PASSPHRASE",
    ):
        yield name, cloud.environment[name]
    yield "Vault's root token", str(cloud.vault_admin.token)
    for row in read_json(cloud.sandbox.folder.baseline)["store"]["dokploy.vaultProvider"].values():
        yield f"Dokploy's token {row['name']}", row["config"]["token"]


def a_key(cloud: Cloud) -> str:
    """An API key of this test's own, without a limit."""
    (organization, *_) = ask(cloud, "organization.all")
    metadata = {"organizationId": organization["id"]}
    body = {"name": "canary", "metadata": metadata, "rateLimitEnabled": False}
    return str(by_hand(cloud, "user.createApiKey", body)["key"])


def everything_written(cloud: Cloud, scanner: Scanner, printed: dict[str, Result]) -> list[str]:
    """All hits in consoles, state, history, stack files, the sandbox's logs and records."""
    hits = [hit for place, result in printed.items() for hit in scanner.text(place, result.output)]
    hits += scanner.files(cloud.place)
    hits += scanner.files(cloud.sandbox.folder.root, without=MAY_HOLD)
    log = cloud.control.get("/log", params={"since": 0}).raise_for_status().text
    return [str(hit) for hit in (*hits, *scanner.text("access log", log))]


def test_v1_no_canary_of_any_secret_is_written_or_printed_anywhere(cloud: Cloud) -> None:
    cloud.environment["DOKPLOY_API_KEY"] = a_key(cloud)
    canaries = dict(planted_in_vault(cloud))
    scanner = Scanner(secrets={**canaries, **dict(credentials(cloud))})
    assert len(scanner.secrets) == 18

    printed = {
        "staging": cloud.up("staging", "--debug", release="v1.0.0").ok(),
        "production": cloud.up("production", release="v1.0.0").ok(),
    }
    # Dokploy's errors repeat the SQL statement with its parameters.
    cloud.fault(
        part="dokploy",
        kind="reject",
        path="compose.update",
        status=500,
        message=f"Failed query: update compose params: {', '.join(scanner.secrets.values())}",
    )
    cloud.release(BAD, backend={"strata.sandbox.behaviour": "exits"})
    printed |= {
        "an error of Dokploy": cloud.up("staging", release=BAD).refused(),
        "a failing deployment": cloud.up("staging", release=BAD).refused(),
        "refresh": cloud.refresh("staging", "--diff").ok(),
        "preview": cloud.preview("staging", "--show-reads", release="v1.0.0").ok(),
        "stack export": cloud.pulumi("stack", "export", "--stack", "production", "--show-secrets").ok(),
        **{name: cloud.run("strata", *name.split()) for name in ("doctor", "status", "logs staging")},
    }
    assert "Class: unhealthy" in printed["a failing deployment"].output
    assert "compose.update: 500 INTERNAL_SERVER_ERROR: (statement withheld)" in (
        printed["an error of Dokploy"].output
    )

    assert everything_written(cloud, scanner, printed) == []

    # That nothing was found means something: it was delivered, and all places were looked at.
    container, *_ = running(cloud, "finance-report-production")["backend"]
    url = variable(cloud, container, "DATABASE_URL")
    assert url is not None
    assert f":{canaries['production POSTGRES_PASSWORD']}@" in url
    delivered = {hit.secret for hit in scanner.files(cloud.sandbox.folder.root)}
    assert delivered >= canaries.keys()
    for part in (
        *("stacks/finance-report/staging.json", "history/finance-report/production/", "Pulumi.staging.yaml"),
        *("daemon.log", "openbao/openbao.log", "dokploy/", "access log"),
    ):
        assert [place for place in scanner.seen if part in place], part


def test_v1_a_canary_that_is_leaked_on_purpose_is_found_where_it_was_put(cloud: Cloud) -> None:
    cloud.pulumi("stack", "init", "staging").ok()
    canaries = dict(planted_in_vault(cloud))
    scanner = Scanner(secrets=canaries)
    leak = canaries["staging SECRET_KEY"]
    assert everything_written(cloud, scanner, {}) == []
    root = cloud.sandbox.folder.root
    files = [
        cloud.state / ".pulumi" / "stacks" / "finance-report" / "staging.json",
        cloud.state / ".pulumi" / "history" / "finance-report" / "staging" / "staging-1.history.json",
        cloud.project / "Pulumi.staging.yaml",
        root / "daemon.log",
        root / "openbao" / "openbao.log",
        root / "dokploy" / "logs" / "app" / "deployment.log",
    ]
    for file in files:
        new = not file.exists()
        before = b"" if new else file.read_bytes()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(before + json.dumps({"leaked": leak}).encode())
        try:
            (hit,) = everything_written(cloud, scanner, {})
        finally:
            if new:
                file.unlink()
            else:
                file.write_bytes(before)
        assert "staging SECRET_KEY" in hit
        assert file.name in hit
    console = Result(code=0, stdout=f"the key is {leak}", stderr="", seconds=0.0)
    (hit,) = everything_written(cloud, scanner, {"a console": console})
    assert "a console" in hit
    cloud.dokploy.get(f"/{leak}")
    (hit,) = everything_written(cloud, scanner, {})
    assert "access log" in hit
