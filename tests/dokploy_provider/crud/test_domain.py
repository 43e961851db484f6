"""Domain: belongs to its parent by host and path."""

from typing import Any

import pytest

from dokploy_provider.errors import Ambiguous
from tests.dokploy_provider.nouns import APPLICATION, DOMAIN
from tests.dokploy_provider.stage import Stage


def _rows(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.dokploy.ask("domain.byComposeId", composeId=stage.ids["compose"]))


def test_its_type_is_sent_since_dokploy_would_call_it_an_applications(stage: Stage) -> None:
    stage.resource(DOMAIN).up(DOMAIN.inputs(stage))

    assert _rows(stage)[0]["domainType"] == "compose"


def test_one_with_our_host_and_path_at_our_compose_is_ours(stage: Stage) -> None:
    props = DOMAIN.inputs(stage)
    theirs = stage.dokploy.do(
        "domain.create", composeId=props["compose_id"], host=props["host"], path=props["path"], port=1
    )
    resource = stage.resource(DOMAIN)
    resource.up(props)

    assert resource.id == theirs["domainId"]
    assert resource.refresh() == set()


def test_another_path_of_the_same_host_is_another_domain(stage: Stage) -> None:
    props = DOMAIN.inputs(stage)
    stage.resource(DOMAIN).up(props)
    stage.resource(DOMAIN).up({**props, "path": "/"})

    assert sorted(row["path"] for row in _rows(stage)) == ["/", "/api"]


def test_two_with_our_host_and_path_stop_with_both_ids(stage: Stage) -> None:
    props = DOMAIN.inputs(stage)
    body = {"composeId": props["compose_id"], "host": props["host"], "path": props["path"]}
    ids = [stage.dokploy.do("domain.create", **body)["domainId"] for _ in range(2)]
    with pytest.raises(Ambiguous) as caught:
        stage.resource(DOMAIN).up(props)

    assert all(id_ in str(caught.value) for id_ in ids)


def test_a_change_makes_a_new_revision_so_that_the_compose_is_deployed(stage: Stage) -> None:
    resource, props = stage.resource(DOMAIN), DOMAIN.inputs(stage)
    resource.up(props)
    before = resource.outs["revision"]
    resource.up({**props, "port": 1234})

    assert resource.outs["revision"] != before


def test_d11_one_that_was_deleted_by_hand_comes_back_with_a_revision_that_never_was(stage: Stage) -> None:
    resource, props = stage.resource(DOMAIN), DOMAIN.inputs(stage)
    resource.up(props)
    before = resource.outs["revision"]
    stage.dokploy.do("domain.delete", domainId=resource.id)
    assert resource.refresh() == {"id"}

    assert resource.up(props) == "create"
    assert resource.outs["revision"] != before


def test_s10_one_that_is_found_again_has_its_former_revision(stage: Stage) -> None:
    first, again, props = stage.resource(DOMAIN), stage.resource(DOMAIN), DOMAIN.inputs(stage)
    first.up(props)
    again.up(props)

    assert again.outs["revision"] == first.outs["revision"]


def test_a_disabled_domain_drifts_and_is_enabled_again(stage: Stage) -> None:
    resource, props = stage.resource(DOMAIN), DOMAIN.inputs(stage)
    resource.up(props)
    stage.dokploy.do("domain.toggleEnable", domainId=resource.id)
    resource.refresh()
    assert resource.outs["drift"] == ["enabled is False"]
    resource.up(props)

    assert _rows(stage)[0]["enabled"] is True


def test_another_compose_replaces_it(stage: Stage) -> None:
    resource, props = stage.resource(DOMAIN), DOMAIN.inputs(stage)
    resource.up(props)
    other = stage.dokploy.do("compose.create", name="other", environmentId=stage.environment())

    assert resource.up({**props, "compose_id": other["composeId"]}) == "replace"


def test_an_applications_domain_needs_no_service_name(stage: Stage) -> None:
    app = stage.resource(APPLICATION)
    app.up(APPLICATION.inputs(stage))
    resource = stage.resource(DOMAIN)
    resource.up({"application_id": app.id, "host": "worker.zitian.party", "port": 8000})

    assert resource.refresh() == set()
    assert stage.dokploy.ask("domain.one", domainId=resource.id)["domainType"] == "application"
