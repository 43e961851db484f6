"""Files at a commit (`/contents/{path}`), branches and tags as lists."""

import base64

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.git.history import Entry, History
from sandbox.git.references import References
from sandbox.github.answers import Document, Refused, node_id, not_found, rows_of
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import repository_of


async def _get(request: Request) -> Response:
    ref = request.query_params.get("ref", "main")
    path = request.path_params.get("path", "").strip("/")
    git = repository_of(request)
    commit = References(git).commit_of(ref)
    if commit is None:
        raise Refused(404, f"No commit found for the ref {ref}")
    found = History(git).entry(commit, path)
    if found is None:
        raise not_found()
    if found.kind == "tree":
        entries = History(git).folder(commit, path)
        return JSONResponse([_shown(request, entry, ref) for entry in entries])
    text = git.git("cat-file", "blob", found.sha)
    if "raw" in request.headers.get("accept", ""):
        return PlainTextResponse(text)
    content = base64.encodebytes(text.encode()).decode()
    return JSONResponse({**_shown(request, found, ref), "encoding": "base64", "content": content})


async def _branches(request: Request) -> Response:
    found = References(repository_of(request)).matching("refs/heads/")
    return rows_of(request, [_branch(request, name, sha) for name, sha in sorted(found.items())])


async def _one_branch(request: Request) -> Response:
    name = f"refs/heads/{request.path_params['branch']}"
    sha = References(repository_of(request)).get(name)
    if sha is None:
        raise Refused(404, "Branch not found")
    return JSONResponse(_branch(request, name, sha))


async def _tags(request: Request) -> Response:
    references = References(repository_of(request))
    rows = []
    for full in sorted(references.matching("refs/tags/"), reverse=True):
        name, sha = full.removeprefix("refs/tags/"), references.commit_of(full)
        rows.append(
            {
                "name": name,
                "node_id": node_id("Ref", full),
                "commit": {"sha": sha, "url": f"{url_of(request)}/commits/{sha}"},
                "zipball_url": f"{url_of(request)}/zipball/{full}",
                "tarball_url": f"{url_of(request)}/tarball/{full}",
            }
        )
    return rows_of(request, rows)


def _branch(request: Request, full: str, sha: str) -> Document:
    name = full.removeprefix("refs/heads/")
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{url_of(request)}/commits/{sha}"},
        "protected": False,
    }


def _shown(request: Request, entry: Entry, ref: str) -> Document:
    kind = "dir" if entry.kind == "tree" else "file"
    url = f"{url_of(request)}/contents/{entry.path}?ref={ref}"
    page = f"{page_of(request)}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{entry.path}"
    git_url = f"{url_of(request)}/git/{entry.kind}s/{entry.sha}"
    return {
        "type": kind,
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size,
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": None if kind == "dir" else f"{page_of(request)}/raw/{ref}/{entry.path}",
        "_links": {"self": url, "git": git_url, "html": page},
    }


ROUTES = [
    Route("/contents", _get),
    Route("/contents/{path:path}", _get),
    Route("/branches", _branches),
    Route("/branches/{branch:path}", _one_branch),
    Route("/tags", _tags),
]
