"""Environments and their protection rules (`/repos/{owner}/{repo}/environments`).

GitHub's OpenAPI does not list `can_admins_bypass`, but the real API takes and gives it, and pulumi-github
sends it with every PUT. A PUT replaces: what it leaves out is switched off.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.accounts import (
    ORGANISATION,
    REPOSITORY,
    TEAMS,
    USERS,
    Account,
    api,
    team,
    user,
)
from sandbox.github.answers import Document, body_of, invalid, listing, node_id, not_found
from sandbox.github.repositories import known_repository
from sandbox.github.tables import new_id, next_id, now, timestamp, world_of
from sandbox.store import Table
from sandbox.world import World

MOST_REVIEWERS = 6
LONGEST_WAIT = 43_200  # minutes
_FIELDS = {"wait_timer", "prevent_self_review", "reviewers", "deployment_branch_policy", "can_admins_bypass"}
_BRANCH_FLAGS = {"protected_branches", "custom_branch_policies"}


def environments(request: Request) -> Table:
    """Environments by `owner/repo/name`."""
    return world_of(request).store.table("github.environment")


def name(world: World, environment: str) -> None:
    """Have an environment because something names it: without any protection, as GitHub makes it then."""
    table = world.store.table("github.environment")
    key = f"{ORGANISATION}/{REPOSITORY}/{environment}"
    if key not in table:
        at = timestamp(world)
        document = {"id": new_id(world), "name": environment, "created_at": at, "updated_at": at}
        table.put(key, {**document, "rules": _rules(world), **_checked({})})


def _rules(world: World) -> Document:
    return {rule: new_id(world) for rule in ("wait", "review", "branch")}


def key_of(request: Request) -> str:
    """The environment's key; 404 for another repository."""
    return f"{known_repository(request)}/{request.path_params['environment']}"


def existing(request: Request) -> Document:
    """The environment that the path names, or 404."""
    found = environments(request).get(key_of(request))
    if found is None:
        raise not_found()
    return found


def delete_below(request: Request, *, place: str, environment: str) -> None:
    """Remove what hangs on an environment from one table."""
    table = world_of(request).store.table(place)
    for key in table:
        if (table.get(key) or {}).get("environment") == environment:
            table.delete(key)


async def _list(request: Request) -> Response:
    prefix = f"{known_repository(request)}/"
    table = environments(request)
    rows = [shown(request, table.get(key) or {}) for key in table if key.startswith(prefix)]
    return listing(request, key="environments", rows=rows)


async def _get(request: Request) -> Response:
    return JSONResponse(shown(request, existing(request)))


async def _put(request: Request) -> Response:
    key = key_of(request)
    settings = _checked(await body_of(request, may_be_empty=True))
    before = environments(request).get(key)
    document = {
        "id": before["id"] if before else next_id(request),
        "name": request.path_params["environment"],
        "created_at": before["created_at"] if before else now(request),
        "updated_at": now(request),
        "rules": before["rules"] if before else _rules(world_of(request)),
        **settings,
    }
    environments(request).put(key, document)
    if not (settings["deployment_branch_policy"] or {}).get("custom_branch_policies"):
        delete_below(request, place="github.policy", environment=key)
    return JSONResponse(shown(request, document))


async def _delete(request: Request) -> Response:
    key = key_of(request)
    if environments(request).delete(key) is None:
        raise not_found()
    for place in ("github.policy", "github.variable", "github.secret"):
        delete_below(request, place=place, environment=key)
    return Response(status_code=204)


