"""What the tests kill: a run that starts a project and holds it."""

import sys
from pathlib import Path

from tests.integration.project import thrown_away
from tests.throwaway.engine import connected

if __name__ == "__main__":
    base, folder = map(Path, sys.argv[1:])
    with (
        connected() as engine,
        thrown_away(base, prefix="tiny", folder=folder, engine=engine) as project,
    ):
        sys.stdout.write(f"{project.mark} {project.reaper.process.pid}\n")
        sys.stdout.flush()
        project.start()
        sys.stdout.write("started\n")
        sys.stdout.flush()
        sys.stdin.read()
