import asyncio

import pytest

from tests.sandbox.hosts import BACKEND, Host

DETACHED = "Since --detach=false was not specified, tasks will be created in the background."
ROLLBACK = "update_config: {order: start-first, failure_action: rollback}"
CHECK = "healthcheck: {test: [CMD, x]}"


def web(image: str, *, deploy: str = ROLLBACK, more: str = CHECK, labels: str = "{}") -> str:
    return f"""
services:
  web:
    image: {image}
    {more}
    deploy:
      labels: {labels}
      {deploy}
"""


def tasks(host: Host, app: str = "app") -> list[tuple[str, str]]:
    return [(row["name"], row["currentState"].split()[0]) for row in host.docker.tasks(app)]


def running(host: Host, app: str = "app") -> list[str]:
    return [row["name"].rpartition(".")[2] for row in host.docker.containers(app, "stack")]


def test_a_stack_comes_up_under_its_names(host: Host) -> None:
    image = host.publish("v1")

    done = host.deploy("app", web(image, deploy="replicas: 2"))

    assert done.code == 0
    assert [line for line in done.lines if line.startswith("Creating")] == [
        "Creating network app_default",
        "Creating service app_web",
    ]
    assert DETACHED in done.lines
    assert tasks(host) == [("app_web.1", "Running"), ("app_web.2", "Running")]
    assert host.images_of("app") == [image, image]


def test_not_detached_it_shows_how_the_service_converges(host: Host) -> None:
    done = host.deploy("app", web(host.publish("v1")), "--detach=false")

    service = host.docker.services()[0]["id"]
    assert done.lines == [
        "Creating network app_default",
        "Creating service app_web",
        "overall progress: 0 out of 1 tasks",
        "overall progress: 1 out of 1 tasks",
        f"verify: Service {service} converged",
    ]


def test_an_unchanged_stack_makes_no_tasks(host: Host) -> None:
    text = web(host.publish("v1"))
    host.deploy("app", text)
    before = running(host)

    done = host.deploy("app", text, "--detach=false")

    assert done.code == 0
    assert "Updating service app_web (id: " in done.text
    assert running(host) == before


@pytest.mark.parametrize(
    ("before", "after", "makes"),
    [
        ({"labels": "{a: 1}"}, {"labels": "{a: 2}"}, False),
        ({"deploy": "replicas: 1"}, {"deploy": ROLLBACK}, False),
        ({"more": "environment: {A: 1}"}, {"more": "environment: {A: 2}"}, True),
        ({"more": "command: x"}, {"more": "command: y"}, True),
        ({"more": "labels: {a: 1}"}, {"more": "labels: {a: 2}"}, True),
        ({"more": ""}, {"more": CHECK}, True),
        ({"more": "restart: always"}, {"more": "restart: 'no'"}, False),
    ],
)
def test_only_what_concerns_the_tasks_makes_new_ones(
    host: Host,
    before: dict[str, str],
    after: dict[str, str],
    makes: bool,  # noqa: FBT001  # a table's column
) -> None:
    image = host.publish("v1")
    host.deploy("app", web(image, **before))
    first = running(host)

    host.deploy("app", web(image, **after))

    assert (running(host) != first) is makes


def test_variables_come_from_the_environment_of_the_command(host: Host) -> None:
    image = host.publish("v1")

    host.deploy(
        "app", web("${IMAGE:?}", more='environment: {A: "${A}"}'), env={"IMAGE": image, "A": "x#'\"$\n"}
    )

    name = host.docker.containers("app", "stack")[0]["name"]
    assert "A=x#'\"$\n" in host.container(name)["Config"]["Env"]


