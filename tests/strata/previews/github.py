"""The sandbox's GitHub in this process: its own app behind an httpx transport, over a repository in memory.

The app is the real emulator; only git is not started, since a thousand replays ask it a hundred thousand
times. `tests/e2e/test_previews.py` runs the same commands against the emulator over a real repository.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Message

from sandbox.git.repository import GitError, Repository
from sandbox.github import deployment_statuses, deployments, tables
from sandbox.github.accounts import OPERATOR
from sandbox.github.app import create_app
from sandbox.github.control import create_app as create_control
from sandbox.http import ConnectionCut
from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from strata.github import Client
from tests.sandbox.conftest import Clock
from tests.strata.previews.breaks import Breaks

TOKEN = "the-token"
REPOSITORY = "zitian-party/finance_report"
ROOT = Path(__file__).resolve().parents[3]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
WORKFLOW = ".github/workflows/pr-test.yml"
MAIN = "0" * 39 + "1"


class MemoryGit(Repository):
    """The few things that the endpoints ask git for, without git."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.files = {MAIN: {"docker-compose.yml": COMPOSE, WORKFLOW: (ROOT / WORKFLOW).read_text("utf-8")}}
        self.kept = {"refs/heads/main": MAIN}

    def refs(self) -> dict[str, str]:
        return dict(self.kept)

    def commit_on(self, parent: str, files: Mapping[str, str | None], *, message: str = "") -> str:
        sha = hashlib.sha1(repr((len(self.files), parent, files)).encode(), usedforsecurity=False).hexdigest()
        changed = {**self.files[parent], **files}
        self.files[sha] = {path: text for path, text in changed.items() if text is not None}
        return sha

    def git(  # noqa: C901, PLR0911 - one answer for each of git's commands
        self, *words: str, given: str = "", env: Any = None, cwd: Any = None
    ) -> str:
        match words:
            case ["update-ref", "-d", name]:
                del self.kept[name]
                return ""
            case ["update-ref", name, sha, *_]:
                self.kept[name] = self._commit(sha)
                return ""
            case ["rev-parse", "--verify", "--quiet", name]:
                return self._commit(name.removesuffix("^{commit}"))
            case ["cat-file", "-t", sha]:
                return "commit" if self._commit(sha) else ""
            case ["cat-file", "blob", name]:
                sha, _, path = name.partition(":")
                return self._file(sha, path)
            case ["ls-tree", "-z", "-l", commit, "--", path]:
                found = [
                    one
                    for one in self.files[commit]
                    if one == path or (path[-1] == "/" and one.startswith(path))
                ]
                return "".join(f"100644 blob {commit}:{one} 1\t{one}\0" for one in found)
            case ["rev-list", "--count", *_]:
                return "0"
            case ["show", *_, name, "--"]:
                sha = self._commit(name.removesuffix("^{commit}"))
                return f"{sha}\n{sha}\n\na\na@b\n1\na\na@b\n1\nA commit"
            case ["merge-base", _, _]:
                return MAIN
            case ["diff-tree", *_, base, head, "--name-status"]:
                return "".join(f"M\0{path}\0" for path in self._changed(base, head))
            case ["ls-tree" | "rev-list" | "diff-tree", *_]:
                return ""
        raise GitError(f"not in memory: git {' '.join(words)}")

    def _changed(self, base: str, head: str) -> list[str]:
        old, new = self.files[base], self.files[head]
        return sorted(path for path in old | new if old.get(path) != new.get(path))

    def _file(self, sha: str, path: str) -> str:
        try:
            return self.files[sha][path]
        except KeyError:
            raise GitError(f"no {path} at {sha}") from None

    def _commit(self, sha: str) -> str:
        if sha not in self.files:
            raise GitError(f"no commit {sha}")
        return sha


class _InProcess(httpx.BaseTransport):
    """Calls an ASGI app; what would cut a connection is an answer that was lost.

    Not httpx's own ASGITransport, which is asynchronous and looks for trio at every request.
    """

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop, breaks: Breaks | None = None) -> None:
        self._app = app
        self._breaks = breaks or Breaks()
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        what = f"{request.method} {request.url.path}"
        self._breaks.call(what)
        answer = self._loop.run_until_complete(self._ask(request, request.read()))
        self._breaks.call(what, done=True)
        return answer

    async def _ask(self, request: httpx.Request, content: bytes) -> httpx.Response:
        url, said = request.url, list[Message]()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        try:
            await self._app(scope, receive, send)
        except ConnectionCut:
            raise httpx.ReadError("the connection was cut", request=request) from None
        start, *rest = said
        body = b"".join(message.get("body", b"") for message in rest)
        return httpx.Response(start["status"], headers=start["headers"], content=body)


