"""The workflows as parsed documents. By a loader that takes `on` for a word and not for a truth value."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / ".github/workflows"
Document = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans, as GitHub reads them: only `true` and `false`."""


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or letter in "tTfF"
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str) -> Document:
    """A workflow's text as a document."""
    document: Document = yaml.load(text, Loader=_Loader)  # a safe loader's child
    return document


def load(name: str) -> Document:
    """One workflow."""
    return parse((WORKFLOWS / name).read_text(encoding="utf-8"))


def all_of_them() -> dict[str, Document]:
    """File name to document."""
    return {path.name: load(path.name) for path in sorted(WORKFLOWS.iterdir())}


def jobs(documents: Mapping[str, Document]) -> Iterator[tuple[str, str, Document]]:
    """File, id and body of every job."""
    for file, document in documents.items():
        for job, body in document["jobs"].items():
            yield file, job, body


def permissions_of(document: Document, job: str) -> dict[str, str]:
    """What a job's token may: its own list replaces the workflow's."""
    given = document["jobs"][job].get("permissions", document.get("permissions", {}))
    return dict(given) if isinstance(given, dict) else {}


def environment_of(body: Document) -> str | None:
    """The GitHub environment that a job names, with its expressions."""
    given = body.get("environment")
    return given["name"] if isinstance(given, dict) else given


def needs_of(body: Document) -> list[str]:
    """The jobs that a job waits for."""
    given = body.get("needs", [])
    return [given] if isinstance(given, str) else list(given)
