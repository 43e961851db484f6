"""Commits and how they stand to each other (`/commits`, `/git/commits`, `/compare`), all from git itself."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.history import Change, History
from sandbox.git.objects import Commit, Objects
from sandbox.git.references import References
from sandbox.github.answers import Document, Refused, node_id, not_found, number_of, rows_of
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import repository_of

_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
_MOST = 250
_NOTHING = "0" * 40


def commit_or_404(request: Request, name: str) -> str:
    """The commit of a branch, tag or abbreviated commit; 404 for none."""
    sha = References(repository_of(request)).commit_of(name)
    if sha is None:
        raise not_found()
    return sha


async def _list(request: Request) -> Response:
    asked = request.query_params
    sha = commit_or_404(request, asked.get("sha", "main"))
    git = repository_of(request)
    shas = History(git).log(sha, most=_MOST, path=asked.get("path", ""))
    return rows_of(request, [_shown(request, Objects(git).commit(one)) for one in shas])


async def _get(request: Request) -> Response:
    name = request.path_params["ref"]
    sha = References(repository_of(request)).commit_of(name)
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {name}")
    if request.headers.get("accept", "").startswith("application/vnd.github.sha"):
        return Response(sha, media_type="application/vnd.github.sha; charset=utf-8")
    commit = Objects(repository_of(request)).commit(sha)
    changes = History(repository_of(request)).changes(commit.parents[0], sha) if commit.parents else []
    added, gone = sum(c.additions for c in changes), sum(c.deletions for c in changes)
    return JSONResponse(
        {
            **_shown(request, commit),
            "stats": {"additions": added, "deletions": gone, "total": added + gone},
            "files": [_file(request, sha, change) for change in changes],
        }
    )


async def _object(request: Request) -> Response:
    objects, sha = Objects(repository_of(request)), request.path_params["sha"]
    if objects.kind(sha) != "commit":
        raise not_found()
    shown = _shown(request, objects.commit(sha))
    inner = {
        name: shown["commit"][name] for name in ("author", "committer", "message", "tree", "verification")
    }
    return JSONResponse(
        {
            "sha": shown["sha"],
            "node_id": shown["node_id"],
            "url": shown["commit"]["url"],
            "html_url": shown["html_url"],
            **inner,
            "parents": shown["parents"],
        }
    )


async def _compare(request: Request) -> Response:
    names = request.path_params["range"].split("...")
    if len(names) != 2 or not all(names):  # noqa: PLR2004  # base and head
        raise not_found()
    base, head = (commit_or_404(request, name.rpartition(":")[2]) for name in names)
    git = repository_of(request)
    objects, history = Objects(git), History(git)
    seen = history.compare(base, head)
    if seen.merge_base is None:
        raise Refused(404, f"No common ancestor between {names[0]} and {names[1]}.")
    page, shas = _page(request, seen.ahead[:_MOST])
    commits = [_shown(request, objects.commit(sha)) for sha in shas]
    changes = history.changes(seen.merge_base, head) if page == 1 else []
    url, html = f"{url_of(request)}/compare/{base}...{head}", f"{page_of(request)}/compare/{base}...{head}"
    return JSONResponse(
        {
            "url": url,
            "html_url": html,
            "permalink_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "base_commit": _shown(request, objects.commit(base)),
            "merge_base_commit": _shown(request, objects.commit(seen.merge_base)),
            "status": seen.status,
            "ahead_by": len(seen.ahead),
            "behind_by": seen.behind,
            "total_commits": len(seen.ahead),
            "commits": commits,
            "files": [_file(request, head, change) for change in changes],
        }
    )


def _page(request: Request, shas: list[str]) -> tuple[int, list[str]]:
    """Which page of a comparison's commits is asked for, and what is on it; files are on the first alone."""
    page, per_page = max(number_of(request, "page", 1), 1), max(number_of(request, "per_page", _MOST), 1)
    return page, shas[(page - 1) * per_page : page * per_page]


def _shown(request: Request, commit: Commit) -> Document:
    url, page = url_of(request), page_of(request)
    return {
        "sha": commit.sha,
        "node_id": node_id("Commit", commit.sha),
        "url": f"{url}/commits/{commit.sha}",
        "html_url": f"{page}/commit/{commit.sha}",
        "comments_url": f"{url}/commits/{commit.sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{commit.sha}",
            "author": asdict(commit.author),
            "committer": asdict(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
            "comment_count": 0,
            "verification": _UNSIGNED,
        },
        "author": None,
        "committer": None,
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
            for sha in commit.parents
        ],
    }


def _file(request: Request, sha: str, change: Change) -> dict[str, Any]:
    return {
        "sha": _NOTHING,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page_of(request)}/blob/{sha}/{change.path}",
        "raw_url": f"{page_of(request)}/raw/{sha}/{change.path}",
        "contents_url": f"{url_of(request)}/contents/{change.path}?ref={sha}",
    }


ROUTES = [
    Route("/commits", _list),
    Route("/git/commits/{sha}", _object),
    Route("/compare/{range:path}", _compare),
]
LAST_ROUTES = [Route("/commits/{ref:path}", _get)]
"""To be tried after all others below `/commits/{ref}/`: a branch's name may have slashes."""