def test_a_good_update_replaces_each_task(host: Host) -> None:
    host.deploy("app", web(host.publish("v1"), deploy="replicas: 2"))
    image = host.publish("v2")

    done = host.deploy("app", web(image, deploy="replicas: 2"), "--detach=false")

    assert done.code == 0
    assert host.images_of("app") == [image, image]
    assert tasks(host) == [
        ("app_web.1", "Running"),
        ("app_web.1", "Shutdown"),
        ("app_web.2", "Running"),
        ("app_web.2", "Shutdown"),
    ]


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("exits", '"task: non-zero exit (1)"'),
        ("unhealthy", '"task: non-zero exit (137): dockerexec: unhealthy container"'),
    ],
)
def test_d12_a_bad_update_rolls_back_and_ends_well_all_the_same(
    host: Host, behaviour: str, error: str
) -> None:
    good = host.publish("v1")
    host.deploy("app", web(good))
    before = running(host)

    done = host.deploy("app", web(host.publish("v2", behaviour)), "--detach=false")

    assert done.code == 0
    failed = host.docker.tasks("app")[0]
    assert (failed["state"], failed["error"]) == ("shutdown", error)
    assert (
        f"rollback: update rolled back due to failure or early termination of task {failed['containerId']}"
        in (done.lines)
    )
    assert done.lines[-1] == "rollback: rollback completed"
    assert running(host) == before
    assert host.images_of("app") == [good]


def test_a_stop_first_rollback_starts_the_former_version_again(host: Host) -> None:
    good = host.publish("v1")
    deploy = "update_config: {failure_action: rollback}"
    host.deploy("app", web(good, deploy=deploy))
    before = running(host)

    done = host.deploy("app", web(host.publish("v2", "exits"), deploy=deploy), "--detach=false")

    assert done.lines[-1] == "rollback: rollback completed"
    assert host.images_of("app") == [good]
    assert running(host) != before


def test_without_a_failure_action_a_bad_update_pauses(host: Host) -> None:
    host.deploy("app", web(host.publish("v1")))

    done = host.deploy("app", web(host.publish("v2", "exits"), deploy=""), "--detach=false")

    assert done.code == 1
    assert done.lines[-1].startswith(
        "service update paused: update paused due to failure or early termination"
    )


def test_a_bad_update_may_go_on(host: Host) -> None:
    host.deploy("app", web(host.publish("v1"), deploy="replicas: 2"))
    deploy = "replicas: 2\n      update_config: {failure_action: continue}"

    host.deploy("app", web(host.publish("v2", "exits"), deploy=deploy))

    assert running(host) == []
    assert host.docker.services()[0]["update"]["state"] == "completed"


def test_d11_after_a_rollback_the_next_good_version_is_taken(host: Host) -> None:
    host.deploy("app", web(host.publish("v1")))
    host.deploy("app", web(host.publish("v2", "exits")))
    image = host.publish("v3")

    done = host.deploy("app", web(image), "--detach=false")

    assert "rollback" not in done.text
    assert host.images_of("app") == [image]


def test_the_same_bad_version_is_tried_again(host: Host) -> None:
    host.deploy("app", web(host.publish("v1")))
    bad = web(host.publish("v2", "exits"))
    host.deploy("app", bad)

    done = host.deploy("app", bad, "--detach=false")

    assert "rollback: update rolled back" in done.text
    assert [state for _, state in tasks(host)] == ["Failed", "Failed", "Running"]


def test_a_rollback_to_what_never_worked_pauses(host: Host) -> None:
    host.deploy("app", web(host.publish("v1", "exits")))

    done = host.deploy("app", web(host.publish("v2", "exits")), "--detach=false")

    assert done.code == 1
    assert done.lines[-1].startswith("service rollback paused: update paused due to failure")


@pytest.mark.parametrize("image", ["exits", "unhealthy", "missing"])
def test_a_first_deployment_that_fails_holds_the_command_until_the_stack_is_removed(
    host: Host, image: str
) -> None:
    reference = f"{BACKEND}:gone" if image == "missing" else host.publish("v1", image)
    folder = host.folder("app", web(reference))

    async def hold() -> tuple[bool, int, str]:
        words = ["stack", "deploy", "-c", "docker-compose.yml", "app", "--detach=false"]
        waiting = asyncio.create_task(host.running(*words, cwd=folder))
        await asyncio.sleep(0.05)
        held = not waiting.done()
        await host.running("stack", "rm", "app")
        done = await waiting
        return held, done.code, done.lines[-1]

    held, code, last = asyncio.run(asyncio.wait_for(hold(), 5))
    assert (held, code) == (True, 1)
    assert last.startswith("Error response from daemon: service ")
    assert last.endswith(" not found")


