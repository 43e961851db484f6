"""The real Docker Compose as the judge of our reading: its canonical form, read by the same types."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.local.reader import LocalCompose, Source, read
from tests.templates.docker import COMPOSE

NAMES = ("docker-compose.yml", "docker-compose.override.yml")


def ours(folder: Path, texts: Sequence[str], env: Mapping[str, str]) -> LocalCompose:
    """Base and override as this project reads them."""
    sources = [Source(path=folder / name, text=text) for name, text in zip(NAMES, texts, strict=False)]
    return read(sources, env)


def composes(folder: Path, texts: Sequence[str], env: Mapping[str, str]) -> LocalCompose:
    """Base and override as Compose reads them, printed in its canonical form."""
    said = canonical(folder, texts, env)
    document: dict[str, Any] = json.loads(said.stdout)
    document.pop("name")
    document.pop("networks", None)
    document["volumes"] = dict.fromkeys(document.get("volumes", {}))
    for body in document["services"].values():
        for mount in body.get("volumes", ()):
            if "bind" in mount:
                mount["bind"] = {}
    return read([Source(path=folder / "canonical.json", text=json.dumps(document))], {})


def canonical(folder: Path, texts: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`docker compose config --format json`; fails on a warning too (C2)."""
    arguments: list[str] = []
    for name, text in zip(NAMES, texts, strict=False):
        (folder / name).write_text(text, encoding="utf-8")
        arguments += ["-f", name]
    said = subprocess.run(
        [str(COMPOSE), "-p", "oracle", *arguments, "config", "--format", "json"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **env},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (said.returncode, said.stderr) == (0, "")
    return said
