import asyncio

import pytest

from sandbox.engine.networks import DOKPLOY_NETWORK
from tests.sandbox.hosts import Host

CHECK = "healthcheck: {test: [CMD, x]}"
POSTGRES = "docker.io/library/postgres:17.6"


def web(image: str = POSTGRES, more: str = "") -> str:
    return f"services:\n  web:\n    image: {image}\n    {more}\n"


def test_a_project_comes_up_under_its_names(host: Host) -> None:
    done = host.up("app-x1", web(more='volumes: ["data:/d"]') + "volumes: {data: }\n")

    assert done.code == 0
    assert host.states("app-x1") == {"app-x1-web-1": "Up Less than a second"}
    assert {n["Name"] for n in host.docker.networks()} == {DOKPLOY_NETWORK, "app-x1_default"}
    assert [v["Name"] for v in host.docker.volumes()] == ["app-x1_data"]


def test_the_log_reads_as_composes(host: Host) -> None:
    done = host.up("app-x1", web())

    assert done.lines == [
        f" Image {POSTGRES} Pulling ",
        f" Image {POSTGRES} Pulled ",
        " Network app-x1_default Creating ",
        " Network app-x1_default Creating ",
        " Network app-x1_default Created ",
        " Network app-x1_default Created ",
        " Container app-x1-web-1 Creating ",
        " Container app-x1-web-1 Created ",
        " Container app-x1-web-1 Starting ",
        " Container app-x1-web-1 Started ",
    ]


def test_containers_are_made_anew_when_that_is_asked_for(host: Host) -> None:
    host.up("app", web())

    assert " Container app-web-1 Recreated " in host.up("app", web(), "--force-recreate").lines


def test_an_unchanged_project_keeps_its_containers(host: Host) -> None:
    host.up("app", web())
    before = host.container("app-web-1")["Id"]

    done = host.up("app", web())

    assert done.lines == [" Container app-web-1 Running "]
    assert host.container("app-web-1")["Id"] == before


@pytest.mark.parametrize(
    "change",
    [
        "environment: {A: 2}",
        "labels: {a: b}",
        "networks: [other]",
        'volumes: ["data:/d"]',
        "command: x",
        "init: true",
    ],
)
def test_a_change_of_a_service_makes_a_new_container(host: Host, change: str) -> None:
    rest = "networks: {other: }\nvolumes: {data: }\n"
    host.up("app", web() + rest)
    before = host.container("app-web-1")["Id"]

    done = host.up("app", web(more=change) + rest)

    assert " Container app-web-1 Recreated " in done.lines
    assert host.container("app-web-1")["Id"] != before


def test_a_changed_variable_makes_a_new_container_and_another_services_does_not(host: Host) -> None:
    text = 'services:\n  web: {image: "%s", environment: {A: "${A}"}}\n  db: {image: "%s"}\n'
    text = text % (POSTGRES, POSTGRES)
    host.up("app", text, files={".env": 'A="1"\n'})
    before = host.container("app-db-1")["Id"]

    done = host.up("app", text, files={".env": 'A="2"\n'})

    assert " Container app-web-1 Recreated " in done.lines
    assert host.container("app-db-1")["Id"] == before
    assert "A=2" in host.container("app-web-1")["Config"]["Env"]


def test_an_image_that_is_there_is_kept_though_its_tag_moved(host: Host) -> None:
    image = host.publish("v1").partition("@")[0]
    host.up("app", web(image))
    host.publish("v1", new="yes")

    assert " Container app-web-1 Running " in host.up("app", web(image)).lines
    assert " Container app-web-1 Recreated " in host.up("app", web(image, "pull_policy: always")).lines


def test_r3_the_digest_asked_for_is_the_one_that_runs(host: Host) -> None:
    image = host.publish("v1")
    host.publish("v1", new="yes")

    host.up("app", web(image))

    shown = host.container("app-web-1")
    assert shown["Config"]["Image"] == image
    assert shown["Config"]["Labels"]["org.opencontainers.image.revision"] == "v1v1v1v1"
    assert shown["Image"].startswith("sha256:")


def test_inspect_shows_what_docker_shows(host: Host) -> None:
    host.up(
        "app",
        web(more=f'environment: {{A: "1"}}\n    volumes: ["data:/d"]\n    {CHECK}') + "volumes: {data: }\n",
    )

    shown = host.container("app-web-1")

    assert shown["Name"] == "/app-web-1"
    assert shown["State"]["Status"] == "running"
    assert shown["State"]["Health"]["Status"] == "healthy"
    assert shown["Config"]["Env"][0] == "A=1"
    assert shown["Config"]["Labels"]["com.docker.compose.project"] == "app"
    assert shown["Config"]["Labels"]["com.docker.compose.service"] == "web"
    assert shown["Mounts"] == [
        {"Type": "volume", "Name": "app_data", "Source": "app_data", "Destination": "/d", "RW": True}
    ]
    assert shown["NetworkSettings"]["Networks"]["app_default"]["Aliases"] == [
        "app-web-1",
        "web",
        shown["Id"][:12],
    ]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("ghcr.io/zitian-party/finance-report-backend:v9", "manifest unknown"),
        ("docker.io/library/nothing:1", "pull access denied for nothing"),
        ("nope.invalid/x:1", 'Get "https://nope.invalid/v2/": dial tcp: lookup nope.invalid: no such host'),
        ("UPPER:1", "invalid reference format"),
    ],
)
def test_an_image_that_cannot_be_had_stops_it_before_anything_is_changed(
    host: Host, image: str, said: str
) -> None:
    host.publish("v1")
    host.up("app", web())

    done = host.up("app", web(image))

    assert done.code == 1
    assert done.lines[-1].startswith("Error response from daemon: ")
    assert said in done.lines[-1]
    assert host.states("app") == {"app-web-1": "Up Less than a second"}


