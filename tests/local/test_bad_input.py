"""What is wrong is said in a few lines with what to do, and nothing is left that nobody asked for."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.local.engine import Engine, EngineSilent
from tests.local.machine import Machine, copied, docker, require_docker

pytestmark = pytest.mark.docker


def add(small: Machine, line: str) -> None:
    """Put a line at the end of the backend's part of the base."""
    file = small.files / "docker-compose.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\nvolumes:\n", f"    {line}\n\nvolumes:\n"), encoding="utf-8")


def word(small: Machine, text: str) -> None:
    (small.files / "api" / "src" / "word").write_text(text, encoding="utf-8")


def break_command(small: Machine, script: str) -> None:
    file = small.files / "docker-compose.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("exec sleep 600", script), encoding="utf-8")


# Before anything is touched ---------------------------------------------------------------------------


def test_c7_an_unknown_key_is_refused_with_file_place_and_what_to_do(small: Machine) -> None:
    add(small, "gpus: all")

    said = small.up().refused()

    assert "docker-compose.yml cannot be taken, nothing was changed:" in said
    assert "services.backend.gpus: this key is not understood here" in said
    assert small.left() == []


def test_a_file_that_is_not_there_is_named(small: Machine) -> None:
    (small.files / "docker-compose.yml").unlink()

    assert "docker-compose.yml cannot be read (No such file or directory)" in small.up().refused()


def test_a_folder_without_a_dockerfile_is_named(small: Machine) -> None:
    (small.files / "api" / "Dockerfile").unlink()

    assert "services.backend.build: there is no Dockerfile in" in small.up().refused()


def test_docker_that_does_not_run_is_said_with_its_address(small: Machine, tmp_path: Path) -> None:
    said = small.up(DOCKER_HOST=f"unix://{tmp_path}/none.sock").refused()

    assert f"Docker does not answer at unix://{tmp_path}/none.sock" in said
    assert "Nothing was changed. Next: start it" in said


def test_docker_that_is_not_installed_is_said(small: Machine) -> None:
    folders = small.environment["PATH"].split(":")
    without = ":".join(folder for folder in folders if not (Path(folder) / "docker").exists())

    assert "Docker is not installed here" in small.up(PATH=without).refused()


def test_docker_that_is_too_old_is_said_with_both_versions(small: Machine) -> None:
    with old_engine() as host:
        said = small.up(DOCKER_HOST=host).refused()

    assert "it is 19.03.15 with API 1.40, and this stack needs API 1.41" in said


def test_a_port_in_use_is_named_with_service_and_variable(small: Machine) -> None:
    port = small.environment["REDIS_PORT"]
    with socket.create_server(("127.0.0.1", int(port))):
        said = small.up().refused()

    assert f"{port} for store: another program has it; set REDIS_PORT" in said
    assert small.left() == []


def test_a_port_that_a_container_has_is_named_with_the_container(small: Machine) -> None:
    port = small.environment["BACKEND_PORT"]
    owner = f"{small.app}-owner"
    docker("run", "--detach", "--name", owner, "--publish", f"127.0.0.1:{port}:6379", "redis:8.2.1")

    said = small.up().refused()

    assert f"{port} for backend: the container {owner} has it; set BACKEND_PORT" in said


def test_a_container_of_our_name_that_is_not_ours_is_not_touched(small: Machine) -> None:
    name = small.name("backend")
    docker("create", "--name", name, "redis:8.2.1")

    said = small.up().refused()

    assert f"`docker rm -f {name}`" in said
    assert small.left() == [f"container {name}"]


@pytest.mark.parametrize("stack", ["local", "ci"])
def test_s3_another_checkout_or_state_of_the_same_application_is_refused_and_harms_nothing(
    small: Machine, tmp_path: Path, stack: str
) -> None:
    small.up(stack).ok()
    store, backend = (small.inspected(small.name(one, stack))["Id"] for one in ("store", "backend"))
    docker("exec", small.name("store", stack), "redis-cli", "set", "kept", "yes")
    elsewhere = copied(small.files, tmp_path / "elsewhere")
    checkout = Machine(place=tmp_path / "checkout", files=elsewhere, app=small.app)
    state = Machine(place=tmp_path / "other", files=small.files, app=small.app)

    said = checkout.up(stack).refused()
    also = state.up(stack).refused()
    for other in (checkout, state):
        other.destroy(stack).ok()

    assert f"of the checkout {elsewhere} cannot have its names" in said
    assert (
        f"container {small.name('store', stack)}: stack {small.app}/{stack} of the checkout {small.files}"
        in said
    )
    assert f"`pulumi destroy --stack {stack}`" in said
    assert "with another state (PULUMI_BACKEND_URL)" in also
    assert [small.inspected(small.name(one, stack))["Id"] for one in ("store", "backend")] == [store, backend]
    assert docker("exec", small.name("store", stack), "redis-cli", "get", "kept") == "yes\n"


