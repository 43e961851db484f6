"""What stands in a recording."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from sandbox.dokploy.procedures import PROCEDURES

Row = dict[str, Any]

BACKUPS = ("backup", "volumeBackup", "schedule")
"""Kinds of records that the emulator never makes."""


def load(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def implemented(call: Row, elsewhere: set[str]) -> bool:
    """Whether the emulator has the procedure, and what it is asked about."""
    if isinstance(call["res"], dict) and call["res"].get("message") == "Not found":
        return True
    asked = call["req"] if isinstance(call["req"], dict) else {}
    foreign = asked.get("type") in BACKUPS or asked.get("deploymentId") in elsewhere
    return call["p"] in PROCEDURES and not foreign


def records_of_backups(calls: list[Row]) -> set[str]:
    """Ids of the records of backups and schedules."""
    found = {
        row["deploymentId"]
        for row in all_rows(calls)
        if "deploymentId" in row and any(row.get(f"{kind}Id") for kind in BACKUPS)
    }
    return found | {call["res"]["deploymentId"] for call in calls if call["p"] == "schedule.runManually"}


def body_of(answer: httpx.Response) -> Any:
    if not answer.content:
        return ""
    if "json" in answer.headers.get("content-type", ""):
        return answer.json()
    return answer.text


def records_in(value: Any) -> Iterator[Row]:
    for row in walk(value):
        if "deploymentId" in row and "status" in row and "logPath" in row and "startedAt" in row:
            yield row


def all_rows(calls: list[Row]) -> Iterator[Row]:
    for call in calls:
        if call["st"] == 200:
            yield from walk(call["res"])


def walk(value: Any) -> Iterator[Row]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
