"""The provider as the engine meets it: the SDK's own process over gRPC."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dokploy_provider.errors import Unexpected
from dokploy_provider.resources.compose import ComposeProvider
from dokploy_provider.resources.deployment import DeploymentProvider
from dokploy_provider.resources.domain import DomainProvider
from dokploy_provider.resources.environment import EnvironmentProvider
from dokploy_provider.resources.network import NetworkProvider
from dokploy_provider.resources.project import ProjectProvider
from dokploy_provider.resources.shell import Shell
from tests.dokploy_provider.engine import process
from tests.dokploy_provider.nouns import ENVIRONMENT, NOUNS, PROJECT, Noun
from tests.dokploy_provider.scripted import Scripted
from tests.dokploy_provider.seam import UNKNOWN, Refused, Seam
from tests.dokploy_provider.server import KEY, Dokploy
from tests.dokploy_provider.stage import SHARED, Stage

OWNER = "strata:finance-report/staging/app"
COMPOSE_INPUTS: dict[str, Any] = {
    "environment_id": "e1",
    "compose_name": "finance-report-staging-app",
    "owner": OWNER,
    "compose_file": "services: {}\n",
    "compose_type": "stack",
}


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
def test_every_noun_lives_through_the_process(seam: Seam, stage: Stage, noun: Noun) -> None:
    provider, props = noun.provider(), noun.inputs(stage)
    id_, outs = seam.create(provider, props)
    assert seam.diff(provider, outs, props) == (False, [])
    found, read, inputs = seam.read(provider, id_, outs)
    assert (found, read, inputs) == (id_, outs, None)
    if noun.change:
        changed = {**props, **noun.change}
        assert seam.diff(provider, outs, changed)[0]
        outs = seam.update(provider, id_, outs, changed)
        assert seam.diff(provider, outs, changed) == (False, [])
    seam.delete(provider, id_, outs)
    seam.delete(provider, id_, outs)

    assert noun.survives == bool(noun.count(stage))


def test_s14_eight_creates_at_once_are_right(seam: Seam, stage: Stage) -> None:
    provider = EnvironmentProvider()
    wanted = [
        {
            **ENVIRONMENT.inputs(stage),
            "environment_name": f"pr-{n}",
            "owner": f"strata:finance-report/pr-{n}/environment",
        }
        for n in range(8)
    ]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda props: seam.create(provider, props), wanted))

    assert len({id_ for id_, _ in made}) == 8
    assert [outs["environment_name"] for _, outs in made] == [props["environment_name"] for props in wanted]
    assert ENVIRONMENT.count(stage) == 8


def test_s14_eight_creates_of_one_shared_project_end_with_one(seam: Seam, stage: Stage) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: seam.create(ProjectProvider(), PROJECT.inputs(stage)), range(8)))

    assert len({id_ for id_, _ in made}) == 1
    assert PROJECT.count(stage) == 1


def test_an_error_is_one_line_without_frames(seam: Seam, dokploy: Dokploy) -> None:
    dokploy.fault("project.all", "reject", status=401, message="no")
    with pytest.raises(Refused) as caught:
        seam.create(ProjectProvider(), {"project_name": "finance_report", "owner": SHARED})
    text = str(caught.value).strip()

    assert text.startswith("dokploy_provider.errors.Forbidden: project.all: 401")
    assert "\n" not in text
    assert "Traceback" not in text


def test_v1_no_error_holds_the_key(seam: Seam, dokploy: Dokploy) -> None:
    dokploy.fault("project.all", "reject", status=400, message=f"the key {KEY} and registry-password are bad")
    with pytest.raises(Refused) as caught:
        seam.create(ProjectProvider(), {"project_name": "finance_report", "owner": SHARED})

    assert KEY not in str(caught.value)
    assert "registry-password" not in str(caught.value)


def test_check_names_the_property_and_hides_its_value(seam: Seam) -> None:
    failures = seam.check(
        ComposeProvider(), {**COMPOSE_INPUTS, "compose_type": "canary", "compose_name": "a b"}
    )

    assert set(failures) == {"compose_type", "compose_name"}
    assert "canary" not in str(failures)


def test_check_bears_what_is_not_known_yet(seam: Seam) -> None:
    known = {k: v for k, v in COMPOSE_INPUTS.items() if k not in {"environment_id", "compose_file"}}

    assert seam.check(ComposeProvider(), {**known, "environment_id": UNKNOWN, "compose_file": UNKNOWN}) == {}


def test_check_finds_what_is_wrong_beside_what_is_not_known(seam: Seam) -> None:
    failures = seam.check(ComposeProvider(), {**COMPOSE_INPUTS, "environment_id": UNKNOWN, "owner": None})

    assert set(failures) == {"owner"}


def test_s8_an_unknown_type_changes_and_replaces_nothing(seam: Seam) -> None:
    news = {**COMPOSE_INPUTS, "compose_type": UNKNOWN}

    assert seam.diff(ComposeProvider(), COMPOSE_INPUTS, news) == (True, [])


@pytest.mark.parametrize(
    ("provider", "olds", "news"),
    [
        (ComposeProvider(), COMPOSE_INPUTS, {"environment_id": UNKNOWN}),
        (DomainProvider(), {"compose_id": "c1", "host": "h", "port": 1}, {"compose_id": UNKNOWN}),
        (DeploymentProvider(), {"compose_id": "c1"}, {"compose_id": UNKNOWN}),
    ],
    ids=["compose", "domain", "deployment"],
)
def test_s8_a_parent_that_is_updated_changes_nothing(
    seam: Seam, provider: Shell, olds: dict[str, Any], news: dict[str, Any]
) -> None:
    assert seam.diff(provider, olds, {**olds, **news}) == (False, [])


def test_an_unknown_revision_shows_that_it_will_be_deployed(seam: Seam) -> None:
    olds = {"compose_id": "c1", "stack": "staging", "revisions": ["1-abc"]}

    assert seam.diff(DeploymentProvider(), olds, {**olds, "revisions": [UNKNOWN]}) == (True, [])


def test_d14_a_preview_needs_no_dokploy_and_no_key() -> None:
    with Seam({}) as plan:
        assert plan.check(ComposeProvider(), COMPOSE_INPUTS) == {}
        assert plan.diff(ComposeProvider(), COMPOSE_INPUTS, {**COMPOSE_INPUTS, "env": "X='1'"}) == (True, [])
        with pytest.raises(Refused, match="DOKPLOY_URL and DOKPLOY_API_KEY not set"):
            plan.create(NetworkProvider(), {"network_name": "n"})


def test_a_defect_says_where_and_not_what_it_held() -> None:
    server = Scripted().on("project.all", [{"canary-key": "canary-value"}])
    with process(server.here()), pytest.raises(Unexpected) as caught:
        ProjectProvider().create({"project_name": "finance_report", "owner": SHARED})

    assert "project_id" in str(caught.value) or "projectId" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_defect_in_our_own_code_names_its_line() -> None:
    server = Scripted().on("project.all", 5)
    with process(server.here()), pytest.raises(Unexpected, match=r"TypeError at project\.py:\d+"):
        ProjectProvider().create({"project_name": "finance_report", "owner": SHARED})