# While it is being made -------------------------------------------------------------------------------


def test_a_build_that_fails_is_shown_with_its_last_lines(small: Machine) -> None:
    file = small.files / "api" / "Dockerfile"
    file.write_text(f"{file.read_text(encoding='utf-8')}RUN echo the-reason >&2; exit 7\n", encoding="utf-8")

    said = small.up().refused()

    assert "the image of backend cannot be built" in said
    assert "  the-reason\n" in said
    assert "`pulumi destroy --stack local`" in said
    small.destroy().ok()
    assert small.left() == []


def test_an_image_that_cannot_be_pulled_is_told_with_the_next_command(small: Machine) -> None:
    file = small.files / "docker-compose.yml"
    image = "127.0.0.1:9/nobody/has-this:1.0"
    text = file.read_text(encoding="utf-8").replace("docker.io/library/redis:8.2.1", image)
    file.write_text(text, encoding="utf-8")

    said = small.up().refused()

    assert "the image of store cannot be pulled: " in said
    assert f"Next: `docker pull {image}`" in said


def test_a_service_that_ends_is_shown_with_its_exit_code_and_its_last_lines(small: Machine) -> None:
    break_command(small, "echo migration 0002 failed >&2; exit 3")
    override = small.files / "docker-compose.override.yml"
    text = override.read_text(encoding="utf-8").replace("unless-stopped", '"no"')
    override.write_text(text, encoding="utf-8")

    said = small.up().refused()

    assert "backend ended with exit code 3 instead of becoming healthy" in said
    assert "  migration 0002 failed" in said
    assert f"`docker logs {small.name('backend')}`" in said
    assert small.inspected(small.name("store"))["State"]["Running"]


def test_a_service_that_ends_again_and_again_is_not_waited_for(small: Machine) -> None:
    break_command(small, "echo once more; exit 4")

    said = small.up().refused()

    assert "backend ended and was started again" in said
    assert "last exit code was 0" not in said
    assert "  once more\n" in said


def test_a_service_that_is_unhealthy_is_shown_and_tried_again_by_the_next_up(small: Machine) -> None:
    word(small, "ill\n")
    first, second = small.up().refused(), small.up().refused()

    for said in (first, second):
        assert "error: after hook" in said
        assert "backend is unhealthy" in said
        assert "  ill\n" in said

    word(small, "well\n")
    small.up().ok()


def test_nothing_of_ci_is_left_running_when_a_service_fails(small: Machine) -> None:
    break_command(small, "echo broken; exit 5")

    said = small.up("ci").refused()

    assert "Nothing is left running" in said
    assert "  broken" in said
    assert [one for one in small.left() if not one.startswith("image")] == []

    break_command_back = small.files / "docker-compose.yml"
    text = break_command_back.read_text(encoding="utf-8").replace("echo broken; exit 5", "exec sleep 600")
    break_command_back.write_text(text, encoding="utf-8")
    small.up("ci", "--refresh").ok()
    small.destroy("ci").ok()
    assert small.left() == []


def test_nothing_of_ci_is_left_running_when_a_build_fails(small: Machine) -> None:
    word(small, "")

    said = small.up("ci").refused()

    assert "the image of backend cannot be built" in said
    assert [one for one in small.left() if not one.startswith("image")] == []
    small.destroy("ci").ok()


def test_docker_that_went_away_is_told_apart_from_one_that_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real command line: both print `[]` and end with 1."""
    require_docker()
    engine = Engine(host="")
    nobody = "nobody-has-this-name"
    assert engine.container(nobody) is None
    engine.remove_container(nobody)

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

    with pytest.raises(EngineSilent, match="Docker does not answer `docker inspect`"):
        engine.container(nobody)
    with pytest.raises(EngineSilent, match="Docker does not answer `docker ps`"):
        engine.remove("strata.stack=nobody")


@contextmanager
def old_engine() -> Iterator[str]:
    """Answers as a Docker of 2019 does to the one question that it is asked."""
    version = {"Version": "19.03.15", "ApiVersion": "1.40", "MinAPIVersion": "1.12", "Os": "linux"}

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(version).encode() if self.path.endswith("/version") else b"OK"
            self.send_response(200)
            self.send_header("Api-Version", "1.40")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Api-Version", "1.40")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
