# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Network: belongs to us by its full generated name with equal settings; Dokploy keeps no description of
networks.

Removing one answers 400 while containers use it, and a stack's containers run on for up to 10 s after their
delete (measured 2026-11-23): asked again within a bound.
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud.base import Made, Seen, differing, once, one
from dokploy_provider.errors import Ambiguous, NotFound, NotOurs, OutcomeUnknown, Rejected
from dokploy_provider.models.network import NetworkDesired, NetworkRow

REMOVE_TRIES = 6


def create(here: Context, want: NetworkDesired) -> Made:
    """Find it by name, or create it.

    Raises:
        NotOurs: one of that name has other settings.
        Rejected: Docker has a network of that name that Dokploy does not know.
    """
    row = _find(here, want)
    if row is None:
        body = {
            "name": want.network_name,
            "driver": want.driver,
            "attachable": want.attachable,
            "internal": want.internal,
        }
        try:
            row = once(
                here,
                lambda: NetworkRow.model_validate(here.client.post("network.create", body)),
                lambda: _find(here, want),
            )
        except Rejected as refused:
            raise Rejected(
                f"{refused} If Docker has a network {want.network_name!r} that Dokploy does not know: remove "
                "it on the host (`docker network rm`), or import it on Dokploy's networks page if its "
                "settings are equal.",
                procedure=refused.procedure,
                status=refused.status,
            ) from None
    return Made(id=row.network_id, outs={"network_id": row.network_id})


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET network.one`."""
    row = one(here, NetworkRow, "network.one", max_age=here.timing.max_age, networkId=id_)
    return None if row is None else Seen(inputs=_inputs(row), outs={"network_id": id_})


def update(here: Context, id_: str, state: Mapping[str, Any], want: NetworkDesired) -> Made:
    """Dokploy has no update for networks, and replacing one under running containers fails.

    Raises:
        NotOurs: always; says how to get there.
    """
    raise NotOurs(
        f"Network {want.network_name} ({id_}) cannot be changed in place. Destroy the stacks that use it and "
        "run `up` again, or take the change back."
    )


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """`POST network.remove`; what is gone already is no error.

    Raises:
        Rejected: containers still use it after a bounded wait; the server's words name them.
    """
    for attempt in range(REMOVE_TRIES):
        try:
            here.client.post("network.remove", {"networkId": id_})
        except NotFound:
            return
        except OutcomeUnknown:
            if one(here, NetworkRow, "network.one", networkId=id_) is not None:
                raise
            return
        except Rejected as refused:
            if attempt + 1 == REMOVE_TRIES or not _in_use(refused):
                raise
            here.clock.sleep(here.timing.settle / 2)
        else:
            return


def _in_use(refused: Rejected) -> bool:
    text = str(refused)
    return "active endpoints" in text or "in use" in text


def _find(here: Context, want: NetworkDesired) -> NetworkRow | None:
    rows = [NetworkRow.model_validate(row) for row in here.client.get("network.all")]
    rows = [row for row in rows if row.name == want.network_name]
    if len(rows) > 1:
        ids = ", ".join(row.network_id for row in rows)
        raise Ambiguous(
            f"Dokploy has {len(rows)} networks named {want.network_name}: {ids}. Remove all but one."
        )
    if not rows:
        return None
    wrong = differing(want.model_dump(), _inputs(rows[0]))
    if wrong:
        raise NotOurs(
            f"Network {want.network_name!r} exists at Dokploy (id {rows[0].network_id}) with another "
            f"{', '.join(sorted(wrong))}. If nothing of yours runs in it, remove it there and run again."
        )
    return rows[0]


def _inputs(row: NetworkRow) -> dict[str, Any]:
    return {
        "network_name": row.name,
        "driver": row.driver,
        "attachable": row.attachable,
        "internal": row.internal,
    }
