from pathlib import Path

from sandbox.docker.belongings import Belongings
from sandbox.store import Store


def test_what_was_made_is_remembered_over_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    Belongings(store).note(app="app", network="net", volume="data")
    store.close()

    store = Store(tmp_path / "store.sqlite")
    own = Belongings(store)
    assert own.has_app("app")
    assert own.has_network({"Name": "net"})
    assert own.has_volume({"Name": "data"})
    store.close()


def test_a_projects_networks_and_volumes_are_its_own_and_a_neighbours_are_not() -> None:
    store = Store(None)
    own = Belongings(store)
    own.note(app="app")

    for labels in ({"com.docker.compose.project": "app"}, {"com.docker.stack.namespace": "app"}):
        assert own.has_network({"Name": "app_default", "Labels": labels})
        assert own.has_volume({"Name": "app_data", "Labels": labels})
    for theirs in ({}, None, {"com.docker.compose.project": "application"}):
        assert not own.has_network({"Name": "app_default", "Labels": theirs})
        assert not own.has_volume({"Name": "app_data", "Labels": theirs})
    store.close()
