"""S1, S2: whatever happens to a mutation, running again ends with one object, ours, as declared."""

from contextlib import suppress

import pytest

from dokploy_provider.errors import DokployError
from tests.dokploy_provider.engine import Properties, Resource
from tests.dokploy_provider.nouns import NOUNS, Noun
from tests.dokploy_provider.stage import Stage

FAULTS = ("drop-before", "drop-after", "error-after", "reject")
CREATES = [(name, sent) for name, noun in NOUNS.items() for sent in noun.creates]
UPDATES = [(name, sent) for name, noun in NOUNS.items() for sent in noun.updates if noun.change]
DELETES = [(name, sent) for name, noun in NOUNS.items() for sent in noun.deletes]
every_fault = pytest.mark.parametrize("fault", FAULTS)


def _sent(stage: Stage, cursor: int, procedure: str) -> int:
    return stage.dokploy.calls(cursor, verb="POST").count(procedure)


@every_fault
@pytest.mark.parametrize(("name", "procedure"), CREATES)
def test_s1_a_create_that_fails_anywhere_ends_with_one_object(
    stage: Stage, name: str, procedure: str, fault: str
) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    cursor = stage.dokploy.cursor
    stage.dokploy.fault(procedure, fault)
    with suppress(DokployError):
        resource.up(props)

    never_arrived = fault in {"drop-before", "reject"}
    again = never_arrived and procedure == "compose.deploy"  # D3: sent once more after the start window
    assert _sent(stage, cursor, procedure) == (2 if again else 1)
    if resource.id is None:
        resource.up(props)
    _stands_as_declared(stage, noun, resource, props)


@every_fault
@pytest.mark.parametrize(("name", "procedure"), UPDATES)
def test_s1_an_update_that_fails_anywhere_is_made_by_the_next_up_with_refresh(
    stage: Stage, name: str, procedure: str, fault: str
) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)
    changed = {**props, **noun.change}
    cursor = stage.dokploy.cursor
    stage.dokploy.fault(procedure, fault)
    with suppress(DokployError):
        resource.up(changed)

    assert _sent(stage, cursor, procedure) == 1
    resource.refresh()
    resource.up(changed)
    _stands_as_declared(stage, noun, resource, changed)


@every_fault
@pytest.mark.parametrize(("name", "procedure"), DELETES)
def test_s1_a_delete_that_fails_anywhere_is_finished_by_the_next_destroy(
    stage: Stage, name: str, procedure: str, fault: str
) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)
    stage.dokploy.fault(procedure, fault)
    with suppress(DokployError):
        resource.destroy()
    if resource.id is not None:
        resource.destroy()

    assert noun.count(stage) == 0


@pytest.mark.parametrize("fault", ["drop-after", "error-after"])
@pytest.mark.parametrize(("name", "procedure"), [*CREATES, *DELETES])
def test_s2_a_lost_answer_is_followed_by_a_look_and_fails_nothing(
    stage: Stage, name: str, procedure: str, fault: str
) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    stage.dokploy.fault(procedure, fault)
    resource.up(props)
    resource.destroy()

    assert noun.survives == bool(noun.count(stage))


@pytest.mark.parametrize("name", [name for name, noun in NOUNS.items() if noun.change])
def test_d11_an_update_whose_answer_is_lost_for_good_still_makes_a_new_revision(
    stage: Stage, name: str
) -> None:
    noun = NOUNS[name]
    resource, props = stage.resource(noun), noun.inputs(stage)
    resource.up(props)
    before = resource.outs.get("revision")
    changed = {**props, **noun.change}
    stage.dokploy.fault(noun.updates[0], "drop-after")
    stage.dokploy.fault(f"{noun.updates[0].split('.')[0]}.one", "reject", after=1, times=0)
    with pytest.raises(DokployError):
        resource.up(changed)
    stage.dokploy.world.faults.clear()
    resource.refresh()
    resource.up(changed)

    if before is not None:
        assert resource.outs["revision"] != before
    _stands_as_declared(stage, noun, resource, changed)


def _stands_as_declared(stage: Stage, noun: Noun, resource: Resource, props: Properties) -> None:
    assert noun.count(stage) == 1
    assert resource.refresh() == set()
    assert resource.up(props) == "same"
