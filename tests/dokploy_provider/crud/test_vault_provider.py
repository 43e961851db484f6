"""VaultProvider: an administrator's object, our assignment."""

from typing import Any

import pytest

from dokploy_provider.crud import vault_provider
from dokploy_provider.errors import NotFound, NotOurs
from dokploy_provider.models.vault_provider import VaultProviderDesired
from tests.dokploy_provider.nouns import VAULT_PROVIDER
from tests.dokploy_provider.stage import Stage


@pytest.fixture
def want(stage: Stage) -> VaultProviderDesired:
    return VaultProviderDesired(**VAULT_PROVIDER.inputs(stage))


def _row(stage: Stage) -> dict[str, Any]:
    return dict(stage.dokploy.ask("vaultProvider.all")[0])


def _assign(stage: Stage, *entries: tuple[str, list[str]]) -> None:
    row = _row(stage)
    assignments = [
        {"projectId": project, "environmentIds": environments} for project, environments in entries
    ]
    body = {key: row[key] for key in ("vaultProviderId", "name", "config")}
    stage.dokploy.do("vaultProvider.update", **body, assignments=assignments)


def test_a_missing_object_names_the_command_that_makes_it(stage: Stage, want: VaultProviderDesired) -> None:
    with pytest.raises(NotFound, match="`strata vault connect nowhere`"):
        vault_provider.create(stage.here, want.model_copy(update={"provider_name": "finance-report-nowhere"}))


@pytest.mark.parametrize("changed", [{"url": "http://127.0.0.1:8200/"}, {"mount": "kv"}])
def test_s3_another_url_or_mount_is_another_object(
    stage: Stage, want: VaultProviderDesired, changed: dict[str, str]
) -> None:
    with pytest.raises(NotOurs, match=_row(stage)["vaultProviderId"]):
        vault_provider.create(stage.here, want.model_copy(update=changed))


def test_the_token_is_kept_by_sending_its_mask(stage: Stage, want: VaultProviderDesired) -> None:
    vault_provider.create(stage.here, want)
    tables = stage.dokploy.world.store.dump()

    assert "vault-token" in str(tables)


def test_other_assignments_are_kept(stage: Stage, want: VaultProviderDesired) -> None:
    other = stage.dokploy.do("project.create", name="other")
    elsewhere = (other["project"]["projectId"], [other["environment"]["environmentId"]])
    _assign(stage, elsewhere, (want.project_id, [stage.ids["production"]]))
    vault_provider.create(stage.here, want)
    found = {a["projectId"]: set(a["environmentIds"]) for a in _row(stage)["assignments"]}

    assert found == {
        elsewhere[0]: set(elsewhere[1]),
        want.project_id: {stage.ids["production"], want.environment_id},
    }


def test_an_assignment_of_the_whole_project_drifts_and_is_narrowed(stage: Stage) -> None:
    resource, props = stage.resource(VAULT_PROVIDER), VAULT_PROVIDER.inputs(stage)
    resource.up(props)
    _assign(stage, (props["project_id"], []))

    assert resource.refresh() == {"drift"}
    assert resource.up(props) == "update"
    assert _row(stage)["assignments"][0]["environmentIds"] == [props["environment_id"]]


def test_destroy_leaves_no_empty_entry_since_that_would_mean_the_whole_project(stage: Stage) -> None:
    resource = stage.resource(VAULT_PROVIDER)
    resource.up(VAULT_PROVIDER.inputs(stage))
    resource.destroy()

    assert _row(stage)["assignments"] == []


def test_destroy_takes_only_ours_away(stage: Stage) -> None:
    resource, props = stage.resource(VAULT_PROVIDER), VAULT_PROVIDER.inputs(stage)
    resource.up(props)
    _assign(stage, (props["project_id"], [props["environment_id"], stage.ids["production"]]))
    resource.destroy()

    assert _row(stage)["assignments"][0]["environmentIds"] == [stage.ids["production"]]


def test_v1_the_token_is_never_put_out(stage: Stage) -> None:
    resource = stage.resource(VAULT_PROVIDER)
    resource.up(VAULT_PROVIDER.inputs(stage))

    assert "token" not in str(resource.outs)
