"""The Pulumi project that a command is about, and a stack's settings as the program will see them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from model.errors import SettingsError
from model.layers import Stack
from model.naming import Names
from model.settings import Settings
from model.standing import names_of
from strata.errors import NoProject

_FILE = "Pulumi.yaml"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        folder: where it and the stack files are, and where `pulumi` is run.
        name: of the project.
    """

    folder: Path
    name: str

    @classmethod
    def find(cls, env: Mapping[str, str], *, start: Path) -> "Project":
        """The project of the sandbox when the environment leads there, else that of the folder or above it.

        The sandbox keeps its own stack files (with its own encryption salt) beside a copy of Pulumi.yaml.

        Raises:
            NoProject: there is none.
        """
        sandbox = Path(env.get("STRATA_SANDBOX_DIR") or ".sandbox").resolve()
        leads_there = env.get("PULUMI_BACKEND_URL", "").startswith(f"file://{sandbox}/")
        if leads_there and (sandbox / "project" / _FILE).is_file():
            return cls._at(sandbox / "project")
        for folder in (start, *start.parents):
            if (folder / _FILE).is_file():
                return cls._at(folder)
        raise NoProject(
            f"There is no {_FILE} in {start} or above it",
            next_step="change into the checkout and run it again",
        )

    @classmethod
    def here(cls) -> "Project":
        """The project that a command is run for; as `find`."""
        return cls.find(os.environ, start=Path.cwd())

    @classmethod
    def _at(cls, folder: Path) -> "Project":
        return cls(folder=folder, name=str(_loaded(folder / _FILE).get("name", "")))

    @property
    def checkout(self) -> Path:
        """Where the program and the application are: `main:` of Pulumi.yaml, else its folder."""
        return (self.folder / str(_loaded(self.folder / _FILE).get("main") or ".")).resolve()

    @property
    def program(self) -> Path:
        """The checkout that is run: beside Pulumi.yaml, or where its `main` leads."""
        return (self.folder / str(_loaded(self.folder / _FILE).get("main") or ".")).resolve()

    def settings(self, stack: Stack) -> Settings:
        """The stack's settings: Pulumi.yaml's defaults under the stack file's values; secrets are left out.

        Raises:
            model.errors.SettingsError: a key is unknown, missing or wrong.
        """
        texts: dict[str, str] = {}
        for file in (_FILE, f"Pulumi.{stack.name}.yaml"):
            for key, entry in (_loaded(self.folder / file).get("config") or {}).items():
                value = _value(entry, schema=file == _FILE)
                if value is not None:
                    texts[key if ":" in key else f"{self.name}:{key}"] = _text(value)
        return Settings.load(texts, project=self.name, stack=stack.name)

    def repository(self, stack: Stack) -> str | None:
        """Name of the repository at GitHub; `None` if the settings are unusable, which others say."""
        try:
            return self.settings(stack).repository
        except SettingsError:
            return None

    def names(self, stack: Stack) -> Names:
        """The stack's names."""
        return names_of(self.settings(stack), stack)


def _loaded(file: Path) -> dict[str, Any]:
    """A YAML file's mapping; a stack without a file has the defaults.

    Raises:
        SettingsError: it is not YAML, as a pull request's may be.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"{file.name} is not YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    return content if isinstance(content, dict) else {}


def _value(entry: Any, *, schema: bool) -> Any:
    """The plain value of an entry; `None` for one without a default and for an encrypted one."""
    if not isinstance(entry, dict):
        return entry
    if "secure" in entry:
        return None
    if schema and ("default" in entry or "value" in entry or "type" in entry):
        return entry.get("value", entry.get("default"))
    return entry


def _text(value: Any) -> str:
    """As Pulumi hands it to the program: text as it is, anything else as JSON (measured 2026-11-23)."""
    return value if isinstance(value, str) else json.dumps(value)