class Github:
    """One repository of the emulator, and what people and GitHub itself do there."""

    def __init__(self, place: Path) -> None:
        self.clock = Clock()
        ports = Ports(
            dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
        )
        self.world = World(
            root=place,
            ports=ports,
            store=Store(None),
            ca_file=place / "ca.pem",
            pace=Pace(queue_delay=0, build=0, start=0),
            now=self.clock,
        )
        self.loop = asyncio.new_event_loop()
        self.git = MemoryGit(self.world)
        self._people = httpx.Client(
            transport=_InProcess(
                Starlette(routes=[Mount("/github", app=create_control(self.world))]), self.loop
            ),
            base_url="http://control/github",
        )
        self._app = create_app(self.world, token=TOKEN)
        self.breaks = Breaks()
        self.client = self.client_of(TOKEN)

    def client_of(self, token: str) -> Client:
        """A client that never waits."""
        return Client(
            api="http://github.sandbox/api/v3",
            token=token,
            repository=REPOSITORY,
            transport=_InProcess(self._app, self.loop, self.breaks),
            sleep=lambda _: None,
        )

    def token(self, **permissions: str) -> str:
        """A job's token that may only this."""
        body = {"permissions": {name.replace("_", "-"): level for name, level in permissions.items()}}
        return str(self._say("POST", "/tokens", body)["token"])

    def close(self) -> None:
        self.client.close()
        self._people.close()
        self.world.store.close()
        self.loop.close()

    # What people do -------------------------------------------------------------------------------

    def opens(self, number: int, **more: Any) -> str:
        """Open a pull request; its commit."""
        body = {"number": number, "branch": f"feature-{number}", "files": {"NOTES.md": "one"}, **more}
        return str(self._say("POST", "/pulls", body)["sha"])

    def pushes(self, number: int, files: Mapping[str, str | None]) -> str:
        """Push to it; its commit."""
        return str(self._say("POST", f"/pulls/{number}/commits", {"files": dict(files)})["sha"])

    def changes(self, number: int, **fields: Any) -> None:
        """Its state or labels."""
        self._say("PATCH", f"/pulls/{number}", fields)

    def deletes_branch(self, number: int) -> None:
        self._say("DELETE", f"/pulls/{number}/branch")

    def comments(self, number: int) -> list[dict[str, Any]]:
        """All comments at a pull request."""
        return [dict(row) for row in self.world.store.table("github.comment").where(issue=number)]

    def deletes_comments(self, number: int) -> None:
        table = self.world.store.table("github.comment")
        for row in table.where(issue=number):
            table.delete(str(row["id"]))

    def writes(self, number: int, body: str) -> None:
        """Someone's comment."""
        self.client.post(f"issues/{number}/comments", {"body": body})

    def row(self, number: int) -> dict[str, Any]:
        """What stands in the table of a pull request."""
        found = self.world.store.table("github.issue").get(str(number))
        assert found is not None
        return dict(found)

    def head(self, number: int) -> str:
        return self.git.kept[f"refs/pull/{number}/head"]

    # What GitHub does -------------------------------------------------------------------------------

    def record(self, environment: str) -> int:
        """The record that a job with an `environment:` has from its start."""
        made = deployments.record(
            self.world, sha=MAIN, ref="main", environment=environment, creator=OPERATOR.login
        )
        self.status(int(made["id"]), "in_progress")
        return int(made["id"])

    def status(self, deployment: int, state: str, url: str = "") -> None:
        """What it says of the job; nothing for a record that was deleted."""
        if self.world.store.table("github.deployment").get(str(deployment)) is not None:
            deployment_statuses.write(
                self.world, deployment=deployment, state=state, creator=OPERATOR.login, environment_url=url
            )

    def records(self, environment: str) -> list[dict[str, Any]]:
        """Records of an environment with their newest status."""
        statuses = self.world.store.table("github.deployment_status")
        rows = self.world.store.table("github.deployment").where(environment=environment)
        return [{**row, "now": dict(statuses.where(deployment=row["id"])[-1])} for row in rows]

    def tags(self) -> dict[str, str]:
        """Tags and where they lead."""
        found = {name: sha for name, sha in self.git.kept.items() if name.startswith("refs/tags/")}
        return {name.removeprefix("refs/tags/"): sha for name, sha in found.items()}

    def dispatches(self) -> list[dict[str, Any]]:
        """What was started by hand since the last look."""
        table = self.world.store.table("github.dispatch")
        rows = [dict(row) for row in table.where()]
        for row in rows:
            table.delete(str(row["id"]))
        return rows

    def fault(self, kind: str, path: str, **more: Any) -> None:
        """Something goes wrong at a call below the repository."""
        self.world.faults.add(part="github", kind=kind, path=f"/api/v3/repos/{REPOSITORY}/{path}", **more)

    def _say(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self._people.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}


def use(github: Github, monkeypatch: Any) -> None:
    """Have the emulator's endpoints see the repository in memory."""
    monkeypatch.setattr(tables, "Repository", lambda _world: github.git)
