"""Every noun through create, refresh, change, drift and destroy, as the engine would do it."""

from typing import Any

import pytest

from tests.dokploy_provider.nouns import NOUNS, Noun
from tests.dokploy_provider.stage import Stage

ALL = pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
HAND_EDITS = [(name, field) for name, noun in NOUNS.items() for field in noun.by_hand]


@ALL
def test_s7_a_second_up_changes_nothing(stage: Stage, noun: Noun) -> None:
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)

    assert resource.up(props) == "same"


@ALL
def test_s6_a_refresh_of_what_was_just_made_finds_no_difference(stage: Stage, noun: Noun) -> None:
    resource = stage.resource(noun)
    resource.up(noun.inputs(stage))

    assert resource.refresh() == set()


@ALL
def test_s6_up_after_a_refresh_of_what_was_just_made_changes_nothing(stage: Stage, noun: Noun) -> None:
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)
    resource.refresh()

    assert resource.up(props) == "same"


@pytest.mark.parametrize("name", [name for name, noun in NOUNS.items() if noun.change])
def test_a_change_is_made_in_place_and_then_is_the_state(stage: Stage, name: str) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)

    assert resource.up({**props, **noun.change}) == "update"
    assert resource.refresh() == set()
    assert resource.up({**props, **noun.change}) == "same"


@pytest.mark.parametrize(("name", "field"), HAND_EDITS)
def test_s6_a_hand_edit_shows_on_refresh_and_up_repairs_it(stage: Stage, name: str, field: str) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)
    procedure, body = noun.by_hand[field](stage, str(resource.id))
    stage.dokploy.do(procedure, **body)

    assert field in resource.refresh()
    assert resource.up(props) == "update"
    assert resource.refresh() == set()
    assert resource.up(props) == "same"


@pytest.mark.parametrize(("name", "field"), [edit for edit in HAND_EDITS if edit[1] != "drift"])
def test_s6_the_repair_of_a_hand_edit_shows_only_the_touched_field(
    stage: Stage, name: str, field: str
) -> None:
    noun = NOUNS[name]
    resource = stage.resource(noun)
    resource.up(noun.inputs(stage))
    wanted = resource.inputs
    procedure, body = noun.by_hand[field](stage, str(resource.id))
    stage.dokploy.do(procedure, **body)
    resource.refresh()
    shown = {n for n in wanted.keys() | resource.inputs.keys() if wanted.get(n) != resource.inputs.get(n)}

    marked = {"owner"} if field == "description" else set()  # which holds the marker
    assert shown == {field} | marked


@ALL
def test_s9_destroying_twice_is_no_error(stage: Stage, noun: Noun) -> None:
    resource = stage.resource(noun)
    resource.up(noun.inputs(stage))
    id_ = resource.id
    resource.destroy()
    resource.id = id_
    resource.destroy()

    assert noun.survives == bool(noun.count(stage))


@pytest.mark.parametrize("name", [name for name, noun in NOUNS.items() if not noun.survives])
def test_s5_what_is_gone_leaves_the_state_on_refresh(stage: Stage, name: str) -> None:
    noun = NOUNS[name]
    resource = stage.resource(noun)
    resource.up(noun.inputs(stage))
    id_, outs = resource.id, resource.outs
    resource.destroy()
    if name == "vault_provider":  # its object stays; an administrator removes it
        stage.dokploy.do("vaultProvider.remove", vaultProviderId=str(id_))
    resource.id, resource.outs = id_, outs

    assert resource.refresh() == {"id"}


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "reject", "status": 401, "message": "You are not authorized to access this compose"},
        {"kind": "reject", "status": 403, "message": "forbidden"},
        {"kind": "reject", "status": 500, "message": "broken"},
        {"kind": "reject", "status": 404, "message": "page not found"},
        {"kind": "drop-before"},
        {"kind": "garbage"},
    ],
    ids=lambda a: f"{a['kind']}-{a.get('status', '')}",
)
@ALL
def test_s5_no_other_failure_drops_anything(stage: Stage, noun: Noun, answer: dict[str, Any]) -> None:
    resource = stage.resource(noun)
    resource.up(noun.inputs(stage))
    answer = dict(answer)
    if answer.get("status") == 404:
        answer["kind"] = "garbage"  # a proxy's page; a missing object names its procedure
    stage.dokploy.fault("", answer.pop("kind"), times=0, **answer)

    with pytest.raises(Exception, match=r"\w+\.one: "):
        resource.refresh()
