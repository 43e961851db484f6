# ruff: noqa: ARG001 - every noun has the same four functions with the same arguments
"""Domain: belongs to its compose or application, and there by host and path; it has no description.

`domain.create` takes almost anything and falls back to `domainType: application` and port 3000 unless told;
an update needs `host` even when that stays (measured 2026-11-22). A compose's domains are labels of its next
deployment.
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import revision, service
from dokploy_provider.crud.base import Made, Seen, differing, kept, once, one
from dokploy_provider.errors import Ambiguous, NotFound, OutcomeUnknown
from dokploy_provider.models.base import Row
from dokploy_provider.models.compose import DomainInCompose
from dokploy_provider.models.domain import DomainDesired

# What no input names and must stay: a disabled domain vanishes at the next deployment.
HELD: Mapping[str, Any] = {
    "enabled": True,
    "internalPath": "/",
    "middlewares": [],
    "customEntrypoint": None,
    "forwardAuthEnabled": False,
}
REACHING = frozenset(DomainDesired.model_fields) - {"compose_id", "application_id"}


class _Parent(Row):
    domains: tuple[DomainInCompose, ...] = ()


def create(here: Context, want: DomainDesired) -> Made:
    """Find it at its parent by host and path, or create it; then converge.

    Raises:
        Ambiguous: the parent has several for this host and path.
    """
    row = _find(here, want)
    if row is None:
        body = {k: v for k, v in _columns(want).items() if k != "enabled"}  # not a field of create
        row = once(
            here,
            lambda: DomainInCompose.model_validate(
                here.client.post("domain.create", {**body, **_parent(want)})
            ),
            lambda: _find(here, want),
        )
    _write(here, row, want)
    return _made(row.domain_id, revision.first(content(want.model_dump(mode="json")), id_=row.domain_id))


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """From its parent's answer, which other resources share; `GET domain.one` decides whether it is gone."""
    row = _at_parent(here, id_, state) or one(here, DomainInCompose, "domain.one", domainId=id_)
    if row is None:
        return None
    columns = row.model_dump(by_alias=True)
    drift = [f"{name} is {columns.get(name)!r}" for name in sorted(differing(HELD, columns))]
    outs = _made(id_, str(state.get("revision") or "")).outs
    inputs = {
        "host": row.host,
        "path": row.path or "/",
        "port": row.port or 0,
        "service_name": row.service_name or "",
        "https": row.https,
        "certificate_type": row.certificate_type,
        "cert_resolver": row.custom_cert_resolver or "",
        "strip_path": row.strip_path,
    }
    return Seen(inputs=inputs, outs={**outs, "drift": drift} if drift else outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: DomainDesired) -> Made:
    """Converge in place; a new revision when anything changed, here or by hand."""
    row = one(here, DomainInCompose, "domain.one", domainId=id_)
    if row is None:
        raise NotFound(f"Domain {id_} is gone. Run `pulumi up --refresh`.", procedure="domain.one")
    changed = _write(here, row, want)
    now = content(want.model_dump(mode="json"))
    return _made(id_, revision.after(state, now, written=bool(changed)))


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """`POST domain.delete`; gone already (with its parent) is no error."""
    try:
        here.client.post("domain.delete", {"domainId": id_})
    except NotFound:
        return
    except OutcomeUnknown:
        if one(here, DomainInCompose, "domain.one", domainId=id_) is not None:
            raise


def content(inputs: Mapping[str, Any]) -> str:
    """Hash of what the route says."""
    return revision.content(DomainDesired, REACHING, inputs)


def _find(here: Context, want: DomainDesired) -> DomainInCompose | None:
    if want.compose_id:
        rows = here.client.get("domain.byComposeId", composeId=want.compose_id)
    else:
        rows = here.client.get("domain.byApplicationId", applicationId=str(want.application_id))
    found = [DomainInCompose.model_validate(row) for row in rows]
    ours = [row for row in found if (row.host, row.path or "/") == (want.host, want.path)]
    if len(ours) > 1:
        ids = ", ".join(row.domain_id for row in ours)
        raise Ambiguous(
            f"{want.host}{want.path} stands {len(ours)} times at its service: {ids}. Delete all but one."
        )
    return ours[0] if ours else None


def _at_parent(here: Context, id_: str, state: Mapping[str, Any]) -> DomainInCompose | None:
    kind = service.COMPOSE if state.get("compose_id") else service.APPLICATION
    parent = str(state.get("compose_id") or state.get("application_id"))
    row = service.row(here, _Parent, kind, parent, max_age=here.timing.max_age)
    return next((d for d in row.domains if d.domain_id == id_), None) if row else None


def _parent(want: DomainDesired) -> dict[str, Any]:
    return {"composeId": want.compose_id} if want.compose_id else {"applicationId": want.application_id}


def _columns(want: DomainDesired) -> dict[str, Any]:
    return {
        **HELD,
        "host": want.host,
        "path": want.path,
        "port": want.port,
        "serviceName": want.service_name or None,
        "https": want.https,
        "certificateType": want.certificate_type,
        "customCertResolver": want.cert_resolver or None,
        "stripPath": want.strip_path,
        "domainType": "compose" if want.compose_id else "application",
    }


def _write(here: Context, row: DomainInCompose, want: DomainDesired) -> dict[str, Any]:
    """`POST domain.update` of what differs (and `host`), read back equal; returns what differed."""
    changes = differing(_columns(want), row.model_dump(by_alias=True))
    if not changes:
        return changes

    def look() -> DomainInCompose | None:
        found = one(here, DomainInCompose, "domain.one", domainId=row.domain_id)
        return found if found and not differing(changes, found.model_dump(by_alias=True)) else None

    body = {"domainId": row.domain_id, "host": want.host, **changes}
    once(here, lambda: bool(here.client.post("domain.update", body)) or True, look)
    now = one(here, DomainInCompose, "domain.one", domainId=row.domain_id)
    kept(f"Domain {want.host}{want.path}", changes, now.model_dump(by_alias=True) if now else {})
    return changes


def _made(id_: str, new: str) -> Made:
    return Made(id=id_, outs={"domain_id": id_, "revision": new})
