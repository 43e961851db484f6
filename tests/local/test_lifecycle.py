"""Up, up again, a change, destroy: with the real engine on a real Docker."""

import pytest
import yaml

from tests.local.machine import Machine, docker, wait_until

pytestmark = pytest.mark.docker


def test_c7_a_second_up_changes_nothing_and_a_changed_source_only_its_own_service(small: Machine) -> None:
    small.up().ok()
    store = small.inspected(small.name("store"))
    backend = small.inspected(small.name("backend"))
    small.up("local", "--expect-no-changes").ok()
    small.up("local", "--refresh", "--expect-no-changes").ok()

    (small.files / "api" / "src" / "word").write_text("well, and changed\n", encoding="utf-8")
    preview = small.preview().ok().output
    images = docker("images", "--quiet", small.name("backend")).split()
    small.up().ok()

    assert "local-store" not in preview
    assert len(images) == 1
    assert small.inspected(small.name("store"))["Id"] == store["Id"]
    assert small.inspected(small.name("backend"))["Image"] != backend["Image"]
    assert docker("exec", small.name("backend"), "cat", "/app/word") == "well, and changed\n"

    small.destroy().ok()
    assert small.left() == []


def test_a_file_that_docker_is_not_sent_builds_nothing(small: Machine) -> None:
    (small.files / "api" / ".dockerignore").write_text("*\n!src\n", encoding="utf-8")
    small.up().ok()

    (small.files / "api" / "notes.md").write_text("for people\n", encoding="utf-8")

    small.preview("local", "--expect-no-changes").ok()


def test_a_preview_needs_nothing_built_and_makes_nothing(small: Machine) -> None:
    (small.files / "api" / "src" / "word").write_text("", encoding="utf-8")  # its image could not be built

    small.preview().ok()

    assert small.left() == []


def test_c4_ci_keeps_no_data_and_publishes_no_port(small: Machine) -> None:
    small.up("ci").ok()
    store, backend = (small.inspected(small.name(one, "ci")) for one in ("store", "backend"))
    outputs = small.outputs("ci")

    assert {mount["Destination"]: mount["Type"] for mount in store["Mounts"]} == {"/data": "tmpfs"}
    assert [one["HostConfig"]["PortBindings"] or {} for one in (store, backend)] == [{}, {}]
    assert "STORE=small-store-ci" in backend["Config"]["Env"]
    assert [one for one in small.left() if one.startswith("volume")] == []
    assert outputs["ports"] == {}
    assert small.name("store", "ci") in outputs["healthCommand"]

    small.destroy("ci").ok()
    assert small.left() == []


def test_ci_a_volume_without_a_name_goes_with_its_container(small: Machine) -> None:
    """The backend's image declares one, and nothing in the files mounts anything there."""
    small.up("ci").ok()
    (mount,) = [
        one for one in small.inspected(small.name("backend", "ci"))["Mounts"] if one["Type"] == "volume"
    ]

    small.destroy("ci").ok()

    assert mount["Name"] not in docker("volume", "ls", "--quiet").split()


def test_c3_local_and_ci_run_beside_each_other(small: Machine) -> None:
    small.up("local").ok()
    small.up("ci").ok()

    containers = {one for one in small.left() if one.startswith("container")}
    assert containers == {
        f"container {small.name(service, stack)}"
        for service in ("store", "backend")
        for stack in ("local", "ci")
    }


def test_a_container_that_died_is_made_again_by_the_next_up(small: Machine) -> None:
    small.up().ok()
    docker("kill", small.name("backend"))
    store = small.inspected(small.name("store"))["Id"]

    small.up().ok()

    assert small.inspected(small.name("backend"))["State"]["Health"]["Status"] == "healthy"
    assert small.inspected(small.name("store"))["Id"] == store


def test_s10_what_was_removed_by_hand_does_not_stop_a_destroy(small: Machine) -> None:
    small.up().ok()
    docker("rm", "--force", small.name("backend"), small.name("store"))
    docker("network", "rm", f"{small.app}-local")

    small.destroy().ok()

    assert small.left() == []


def test_s10_a_lost_state_is_made_anew_over_what_is_there(small: Machine) -> None:
    small.up().ok()
    docker("exec", small.name("store"), "redis-cli", "set", "kept", "yes")
    docker("exec", small.name("store"), "redis-cli", "save")
    small.lose_state()

    small.up().ok()
    small.up("local", "--expect-no-changes").ok()

    assert docker("exec", small.name("store"), "redis-cli", "get", "kept") == "yes\n"
    small.destroy().ok()
    assert small.left() == []


def test_s10_after_a_kill_in_the_middle_the_next_up_goes_on(small: Machine) -> None:
    process = small.start("up", "--yes", "--skip-preview")
    wait_until(lambda: small.name("store") in docker("ps", "--all", "--format", "{{.Names}}"))
    small.kill(process)

    small.cancel()
    small.up().ok()

    assert small.inspected(small.name("backend"))["State"]["Health"]["Status"] == "healthy"
    small.destroy().ok()
    assert small.left() == []


def test_data_outlives_its_container_until_the_stack_is_destroyed(small: Machine) -> None:
    small.up().ok()
    docker("exec", small.name("store"), "redis-cli", "set", "kept", "yes")
    override = small.files / "docker-compose.override.yml"
    content = yaml.safe_load(override.read_text(encoding="utf-8"))
    content["services"]["store"]["mem_limit"] = "65m"
    override.write_text(yaml.safe_dump(content), encoding="utf-8")

    small.up().ok()

    assert docker("exec", small.name("store"), "redis-cli", "get", "kept") == "yes\n"
    assert small.inspected(small.name("store"))["HostConfig"]["Memory"] == 65 * 1024 * 1024