def test_a_first_deployment_that_fails_is_not_noticed_when_detached(host: Host) -> None:
    done = host.deploy("app", web(host.publish("v1", "exits")))

    assert done.code == 0
    assert tasks(host) == [("app_web.1", "Failed")]
    assert host.docker.containers("app", "stack") == []


def test_a_missing_image_rejects_the_tasks(host: Host) -> None:
    image = f"{BACKEND}:gone"
    host.publish("v1")

    done = host.deploy("app", web(image))

    assert done.code == 0
    assert f"image {image} could not be accessed on a registry to record" in done.lines
    row = host.docker.tasks("app")[0]
    assert row["currentState"].startswith("Rejected")
    assert row["error"] == f'"No such image: {image}"'


def test_a_missing_image_rolls_an_update_back(host: Host) -> None:
    good = host.publish("v1")
    host.deploy("app", web(good))

    done = host.deploy("app", web(f"{BACKEND}:gone"), "--detach=false")

    assert "rollback: update rolled back" in done.text
    assert host.images_of("app") == [good]


def test_a_tag_is_pinned_to_its_digest_and_follows_it(host: Host) -> None:
    first = host.publish("v1")
    tag = first.partition("@")[0]
    host.deploy("app", web(tag))
    assert host.images_of("app") == [first]

    second = host.publish("v1", new="yes")
    host.deploy("app", web(tag))

    assert first != second
    assert host.images_of("app") == [second]


def test_an_image_built_here_runs_without_a_registry(host: Host) -> None:
    host.up("built", "services: {web: {build: .}}", files={"Dockerfile": "FROM scratch\n"})

    done = host.deploy("app", web("built-web"))

    assert "could not be accessed on a registry" in done.text
    assert host.images_of("app") == ["built-web"]


def test_pruned_services_go(host: Host) -> None:
    image = host.publish("v1")
    host.deploy("app", web(image) + f"  other: {{image: '{image}'}}\n")

    done = host.deploy("app", web(image))

    assert "Removing service app_other" in done.lines
    assert [s["name"] for s in host.docker.services()] == ["app_web"]


@pytest.mark.parametrize(
    ("create", "said"),
    [
        (
            None,
            (
                'network "env" is declared as external, but could not be found. You need to create a'
                " swarm-scoped network before the stack is deployed"
            ),
        ),
        (
            "bridge",
            (
                'network "env" is declared as external, but it is not in the right scope: "local" instead of'
                ' "swarm"'
            ),
        ),
    ],
)
def test_an_external_network_must_belong_to_the_swarm(host: Host, create: str | None, said: str) -> None:
    if create:
        host.run("network", "create", "--driver", create, "env")

    text = web(host.publish("v1"), more="networks: [env]") + "networks: {env: {external: true}}\n"
    done = host.deploy("app", text)

    assert (done.code, done.lines[-1]) == (1, said)
    assert host.docker.services() == []


def test_removing_takes_services_networks_and_containers_but_no_volume(host: Host) -> None:
    host.deploy("app", web(host.publish("v1"), more='volumes: ["data:/d"]') + "volumes: {data: }\n")

    done = host.run("stack", "rm", "app")

    assert done.lines == ["Removing service app_web", "Removing network app_default"]
    tables = host.docker.tables()
    assert (tables["containers"], tables["tasks"], tables["services"]) == ([], [], [])
    assert [v["Name"] for v in tables["volumes"]] == ["app_data"]
    assert host.run("stack", "rm", "app").lines == ["Nothing found in stack: app"]


