"""`${{vault…}}` against a real OpenBao: what is resolved, and the real server's words for what is not."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.dokploy.vault import js_text
from tests.sandbox.dokploy.openbao_server import OpenBaoServer
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio

STAGING = 'path "secret/data/finance_report/staging/*" { capabilities = ["read"] }'
CANARY = "canary-7f3a"


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBaoServer]:
    with OpenBaoServer(tmp_path_factory.mktemp("openbao")) as server:
        values = {"PW": CANARY, "num": 42, "obj": {"a": 1}, "nul": None, "empty": "", "ref": "${{project.P}}"}
        server.put("finance_report/staging/app", values)
        server.put("finance_report/staging/my-app.v1/deep er/x", {"k with space": "1", "a.b": "2"})
        server.put("finance_report/production/app", {"PW": "other"})
        server.call("POST", "sys/mounts/team/kv", {"type": "kv", "options": {"version": "2"}})
        server.put("a/b", {"K": "nested mount"}, mount="team/kv")
        yield server


@pytest.fixture(scope="module")
def token(openbao: OpenBaoServer) -> str:
    """Dokploy's own: it may read staging's secrets and nothing else."""
    return openbao.token_for("dokploy", STAGING)


class Setup:
    """A provider `fr` for a compose service; `env` deploys that text and returns record and log."""

    def __init__(self, rig: Rig, url: str, token: str) -> None:
        self.rig = rig
        self.config = {"providerType": "hashicorp", "url": url, "token": token}
        self.compose: dict[str, Any] = {}

    async def make(self, *, assigned: bool = True, name: str = "fr", **config: str) -> dict[str, Any]:
        made = await self.rig.project(env="P=from-project")
        environment = made["environment"]["environmentId"]
        self.compose = await self.rig.compose(environment=environment)
        project = {"projectId": made["project"]["projectId"], "environmentIds": [environment]}
        row: dict[str, Any] = await self.rig.ok(
            "vaultProvider.create",
            name=name,
            config={**self.config, **config},
            assignments=[project] if assigned else [],
        )
        return row

    async def env(self, text: str, **settings: Any) -> tuple[str, str]:
        key = self.compose["composeId"]
        await self.rig.ok("compose.update", composeId=key, env=text, **settings)
        record = await self.rig.deploy(self.compose)
        return record["status"], await self.rig.log(record)

    @property
    def written(self) -> str:
        return self.rig.code(self.compose, ".env").read_text()


@pytest.fixture
def setup(rig: Rig, openbao: OpenBaoServer, token: str) -> Setup:
    return Setup(rig, openbao.url, token)


async def test_a_reference_becomes_its_value_in_the_file_and_nowhere_else(setup: Setup) -> None:
    """V1: the API, the deployment's log and the access log show the reference at most."""
    await setup.make()

    status, log = await setup.env("PASSWORD='${{vault.fr.finance_report/staging/app:PW}}'")

    assert status == "done"
    assert f'PASSWORD="{CANARY}"' in setup.written
    key = setup.compose["composeId"]
    shown = [
        await setup.rig.ok(name, composeId=key) for name in ("compose.one", "compose.getConvertedCompose")
    ]
    shown += [await setup.rig.ok("vaultProvider.all"), setup.rig.world.log.since(0), log]
    assert CANARY not in str(shown)
    assert setup.config["token"] not in str(shown)


async def test_references_are_replaced_before_the_text_is_parsed(
    setup: Setup, openbao: OpenBaoServer
) -> None:
    await setup.make()
    openbao.put("finance_report/staging/hash", {"K": "a # b"})

    await setup.env(
        "BARE=${{vault.fr.finance_report/staging/hash:K}}\n"
        "QUOTED='${{vault.fr.finance_report/staging/hash:K}}'"
    )

    assert 'BARE="a"\n' in setup.written
    assert 'QUOTED="a # b"\n' in setup.written


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("finance_report/staging/app:num", "42"),
        ("finance_report/staging/app:obj", '{\\"a\\":1}'),
        ("finance_report/staging/app:empty", ""),
        ("/finance_report/staging/app:PW", CANARY),
        ("finance_report/staging/my-app.v1/deep er/x:k with space", "1"),
        ("finance_report/staging/my-app.v1/deep er/x:a.b", "2"),
        ("finance_report/staging/app:ref", "from-project"),
    ],
)
async def test_what_resolves(setup: Setup, reference: str, value: str) -> None:
    await setup.make()

    status, log = await setup.env(f"A='${{{{vault.fr.{reference}}}}}'")

    assert status == "done", log
    assert f'A="{value}"\n' in setup.written


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("finance_report/staging/app:NOPE", 'field "NOPE" not found in secret "finance_report/staging/app"'),
        ("finance_report/staging/app:nul", 'field "nul" not found in secret "finance_report/staging/app"'),
        (
            "finance_report/staging/app:obj.a",
            'field "obj.a" not found in secret "finance_report/staging/app"',
        ),
        ("finance_report/staging/no:K", 'failed to read secret at "finance_report/staging/no" (status 404)'),
        ("finance_report/production/app:PW", '"finance_report/production/app" (status 403)'),
        ("data/finance_report/staging/app:PW", '"data/finance_report/staging/app" (status 403)'),
        ("finance_report/staging/app?version=1:PW", '"finance_report/staging/app?version=1" (status 404)'),
        ("finance_report/staging/app", 'Invalid HashiCorp Vault reference "finance_report/staging/app"'),
    ],
)
async def test_what_does_not_resolve_fails_in_the_real_servers_words(
    setup: Setup, reference: str, message: str
) -> None:
    await setup.make()

    status, log = await setup.env(f"A=${{{{vault.fr.{reference}}}}}")

    assert status == "error"
    assert message in log
    assert log.endswith("Error occurred ❌, check the logs for details.\n")
    assert setup.rig.docker.commands() == []


