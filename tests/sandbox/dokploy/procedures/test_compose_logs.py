"""What a container has printed."""

import pytest

from tests.sandbox.dokploy.rig import Rig
from tests.sandbox.dokploy.test_access import elsewhere, member

pytestmark = pytest.mark.anyio

LINES = ["2026-11-23T12:00:00.000000000Z Ready", "2026-11-23T12:00:01.000000000Z failed"]


async def read(rig: Rig, **fields: object) -> str:
    compose = await rig.compose()
    return str(await rig.ok("compose.readLogs", composeId=compose["composeId"], containerId="abc", **fields))


async def test_the_answer_is_the_text_with_docker_s_timestamps(rig: Rig) -> None:
    rig.docker.prints = {"container logs": LINES}

    assert await read(rig) == "\n".join(LINES) + "\n"
    assert rig.docker.commands() == ["container logs --timestamps --tail 100 abc"]


async def test_tail_and_age_are_dockers_to_apply(rig: Rig) -> None:
    await read(rig, tail=5, since="10m")

    assert rig.docker.commands() == ["container logs --timestamps --tail 5 --since 10m abc"]


async def test_a_search_keeps_the_lines_that_have_the_word(rig: Rig) -> None:
    rig.docker.prints = {"container logs": LINES}

    assert await read(rig, search="READY") == f"{LINES[0]}\n"


async def test_a_search_without_a_hit_is_an_error_of_the_server(rig: Rig) -> None:
    rig.docker.prints = {"container logs": LINES}
    compose = await rig.compose()

    await rig.refused(
        "compose.readLogs", 500, composeId=compose["composeId"], containerId="abc", search="nowhere"
    )


async def test_dockers_error_is_an_answer_like_any_other(rig: Rig) -> None:
    rig.docker.refuse = {"container logs": "Error response from daemon: No such container: abc"}

    assert await read(rig) == "Error response from daemon: No such container: abc\n"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"since": "yesterday"}, "Invalid since format"),
        ({"containerId": "a b"}, "Invalid container id."),
        ({"tail": 10_001}, "Too big: expected number to be <=10000"),
    ],
)
async def test_wrong_fields_are_refused(rig: Rig, fields: dict[str, object], message: str) -> None:
    sent = {"composeId": "x", "containerId": "abc", **fields}

    answer = await rig.ask("compose.readLogs", **sent)

    assert answer.status_code == 400
    assert [issue["message"] for issue in answer.json()["issues"]] == [message]


async def test_only_who_may_use_the_service_reads_its_logs(rig: Rig) -> None:
    compose = await rig.compose()
    asked = {"composeId": compose["composeId"], "containerId": "abc"}
    await rig.refused("compose.readLogs", 404, composeId="nope", containerId="abc")
    owner = rig.key
    await member(rig)

    await rig.refused("compose.readLogs", 401, **asked)
    rig.key = owner
    await elsewhere(rig)
    message = await rig.refused("compose.readLogs", 401, **asked)

    assert message == "You are not authorized to access this compose"
    assert rig.docker.commands() == []
