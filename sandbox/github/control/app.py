from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.errors import SandboxError
from sandbox.github.answers import Refused
from sandbox.github.control import pulls, releases, runs, tables, tokens
from sandbox.world import World


def create_app(world: World) -> Starlette:
    """The part of the control endpoint below `/github`; bodies and answers are JSON.

    | call | does |
    |---|---|
    | POST /github/pulls | `{branch, files, number?, title?, author?, body?, labels?, draft?, fork?, base?}` opens a pull request (`fork`: true or `owner/name`) and answers `{number, sha, merge}` |
    | PATCH /github/pulls/{n} | `{state?, labels?, title?, body?, draft?}`: close, reopen, label, rename; `labels` are all it wears |
    | POST /github/pulls/{n}/commits | `{files, message?, force?}` pushes a commit and answers `{sha, merge}`; `force` starts from main again |
    | POST /github/pulls/{n}/merge | merges into its base and answers `{sha}` |
    | DELETE /github/pulls/{n}/branch | deletes its branch (GitHub closes it then); of a fork, the fork |
    | POST /github/runs | `{workflow, head_sha?, event?, branch?, status?, conclusion?, waiting?, jobs?, actor?, name?, run_attempt?, pull_requests?, created_at?}` answers `{id}`; `head_sha` is main's by default, `jobs` are `[{name, status?, conclusion?}]`, `waiting` names environments |
    | PATCH /github/runs/{id} | `{status?, conclusion?, waiting?, jobs?}` |
    | GET /github/dispatches | what was dispatched: `[{id, workflow, ref, sha, inputs, actor, run}]` |
    | POST /github/tokens | `{permissions, login?, seconds?, token?}` answers `{token, expires_at}`; permissions as in a job (`{contents: read, pull-requests: write}`) |
    | DELETE /github/tokens | `{token}`: it has expired |
    | POST /github/releases | `{tag, target?, name?, body?, draft?, prerelease?, author?}` publishes and answers `{id, tag}`; makes the tag on `target` where there is none |
    | PUT /github/app | `{permissions}`: what the GitHub App is given, `{actions: read, …}` |
    | POST /github/secrets | `{name, environment?}`: somebody sets a secret at GitHub |
    | GET /github/tables/{table} | the documents of `github.<table>`: issue, comment, deployment, deployment_status, run, job, dispatch, token, … |
    | PATCH /github/tables/{table}/{key} | changes fields of one as they are (`{updated_at: "2026-01-01T00:00:00Z"}`) |
    """  # noqa: E501  # a table has one line a row
    app = Starlette(
        routes=[
            *pulls.ROUTES,
            *runs.ROUTES,
            *tokens.ROUTES,
            *releases.ROUTES,
            *tables.ROUTES,
            Route("/", _names),
        ],
        exception_handlers={asked.BadRequest: _refuse, SandboxError: _refuse, Refused: _missing},
    )
    app.state.world = world
    return app


async def _names(request: Request) -> Response:
    world: World = request.app.state.world
    names = [name for name in world.store.tables() if name.startswith("github.")]
    return JSONResponse([name.removeprefix("github.") for name in names])


async def _refuse(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, status_code=400)


async def _missing(request: Request, _error: Exception) -> Response:
    return JSONResponse({"message": f"there is no {request.url.path}"}, status_code=404)