def test_a_private_registry_wants_a_login(host: Host) -> None:
    image = host.publish("v1")
    host.run("logout", "ghcr.io")

    done = host.up("app", web(image))

    assert done.code == 1
    assert "pull access denied" in done.text
    assert "may require 'docker login'" in done.text


def test_orphans_are_removed_when_asked_and_named_otherwise(host: Host) -> None:
    host.up("app", web().replace("web:", "old:"))
    folder = host.folder("app", web())

    kept = host.run("compose", "-p", "app", "up", "-d", cwd=folder)
    gone = host.up("app", web())

    assert "Found orphan containers ([app-old-1])" in kept.text
    assert " Container app-old-1 Removed " in gone.lines
    assert list(host.states("app")) == ["app-web-1"]


def test_a_container_name_of_its_own_is_accepted_and_taken_once_on_the_host(host: Host) -> None:
    host.up("a", web(more="container_name: same"))

    done = host.up("b", web(more="container_name: same"))

    assert host.container("same")["Config"]["Labels"]["com.docker.compose.project"] == "a"
    assert done.code == 1
    assert 'Conflict. The container name "/same" is already in use' in done.text


def test_replicas_are_numbered(host: Host) -> None:
    host.up("app", web(more="deploy: {replicas: 3}"))
    host.up("app", web(more="scale: 2"))

    assert sorted(host.states("app")) == ["app-web-1", "app-web-2"]


@pytest.mark.parametrize(
    ("behaviour", "more", "status"),
    [
        ("ok", CHECK, "Up Less than a second (healthy)"),
        ("unhealthy", CHECK, "Up Less than a second (unhealthy)"),
        ("unhealthy", "", "Up Less than a second"),
        ("exits", "", "Exited (1) Less than a second ago"),
        ("completes", "", "Exited (0) Less than a second ago"),
        ("exits", "restart: unless-stopped", "Restarting (1) Less than a second ago"),
        ("completes", "restart: on-failure", "Exited (0) Less than a second ago"),
    ],
)
def test_done_without_wait_says_nothing_of_health(host: Host, behaviour: str, more: str, status: str) -> None:
    done = host.up("app", web(host.publish("v1", behaviour), more))

    assert done.code == 0
    assert host.states("app") == {"app-web-1": status}


@pytest.mark.parametrize(
    ("behaviour", "more", "said"),
    [
        ("unhealthy", CHECK, "container app-web-1 is unhealthy"),
        ("exits", "", "container app-web-1 exited (1)"),
        ("completes", "", "container app-web-1 exited (0)"),
    ],
)
def test_wait_fails_for_what_is_not_ready(host: Host, behaviour: str, more: str, said: str) -> None:
    done = host.up("app", web(host.publish("v1", behaviour), more), "--wait")

    assert (done.code, done.lines[-1]) == (1, said)


def test_wait_ends_with_healthy(host: Host) -> None:
    done = host.up("app", web(more=CHECK), "--wait")

    assert done.code == 0
    assert done.lines[-2:] == [" Container app-web-1 Waiting ", " Container app-web-1 Healthy "]


def test_wait_takes_as_long_as_the_container(host: Host) -> None:
    host.world.pace.start = 0.05
    clock = host.world.now
    folder = host.folder("app", web(more=CHECK))

    async def both() -> bool:
        words = ["compose", "-p", "app", "up", "-d", "--wait"]
        waiting = asyncio.create_task(host.running(*words, cwd=folder))
        await asyncio.sleep(0.06)
        still = not waiting.done()
        clock.turn(1)  # type: ignore[attr-defined]  # the test's clock
        return still and (await waiting).code == 0

    assert asyncio.run(asyncio.wait_for(both(), 5))


def test_a_container_that_restarts_for_ever_is_waited_for_until_the_time_is_up(host: Host) -> None:
    text = web(host.publish("v1", "exits"), "restart: always")

    done = host.up("app", text, "--wait", "--wait-timeout", "300")

    assert (done.code, done.lines[-1]) == (1, "application not healthy after 5m0s")
    with pytest.raises(TimeoutError):
        asyncio.run(
            asyncio.wait_for(
                host.running("compose", "-p", "app", "up", "-d", "--wait", cwd=host.root / "app"), 0.1
            )
        )


