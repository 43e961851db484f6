"""How looks follow each other, whatever they look at."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from strata.errors import CommandError
from strata.outcome import Exit
from strata.setup import STEPS, print_looks
from strata.setup.step import Answer, Look, State, Step, first_undone, looked, not_seen, ok, to_do
from strata.setup.world import World
from vault.errors import NotConfigured, Sealed

WORLD = World(env={}, start=Path())


def step(name: str, answer: Answer | Exception, *after: str) -> Step:
    def check(world: World) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Step(name=name, check=check, after=after)


def looks(*steps: Step) -> list[Look]:
    return list(looked(steps, WORLD))


def told(found: list[Look]) -> list[str]:
    return [f"{look.answer.state}: {look.answer.text}" for look in found]


def test_a_step_behind_an_undone_one_is_not_tried_and_names_the_one_that_is_to_be_done() -> None:
    found = looks(
        step("first", to_do("missing", command="make it")),
        step("second", AssertionError("tried"), "first"),
        step("third", AssertionError("tried"), "second"),
        step("other", ok("there")),
    )

    assert told(found) == [
        "to do: missing",
        "not seen: comes after first",
        "not seen: comes after first",
        "ok: there",
    ]
    assert first_undone(found) is found[0]


@pytest.mark.parametrize(
    "error", [Sealed("it is sealed", next_step="unseal it"), CommandError("a", next_step="b")]
)
def test_a_server_that_cannot_be_asked_is_not_seen_and_hides_no_other_step(error: Exception) -> None:
    first, second = looks(step("down", error), step("other", ok("there")))

    assert first.answer.state is State.NOT_SEEN
    assert first.answer.command in {"unseal it", "b"}
    assert second.answer.state is State.OK


def test_what_is_wrong_here_is_to_do_and_not_unseen() -> None:
    (found,) = looks(step("env", NotConfigured("VAULT_ADDR is not set", next_step="export it")))

    assert found.answer == to_do("VAULT_ADDR is not set.", command="export it")


@pytest.mark.parametrize(
    ("answers", "code", "last"),
    [
        ([ok("a"), ok("b")], Exit.OK, "it travels by itself"),
        ([ok("a"), to_do("b", command="do b")], Exit.NOT_AS_IT_SHOULD_BE, "    do b"),
        ([not_seen("a"), ok("b")], Exit.FAILED, "strata doctor --setup"),
        ([not_seen("a", command="ask"), to_do("b", command="do b")], Exit.NOT_AS_IT_SHOULD_BE, "    ask"),
    ],
)
def test_the_first_undone_step_is_printed_with_its_command_and_the_code_tells_the_rest(
    answers: list[Answer], code: Exit, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [step(f"step-{number}", answer) for number, answer in enumerate(answers)]

    assert print_looks(looked(steps, WORLD), json=False) == code
    assert last in capsys.readouterr().out.splitlines()[-1]


def test_as_json_each_step_has_its_state_command_and_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    code = print_looks(looked([step("dns", to_do("no address", command="make it"))], WORLD), json=True)

    assert code == Exit.NOT_AS_IT_SHOULD_BE
    assert json.loads(capsys.readouterr().out) == [
        {
            "step": "dns",
            "state": "to do",
            "text": "no address",
            "command": "make it",
            "guide": "docs/setup.md#dns",
        }
    ]


def test_every_step_waits_for_steps_before_it_only() -> None:
    before: set[str] = set()
    for one in STEPS:
        assert set(one.after) <= before, one.name
        before.add(one.name)

    assert len(before) == len(STEPS)


def test_with_nothing_at_all_the_command_ends_with_the_first_step(
    strata: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    result = strata("doctor", "--setup")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert "Next: step 1 of" in result.output
    assert "make toolchain" in result.output.splitlines()[-1]
