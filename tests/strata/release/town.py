"""The sandbox's GitHub with its real git, and its registry, in this process; single answers can go wrong."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from model.images import ImageRef
from model.settings import Images, Settings
from sandbox.git import Repository
from sandbox.github import runs
from sandbox.github.app import create_app as create_github
from sandbox.registry import RegistryStore
from sandbox.registry import create_app as create_registry
from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from strata.github import Client
from strata.registry import Registry
from strata.release.evidence import Looker

NAME = "zitian-party/finance_report"
TOKEN = "github-token-canary"
PASSWORD = "registry-password-canary"
BACKEND = "ghcr.io/zitian-party/finance-report-backend"
FRONTEND = "ghcr.io/zitian-party/finance-report-frontend"
IMAGES = Images(backend=BACKEND, frontend=FRONTEND)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REVISION = "org.opencontainers.image.revision"

Answer = httpx.Response | Exception


@dataclass
class Fault:
    """What happens instead of an answer.

    Attributes:
        method: of the request.
        path: a part of its path.
        answer: given or raised.
        applied: whether the request was carried out before.
        times: so often; each use counts down.
    """

    method: str
    path: str
    answer: Answer
    applied: bool = False
    times: int = 1000


class Through(httpx.BaseTransport):
    """The way to an app, with faults on it.

    Args:
        app: that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.before: list[Callable[[httpx.Request], None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        for hook in list(self.before):
            hook(request)
        for fault in self.faults:
            if fault.times and fault.method == request.method and fault.path in request.url.path:
                fault.times -= 1
                if fault.applied:
                    self._ask(request)
                if isinstance(fault.answer, Exception):
                    raise fault.answer
                return httpx.Response(
                    fault.answer.status_code, headers=fault.answer.headers, content=fault.answer.content
                )
        return self._ask(request)

    @property
    def changes(self) -> list[str]:
        """What was sent to change something."""
        return [line for line in self.asked if not line.startswith("GET")]

    def _ask(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._app)) as client:
                return await client.request(
                    request.method, request.url, headers=request.headers, content=request.read()
                )

        answer = asyncio.run(ask())
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@dataclass
class Town:
    """Where a release happens.

    Attributes:
        slept: seconds that were waited for, each time.
    """

    world: World
    folder: Path
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        project = self.folder / "source"
        project.mkdir()
        (project / "README.md").write_text("the application\n", encoding="utf-8")
        workflows = project / ".github" / "workflows"
        workflows.mkdir(parents=True)
        for name in ("ci", "production-deploy"):
            (workflows / f"{name}.yml").write_text(f"name: {name}\non: push\njobs: {{}}\n", encoding="utf-8")
        self.git = Repository(self.world, source=project)
        self.git.seed()
        self.store = RegistryStore(self.world)
        self.to_github = Through(create_github(self.world, token=TOKEN))
        self.to_registry = Through(create_registry(self.world, password=PASSWORD))
        config = {"auths": {"127.0.0.1:4": {"auth": base64.b64encode(f"u:{PASSWORD}".encode()).decode()}}}
        (self.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        self.env = {"DOCKER_CONFIG": str(self.folder), "STRATA_REGISTRY_MIRROR": "127.0.0.1:4"}
        self.registry = Registry(
            self.env, sleep=self.slept.append, client=httpx.Client(transport=self.to_registry)
        )
        self.github = self.client()

    def client(self) -> Client:
        return Client(
            api="http://github.test/api/v3",
            token=TOKEN,
            repository=NAME,
            transport=self.to_github,
            sleep=self.slept.append,
        )

    # What people and CI do -----------------------------------------------------------------------

    def merge(self, text: str) -> str:
        """A commit on main."""
        return self.git.commit({"change.txt": text}, branch="main")

    def aside(self, text: str) -> str:
        """A commit on a branch that is not merged."""
        return self.git.commit({"change.txt": text}, branch="aside")

    def push_images(self, commit: str, *, tag: str = "", baked: str = "") -> dict[str, ImageRef]:
        """Both images of a commit under its tag (or another); service to image by digest."""
        found = {}
        for service, repository in IMAGES.model_dump().items():
            name = f"{repository}:{tag or f'sha-{commit}'}"
            labels = {REVISION: baked or commit, "service": service}
            found[service] = ImageRef.parse(name).pin(self.store.publish(name, labels))
        return found

    def ci(self, commit: str, *jobs: tuple[str, str, str | None], **more: Any) -> None:
        """A run of ci.yml by a push to main; jobs are name, status and conclusion."""
        runs.record(
            self.world,
            path=".github/workflows/ci.yml",
            head_sha=commit,
            **{
                "head_branch": "main",
                "event": "push",
                "status": "completed",
                "conclusion": "success",
                **more,
            },
            jobs=[
                {"name": name, "status": status, **({"conclusion": conclusion} if conclusion else {})}
                for name, status, conclusion in jobs or (("required", "completed", "success"),)
            ],
        )

    def proved(self, text: str) -> tuple[str, dict[str, ImageRef]]:
        """A commit of main that CI passed and whose images are pushed."""
        commit = self.merge(text)
        self.ci(commit)
        return commit, self.push_images(commit)

    def looker(self, settings: Settings) -> Looker:
        return Looker(client=self.github, registry=self.registry, settings=settings)

    def tags(self) -> dict[str, str]:
        """Names of git tags, with what they are."""
        return {
            ref.removeprefix("refs/tags/"): sha
            for ref, sha in self.git.refs().items()
            if ref.startswith("refs/tags/")
        }

    def image_tags(self) -> dict[str, list[str]]:
        """Service to its tags in the registry that name versions."""
        return {
            service: [tag for tag in self.store.tags(repository) if tag.startswith("v")]
            for service, repository in IMAGES.model_dump().items()
        }


def texts(images: Mapping[str, ImageRef]) -> dict[str, str]:
    return {service: f"{image.repository}@{image.digest}" for service, image in images.items()}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """GitHub and a registry, with one commit on main and no image."""
    ports = Ports(
        dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
    )
    store = Store(None)
    root = tmp_path / "world"
    root.mkdir()
    world = World(
        root=root,
        ports=ports,
        store=store,
        ca_file=tmp_path / "ca.pem",
        pace=Pace(queue_delay=0, build=0, start=0),
        now=lambda: NOW,
    )
    yield Town(world=world, folder=tmp_path)
    store.close()
