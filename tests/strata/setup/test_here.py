"""The steps on this machine and at DNS."""

from collections.abc import Callable

import pytest

from strata.setup import here as steps
from strata.setup.step import Answer, State
from strata.setup.world import World, resolves
from tests.strata.conftest import Here

Make = Callable[..., World]
BUCKET = "s3://bucket?region=eu-central-1"


def undone(answer: Answer, command: str) -> str:
    assert answer.state is State.TO_DO, answer
    assert answer.command.startswith(command), answer
    return answer.text


def test_tools_that_are_missing_are_provided_by_make(world: Make, here: Here) -> None:
    undone(steps.installed(world(PATH=str(here.folder))), "make toolchain")


def test_somebody_has_to_be_named_who_approves_production(world: Make, here: Here) -> None:
    undone(steps.configured(world()), "pulumi config set-all --path --stack production")
    here.stack_file("production", reviewerTeams=[7])

    assert steps.configured(world()).state is State.OK


@pytest.mark.parametrize(
    ("backend", "command"),
    [(None, "export PULUMI_BACKEND_URL='s3://"), ("file:///var/state", "export PULUMI_BACKEND_URL='s3://")],
)
def test_a_state_that_no_runner_reaches_is_to_be_moved(
    world: Make, backend: str | None, command: str
) -> None:
    undone(steps.backend(world(PULUMI_BACKEND_URL=backend)), command)


def test_a_state_needs_its_passphrase_and_an_answer(world: Make) -> None:
    without = world(PULUMI_BACKEND_URL=BUCKET, PULUMI_CONFIG_PASSPHRASE=None)
    undone(steps.backend(without), "read -rs PULUMI_CONFIG")

    answer = steps.backend(world(PULUMI_BACKEND_URL=BUCKET, PULUMI_CONFIG_PASSPHRASE="x"))

    assert answer.state is State.OK
    assert answer.text == "answers; stacks: none yet"


def test_a_host_that_nobody_entered_has_to_have_an_address(world: Make) -> None:
    asked: list[str] = []

    def only(host: str) -> bool:
        asked.append(host)
        return False

    text = undone(steps.wildcard(world(resolves=only)), "make the DNS record `*.zitian.party`")

    assert text == "report-pr-0.zitian.party has no address"
    assert asked == ["report-pr-0.zitian.party"]
    assert steps.wildcard(world(resolves=lambda host: True)).state is State.OK


def test_a_sandbox_needs_no_dns(world: Make) -> None:
    answer = steps.wildcard(world(STRATA_CONNECT_TO="127.0.0.1:8443"))

    assert answer.state is State.OK
    assert "127.0.0.1:8443" in answer.text


def test_a_name_of_this_machine_resolves() -> None:
    assert resolves("localhost")
