"""Domains: those of a compose are labels of its next deployment, those of an application apply at once."""

import re
from typing import Any

from sandbox.dokploy.application_job import apply_domains
from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound, failed_insert
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NULLABLE, TEXT
from sandbox.dokploy.schema import Choice, Field, Flag, ListOf, Number, Text
from sandbox.store import Document

_HOST = re.compile(
    r"^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$"
)


def _host_rule(host: str) -> str | None:
    if host != host.strip():
        return "Domain name cannot have leading or trailing spaces"
    if not _HOST.match(host):
        return (
            "Invalid domain name. Use only letters, numbers, hyphens and dots (e.g. example.com)."
            " Underscores are not allowed."
        )
    return None


_SETTINGS: dict[str, Field] = {
    "host": Text(least=1, rule=_host_rule),
    "path": Text(least=1, optional=True, nullable=True),
    "port": Number(
        optional=True, nullable=True, least=1, most=65535, most_message="Port must be 65535 or below"
    ),
    "customEntrypoint": NULLABLE,
    "https": Flag(optional=True),
    "certificateType": Choice(of=("letsencrypt", "none", "custom"), optional=True),
    "customCertResolver": NULLABLE,
    "serviceName": NULLABLE,
    "domainType": Choice(of=("compose", "application", "preview"), optional=True, nullable=True),
    "internalPath": NULLABLE,
    "stripPath": Flag(optional=True),
    "middlewares": ListOf(item=TEXT, optional=True, nullable=True),
    "forwardAuthEnabled": Flag(optional=True),
}

_DEFAULTS: Document = {
    "domainId": None,
    "host": None,
    "https": False,
    "port": 3000,
    "customEntrypoint": None,
    "path": "/",
    "serviceName": None,
    "domainType": "application",
    "uniqueConfigKey": None,
    "createdAt": None,
    "composeId": None,
    "customCertResolver": None,
    "applicationId": None,
    "previewDeploymentId": None,
    "certificateType": "none",
    "internalPath": "/",
    "stripPath": False,
    "middlewares": [],
    "forwardAuthEnabled": False,
    "enabled": True,
}


async def _create(call: Call, data: Data) -> Any:
    given = {"domainId": nano_id(), **data, "createdAt": call.state.now()}
    # a serial column counts also for inserts that fail
    number = call.state.next_number("domain")
    parents = (("composeId", call.state.compose), ("applicationId", call.state.application))
    if any(data.get(name) is not None and data[name] not in table for name, table in parents):
        ordered = {name: given[name] for name in _DEFAULTS if name in given}
        raise BadRequest(failed_insert("domain", list(_DEFAULTS), ordered))
    if data.get("composeId"):
        call.may_use(data["composeId"])
    row = {**_DEFAULTS, **given, "uniqueConfigKey": number}
    call.state.domain.put(row["domainId"], row)
    await apply_domains(call.server, row["applicationId"])
    return row


def _known(call: Call, data: Data) -> Document:
    row = call.state.domain.get(data["domainId"])
    if row is None:
        raise NotFound("Domain not found")
    return row


async def _one(call: Call, data: Data) -> Any:
    row = _known(call, data)
    return {**row, "application": call.state.application.get(str(row["applicationId"]))}


async def _by_compose(call: Call, data: Data) -> Any:
    return _of(call, "compose", data["composeId"])


async def _by_application(call: Call, data: Data) -> Any:
    return _of(call, "application", data["applicationId"])


def _of(call: Call, kind: str, key: str) -> list[Document]:
    service = (call.state.compose if kind == "compose" else call.state.application).get(key)
    if service is None:
        return []
    brief = {name: service[name] for name in (f"{kind}Id", "appName", "name")}
    return [{**row, kind: brief} for row in call.state.domain.where(**{f"{kind}Id": key})]


async def _update(call: Call, data: Data) -> Any:
    row = _known(call, data)
    changed = call.state.domain.patch(row["domainId"], **data)
    await apply_domains(call.server, row["applicationId"])
    return changed


async def _toggle(call: Call, data: Data) -> Any:
    row = _known(call, data)
    changed = call.state.domain.patch(row["domainId"], enabled=not row["enabled"])
    await apply_domains(call.server, row["applicationId"])
    return {**changed, "requiresRedeploy": row["composeId"] is not None}


async def _delete(call: Call, data: Data) -> Any:
    row = _known(call, data)
    call.state.domain.delete(row["domainId"])
    await apply_domains(call.server, row["applicationId"])
    return row


PROCEDURES = (
    mutation(
        "domain.create",
        _create,
        **_SETTINGS,
        composeId=NULLABLE,
        applicationId=NULLABLE,
        previewDeploymentId=NULLABLE,
    ),
    query("domain.one", _one, domainId=ID),
    query("domain.byComposeId", _by_compose, composeId=ID),
    query("domain.byApplicationId", _by_application, applicationId=ID),
    mutation("domain.update", _update, **_SETTINGS, enabled=Flag(optional=True), domainId=TEXT),
    mutation("domain.toggleEnable", _toggle, domainId=ID),
    mutation("domain.delete", _delete, domainId=ID),
)
