"""What lies where in a sandbox's folder. Everything in it can be thrown away together."""

import json
import os
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Any

from sandbox.errors import ForeignFolder

CHECKOUT = Path(__file__).resolve().parent.parent
"""The project whose stacks the sandbox runs."""

VERSION = 2
"""Of the folder's layout; another one is refused, because nothing converts a throwaway folder."""


class Engine(StrEnum):
    """What the sandbox's Dokploy deploys to."""

    SIMULATED = "simulated"
    DOCKER = "docker"


ENGINES = {Engine.SIMULATED: "simulated engine", Engine.DOCKER: "Docker Engine of this machine"}


class Folder:
    """The folder of one sandbox.

    Args:
        root: `.sandbox`, or any other place; two sandboxes live side by side in two folders.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.version = self.root / "version"
        self.lock = self.root / "lock"
        self.seeded = self.root / "seeded"
        self.ports = self.root / "ports.json"
        self.credentials = self.root / "credentials.json"
        self.env = self.root / "env"
        self.pid = self.root / "daemon.pid"
        self.log = self.root / "daemon.log"
        self.ca = self.root / "ca.pem"
        self.bundle = self.root / "ca-bundle.pem"
        self.keys = self.root / "keys"
        self.store = self.root / "sandbox.sqlite"
        self.baseline = self.root / "baseline.json"
        self.project = self.root / "project"
        self.state = self.root / "state"
        self.previews = self.root / "previews"
        self.openbao = self.root / "openbao"
        self.dokploy = self.root / "dokploy"
        self.git = self.root / "git"
        self.docker = self.root / "docker"
        self.docker_host = self.root / "docker-host"
        self.engine_file = self.root / "engine"
        self.made_in_engine = self.docker_host / "made-in-engine.json"

    @classmethod
    def default(cls) -> "Folder":
        """`$STRATA_SANDBOX_DIR`, else `.sandbox` in the checkout, wherever the command is run."""
        return cls(Path(os.environ.get("STRATA_SANDBOX_DIR") or CHECKOUT / ".sandbox"))

    @property
    def is_there(self) -> bool:
        """Whether a sandbox was made here."""
        return self.version.exists()

    def make(self) -> None:
        """Make the folder, or check that it is one of ours and of this version.

        Raises:
            ForeignFolder: it holds something else, or another version's state.
        """
        if self.is_there:
            self._check_version()
        elif self.root.exists() and any(self.root.iterdir()):
            raise ForeignFolder(
                f"{self.root} is not empty and is not a sandbox's folder. Name another one with"
                " `--dir` or STRATA_SANDBOX_DIR."
            )
        else:
            self.root.mkdir(parents=True, exist_ok=True)
            self.version.write_text(f"{VERSION}\n")
        self.root.chmod(0o700)  # Dokploy's database and Pulumi's state hold tokens
        for name in (
            "keys",
            "openbao",
            "docker",
            "docker-host",
            "project",
            "state",
            "previews",
            "dokploy",
            "git",
        ):
            (self.root / name).mkdir(exist_ok=True)

    @property
    def engine(self) -> Engine:
        """What the sandbox deploys to; one that was never told otherwise simulates."""
        known = self.engine_file.exists()
        return Engine(self.engine_file.read_text().strip()) if known else Engine.SIMULATED

    @property
    def has_used_docker(self) -> bool:
        """Whether something of the sandbox may be in the Docker Engine, whatever it deploys to now."""
        return self.engine is Engine.DOCKER or self.made_in_engine.exists()

    def choose(self, engine: Engine | None) -> None:
        """Remember what the sandbox deploys to.

        Args:
            engine: `None` leaves it as it is.

        Raises:
            ForeignFolder: it deploys to another one already, and its state speaks of what is there.
        """
        self.agree(engine)
        if engine is not None:
            self.engine_file.write_text(f"{engine}\n")

    def agree(self, engine: Engine | None) -> None:
        """Refuse another engine than the one that a seeded sandbox has; raises `ForeignFolder`."""
        if engine not in (None, self.engine) and self.seeded.exists():
            raise ForeignFolder(
                f"The sandbox in {self.root} deploys to the {ENGINES[self.engine]}, and its state speaks of"
                f" what runs there. For the {ENGINES[Engine(engine)]} remove it first:"
                " `strata sandbox down --erase`, or name another folder with `--dir`."
            )

    def erase(self) -> None:
        """Remove the folder with everything in it.

        Raises:
            ForeignFolder: it is not a sandbox's folder.
        """
        if not self.root.exists():
            return
        if not self.is_there:
            raise ForeignFolder(f"{self.root} is not a sandbox's folder; it was left alone.")
        shutil.rmtree(self.root)

    def _check_version(self) -> None:
        found = self.version.read_text().strip()
        if found != str(VERSION):
            raise ForeignFolder(
                f"{self.root} was made by another version of the sandbox (layout {found}, this one uses"
                f" {VERSION}). Nothing in it is worth keeping: `strata sandbox down --erase`, then start"
                " again."
            )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, at once or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> Any:
    """The file's content, `None` when there is no such file."""
    return json.loads(path.read_text()) if path.exists() else None
