"""The Compose file that is laid over another one, so that all of a project carries its mark."""

from collections.abc import Mapping
from typing import Any

from tests.throwaway.engine import LABEL
from tests.throwaway.owner import Mark


def override(base: Mapping[str, Any], mark: Mark, publish: Mapping[str, int]) -> dict[str, Any]:
    """Labels for services, images that are built, networks and volumes; and ports on loopback.

    Args:
        base: the Compose file, which stays as it is. What is external in it stays unmarked.
        mark: the project's.
        publish: service → port that this machine is to reach, where Docker chooses.
    """
    labels = {LABEL: str(mark)}
    services: dict[str, dict[str, Any]] = {}
    for service, told in base["services"].items():
        services[service] = {"labels": labels}
        if "build" in told:
            services[service]["build"] = {"labels": labels}
        if service in publish:
            services[service]["ports"] = [f"127.0.0.1::{publish[service]}"]
    return {
        "services": services,
        "networks": _marked({"default": None, **base.get("networks", {})}, labels),
        "volumes": _marked(base.get("volumes", {}), labels),
    }


def _marked(things: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"labels": labels} for name, told in things.items() if not (told or {}).get("external")}
