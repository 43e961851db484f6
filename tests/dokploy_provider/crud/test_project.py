"""Project: shared, found by its marker, one however many create it."""

import threading

import pytest

from dokploy_provider.client import Client
from dokploy_provider.context import Context
from dokploy_provider.crud import project
from dokploy_provider.errors import Ambiguous, NotFound, NotOurs
from dokploy_provider.models.project import ProjectDesired
from dokploy_provider.timing import Timing
from tests.dokploy_provider.clocks import HurriedClock
from tests.dokploy_provider.server import KEY, Dokploy
from tests.dokploy_provider.stage import SHARED

WANT = ProjectDesired(project_name="finance_report", owner=SHARED)


def _add(dokploy: Dokploy, description: str = SHARED) -> str:
    return str(
        dokploy.do("project.create", name="finance_report", description=description)["project"]["projectId"]
    )


def test_s3_one_of_our_name_without_our_marker_stops_with_its_id(here: Context, dokploy: Dokploy) -> None:
    theirs = _add(dokploy, "made by hand")
    with pytest.raises(NotOurs, match=theirs):
        project.create(here, WANT)

    assert len(dokploy.ask("project.all")) == 1


def test_ours_is_found_by_its_marker_whatever_its_name(here: Context, dokploy: Dokploy) -> None:
    ours = _add(dokploy)
    dokploy.do("project.update", projectId=ours, name="renamed by hand")

    assert project.create(here, WANT).id == ours


def test_s4_adopting_writes_the_marker_so_that_other_stacks_find_it(here: Context, dokploy: Dokploy) -> None:
    theirs = _add(dokploy, "made by hand")
    adopted = project.create(here, WANT.model_copy(update={"adopt": theirs}))

    assert adopted.id == theirs
    assert project.create(here, WANT).id == theirs
    assert dokploy.ask("project.one", projectId=theirs)["description"] == f"made by hand {SHARED}"


def test_s4_adopting_what_does_not_exist_says_so(here: Context) -> None:
    with pytest.raises(NotFound, match="nothing-there"):
        project.create(here, WANT.model_copy(update={"adopt": "nothing-there"}))


def test_s4_what_another_project_marked_is_not_adopted(here: Context, dokploy: Dokploy) -> None:
    theirs = _add(dokploy, "strata:other/shared/project")
    with pytest.raises(NotOurs, match="strata:other/shared/project"):
        project.create(here, WANT.model_copy(update={"adopt": theirs}))


def test_s14_of_several_empty_ones_the_oldest_wins_and_the_others_go(here: Context, dokploy: Dokploy) -> None:
    oldest, _, _ = _add(dokploy), _add(dokploy), _add(dokploy)

    assert project.create(here, WANT).id == oldest
    assert [p["projectId"] for p in dokploy.ask("project.all")] == [oldest]


def test_s14_one_in_use_is_never_removed(here: Context, dokploy: Dokploy) -> None:
    _add(dokploy)
    used = _add(dokploy)
    dokploy.do(
        "environment.create", projectId=used, name="staging", description="strata:finance-report/staging/e"
    )
    with pytest.raises(Ambiguous, match=used):
        project.create(here, WANT)

    assert len(dokploy.ask("project.all")) == 2


def test_s14_first_ups_of_several_stacks_at_once_end_with_one_project(dokploy: Dokploy) -> None:
    found: list[str] = []

    def first_up() -> None:
        clock = HurriedClock().clock()
        client = Client(url=dokploy.url, key=KEY, clock=clock)
        found.append(project.create(Context(client=client, clock=clock, timing=Timing()), WANT).id)
        client.close()

    stacks = [threading.Thread(target=first_up) for _ in range(5)]
    for stack in stacks:
        stack.start()
    for stack in stacks:
        stack.join(20)

    assert [p["projectId"] for p in dokploy.ask("project.all")] == sorted(set(found))
    assert len(found) == 5


def test_no_stack_deletes_it(here: Context, dokploy: Dokploy) -> None:
    made = project.create(here, WANT)
    project.delete(here, made.id, made.outs)

    assert len(dokploy.ask("project.all")) == 1
