"""One deployment of a compose service, seen from disk, log and Docker host."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import WEB, Rig

pytestmark = pytest.mark.anyio

UP = "up -d --build --remove-orphans"


async def test_a_raw_service_is_written_and_brought_up_in_its_folder(rig: Rig) -> None:
    compose = await rig.compose(env="A=1")
    app = compose["appName"]

    record = await rig.deploy(compose)

    assert record["status"] == "done"
    (ran,) = rig.docker.ran
    assert " ".join(ran.argv) == f"compose -p {app} -f docker-compose.yml {UP}"
    assert ran.cwd == rig.code(compose)
    assert set(ran.env) <= {"PATH", "HOME"}
    names = [line.partition("=")[0] for line in rig.code(compose, ".env").read_text().splitlines()]
    assert names == ["APP_NAME", "COMPOSE_PROJECT_NAME", "A", "DOCKER_CONFIG"]


async def test_the_log_tells_the_steps_as_the_real_one_does(rig: Rig) -> None:
    compose = await rig.compose()

    log = (await rig.log(await rig.deploy(compose))).splitlines()

    assert log[:2] == ["Initializing deployment", "File 'docker-compose.yml' created: ✅"]
    assert {len(line) for line in log if line.startswith(("╔", "╚"))} == {80}
    app = compose["appName"]
    assert f"║ Command: docker compose -p {app} -f docker-compose.yml up -d --build".ljust(79) + "║" in log
    assert log[-2:] == [" compose Started ", "Docker Compose Deployed: ✅"]


async def test_a_stack_gets_its_variables_exported_and_a_plain_file(rig: Rig) -> None:
    compose = await rig.compose(composeType="stack", env="A='x y'\nEMPTY=")

    await rig.deploy(compose)

    (ran,) = rig.docker.ran
    expected = f"stack deploy -c docker-compose.yml {compose['appName']} --prune --with-registry-auth"
    assert " ".join(ran.argv) == expected
    assert ran.env["A"] == "x y"
    assert "EMPTY" not in ran.env
    assert "A=x y\nEMPTY=\n" in rig.code(compose, ".env").read_text()


async def test_what_docker_refuses_is_an_error_with_the_reason_in_the_log_only(rig: Rig) -> None:
    compose = await rig.compose()
    rig.docker.refuse = {"up": "pull access denied"}

    record = await rig.deploy(compose)

    assert (record["status"], record["errorMessage"]) == ("error", None)
    assert (await rig.log(record)).splitlines()[-3:] == [
        "pull access denied",
        "Error: ❌ Docker command failed",
        "Error occurred ❌, check the logs for details.",
    ]
    assert (await rig.ok("compose.one", composeId=compose["composeId"]))["composeStatus"] == "error"


async def test_a_failed_deployment_leaves_an_emptied_folder_without_env(rig: Rig) -> None:
    """D12: what `compose.start` would bring up from there has no variables."""
    compose = await rig.compose(env="A=1")
    await rig.deploy(compose)
    (rig.code(compose) / "left-behind").write_text("")
    await rig.ok("compose.update", composeId=compose["composeId"], env="A=${{project.NOPE}}")

    record = await rig.deploy(compose)

    assert record["status"] == "error"
    assert [path.name for path in rig.code(compose).iterdir()] == ["docker-compose.yml"]
    assert await rig.ok("compose.start", composeId=compose["composeId"]) is True
    assert (await rig.ok("compose.one", composeId=compose["composeId"]))["composeStatus"] == "done"


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ({"serviceName": "ghost"}, 'Domain "a.test" is attached to service "ghost" which does not exist'),
        ({}, 'Domain "a.test" is missing a service name'),
    ],
)
async def test_a_domain_that_fits_no_service_breaks_the_deployment(
    rig: Rig, domain: dict[str, Any], message: str
) -> None:
    compose = await rig.compose(env="A=1")
    await rig.ok(
        "domain.create", host="a.test", composeId=compose["composeId"], domainType="compose", **domain
    )

    record = await rig.deploy(compose)

    assert record["status"] == "error"
    assert f"❌ Has occurred an error: {message}" in await rig.log(record)
    assert not rig.code(compose, ".env").exists()
    assert rig.docker.ran == []


async def test_domains_apply_at_the_next_deployment(rig: Rig) -> None:
    compose = await rig.compose()
    await rig.deploy(compose)
    await rig.ok(
        "domain.create",
        host="a.test",
        composeId=compose["composeId"],
        domainType="compose",
        serviceName="web",
    )

    assert "a.test" not in rig.code(compose, "docker-compose.yml").read_text()
    await rig.deploy(compose)
    assert "Host(`a.test`)" in rig.code(compose, "docker-compose.yml").read_text()


@pytest.mark.parametrize("text", ["", "   \n", "just text", "not: [valid"])
async def test_a_file_that_is_no_compose_file_is_an_error(rig: Rig, text: str) -> None:
    compose = await rig.compose(composeFile=text)

    assert (await rig.deploy(compose))["status"] == "error"
    assert rig.docker.ran == []


async def test_without_a_file_wanted_none_is_written(rig: Rig) -> None:
    compose = await rig.compose(env="A=1", createEnvFile=False)

    await rig.deploy(compose)

    assert not rig.code(compose, ".env").exists()


async def test_a_custom_command_runs_instead_of_the_default(rig: Rig) -> None:
    compose = await rig.compose()
    command = f"compose -p {compose['appName']} -f docker-compose.yml up -d --wait"
    await rig.ok("compose.update", composeId=compose["composeId"], command=command)

    await rig.deploy(compose)

    assert rig.docker.commands() == [command]


async def test_commands_can_be_chained_with_compose_only(rig: Rig) -> None:
    compose = await rig.compose(command="compose pull && docker compose up -d")

    await rig.deploy(compose)

    assert rig.docker.commands() == ["compose pull", "compose up -d"]


@pytest.mark.parametrize("command", ["compose up; rm x", "compose up && rm x", "compose $(x)", "compose | x"])
async def test_a_command_with_other_shell_syntax_is_refused(rig: Rig, command: str) -> None:
    compose = await rig.compose(command=command)

    assert (await rig.deploy(compose))["status"] == "error"
    assert rig.docker.ran == []


async def test_settings_are_those_of_the_moment_the_job_starts(rig: Rig) -> None:
    compose = await rig.compose(env="A=old")
    await rig.ok("compose.deploy", composeId=compose["composeId"])
    await rig.ok("compose.update", composeId=compose["composeId"], env="A=new")

    await rig.server.queue.idle()

    assert 'A="new"' in rig.code(compose, ".env").read_text()


async def test_a_github_source_without_a_provider_is_an_error(rig: Rig) -> None:
    compose = await rig.compose()
    await rig.ok("compose.update", composeId=compose["composeId"], sourceType="github")

    record = await rig.deploy(compose)

    assert "Github Provider not found" in await rig.log(record)


async def test_a_service_deleted_while_it_is_deployed_ends_without_a_trace(rig: Rig) -> None:
    compose = await rig.compose(composeFile=WEB)
    rig.world.faults.add(part="dokploy", kind="freeze")
    await rig.ok("compose.deploy", composeId=compose["composeId"])
    await rig.started()

    await rig.ok("compose.delete", composeId=compose["composeId"], deleteVolumes=True)
    rig.world.faults.clear()
    await rig.server.queue.idle()

    assert await rig.records(compose) == []
    await rig.refused("compose.one", 404, composeId=compose["composeId"])
