"""Network: ours by its full name with equal settings."""

import pytest

from dokploy_provider.context import Context
from dokploy_provider.crud import network
from dokploy_provider.errors import Ambiguous, NotOurs, Rejected
from dokploy_provider.models.network import NetworkDesired
from tests.dokploy_provider.nouns import NETWORK
from tests.dokploy_provider.scripted import Scripted, refusal
from tests.dokploy_provider.stage import Stage

WANT = NetworkDesired(network_name="finance-report-staging")
ROW = {
    "networkId": "n1",
    "name": "finance-report-staging",
    "driver": "overlay",
    "attachable": True,
    "internal": False,
}
USED = refusal("network.remove", 400, "network finance-report-staging has active endpoints")


def test_an_equal_one_is_ours(here: Context) -> None:
    made = network.create(here, WANT)

    assert network.create(here, WANT).id == made.id


def test_s3_one_with_other_settings_stops_with_its_id_and_the_difference(here: Context) -> None:
    other = network.create(here, WANT.model_copy(update={"attachable": False}))
    with pytest.raises(NotOurs, match=rf"{other.id}\) with another attachable"):
        network.create(here, WANT)


def test_two_of_its_name_stop_with_both_ids() -> None:
    server = Scripted().on("network.all", [ROW, {**ROW, "networkId": "n2"}])
    with pytest.raises(Ambiguous, match="n1, n2"):
        network.create(server.here(), WANT)


def test_one_that_only_docker_knows_says_what_to_do() -> None:
    taken = refusal(
        "network.create", 400, "(HTTP code 409) network with name finance-report-staging already exists"
    )
    server = Scripted().on("network.all", []).on("network.create", taken)
    with pytest.raises(Rejected, match="docker network rm"):
        network.create(server.here(), WANT)


def test_s8_a_change_is_refused_and_plans_no_replacement(stage: Stage) -> None:
    resource = stage.resource(NETWORK)
    resource.up(NETWORK.inputs(stage))
    with pytest.raises(NotOurs, match="cannot be changed in place"):
        resource.up({**NETWORK.inputs(stage), "internal": True})


def test_s9_removing_waits_for_containers_that_are_still_ending() -> None:
    server = Scripted().on("network.remove", USED, USED, ROW)
    network.delete(server.here(), "n1", {})

    assert len(server.asked("network.remove")) == 3


def test_s9_removing_one_in_use_fails_in_the_servers_words() -> None:
    with pytest.raises(Rejected, match="active endpoints"):
        network.delete(Scripted().on("network.remove", USED).here(), "n1", {})
