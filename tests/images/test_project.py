"""What is left of a run that was killed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.pins import PINS
from model.services import Service
from tests.images.project import Project, docker, label, new_mark, project
from tests.throwaway.engine import Engine, sweep
from tests.throwaway.owner import Mark, Owner

COMPOSE = f"""\
services:
  redis: {{image: "{PINS[Service.REDIS]}", volumes: ["kept:/data"], networks: [default, env]}}
volumes:
  kept: {{name: "${{NETWORK}}-kept"}}
networks:
  env: {{name: "${{NETWORK}}", external: true}}
"""


@pytest.fixture
def dead() -> Mark:
    """A name of a process that has been killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        mark = Mark(project=new_mark().project, owner=Owner.of(process.pid))
        process.kill()
    return mark


@contextmanager
def started(folder: Path, mark: Mark) -> Iterator[Project]:
    folder.mkdir()
    file = folder / "compose.yaml"
    file.write_text(COMPOSE)
    docker("network", "create", "--label", label(mark), mark.project)
    try:
        with project(folder, file, mark=mark, publish={}, env={"NETWORK": mark.project}) as it:
            it.up()
            yield it
    finally:
        docker("network", "rm", mark.project, check=False)


def test_what_a_killed_run_left_is_swept_by_the_next_and_a_living_run_is_let_alone(
    engine: Engine, dead: Mark, tmp_path: Path
) -> None:
    with started(tmp_path / "alive", new_mark()) as living, started(tmp_path / "dead", dead):
        left = engine.remains(dead)

        swept = sweep(engine)

        assert sorted(what.partition(" ")[0] for what in left) == [
            "container",
            "network",
            "network",
            "volume",
        ]
        assert dead.project in swept
        assert living.name not in swept
        assert engine.remains(dead) == []
        assert len(engine.remains(living.mark)) == len(left)
