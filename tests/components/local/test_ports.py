import socket
from collections.abc import Iterator
from pathlib import PurePath

import pulumi
import pytest

from components.local.engine import Container
from components.local.ports import require_free
from model.local.reader import LocalCompose, Source, read
from tests.components.local.docker import inspected


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that a program has."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def compose(text: str) -> LocalCompose:
    return read([Source(path=PurePath("/c/docker-compose.yml"), text=f"services: {text}")], {})


def refused(text: str, *, ours: list[Container] | None = None, others: list[Container] | None = None) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        require_free(compose(text), ours=ours or [], others=others or [])
    return str(caught.value)


def test_a_port_that_a_program_has_is_named_with_service_and_variable(taken: int) -> None:
    said = refused(f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:${{A_PORT:-{taken}}}:80']}}}}")

    assert f"  {taken} for a: another program has it; set A_PORT" in said


def test_a_port_without_a_variable_is_changed_in_the_file(taken: int) -> None:
    said = refused(f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:80']}}}}")

    assert f"  {taken} for a: another program has it; change it in the compose file" in said


def test_a_port_that_our_own_container_has_is_ours(taken: int) -> None:
    ours = [Container.parse(inspected("small-local-a", port=taken))]

    require_free(compose(f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:80']}}}}"), ours=ours, others=[])


def test_a_port_of_our_stopped_container_may_be_somebody_elses(taken: int) -> None:
    ours = [Container.parse(inspected("small-local-a", port=taken, state="exited"))]

    assert "another program" in refused(
        f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:80']}}}}", ours=ours
    )


def test_another_container_is_named() -> None:
    others = [Container.parse(inspected("other", port=8000))]

    said = refused("{a: {image: 'x:1.0', ports: ['127.0.0.1:8000:80']}}", others=others)

    assert "8000 for a: the container other has it" in said


def test_two_services_on_one_port_are_both_named(taken: int) -> None:
    ours = [Container.parse(inspected("small-local-a", port=taken))]

    said = refused(
        f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:80']}}, "
        f"b: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:81']}}}}",
        ours=ours,
    )

    assert f"{taken} for b: a asks for it too" in said


def test_tcp_and_udp_do_not_meet(taken: int) -> None:
    require_free(
        compose(f"{{a: {{image: 'x:1.0', ports: ['127.0.0.1:{taken}:80/udp']}}}}"), ours=[], others=[]
    )
