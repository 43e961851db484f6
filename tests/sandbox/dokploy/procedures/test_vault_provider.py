"""Secret managers' rows."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio

CONFIG = {"providerType": "hashicorp", "url": "http://127.0.0.1:8200", "token": "hvs.canary"}


async def made(rig: Rig, name: str = "fr", **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = await rig.ok(
        "vaultProvider.create", **{"name": name, "config": CONFIG, "assignments": [], **fields}
    )
    return row


async def test_the_token_is_masked_everywhere(rig: Rig) -> None:
    row = await made(rig)

    shown = [row, await rig.ok("vaultProvider.one", vaultProviderId=row["vaultProviderId"])]
    shown += await rig.ok("vaultProvider.all")
    assert [r["config"]["token"] for r in shown] == ["********"] * 3
    assert shown[1]["config"]["mount"] == "secret"


async def test_an_update_replaces_everything_and_the_mask_keeps_the_token(rig: Rig) -> None:
    row = await made(rig)
    project = (await rig.project())["project"]["projectId"]

    changed = await rig.ok(
        "vaultProvider.update",
        vaultProviderId=row["vaultProviderId"],
        name="renamed",
        config={**CONFIG, "token": "********", "mount": "kv"},
        assignments=[{"projectId": project}],
    )

    assert changed["createdAt"] == row["createdAt"]
    assert changed["assignments"] == [{"projectId": project, "environmentIds": []}]
    kept = rig.server.state.vault_provider.get(row["vaultProviderId"])
    assert kept is not None
    assert kept["config"] == {**CONFIG, "mount": "kv"}


async def test_a_name_is_given_once_and_the_refusal_holds_the_token(rig: Rig) -> None:
    """V6: the real message echoes it, clients have to cut it."""
    await made(rig)

    message = await rig.refused("vaultProvider.create", 500, name="fr", config=CONFIG, assignments=[])

    assert message.startswith('Failed query: insert into "vault_provider"')
    assert "hvs.canary" in message.partition("params:")[2]


async def test_an_unknown_project_cannot_be_assigned(rig: Rig) -> None:
    sent = {"name": "fr", "config": CONFIG, "assignments": [{"projectId": "nope"}]}

    message = await rig.refused("vaultProvider.create", 400, **sent)

    assert message == "Assignment references a project outside this organization"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "bad name"},
        {"config": {"providerType": "nope"}},
        {"config": {**CONFIG, "url": "127.0.0.1"}},
        {"assignments": None},
    ],
)
async def test_what_the_schema_refuses(rig: Rig, fields: dict[str, Any]) -> None:
    sent = {"name": "fr", "config": CONFIG, "assignments": [], **fields}

    await rig.refused("vaultProvider.create", 400, **sent)


async def test_lists_are_in_order_of_name(rig: Rig) -> None:
    for name in ("fr_min", "fr-list", "exp"):
        await made(rig, name)

    assert [row["name"] for row in await rig.ok("vaultProvider.all")] == ["exp", "fr-list", "fr_min"]


async def test_removing_one_is_not_guarded(rig: Rig) -> None:
    row = await made(rig)

    assert await rig.ok("vaultProvider.remove", vaultProviderId=row["vaultProviderId"]) is True
    await rig.refused("vaultProvider.remove", 404, vaultProviderId=row["vaultProviderId"])


async def test_a_test_wants_something_to_test(rig: Rig) -> None:
    message = await rig.refused("vaultProvider.testConnection", 400)

    assert message == "Provide a config or a vaultProviderId to test"
