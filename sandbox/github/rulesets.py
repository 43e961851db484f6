"""Rulesets of the repository (`/rulesets`), and which of their rules guard a branch (`/rules/branches`).

A rule's parameters are answered whole, also those that were left out. `bypass_actors` is answered to those
who may change the ruleset only: documented by GitHub, and so hidden from a token that may only read.
"""

import fnmatch
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.access import actor_of
from sandbox.github.answers import Document, Refused, body_of, invalid, node_id, not_found, rows_of, text_of
from sandbox.github.repositories import FULL_NAME, page_of, url_of
from sandbox.github.tables import next_id, now, table

_ENFORCEMENTS = ("disabled", "active", "evaluate")
_TARGETS = ("branch", "tag", "push")
_PLAIN = ("creation", "deletion", "non_fast_forward", "required_linear_history", "required_signatures")
_DEFAULTS: dict[str, Document] = {
    "update": {},
    "pull_request": {
        "allowed_merge_methods": ["merge", "squash", "rebase"],
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": 0,
        "required_review_thread_resolution": False,
        "required_reviewers": [],
    },
    "required_status_checks": {
        "strict_required_status_checks_policy": False,
        "do_not_enforce_on_create": False,
        "required_status_checks": [],
    },
    "required_deployments": {"required_deployment_environments": []},
}
_PATTERNS = ("commit_message_pattern", "branch_name_pattern", "tag_name_pattern")


async def _list(request: Request) -> Response:
    target = request.query_params.get("targets")
    rows = [row for row in table(request, "ruleset").where() if target in (None, row["target"])]
    short = [
        {
            name: value
            for name, value in _shown(request, row).items()
            if name not in ("rules", "conditions", "bypass_actors")
        }
        for row in rows
    ]
    return rows_of(request, short)


async def _create(request: Request) -> Response:
    settings = _checked(await body_of(request), {})
    _check_name(request, settings["name"], own=None)
    document = {"id": next_id(request), "created_at": now(request), "updated_at": now(request), **settings}
    table(request, "ruleset").put(str(document["id"]), document)
    return JSONResponse(_shown(request, document), status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, _existing(request)))


async def _update(request: Request) -> Response:
    before = _existing(request)
    settings = _checked(await body_of(request), before)
    _check_name(request, settings["name"], own=before["id"])
    after = table(request, "ruleset").patch(str(before["id"]), **settings, updated_at=now(request))
    return JSONResponse(_shown(request, after))


async def _delete(request: Request) -> Response:
    table(request, "ruleset").delete(str(_existing(request)["id"]))
    return Response(status_code=204)


async def _of_branch(request: Request) -> Response:
    """The rules of active rulesets that fit a branch, each with where it comes from."""
    ref = f"refs/heads/{request.path_params['branch']}"
    rows = []
    for ruleset in table(request, "ruleset").where(enforcement="active", target="branch"):
        if _fits(ruleset["conditions"], ref):
            source = {
                "ruleset_source_type": "Repository",
                "ruleset_source": FULL_NAME,
                "ruleset_id": ruleset["id"],
            }
            rows += [{**rule, **source} for rule in ruleset["rules"]]
    return rows_of(request, rows)


def _fits(conditions: Document, ref: str) -> bool:
    names = conditions.get("ref_name") or {}
    known = {"~ALL": "*", "~DEFAULT_BRANCH": "refs/heads/main"}

    def one_of(patterns: list[str]) -> bool:
        return any(fnmatch.fnmatchcase(ref, known.get(pattern, pattern)) for pattern in patterns)

    return one_of(names.get("include", [])) and not one_of(names.get("exclude", []))


def _checked(body: Document, before: Document) -> Document:
    """The body's settings over those before, or 422."""
    merged = {**before, **body}
    name, enforcement = text_of(merged, "Ruleset", "name"), merged.get("enforcement")
    if enforcement not in _ENFORCEMENTS:
        raise invalid("Ruleset", "enforcement", f'"enforcement" must be one of {", ".join(_ENFORCEMENTS)}.')
    target = merged.get("target") or "branch"
    if target not in _TARGETS:
        raise invalid("Ruleset", "target", f'"target" must be one of {", ".join(_TARGETS)}.')
    rules, conditions = merged.get("rules") or [], merged.get("conditions") or {}
    if not isinstance(rules, list) or not isinstance(conditions, dict):
        raise invalid("Ruleset", "rules", "rules are a list, conditions an object.")
    return {
        "name": name,
        "target": target,
        "enforcement": enforcement,
        "conditions": _conditions(conditions),
        "rules": [_rule(rule) for rule in rules],
        "bypass_actors": merged.get("bypass_actors") or [],
    }


def _conditions(given: Document) -> Document:
    names = given.get("ref_name") or {}
    found = {side: names.get(side) or [] for side in ("exclude", "include")}
    for pattern in [*found["include"], *found["exclude"]]:
        if not isinstance(pattern, str) or not pattern.startswith(("refs/", "~ALL", "~DEFAULT_BRANCH")):
            raise invalid("Ruleset", "conditions", f"Invalid target patterns: {pattern!r}")
    return {"ref_name": found}


def _rule(given: Any) -> Document:
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in _PLAIN:
        return {"type": kind}
    parameters = (given.get("parameters") or {}) if isinstance(given, dict) else {}
    if kind == "update":
        return {"type": kind, "parameters": parameters} if parameters else {"type": kind}
    if kind in _PATTERNS:
        return {"type": kind, "parameters": parameters}
    if kind not in _DEFAULTS:
        raise invalid("Ruleset", "rules", f"Invalid rule {kind!r}: ")
    if unknown := sorted(set(parameters) - set(_DEFAULTS[kind])):
        raise invalid("Ruleset", "rules", f"Invalid rule '{kind}': unknown parameter {unknown[0]}")
    return {"type": kind, "parameters": {**_DEFAULTS[kind], **parameters}}


def _check_name(request: Request, name: str, *, own: int | None) -> None:
    if any(row["id"] != own for row in table(request, "ruleset").where(name=name)):
        raise Refused(
            422,
            "Validation Failed",
            [{"resource": "Ruleset", "code": "custom", "message": "Name must be unique"}],
        )


def _existing(request: Request) -> Document:
    found = table(request, "ruleset").get(str(request.path_params["ruleset"]))
    if found is None:
        raise not_found()
    return found


def _shown(request: Request, ruleset: Document) -> Document:
    shown = {
        **ruleset,
        "node_id": node_id("RepositoryRuleset", ruleset["id"]),
        "source_type": "Repository",
        "source": FULL_NAME,
        "_links": {
            "self": {"href": f"{url_of(request)}/rulesets/{ruleset['id']}"},
            "html": {"href": f"{page_of(request)}/rules/{ruleset['id']}"},
        },
    }
    if actor_of(request).may("administration", "write"):
        shown["current_user_can_bypass"] = "never"
    else:
        del shown["bypass_actors"]
    return shown


_ONE = "/rulesets/{ruleset:int}"
ROUTES = [
    Route("/rulesets", _list),
    Route("/rulesets", _create, methods=["POST"]),
    Route(_ONE, _get),
    Route(_ONE, _update, methods=["PUT"]),
    Route(_ONE, _delete, methods=["DELETE"]),
    Route("/rules/branches/{branch:path}", _of_branch),
]