def _checked(body: Document) -> Document:
    """The body's settings with GitHub's defaults, or 422."""
    if unknown := sorted(set(body) - _FIELDS):
        raise invalid("Environment", unknown[0], f'"{unknown[0]}" is not a permitted key.')
    wait = body.get("wait_timer") or 0
    if not _is_int(wait) or not 0 <= wait <= LONGEST_WAIT:
        raise invalid(
            "Environment", "wait_timer", f"Wait timer must be between 0 and {LONGEST_WAIT} minutes."
        )
    reviewers = body.get("reviewers") or []
    if not isinstance(reviewers, list) or len(reviewers) > MOST_REVIEWERS:
        raise invalid("Environment", "reviewers", f"There can be at most {MOST_REVIEWERS} reviewers.")
    for reviewer in reviewers:
        _account(reviewer)
    for flag in ("prevent_self_review", "can_admins_bypass"):
        if not isinstance(body.get(flag), bool | None):
            raise invalid("Environment", flag, f'"{flag}" is not a boolean.')
    bypass = body.get("can_admins_bypass")
    return {
        "wait_timer": wait,
        "reviewers": [{"type": r["type"], "id": r["id"]} for r in reviewers],
        "prevent_self_review": bool(body.get("prevent_self_review")),
        "can_admins_bypass": True if bypass is None else bypass,
        "deployment_branch_policy": _branch_policy(body.get("deployment_branch_policy")),
    }


def _branch_policy(policy: Any) -> Document | None:
    if policy is None:
        return None
    if (
        not isinstance(policy, dict)
        or set(policy) != _BRANCH_FLAGS
        or not all(isinstance(flag, bool) for flag in policy.values())
        or policy["protected_branches"] == policy["custom_branch_policies"]
    ):
        raise invalid(
            "Environment",
            "deployment_branch_policy",
            "Exactly one of protected_branches and custom_branch_policies must be true.",
        )
    return policy


def _account(reviewer: Any) -> Account:
    if isinstance(reviewer, dict) and _is_int(reviewer.get("id")):
        known = {"User": USERS, "Team": TEAMS}.get(str(reviewer.get("type")), [])
        for account in known:
            if account.number == reviewer["id"]:
                return account
    users = ", ".join(f"{a.number} ({a.login})" for a in USERS)
    teams = ", ".join(f"{a.number} ({a.login})" for a in TEAMS)
    raise invalid(
        "Environment", "reviewers", f"No such reviewer; the sandbox has users {users} and teams {teams}."
    )


def shown(request: Request, document: Document) -> Document:
    """The environment as GitHub answers it; a rule that is off is not in the list."""
    name = document["name"]
    url = f"{api(request)}/repos/{ORGANISATION}/{REPOSITORY}/environments/{name}"
    page = f"{request.base_url}{ORGANISATION}/{REPOSITORY}/deployments/activity_log"
    rules: list[Document] = []
    if document["wait_timer"]:
        rules.append({**_rule(document, "wait", "wait_timer"), "wait_timer": document["wait_timer"]})
    if document["reviewers"]:
        rules.append(
            {
                **_rule(document, "review", "required_reviewers"),
                "prevent_self_review": document["prevent_self_review"],
                "reviewers": [
                    {
                        "type": reviewer["type"],
                        "reviewer": (user if reviewer["type"] == "User" else team)(
                            request, _account(reviewer)
                        ),
                    }
                    for reviewer in document["reviewers"]
                ],
            }
        )
    if document["deployment_branch_policy"]:
        rules.append(_rule(document, "branch", "branch_policy"))
    return {
        "id": document["id"],
        "node_id": node_id("Environment", document["id"]),
        "name": name,
        "url": url,
        "html_url": f"{page}?environments_filter={name}",
        "created_at": document["created_at"],
        "updated_at": document["updated_at"],
        "can_admins_bypass": document["can_admins_bypass"],
        "protection_rules": rules,
        "deployment_branch_policy": document["deployment_branch_policy"],
    }


def _rule(document: Document, name: str, kind: str) -> Document:
    number = document["rules"][name]
    return {"id": number, "node_id": node_id("Gate", number), "type": kind}


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


ROUTES = [
    Route("/environments", _list),
    Route("/environments/{environment}", _get),
    Route("/environments/{environment}", _put, methods=["PUT"]),
    Route("/environments/{environment}", _delete, methods=["DELETE"]),
]