def test_s9_a_fault_leaves_a_service_behind(host: Host) -> None:
    host.deploy("app", web(host.publish("v1")))
    host.world.faults.add(part="engine", kind="container-stays", path="app")

    done = host.run("stack", "rm", "app")

    assert (done.code, done.lines[0]) == (0, "Removing service app_web")
    assert len(host.docker.containers("app", "stack")) == 1
    assert "app_default" in [n["Name"] for n in host.docker.networks()]
    host.run("stack", "rm", "app")
    assert host.docker.containers("app", "stack") == []


def test_more_replicas_are_added_and_fewer_taken_away(host: Host) -> None:
    image = host.publish("v1")
    host.deploy("app", web(image, deploy="replicas: 1"))
    first = running(host)

    host.deploy("app", web(image, deploy="replicas: 3"), "--detach=false")
    assert len(running(host)) == 3
    assert set(first) < set(running(host))

    host.deploy("app", web(image, deploy="replicas: 1"))
    assert running(host) == first


def test_five_tasks_a_slot_are_remembered(host: Host) -> None:
    for number in range(8):
        host.deploy("app", web(host.publish(f"v{number}")))

    assert [state for _, state in tasks(host)] == ["Running", *["Shutdown"] * 4]


def test_an_update_rolls_slot_by_slot_in_its_time(host: Host) -> None:
    deploy = "replicas: 2\n      update_config: {order: start-first}"
    host.deploy("app", web(host.publish("v1"), deploy=deploy))
    host.world.pace.start = 10
    clock = host.world.now

    host.deploy("app", web(host.publish("v2"), deploy=deploy))

    seen = []
    for _ in range(3):
        seen.append(sorted(state for _, state in tasks(host)))
        clock.turn(10)  # type: ignore[attr-defined]  # the test's clock
    assert seen == [
        ["Running", "Running", "Starting"],
        ["Running", "Running", "Shutdown", "Starting"],
        ["Running", "Running", "Shutdown", "Shutdown"],
    ]


def test_an_update_that_was_under_way_is_decided_after_a_restart(host: Host) -> None:
    host.deploy("app", web(host.publish("v1")))
    host.world.pace.start = 10
    host.deploy("app", web(host.publish("v2", "unhealthy")))

    restarted = Host(host.world, host.root)
    host.world.now.turn(11)  # type: ignore[attr-defined]  # the test's clock

    assert restarted.docker.services()[0]["update"]["state"] == "rollback_completed"


def test_rows_are_those_that_dokploy_shows(host: Host) -> None:
    host.deploy("app", web(host.publish("v1"), deploy="replicas: 2"))
    host.world.now.turn(75)  # type: ignore[attr-defined]  # the test's clock

    containers = host.docker.containers("app", "stack")
    task = host.docker.tasks("", service="app_web")[0]
    assert task == {
        "containerId": task["containerId"],
        "name": "app_web.1",
        "state": "running",
        "node": "sandbox",
        "currentState": "Running about a minute ago",
        "error": "",
    }
    assert containers[0] == {
        "containerId": containers[0]["containerId"],
        "name": f"app_web.1.{task['containerId']}",
        "node": "sandbox",
        "state": "running",
        "status": "Running about a minute ago",
    }
    assert containers[1]["status"] == "Running about a minute ago (Error:)"
    assert host.docker.tasks("app")[-1]["error"] == "Error:"
    labels = host.container(containers[0]["containerId"])["Config"]["Labels"]
    assert labels["com.docker.stack.namespace"] == "app"
    assert labels["com.docker.swarm.service.name"] == "app_web"


def test_a_refused_file_changes_nothing(host: Host) -> None:
    done = host.deploy("app", web("${IMAGE:?is not set}"))

    assert done.code == 1
    assert done.text.startswith(
        'invalid interpolation format for services.web.image: "required variable IMAGE'
    )
    assert host.docker.services() == []
