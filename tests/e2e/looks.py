"""What stands at Dokploy and on its host, and changing it by hand: as someone does in Dokploy's pages."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from subprocess import Popen
from typing import Any, TypeVar

from tests.e2e.cloud import Cloud

T = TypeVar("T")
Row = dict[str, Any]
PATIENCE = 60.0


def ask(cloud: Cloud, procedure: str, **query: str) -> Any:
    """GET a procedure of Dokploy."""
    return cloud.dokploy.get(f"/{procedure}", params=query).raise_for_status().json()


def by_hand(cloud: Cloud, procedure: str, body: Mapping[str, Any]) -> Any:
    """POST a procedure of Dokploy, as its pages do."""
    answer = cloud.dokploy.post(f"/{procedure}", json=dict(body))
    assert answer.is_success, f"{procedure}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def projects(cloud: Cloud) -> list[Row]:
    """All projects with their environments and these with their composes."""
    return [ask(cloud, "project.one", projectId=row["projectId"]) for row in ask(cloud, "project.all")]


def environments(cloud: Cloud) -> dict[str, Row]:
    """The environments of all projects by name."""
    return {row["name"]: row for project in projects(cloud) for row in project["environments"]}


def composes(cloud: Cloud) -> list[Row]:
    """Each compose, whole."""
    ids = [row["composeId"] for one in environments(cloud).values() for row in one["compose"]]
    return [ask(cloud, "compose.one", composeId=id_) for id_ in ids]


def owned(cloud: Cloud) -> Counter[str]:
    """How many objects at Dokploy carry each ownership marker."""
    rows = [*projects(cloud), *composes(cloud)]
    rows += [row for project in projects(cloud) for row in project["environments"]]
    words = [word for row in rows for word in str(row["description"]).split()]
    return Counter(word for word in words if word.startswith("strata:"))


def compose(cloud: Cloud, name: str) -> Row:
    """The only compose of a name, whole: with its domains and deployment records."""
    (found,) = [row for row in composes(cloud) if row["name"] == name]
    return found


def records(cloud: Cloud, name: str) -> list[Row]:
    """The deployment records of a compose, newest first."""
    return sorted(compose(cloud, name)["deployments"], key=lambda row: row["createdAt"], reverse=True)


def running(cloud: Cloud, prefix: str) -> dict[str, frozenset[str]]:
    """Service to the ids of its running containers, of all composes whose app name begins so."""
    found: dict[str, set[str]] = {}
    for row in cloud.control.get("/engine").raise_for_status().json()["containers"]:
        if row["app"].startswith(prefix) and row["state"] == "running":
            found.setdefault(row["service"].removeprefix(f"{row['app']}_"), set()).add(row["id"])
    return {service: frozenset(ids) for service, ids in found.items()}


def images(cloud: Cloud, prefix: str) -> dict[str, set[str]]:
    """Service to the images that its running containers were made from, as the compose file has them."""
    found: dict[str, set[str]] = {}
    for row in cloud.control.get("/engine").raise_for_status().json()["containers"]:
        if row["app"].startswith(prefix) and row["state"] == "running":
            found.setdefault(row["service"].removeprefix(f"{row['app']}_"), set()).add(row["image"])
    return found


def variable(cloud: Cloud, container_id: str, name: str) -> str | None:
    """What a container has in its environment."""
    variables = ask(cloud, "docker.getConfig", containerId=container_id)["Config"]["Env"]
    return dict(line.split("=", 1) for line in variables).get(name)


def left_of(cloud: Cloud, stack: str) -> dict[str, list[str]]:
    """What carries a stack's name, by table: on the host and at Dokploy."""
    tables: dict[str, list[Any]] = cloud.control.get("/engine").raise_for_status().json()
    tables["domains"] = [domain for one in composes(cloud) for domain in one["domains"]]
    tables["environments"] = list(environments(cloud).values())
    tables["composes"] = composes(cloud)
    found = {table: [str(row) for row in rows if stack in str(row)] for table, rows in tables.items()}
    return {table: rows for table, rows in found.items() if rows}


def await_that(look: Callable[[], T | None], *, what: str, beside: Popen[str] | None = None) -> T:
    """Look until something is there; a process that should bring it about may not end before."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        if beside is not None and beside.poll() is not None:
            raise AssertionError(f"it ended before this: {what}\n{beside.communicate()[0]}")
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")


def await_line(process: Popen[str], text: str) -> None:
    """Read what a process prints until a line holds the text."""
    shown = []
    assert process.stdout is not None
    for line in process.stdout:
        shown.append(line)
        if text in line:
            return
    raise AssertionError(f"{text!r} was not said:\n{''.join(shown)}")
