import pytest

from model.errors import UnknownStack
from model.layers import LAYERS, Layer, Stack, markdown_table


@pytest.mark.parametrize("name", ["local", "ci", "staging", "production"])
def test_a_stack_is_the_layer_that_its_name_says(name: str) -> None:
    stack = Stack.parse(name)

    assert stack == Stack(name=name, layer=Layer(name))


def test_a_pull_requests_stack_carries_its_number() -> None:
    stack = Stack.parse("pr-12")

    assert stack == Stack(name="pr-12", layer=Layer.PR, pr=12)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "prod",
        "dev",
        "Staging",
        "staging ",
        "pr",
        "pr-",
        "pr-0",
        "pr-007",
        "pr-1x",
        "pr--1",
        "pr-1234567890",
    ],
)
def test_any_other_name_is_refused_with_the_allowed_ones(name: str) -> None:
    with pytest.raises(UnknownStack, match=r"local, ci, pr-<number>, staging, production"):
        Stack.parse(name)


@pytest.mark.parametrize(
    ("name", "near"), [("stagin", "staging"), ("prodution", "production"), ("loca", "local")]
)
def test_a_misspelt_name_is_answered_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UnknownStack, match=f"Did you mean '{near}'"):
        Stack.parse(name)


def test_a_leading_zero_is_explained() -> None:
    with pytest.raises(UnknownStack, match="from 1, without leading zeros"):
        Stack.parse("pr-012")


STACKS = [Stack.parse(name) for name in ("local", "ci", "pr-3", "staging", "production")]


def test_staging_and_production_stay() -> None:
    assert [stack.name for stack in STACKS if stack.standing] == ["staging", "production"]


def test_dokploy_runs_these_and_previews() -> None:
    assert [stack.name for stack in STACKS if stack.on_dokploy] == ["pr-3", "staging", "production"]


def test_the_table_has_the_six_layers_in_order() -> None:
    assert [row.number for row in LAYERS] == [1, 2, 3, 4, 5, 6]


def test_every_stack_of_the_table_is_one_that_can_be_parsed() -> None:
    stacks = [row.stack.strip("`").replace("<n>", "7") for row in LAYERS[1:]]

    assert [Stack.parse(stack).layer for stack in stacks] == list(Layer)


def test_the_markdown_table_has_a_row_for_each_layer_and_even_columns() -> None:
    lines = markdown_table().splitlines()

    assert len(lines) == len(LAYERS) + 2
    assert {line.count("|") for line in lines} == {9}
