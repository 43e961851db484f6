from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from strata.actions import Runner
from strata.previews.desk import Desk
from tests.model.plans import settings
from tests.strata.previews.github import Github, use
from tests.strata.previews.standin import Engine, Server

MakeDesk = Callable[..., Desk]


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    made = Github(tmp_path)
    use(made, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def engine(github: Github) -> Engine:
    return Engine(github)


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """Where a step's outputs land."""
    return tmp_path / "outputs"


@pytest.fixture
def desk(github: Github, engine: Engine, tmp_path: Path, outputs: Path) -> MakeDesk:
    """A desk at the stand-ins; settings and the runner's environment by name."""

    def make(*, env: dict[str, str] | None = None, **changed: Any) -> Desk:
        return desk_at(
            github, engine, place=tmp_path, env={"GITHUB_OUTPUT": str(outputs), **(env or {})}, **changed
        )

    return make


_settings = cache(partial(settings, "pr-1"))


def desk_at(github: Github, engine: Engine, *, place: Path, env: dict[str, str], **changed: Any) -> Desk:
    """A desk at the stand-ins."""
    texts = {name: value if isinstance(value, str) else str(value).lower() for name, value in changed.items()}
    runner = {
        "GITHUB_ENV": str(place / "variables"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "77",
        "GITHUB_EVENT_NAME": "pull_request_target",
        "RUNNER_TEMP": str(place),
        **env,
    }
    return Desk(
        github=github.client,
        settings=_settings(**texts),
        stacks=engine,
        dokploy=lambda: Server(engine),
        runner=Runner(env=runner),
        now=github.clock,
    )
