"""S13: for each procedure that is called, every request field that exists is known here.

A field is sent, or stands below with the reason why it is not. The server's own OpenAPI document (0.30.2)
says which exist; it is not part of this repository, so without it the census cannot be taken.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dokploy_provider
from tests.dokploy_provider.census import BY_PREFIX, EXEMPT, SENT
from tests.dokploy_provider.nouns import NOUNS, Noun
from tests.dokploy_provider.stage import Stage

ROOM = Path(dokploy_provider.__file__).parent
OPENAPI = ROOM.parents[1] / "shared" / "dokploy" / "openapi-0.30.2.json"
NOUN_WORDS = (
    "application",
    "compose",
    "deployment",
    "docker",
    "dockerImage",
    "dockerVolume",
    "domain",
    "environment",
)
NOUN_WORDS += ("network", "project", "registry", "settings", "vaultProvider")


def _literals() -> Iterator[str]:
    """Procedures that the room's source names, `{kind.noun}.…` spelled out."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                tail = str(node.values[-1].value)
                if tail.startswith(".") and tail[1:].isalpha():
                    yield from (f"compose{tail}", f"application{tail}")


def _called() -> set[str]:
    words = {text for text in _literals() if text.count(".") == 1 and text.split(".")[1].isalpha()}
    return {word for word in words if word.split(".")[0] in NOUN_WORDS}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    if not OPENAPI.exists():
        pytest.skip("the server's OpenAPI document is not here (../shared/dokploy)")
    return dict(json.loads(OPENAPI.read_text())["paths"])


def _fields(document: dict[str, Any], procedure: str) -> set[str]:
    content = document[f"/{procedure}"]["post"]["requestBody"]["content"]
    return set(content["application/json"]["schema"]["properties"])


def _reason(procedure: str, field: str) -> str | None:
    prefixes = BY_PREFIX.get(procedure, {})
    found = next((why for prefix, why in prefixes.items() if field.startswith(prefix)), None)
    return EXEMPT.get(procedure, {}).get(field) or found


def test_s13_every_procedure_that_the_source_names_exists(document: dict[str, Any]) -> None:
    assert {name for name in _called() if f"/{name}" not in document} == set()


def test_s13_every_mutation_that_the_source_names_is_counted(document: dict[str, Any]) -> None:
    mutations = {name for name in _called() if "post" in document.get(f"/{name}", {})}

    assert mutations - SENT.keys() == set()


@pytest.mark.parametrize("procedure", SENT)
def test_s13_every_field_is_sent_or_carries_a_reason(document: dict[str, Any], procedure: str) -> None:
    unknown = {f for f in _fields(document, procedure) - SENT[procedure] if _reason(procedure, f) is None}

    assert unknown == set()


@pytest.mark.parametrize("procedure", SENT)
def test_s13_nothing_is_sent_that_does_not_exist(document: dict[str, Any], procedure: str) -> None:
    """Dokploy drops unknown fields silently: a typo would never fail."""
    assert SENT[procedure] - _fields(document, procedure) == set()


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
def test_s13_what_is_really_sent_is_what_is_counted(
    stage: Stage, noun: Noun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, set[str]] = {}
    post = type(stage.here.client).post

    def note(client: Any, procedure: str, body: dict[str, Any]) -> Any:
        sent.setdefault(procedure, set()).update(body)
        return post(client, procedure, body)

    resource, props = stage.resource(noun), noun.inputs(stage)
    monkeypatch.setattr(type(stage.here.client), "post", note)
    resource.up(props)
    if noun.change:
        resource.up({**props, **noun.change})
    resource.destroy()

    assert [
        (procedure, fields - SENT[procedure])
        for procedure, fields in sent.items()
        if fields - SENT[procedure]
    ] == []
