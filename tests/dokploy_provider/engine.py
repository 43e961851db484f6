"""What the engine does with a provider, in this process: the same conversions, no gRPC, no state file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2

from dokploy_provider.context import Context
from dokploy_provider.resources import shell
from dokploy_provider.resources.shell import Shell

Properties = dict[str, Any]


def wire(props: Properties) -> Properties:
    """Properties as they arrive at a provider: ints are floats, `None` has vanished."""
    struct = struct_pb2.Struct()
    struct.update(_without_none(props))
    return _floats(dict(json_format.MessageToDict(struct)))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list | tuple) else value


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@contextmanager
def process(here: Context) -> Iterator[None]:
    """Let the shells of this process work with a context."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "_contexts", [here])
        yield


@dataclass
class Resource:
    """One resource with its state, driven as `pulumi up`, `refresh` and `destroy` drive it."""

    provider: Shell
    here: Context
    id: str | None = None
    inputs: Properties = field(default_factory=dict)
    outs: Properties = field(default_factory=dict)

    def up(self, props: Properties) -> str:
        """`create`, `update`, `replace` or `same`."""
        news = wire(props)
        with process(self.here):
            failures = self.provider.check(self.inputs, news).failures
            assert not failures, [(f.property, f.reason) for f in failures]
            if self.id is None:
                return self._create(news)
            diff = self.provider.diff(self.id, self.outs, news)
            if not diff.changes:
                self.inputs = news
                return "same"
            if diff.replaces:
                self.provider.delete(self.id, self.outs)
                self.id = None
                self._create(news)
                return "replace"
            self.outs = wire(self.provider.update(self.id, self.outs, news).outs or {})
            self.inputs = news
            return "update"

    def refresh(self) -> set[str]:
        """Names of the outputs that were found different; the resource may be gone afterwards."""
        assert self.id is not None
        with process(self.here):
            found = self.provider.read(self.id, self.outs)
        before, self.outs = self.outs, wire(found.outs or {})
        if not found.id:
            self.id = None
            return {"id"}
        if found.inputs is not None:
            self.inputs = wire(found.inputs)
        names = before.keys() | self.outs.keys()
        return {n for n in names if (before.get(n) or None) != (self.outs.get(n) or None)}

    def destroy(self) -> None:
        assert self.id is not None
        with process(self.here):
            self.provider.delete(self.id, self.outs)
        self.id = None

    def _create(self, news: Properties) -> str:
        made = self.provider.create(news)
        self.id, self.inputs, self.outs = made.id, news, wire(made.outs or {})
        return "create"
