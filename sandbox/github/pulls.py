"""Pull requests (`/pulls`). Their commits are the repository's: `refs/pull/<n>/head` and `/merge`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.history import History
from sandbox.git.references import References
from sandbox.github import issues
from sandbox.github.accounts import ORGANISATION, person
from sandbox.github.answers import Document, body_of, invalid, not_found, optional_text, rows_of, text_of
from sandbox.github.repositories import page_of, repository, url_of
from sandbox.github.tables import repository_of, table, world_of

_NOBODY = {"assignee": None, "milestone": None, "auto_merge": None, "active_lock_reason": None}


def existing(request: Request) -> Document:
    """The pull request that the path names, or 404."""
    found = issues.existing(request)
    if not found["pull"]:
        raise not_found()
    return found


def shown(request: Request, document: Document, *, whole: bool = False) -> Document:
    """The pull request as GitHub answers it.

    Args:
        request: whose addresses it is shown with.
        document: of the table `github.issue`.
        whole: with what only a single one is answered with, as `mergeable` and the counts.
    """
    number, pull = document["number"], document["pull"]
    url, page = f"{url_of(request)}/pulls/{number}", f"{page_of(request)}/pull/{number}"
    refs = repository_of(request).refs()
    head, base = refs.get(f"refs/pull/{number}/head", ""), refs.get(f"refs/heads/{pull['base']}", "")
    issue = issues.shown(request, document)
    common = [
        "id",
        "number",
        "title",
        "body",
        "state",
        "created_at",
        "updated_at",
        "closed_at",
        "user",
        "labels",
    ]
    found: Document = {
        **{name: issue[name] for name in common},
        **{name: pull[name] for name in ("draft", "merged_at")},
        **_NOBODY,
        "node_id": issue["node_id"],
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue["url"],
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{url_of(request)}/pulls/comments{{/number}}",
        "comments_url": f"{issue['url']}/comments",
        "statuses_url": f"{url_of(request)}/statuses/{head}",
        "locked": False,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "author_association": "MEMBER",
        "merge_commit_sha": pull["merge_commit_sha"] or refs.get(f"refs/pull/{number}/merge"),
        "head": _side(request, ref=pull["head"], sha=head, fork=pull["fork"], gone=pull["fork_gone"]),
        "base": _side(request, ref=pull["base"], sha=base),
    }
    found["_links"] = {
        name: {"href": href}
        for name, href in (
            ("self", url),
            ("html", page),
            ("issue", found["issue_url"]),
            ("comments", found["comments_url"]),
            ("review_comments", found["review_comments_url"]),
            ("review_comment", found["review_comment_url"]),
            ("commits", found["commits_url"]),
            ("statuses", found["statuses_url"]),
        )
    }
    return {**found, **_counts(request, document, base=base, head=head)} if whole else found


async def _list(request: Request) -> Response:
    asked = request.query_params
    rows = [row for row in table(request, "issue").where() if row["pull"]]
    found = [
        row
        for row in issues.chosen(request, rows)
        if asked.get("base", row["pull"]["base"]) == row["pull"]["base"]
        and asked.get("head", _head_of(row)) == _head_of(row)
    ]
    return rows_of(request, [shown(request, row) for row in found])


async def _get(request: Request) -> Response:
    return JSONResponse(shown(request, existing(request), whole=True))


async def _update(request: Request) -> Response:
    number = existing(request)["number"]
    body = await body_of(request)
    world = world_of(request)
    changes: Document = {}
    if "title" in body:
        changes["title"] = text_of(body, "PullRequest", "title")
    if "body" in body:
        changes["body"] = optional_text(body, "PullRequest", "body")
    if body.get("state") not in ("open", "closed", None):
        raise invalid("PullRequest", "state", '"state" must be "open" or "closed".')
    if body.get("state"):
        issues.set_state(world, number, body["state"])
    return JSONResponse(shown(request, issues.change(world, number, **changes), whole=True))


async def _files(request: Request) -> Response:
    number = existing(request)["number"]
    git = repository_of(request)
    refs = git.refs()
    head, base = refs[f"refs/pull/{number}/head"], refs[f"refs/heads/{existing(request)['pull']['base']}"]
    history = History(git)
    changes = history.changes(history.compare(base, head).merge_base or base, head)
    return rows_of(
        request,
        [
            {
                "sha": None,
                "filename": change.path,
                "status": change.status,
                "additions": change.additions,
                "deletions": change.deletions,
                "changes": change.additions + change.deletions,
                "blob_url": f"{page_of(request)}/blob/{head}/{change.path}",
                "raw_url": f"{page_of(request)}/raw/{head}/{change.path}",
                "contents_url": f"{url_of(request)}/contents/{change.path}?ref={head}",
            }
            for change in changes
        ],
    )


async def _of_commit(request: Request) -> Response:
    """The pull requests that a commit belongs to; the open ones whose newest it is, and those it merged."""
    git = repository_of(request)
    sha = References(git).commit_of(request.path_params["ref"])
    rows = [
        row
        for row in table(request, "issue").where()
        if row["pull"]
        and sha in (git.refs().get(f"refs/pull/{row['number']}/head"), row["pull"]["merge_commit_sha"])
    ]
    return rows_of(request, [shown(request, row) for row in rows])


def _head_of(row: Document) -> str:
    owner = row["pull"]["fork"].partition("/")[0] if row["pull"]["fork"] else ORGANISATION
    return f"{owner}:{row['pull']['head']}"


def _side(request: Request, *, ref: str, sha: str, fork: str | None = None, gone: bool = False) -> Document:
    owner = fork.partition("/")[0] if fork else ORGANISATION
    found = repository(request, fork=fork)
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": found["owner"],
        "repo": None if gone else found,
    }


def _counts(request: Request, document: Document, *, base: str, head: str) -> Document:
    merged = document["pull"]["merged_at"] is not None
    open_ = document["state"] == "open"
    history = History(repository_of(request))
    seen = history.compare(base, head) if base and head else None
    changes = history.changes(seen.merge_base or base, head) if seen else []
    can = f"refs/pull/{document['number']}/merge" in repository_of(request).refs()
    return {
        "merged": merged,
        "mergeable": can if open_ else None,
        "rebaseable": can if open_ else None,
        "mergeable_state": ("clean" if can else "dirty") if open_ else "unknown",
        "merged_by": person(request, document["user"]) if merged else None,
        "comments": len(table(request, "comment").where(issue=document["number"])),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(seen.ahead) if seen else 0,
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


ROUTES = [
    Route("/pulls", _list),
    Route("/pulls/{number:int}", _get),
    Route("/pulls/{number:int}", _update, methods=["PATCH"]),
    Route("/pulls/{number:int}/files", _files),
    Route("/commits/{ref:path}/pulls", _of_commit),
]
