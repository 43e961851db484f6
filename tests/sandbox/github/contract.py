"""GitHub's own OpenAPI as judge of the sandbox's answers.

The document is GitHub's; tests read it beside the checkout and skip where it is not there.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

DOCUMENT = Path(__file__).resolve().parents[4] / "shared" / "github" / "openapi-environments.json"
_ROOT = "urn:github"


class Contract:
    """The OpenAPI document, with its `nullable` said in JSON Schema's words."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = _plain(document)
        self._registry: Registry[Any] = Registry().with_resource(
            _ROOT, DRAFT7.create_resource(self._document)
        )

    def schema(self, *, method: str, path: str, status: int) -> dict[str, Any]:
        """The schema of an answer; fails when the document knows no such answer."""
        answers = self._document["paths"][path][method.lower()]["responses"]
        content = answers[str(status)].get("content", {})
        found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
        return found

    def problems(self, body: Any, *, method: str, path: str, status: int) -> list[str]:
        """What is wrong with an answer, empty when nothing is."""
        validator = Draft7Validator(
            self.schema(method=method, path=path, status=status), registry=self._registry
        )
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def load() -> Contract:
    """The contract, or a skip."""
    if not DOCUMENT.exists():
        pytest.skip("GitHub's OpenAPI slice is not beside this checkout")
    return Contract(json.loads(DOCUMENT.read_text()))


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items()}
    if isinstance(plain.get("$ref"), str):
        return {"$ref": _ROOT + plain["$ref"]}
    if plain.pop("nullable", False) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain
