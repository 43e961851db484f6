"""Pull requests as people open, push to, label, merge and leave them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.git.history import History
from sandbox.git.references import References
from sandbox.github import headgone, issues, labels
from sandbox.github.accounts import OPERATOR, REPOSITORY
from sandbox.github.answers import Document
from sandbox.github.pulls import existing
from sandbox.github.tables import new_number, repository_of, table, timestamp, world_of

_NEW = {"branch", "files", "number", "title", "author", "body", "labels", "draft", "fork", "base"}


async def _open(request: Request) -> Response:
    body = await asked.body_of(request, allowed=_NEW, required={"branch"})
    world, git = world_of(request), repository_of(request)
    number = _number(request, body.get("number"))
    author = str(body.get("author", OPERATOR.login))
    fork, branch, base = (
        _fork(body.get("fork"), author),
        asked.text(body, "branch"),
        str(body.get("base", "main")),
    )
    main = References(git).commit_of(f"refs/heads/{base}")
    if main is None:
        raise asked.BadRequest(f"there is no branch {base}")
    there = None if fork else git.refs().get(f"refs/heads/{branch}")
    sha = _commit(request, there or main, body) if "files" in body or not there else there
    pull = {
        "draft": bool(body.get("draft", False)),
        "head": branch,
        "base": base,
        "fork": fork,
        "fork_gone": False,
        "merged_at": None,
        "merge_commit_sha": None,
    }
    made = issues.make(
        world,
        title=str(body.get("title", f"Change {branch}")),
        user=author,
        body=body.get("body"),
        names=_labels(body),
        number=number,
        pull=pull,
    )
    return JSONResponse(_moved(request, made, sha), status_code=201)


async def _push(request: Request) -> Response:
    row = existing(request)
    body = await asked.body_of(request, allowed={"files", "message", "force"})
    git = repository_of(request)
    parent = git.refs()[f"refs/heads/{row['pull']['base']}" if body.get("force") else _ref(row)]
    sha = _commit(request, parent, body)
    return JSONResponse(_moved(request, row, sha), status_code=201)


async def _change(request: Request) -> Response:
    row = existing(request)
    body = await asked.body_of(request, allowed={"state", "labels", "title", "body", "draft"})
    world, number = world_of(request), row["number"]
    if body.get("state") not in ("open", "closed", None):
        raise asked.BadRequest("state is open or closed")
    if body.get("state"):
        issues.set_state(world, number, body["state"])
    if "labels" in body:
        labels.wear(world, number, _labels(body))
    texts = {name: str(body[name]) for name in ("title", "body") if name in body}
    if "draft" in body:
        row = issues.existing(request)
        issues.change(world, number, pull={**row["pull"], "draft": bool(body["draft"])})
    row = issues.change(world, number, **texts)
    return JSONResponse({name: row[name] for name in ("number", "state", "labels", "title")})


async def _merge(request: Request) -> Response:
    row = existing(request)
    git, world = repository_of(request), world_of(request)
    base = f"refs/heads/{row['pull']['base']}"
    message = f"Merge pull request #{row['number']}\n\n{row['title']}"
    sha = History(git).merge(git.refs()[base], git.refs()[_ref(row)], message=message)
    if sha is None:
        raise asked.BadRequest(f"{row['number']} is in conflict with {base}")
    References(git).update(base, sha, force=False)
    issues.set_state(world, row["number"], "closed")
    pull = {**row["pull"], "merged_at": timestamp(world), "merge_commit_sha": sha}
    issues.change(world, row["number"], pull=pull)
    return JSONResponse({"sha": sha}, status_code=201)


async def _delete_branch(request: Request) -> Response:
    row = existing(request)
    if row["pull"]["fork"]:
        pull = {**row["pull"], "fork_gone": True}
        table(request, "issue").patch(str(row["number"]), pull=pull)
        issues.set_state(world_of(request), row["number"], "closed")
        return Response(status_code=204)
    References(repository_of(request)).delete(f"refs/heads/{row['pull']['head']}")
    headgone.close_pulls(world_of(request), row["pull"]["head"])
    return Response(status_code=204)


def _commit(request: Request, parent: str, body: Document) -> str:
    git = repository_of(request)
    return git.commit_on(parent, asked.files(body, "files"), message=str(body.get("message", "")))


def _moved(request: Request, row: Document, sha: str) -> Document:
    """Have a pull request's refs lead to this commit, as a push does."""
    git = repository_of(request)
    number, pull = row["number"], row["pull"]
    if not pull["fork"]:
        git.git("update-ref", f"refs/heads/{pull['head']}", sha)
    git.git("update-ref", _ref(row), sha)
    base = git.refs()[f"refs/heads/{pull['base']}"]
    merge = History(git).merge(base, sha, message=f"Merge {sha} into {base}")
    if merge:
        git.git("update-ref", f"refs/pull/{number}/merge", merge)
    elif f"refs/pull/{number}/merge" in git.refs():
        References(git).delete(f"refs/pull/{number}/merge")
    issues.change(world_of(request), number)
    return {"number": number, "sha": sha, "merge": merge}


def _ref(row: Document) -> str:
    return f"refs/pull/{row['number']}/head"


def _number(request: Request, given: Any) -> int:
    if given is None:
        return new_number(world_of(request))
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise asked.BadRequest("number is a whole number above 0")
    if str(given) in table(request, "issue"):
        raise asked.BadRequest(f"number {given} is there already")
    return given


def _fork(given: Any, author: str) -> str | None:
    if given is True:
        return f"{author}/{REPOSITORY}"
    return str(given) if given else None


def _labels(body: Document) -> list[str]:
    given = body.get("labels", [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise asked.BadRequest("labels is a list of names")
    return given


ROUTES = [
    Route("/pulls", _open, methods=["POST"]),
    Route("/pulls/{number:int}", _change, methods=["PATCH"]),
    Route("/pulls/{number:int}/commits", _push, methods=["POST"]),
    Route("/pulls/{number:int}/merge", _merge, methods=["POST"]),
    Route("/pulls/{number:int}/branch", _delete_branch, methods=["DELETE"]),
]
