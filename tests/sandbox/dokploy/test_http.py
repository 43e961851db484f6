"""Transport, keys and the order of checks."""

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_health_needs_no_key(rig: Rig) -> None:
    answer = await rig.client.get("health")

    assert answer.json() == {"ok": True}


async def test_a_wrong_key_is_unauthorized_without_a_code(rig: Rig) -> None:
    """S5: only this body, without `code`, concerns the key itself."""
    rig.key = "wrong"

    answer = await rig.ask("project.all")

    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


async def test_a_bearer_token_is_no_key(rig: Rig) -> None:
    answer = await rig.client.get("project.all", headers={"authorization": f"Bearer {rig.key}"})

    assert answer.json() == {"message": "Unauthorized"}


async def test_an_unknown_procedure_and_a_wrong_verb_are_not_found(rig: Rig) -> None:
    headers = {"x-api-key": rig.key}

    for answer in (
        await rig.client.get("nosuch.thing", headers=headers),
        await rig.client.get("project.create", headers=headers),
        await rig.client.put("project.update", headers=headers),
    ):
        assert answer.status_code == 404
        assert answer.json()["message"] == "Not found"
        assert "path" not in answer.json()["data"]


async def test_a_body_over_one_mebibyte_is_refused_before_the_key_is_looked_at(rig: Rig) -> None:
    rig.key = "wrong"

    answer = await rig.ask("project.create", name="x" * 1024 * 1024)

    assert (answer.status_code, answer.text) == (413, "Body exceeded 1mb limit")


async def test_broken_json_is_refused_as_plain_text(rig: Rig) -> None:
    answer = await rig.client.post(
        "project.create", content="{bad", headers={"content-type": "application/json"}
    )

    assert (answer.status_code, answer.text) == (400, "Invalid JSON")


async def test_another_content_type_is_unsupported(rig: Rig) -> None:
    headers = {"x-api-key": rig.key, "content-type": "text/plain"}

    answer = await rig.client.post("project.create", content="name=x", headers=headers)

    assert answer.status_code == 415
    assert answer.json()["message"] == 'Unsupported content-type "text/plain'


async def test_an_empty_query_parameter_counts_as_missing(rig: Rig) -> None:
    message = await rig.refused("project.one", 400, projectId="")

    assert message == "Input validation failed"


async def test_the_access_log_knows_procedures_and_no_bodies(rig: Rig) -> None:
    """V1: what is sent or answered never stands in the log."""
    await rig.ok("project.create", name="canary-name", env="A=canary-value")

    (entry,) = rig.world.log.since(0, part="dokploy")
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "project.create", 200)
    assert "canary" not in str(entry)


async def test_a_fault_of_the_proxy_is_plain_text_and_one_of_the_server_is_not(rig: Rig) -> None:
    for status in (502, 500):
        rig.world.faults.add(part="dokploy", path="project.all", kind="reject", status=status)

    proxy, server = await rig.ask("project.all"), await rig.ask("project.all")

    assert proxy.text == "Bad Gateway"
    assert server.json()["code"] == "INTERNAL_SERVER_ERROR"
    assert server.json()["data"]["path"] == "project.all"


async def test_a_fault_can_play_a_key_that_went_bad(rig: Rig) -> None:
    rig.world.faults.add(part="dokploy", kind="reject", status=401, message="Unauthorized")

    assert (await rig.ask("project.all")).json() == {"message": "Unauthorized"}


async def test_an_error_of_the_emulator_is_a_500_that_tells_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_fields: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(rig.server.state.network, "where", broken)

    answer = await rig.ask("network.all")

    assert answer.status_code == 500
    assert "canary" not in answer.text
