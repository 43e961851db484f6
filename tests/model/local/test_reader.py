"""What the reader of local stacks refuses, and how it says so."""

from pathlib import Path

import pytest

from model.errors import ComposeError
from model.local.reader import LocalCompose, Source, read
from tests.model.local.oracle import NAMES

FOLDER = Path("/checkout")
TINY = "services: {a: {image: tiny:1.0}}"


def reading(*texts: str, **env: str) -> LocalCompose:
    sources = [Source(path=FOLDER / name, text=text) for name, text in zip(NAMES, texts, strict=False)]
    return read(sources, env)


def refused(*texts: str, **env: str) -> str:
    with pytest.raises(ComposeError) as caught:
        reading(*texts, **env)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("services: {a: {image: tiny:1.0, privileged: true}}", "services.a.privileged"),
        (
            "services: {a: {image: tiny:1.0, build: {context: ., no_cache: true}}}",
            "services.a.build.no_cache",
        ),
        (
            "services: {a: {image: tiny:1.0, healthcheck: {disable: true}}}",
            "services.a.healthcheck.disable",
        ),
        ("services: {a: {image: tiny:1.0, networks: [other]}}", "services.a.networks.other"),
        ("services: {a: {image: tiny:1.0}}\nconfigs: {x: {file: y}}", "configs"),
        ("services: {a: {image: tiny:1.0}}\nname: mine", "name"),
        ("services: {a: {image: tiny:1.0}}\nvolumes: {v: {driver: nfs}}", "volumes.v"),
    ],
)
def test_c7_a_key_that_is_not_understood_is_refused_with_file_and_place(text: str, place: str) -> None:
    said = refused(text)

    assert said.startswith("docker-compose.yml cannot be taken, nothing was changed:\n")
    assert f"  {place}" in said
    assert "Next: take it out, or teach model/local/service.py" in said


def test_c7_the_file_that_holds_the_key_is_the_one_that_is_named() -> None:
    said = refused(TINY, "services: {a: {gpus: all}}")

    assert said.startswith("docker-compose.override.yml")
    assert "services.a.gpus: this key is not understood here" in said


def test_every_fault_of_a_file_is_named_at_once() -> None:
    said = refused("services: {a: {image: tiny:1.0, tty: true}, b: {image: tiny:1.0, mem_limit: much}}")

    assert "services.a.tty" in said
    assert "services.b.mem_limit: is not a size; write it like 512m" in said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("ports: ['8000-8001:80']", "services.a.ports.0: is not IP:HOSTPORT:PORT"),
        ("environment: {X: true}", "services.a.environment: X: put the value into quotes"),
        ("healthcheck: {interval: soon}", "services.a.healthcheck.interval: is not a duration"),
        ("volumes: ['/data']", "services.a.volumes: /data: write SOURCE:TARGET"),
        ("volumes: ['v:/data']", "services.a.volumes: v is not among the file's `volumes`"),
        ("depends_on: [b]", "services.a.depends_on: there is no service b"),
        ("depends_on: [a]", "services.a.depends_on: leads back to a"),
        ("restart: no", "services.a.restart: input should be 'no'"),
        ("build: .", "services.a: needs either `image` or `build`"),
    ],
)
def test_a_value_that_cannot_be_taken_is_said_with_its_place(body: str, said: str) -> None:
    assert said in refused(f"services: {{a: {{image: tiny:1.0, {body}}}}}")


def test_all_services_of_a_circle_are_named_and_none_that_only_waits_for_it() -> None:
    waits = {"a": "b", "b": "c", "c": "a", "d": "a"}
    bodies = (f"{one}: {{image: 'tiny:1.0', depends_on: [{other}]}}" for one, other in waits.items())

    said = refused(f"services: {{{', '.join(bodies)}}}")

    assert [one for one in waits if f"services.{one}.depends_on: leads back to {one}" in said] == [*"abc"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "is not YAML that can be checked (line 1)"),
        ("a: b", "has no services"),
        ("- a", "is not a mapping of names"),
        ("services: {a: {image: tiny:1.0, ports: !reset []}}", "is not YAML that can be checked"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_command_that_says_more(text: str, said: str) -> None:
    assert f"docker-compose.yml {said}" in (told := refused(text))
    assert "Next: try it with `docker compose config`" in told


@pytest.mark.parametrize("use", ["${NOT_THERE}", "$NOT_THERE", "${NOT_THERE:?say it}", "${NOT_THERE?}"])
def test_c2_a_variable_that_is_not_set_is_named_with_its_place(use: str) -> None:
    said = refused(f"services: {{a: {{image: tiny:1.0, environment: {{X: '{use}'}}}}}}")

    assert "services.a.environment.X: NOT_THERE is not set" in said


def test_a_port_of_the_host_is_known_by_the_variable_that_changes_it() -> None:
    text = """
    services:
      a: {image: 'tiny:1.0', ports: ['127.0.0.1:${A_PORT:-8000}:80', '127.0.0.1:7000:70']}
      b: {image: 'tiny:1.0', ports: [{target: 80, published: '${B_PORT:-9000}', host_ip: 127.0.0.1}]}
    """

    assert reading(text).variables == {8000: "A_PORT", 9000: "B_PORT"}
    assert reading(text, A_PORT="18000").variables == {18000: "A_PORT", 9000: "B_PORT"}


def test_paths_are_below_the_first_files_folder() -> None:
    services = reading("services: {a: {build: ./apps/a, volumes: ['./src:/src']}}").services

    assert services["a"].build is not None
    assert services["a"].build.context == "/checkout/apps/a"
    assert services["a"].volumes["/src"].source == "/checkout/src"


def test_a_volume_that_nothing_uses_is_not_made() -> None:
    text = "services: {a: {image: 'tiny:1.0', volumes: ['v:/v']}}\nvolumes: {v: , w: }"

    assert reading(text).volumes == ("v",)
