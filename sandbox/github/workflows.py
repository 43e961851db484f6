"""Workflows (`/actions/workflows`): the files of main, and what a dispatch of one was asked."""

from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.history import History
from sandbox.git.references import References
from sandbox.git.repository import GitError, Repository
from sandbox.github import runs
from sandbox.github.access import actor_of
from sandbox.github.accounts import SINCE
from sandbox.github.answers import Document, Refused, body_of, listing, node_id, not_found, text_of
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import new_id, now, repository_of, table, world_of
from sandbox.world import World

FOLDER = ".github/workflows"


def path_of(file: str) -> str:
    """The whole path of a workflow file that may be named without its folder."""
    return file if file.startswith(FOLDER) else f"{FOLDER}/{file}"


def number_of(world: World, path: str) -> int:
    """The workflow's id, given at first sight."""
    known = world.store.table("github.workflow")
    found = known.get(path)
    if found is None:
        found = {"id": new_id(world)}
        known.put(path, found)
    return int(found["id"])


def content(repository: Repository, commit: str, path: str) -> dict[Any, Any]:
    """A workflow file as it stands at a commit; empty where there is none, or no YAML in it."""
    try:
        found = yaml.safe_load(repository.read(commit, path))
    except (GitError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def triggers(workflow: dict[Any, Any]) -> dict[str, Any]:
    """What starts a workflow, by event; YAML 1.1 reads the key `on` as true."""
    given = workflow.get("on", workflow.get(True))
    if isinstance(given, str):
        return {given: {}}
    if isinstance(given, list):
        return {str(event): {} for event in given}
    return {str(event): more or {} for event, more in (given or {}).items()}


async def _list(request: Request) -> Response:
    return listing(request, key="workflows", rows=[_shown(request, path) for path in _paths(request)])


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, _named(request)))


async def _runs(request: Request) -> Response:
    return runs.listed(request, path=_named(request))


async def _dispatch(request: Request) -> Response:
    path = _named(request)
    body = await body_of(request)
    ref = text_of(body, "WorkflowDispatch", "ref")
    git = repository_of(request)
    sha = References(git).commit_of(ref)
    if sha is None:
        raise Refused(422, f"No ref found for: {ref}")
    given = body.get("inputs") or {}
    if not isinstance(given, dict):
        raise Refused(422, "Invalid inputs")
    _check_inputs(content(git, sha, path), given)
    world = world_of(request)
    short = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    run = runs.record(
        world,
        path=path,
        head_sha=sha,
        head_branch=short,
        event="workflow_dispatch",
        actor=actor_of(request).login,
    )
    document = {
        "id": new_id(world),
        "workflow": path.rpartition("/")[2],
        "ref": ref,
        "sha": sha,
        "inputs": given,
        "actor": actor_of(request).login,
        "run": run["id"],
        "created_at": now(request),
    }
    table(request, "dispatch").put(str(document["id"]), document)
    return Response(status_code=204)


def _check_inputs(workflow: dict[Any, Any], given: dict[str, Any]) -> None:
    """422 for a file that takes no dispatch, or not these inputs; one that is not there is believed."""
    if not workflow:
        return
    known = triggers(workflow)
    if "workflow_dispatch" not in known:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    inputs = known["workflow_dispatch"].get("inputs") or {}
    if unexpected := sorted(set(given) - set(inputs)):
        names = ", ".join(f'"{name}"' for name in unexpected)
        raise Refused(422, f"Unexpected inputs provided: [{names}]")
    for name, wanted in inputs.items():
        if (wanted or {}).get("required") and "default" not in wanted and not given.get(name):
            raise Refused(422, f"Required input '{name}' not provided")


def _paths(request: Request) -> list[str]:
    """The files of main, and those that a run was recorded of."""
    git = repository_of(request)
    main = References(git).commit_of("refs/heads/main")
    there = [entry.path for entry in History(git).folder(main, FOLDER)] if main else []
    found = [path for path in there if path.endswith((".yml", ".yaml"))]
    return [*found, *(path for path in table(request, "workflow") if path not in found)]


def _named(request: Request) -> str:
    asked = request.path_params["workflow"]
    world = world_of(request)
    for path in _paths(request):
        if asked in (path.rpartition("/")[2], path, str(number_of(world, path))):
            return path
    raise not_found()


def _shown(request: Request, path: str) -> Document:
    number = number_of(world_of(request), path)
    main = References(repository_of(request)).commit_of("refs/heads/main")
    name = content(repository_of(request), main, path).get("name") if main else None
    file = path.rpartition("/")[2]
    return {
        "id": number,
        "node_id": node_id("Workflow", number),
        "name": str(name or path),
        "path": path,
        "state": "active",
        "created_at": SINCE,
        "updated_at": SINCE,
        "url": f"{url_of(request)}/actions/workflows/{number}",
        "html_url": f"{page_of(request)}/blob/main/{path}",
        "badge_url": f"{page_of(request)}/actions/workflows/{file}/badge.svg",
    }


_ONE = "/actions/workflows/{workflow}"
ROUTES = [
    Route("/actions/workflows", _list),
    Route(_ONE, _get),
    Route(f"{_ONE}/runs", _runs),
    Route(f"{_ONE}/dispatches", _dispatch, methods=["POST"]),
]
