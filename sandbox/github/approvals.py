"""Runs that wait at a gate (`/actions/runs/{id}/pending_deployments`), and who let them pass."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github import deployments, environments, runs
from sandbox.github.access import actor_of
from sandbox.github.accounts import OPERATOR, USERS, person
from sandbox.github.answers import Document, Refused, body_of, invalid
from sandbox.github.repositories import FULL_NAME
from sandbox.github.tables import new_id, table, timestamp, world_of


async def _pending(request: Request) -> Response:
    run = runs.existing(request)
    return JSONResponse([_waiting(request, run, name) for name in run["waiting"]])


async def _review(request: Request) -> Response:
    run = runs.existing(request)
    body = await body_of(request)
    state, wanted = body.get("state"), body.get("environment_ids")
    if state not in ("approved", "rejected"):
        raise invalid("WorkflowRun", "state", '"state" must be "approved" or "rejected".')
    if not isinstance(wanted, list) or not wanted:
        raise invalid("WorkflowRun", "environment_ids", "environment_ids is a list of ids.")
    numbers = {_environment(request, name)["id"]: name for name in run["waiting"]}
    if not set(wanted) <= set(numbers):
        raise Refused(422, "No pending deployment requests to approve or reject")
    names = [numbers[one] for one in wanted]
    login = actor_of(request).login
    for name in names:
        if not _may(request, run, name, login):
            raise Refused(422, f"{login} cannot approve deployments to {name}")
    return _decide(request, run, names, state=state, comment=str(body.get("comment") or ""))


async def _history(request: Request) -> Response:
    rows = table(request, "approval").where(run=runs.existing(request)["id"])
    return JSONResponse(
        [
            {
                "state": row["state"],
                "comment": row["comment"],
                "user": person(request, row["user"]),
                "environments": [_named(request, name) for name in row["environments"]],
            }
            for row in rows
        ]
    )


def _decide(request: Request, run: Document, names: list[str], *, state: str, comment: str) -> Response:
    world, login = world_of(request), actor_of(request).login
    row = {"id": new_id(world), "run": run["id"], "state": state, "comment": comment}
    table(request, "approval").put(str(row["id"]), {**row, "user": login, "environments": names})
    made = []
    if state == "rejected":
        runs.finish(world, run["id"], "failure")
    else:
        left = [name for name in run["waiting"] if name not in names]
        status = "waiting" if left else "in_progress"
        table(request, "run").patch(str(run["id"]), waiting=left, status=status, updated_at=timestamp(world))
        made = [
            deployments.record(
                world, sha=run["head_sha"], ref=run["head_branch"] or "main", environment=name, creator=login
            )
            for name in names
        ]
    return JSONResponse([deployments.shown(request, one) for one in made])


def _may(request: Request, run: Document, name: str, login: str) -> bool:
    environment = _environment(request, name)
    reviewers = [one["id"] for one in environment["reviewers"] if one["type"] == "User"]
    numbers = {account.login: account.number for account in USERS}
    if environment["prevent_self_review"] and run["actor"] == login:
        return False
    if environment["can_admins_bypass"] and login == OPERATOR.login:
        return True
    teams = any(one["type"] == "Team" for one in environment["reviewers"])
    return numbers.get(login) in reviewers or (teams and login in numbers)


def _environment(request: Request, name: str) -> Document:
    environments.name(world_of(request), name)
    return environments.environments(request).get(f"{FULL_NAME}/{name}") or {}


def _named(request: Request, name: str) -> Document:
    shown = environments.shown(request, _environment(request, name))
    return {
        key: shown[key] for key in ("id", "node_id", "name", "url", "html_url", "created_at", "updated_at")
    }


def _waiting(request: Request, run: Document, name: str) -> Document:
    environment = _environment(request, name)
    rules: list[dict[str, Any]] = environments.shown(request, environment)["protection_rules"]
    return {
        "environment": {k: v for k, v in _named(request, name).items() if not k.endswith("_at")},
        "wait_timer": environment["wait_timer"],
        "wait_timer_started_at": run["created_at"] if environment["wait_timer"] else None,
        "current_user_can_approve": _may(request, run, name, actor_of(request).login),
        "reviewers": [one for rule in rules for one in rule.get("reviewers", [])],
    }


_ONE = "/actions/runs/{run:int}"
ROUTES = [
    Route(f"{_ONE}/pending_deployments", _pending),
    Route(f"{_ONE}/pending_deployments", _review, methods=["POST"]),
    Route(f"{_ONE}/approvals", _history),
]
