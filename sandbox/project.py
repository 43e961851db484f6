"""The project folder of the sandbox's stacks: `Pulumi.yaml` with `main:` and copies of the stack files.

`pulumi stack init` writes an encryption salt into the stack's file and `destroy --remove` deletes it
(measured 2026-11-23): with a folder of its own the checkout stays untouched.
"""

import os
from pathlib import Path
from typing import Any

import yaml

from sandbox.errors import CommandFailed
from sandbox.folder import CHECKOUT, Folder

_SALT = "encryptionsalt:"
_REGISTRIES = "docker:registryAuth"
_BESIDE = "previewsBesideStanding"
_VAULT = "vaultAddr"


class Project:
    """The sandbox's copy of the project's files.

    Args:
        folder: of the sandbox.
        source: where `Pulumi.yaml` and the stack files are.
    """

    def __init__(self, folder: Folder, *, source: Path = CHECKOUT) -> None:
        self._source = source
        self._place = folder.project
        self._originals = self._place / ".originals"
        self._state = folder.state

    def refresh(self, *, registry: str, vault: str) -> None:
        """Copy what was not copied yet or has changed since; till then `pulumi config set` on a copy stays.

        Args:
            registry: host and port for which pulumi-docker shall look up credentials.
            vault: address of the Vault that jobs ask.

        Raises:
            CommandFailed: there is no `Pulumi.yaml` to copy.
        """
        self._originals.mkdir(exist_ok=True)
        project_file = self._source / "Pulumi.yaml"
        if not project_file.exists():
            raise CommandFailed(f"{project_file} is missing: there is no Pulumi project to run here.")
        self._copy(project_file, self._adapted(project_file.read_text(), registry=registry, vault=vault))
        for file in sorted(self._source.glob("Pulumi.*.yaml")):
            self._copy(file, _without_salt(file.read_text()))

    def stacks(self) -> list[str]:
        """Names of the stacks that the sandbox's backend holds."""
        return sorted({file.name.split(".json")[0] for file in self._stack_states()})

    def name(self) -> str:
        """The Pulumi project's name."""
        return str(self._content()["name"])

    def _stack_states(self) -> list[Path]:
        place = self._state / ".pulumi" / "stacks" / self.name()
        return [f for f in place.glob("*.json*") if f.name.endswith((".json", ".json.gz"))]

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load((self._place / "Pulumi.yaml").read_text())
        return content

    def _copy(self, file: Path, text: str) -> None:
        copy, last = self._place / file.name, self._originals / file.name
        if copy.exists() and last.exists() and last.read_text() == text:
            return
        copy.write_text(text + _salt_of(copy))
        last.write_text(text)

    def _adapted(self, text: str, *, registry: str, vault: str) -> str:
        """`Pulumi.yaml` for the copy: paths lead back, credentials are looked up for the mirror too."""
        content = yaml.safe_load(text)
        content["main"] = self._back(content.get("main", "."))
        runtime = content.get("runtime")
        options = runtime.get("options", {}) if isinstance(runtime, dict) else {}
        if "virtualenv" in options:
            # Absolute: the language host reads it from the project's folder, the dynamic provider from the
            # program's (measured with engine 3.250 on 2026-11-23).
            options["virtualenv"] = str(self._source / options["virtualenv"])
        # The sandbox has one Dokploy for everything, and nothing in it is worth guarding (P10).
        for key, value in ((_BESIDE, True), (_VAULT, vault)):
            entry = content.get("config", {}).get(key)
            if isinstance(entry, dict):
                entry["default"] = value
        # pulumi-docker looks into DOCKER_CONFIG for the listed registries only (measured 2026-11-23).
        listed = content.setdefault("config", {}).setdefault(_REGISTRIES, {"value": []})
        listed["value"].append({"address": registry})
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)

    def _back(self, path: str) -> str:
        return os.path.relpath(self._source / path, self._place)


def _without_salt(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith(_SALT)]
    return "\n".join(lines).rstrip() + "\n"


def _salt_of(copy: Path) -> str:
    """The line with which `pulumi stack init` made the sandbox's secrets readable."""
    lines = copy.read_text().splitlines() if copy.exists() else []
    return "".join(f"{line}\n" for line in lines if line.startswith(_SALT))