async def test_a_reference_in_a_comment_is_resolved_too(setup: Setup) -> None:
    await setup.make()

    status, _ = await setup.env("# ${{vault.fr.finance_report/staging/app:NOPE}}\nA=1")

    assert status == "error"


async def test_one_bad_reference_in_the_projects_text_breaks_each_service_below(setup: Setup) -> None:
    await setup.make()
    environment = await setup.rig.ok("environment.one", environmentId=setup.compose["environmentId"])
    bad = "B=${{vault.fr.finance_report/staging/app:NOPE}}"
    await setup.rig.ok("project.update", projectId=environment["projectId"], env=bad)

    status, log = await setup.env("A=1")

    assert (status, "NOPE" in log) == ("error", True)


async def test_a_provider_that_is_not_assigned_is_not_enabled(setup: Setup) -> None:
    await setup.make(assigned=False)

    _, log = await setup.env("A=${{vault.fr.finance_report/staging/app:PW}}")

    assert 'Vault provider "fr" is not enabled for this project/environment.' in log


async def test_an_unknown_provider_is_named(setup: Setup) -> None:
    await setup.make()

    _, log = await setup.env("A=${{vault.other.x:y}}")

    assert 'Vault provider "other" not found. Configure it in Settings' in log


async def test_a_mount_with_slashes_works(setup: Setup, openbao: OpenBaoServer) -> None:
    await setup.make(mount="team/kv", token=openbao.token)

    status, log = await setup.env("A=${{vault.fr.a/b:K}}")

    assert status == "done", log


async def test_an_unreachable_vault_is_a_failed_fetch(setup: Setup) -> None:
    await setup.make(url="http://127.0.0.1:1")

    _, log = await setup.env("A=${{vault.fr.x:y}}")

    assert "\nfetch failed\n" in log


async def test_a_sealed_vault_answers_503_and_a_silent_one_times_out(rig: Rig) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("silent"):
            raise httpx.ReadTimeout("15 s")
        return httpx.Response(503)

    rig.restart(vault_transport=httpx.MockTransport(answer))
    setup = Setup(rig, "http://vault:8200", "token")
    await setup.make()

    assert '"x" (status 503)' in (await setup.env("A=${{vault.fr.x:y}}"))[1]
    assert "The operation was aborted due to timeout" in (await setup.env("A=${{vault.fr.silent:y}}"))[1]


async def test_one_request_a_path_and_text(rig: Rig) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"data": {"data": {"a": "1", "b": "2"}}})

    rig.restart(vault_transport=httpx.MockTransport(answer))
    setup = Setup(rig, "http://vault:8200", "token")
    await setup.make()

    await setup.env("A=${{vault.fr.p:a}}${{vault.fr.p:b}}\nB=${{vault.fr.p:a}}\nC=${{vault.fr.q:a}}")

    assert asked == ["/v1/secret/data/p", "/v1/secret/data/q"]


async def test_without_a_file_references_are_resolved_all_the_same(setup: Setup) -> None:
    await setup.make()

    status, _ = await setup.env("A=${{vault.fr.finance_report/staging/app:NOPE}}", createEnvFile=False)

    assert status == "error"


async def test_a_stack_gets_the_values_in_its_environment(setup: Setup) -> None:
    await setup.make()

    await setup.env("A='${{vault.fr.finance_report/staging/app:PW}}'\nB=", composeType="stack")

    (ran,) = setup.rig.docker.ran
    assert ran.env["A"] == CANARY
    assert "B" not in ran.env


async def test_test_connection_needs_lookup_self_and_looks_at_no_path(
    setup: Setup, openbao: OpenBaoServer
) -> None:
    await setup.make()
    good = {**setup.config, "token": openbao.token, "mount": "no-such-mount"}

    assert await setup.rig.ok("vaultProvider.testConnection", config=good) is True
    message = await setup.rig.refused("vaultProvider.testConnection", 400, config=setup.config)
    assert message == "HashiCorp Vault: token validation failed (status 403)"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("12345678901234567890", "12345678901234567000"),
        ("1.0", "1"),
        ("1e3", "1000"),
        ("0.0000001", "1e-7"),
        ("-0.0", "0"),
        ("1e21", "1e+21"),
        ('{"a":[1.5,true,null,"é\\""]}', '{"a":[1.5,true,null,"é\\""]}'),
    ],
)
def test_numbers_lose_what_a_double_cannot_hold(stored: str, text: str) -> None:
    assert js_text(json.loads(stored, parse_float=Decimal)) == text