def depends(condition: str, image: str, more: str = "") -> str:
    return (
        f"services:\n  db: {{image: '{image}', {more}}}\n"
        f"  web: {{image: '{POSTGRES}', depends_on: {{db: {{condition: {condition}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("condition", "behaviour", "more", "said"),
    [
        (
            "service_healthy",
            "unhealthy",
            CHECK,
            "dependency failed to start: container app-db-1 is unhealthy",
        ),
        ("service_healthy", "exits", "", "dependency failed to start: container app-db-1 exited (1)"),
        (
            "service_healthy",
            "ok",
            "",
            "dependency failed to start: container app-db-1 has no healthcheck configured",
        ),
        (
            "service_completed_successfully",
            "exits",
            "",
            'service "db" didn\'t complete successfully: exit 1',
        ),
    ],
)
def test_a_dependency_that_fails_leaves_its_dependants_unstarted(
    host: Host, condition: str, behaviour: str, more: str, said: str
) -> None:
    done = host.up("app", depends(condition, host.publish("v1", behaviour), more))

    assert (done.code, done.lines[-1]) == (1, said)
    assert host.states("app")["app-web-1"] == "Created"
    if condition == "service_healthy":
        assert f" Container app-db-1 Error {said.removeprefix('dependency failed to start: ')}" in done.lines


@pytest.mark.parametrize(
    ("condition", "more", "status"),
    [
        ("service_started", "", "Up Less than a second"),
        ("service_healthy", CHECK, "Up Less than a second (healthy)"),
        ("service_completed_successfully", "", "Exited (0) Less than a second ago"),
    ],
)
def test_a_dependency_comes_first_and_one_whose_end_is_awaited_ends(
    host: Host, condition: str, more: str, status: str
) -> None:
    done = host.up("app", depends(condition, host.publish("v1"), more), "--wait")

    assert done.code == 0
    assert host.states("app")["app-db-1"] == status
    assert done.lines.index(" Container app-db-1 Started ") < done.lines.index(
        " Container app-web-1 Starting "
    )


def test_an_image_may_print_a_line_when_it_starts(host: Host) -> None:
    image = host.publish("v1", **{"strata.sandbox.prints": "canary"})

    assert "web-1  | canary" in host.up("app", web(image)).lines


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{external: true}", "network env not found"),
        ("{external: true, name: closed}", "network closed not manually attachable"),
    ],
)
def test_a_network_that_cannot_be_joined_stops_the_start(host: Host, declared: str, said: str) -> None:
    host.run("network", "create", "--driver", "overlay", "closed")

    done = host.up("app", web(more="networks: [env]") + f"networks: {{env: {declared}}}\n")

    assert done.code == 1
    assert "Could not attach to network" in done.lines[-1]
    assert said in done.lines[-1]
    assert host.states("app") == {"app-web-1": "Created"}


def test_an_attachable_overlay_is_joined_under_the_aliases_asked_for(host: Host) -> None:
    host.run("network", "create", "--driver", "overlay", "--attachable", "env")

    done = host.up(
        "app",
        web(more="networks: {env: {aliases: [finance-report-db]}}") + "networks: {env: {external: true}}\n",
    )

    assert done.code == 0
    aliases = host.container("app-web-1")["NetworkSettings"]["Networks"]["env"]["Aliases"]
    assert aliases[:3] == ["app-web-1", "finance-report-db", "web"]


def test_a_missing_external_volume_is_an_error(host: Host) -> None:
    done = host.up("app", web(more='volumes: ["d:/d"]') + "volumes: {d: {external: true, name: gone}}\n")

    assert (done.code, done.lines[-1]) == (1, 'external volume "gone" not found')


def test_a_named_volume_of_another_project_is_used_with_a_warning(host: Host) -> None:
    text = web(more='volumes: ["d:/d"]') + "volumes: {d: {name: shared}}\n"
    host.up("first", text)

    done = host.up("second", text)

    assert done.code == 0
    assert (
        '\\"shared\\" already exists but was created for project \\"first\\" (expected \\"second\\")'
        in done.text
    )


def test_a_named_network_of_another_project_is_used_with_a_warning(host: Host) -> None:
    text = web(more="networks: [n]") + "networks: {n: {name: shared}}\n"
    host.up("first", text)

    done = host.up("second", text)

    assert done.code == 0
    assert "a network with name shared exists but was not created for project" in done.text


def test_a_file_that_is_refused_changes_nothing(host: Host) -> None:
    host.up("app", web())

    done = host.up("app", web("${BACKEND_IMAGE:?is not set}"))

    assert done.code == 1
    assert done.lines == [
        (
            "error while interpolating services.web.image: required variable BACKEND_IMAGE is missing a"
            " value: is not set"
        )
    ]
    assert host.images_of("app") == [POSTGRES]


def test_an_image_may_check_itself_and_the_file_may_forbid_it(host: Host) -> None:
    files = {"Dockerfile": "FROM scratch\nHEALTHCHECK CMD x\n"}

    host.up("app", "services: {web: {build: .}}", files=files)
    assert host.states("app") == {"app-web-1": "Up Less than a second (healthy)"}

    host.up("app", "services: {web: {build: ., healthcheck: {disable: true}}}", files=files)
    assert host.states("app") == {"app-web-1": "Up Less than a second"}
