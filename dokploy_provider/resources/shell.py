"""Between Pulumi and the nouns' functions: decoding, diffing, echoing, short errors. Nothing else.

What the SDK does (3.272, measured): ints arrive as floats, `None` keys vanish, unknowns are instances of
`Unknown`; `diff` and `update` get old *outputs*, so outputs echo inputs; an exception reaches the console
with its whole traceback. All resources of a class share one instance in four threads, so it has no
attributes.
"""

import contextlib
import functools
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from pulumi import dynamic
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi.output import Unknown
from pydantic import TypeAdapter, ValidationError

from dokploy_provider.context import Context
from dokploy_provider.crud import revision
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.errors import DokployError, Unexpected
from dokploy_provider.models.base import Desired, canonical

DRIFT = "drift"
F = TypeVar("F", bound=Callable[..., Any])
_lock = threading.Lock()
_contexts: list[Context] = []


def context() -> Context:
    """This process's context, made from the environment at its first use (a preview never uses it)."""
    with _lock:
        if not _contexts:
            _contexts.append(Context.from_env(os.environ))
        return _contexts[0]


def _short(method: F) -> F:
    """Let through only errors of this room: one paragraph, without the frames and causes the SDK prints."""

    @functools.wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except DokployError as error:
            raise error.with_traceback(None) from None
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())
            raise Unexpected(f"{error.title} does not have the expected form: {wrong}") from None
        except Exception as error:  # noqa: BLE001 - a defect must not print what it held
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            raise Unexpected(
                f"{type(error).__name__} at {where}: a defect of dokploy_provider; please report it."
            ) from None

    return call  # type: ignore[return-value]


class Noun(Protocol):
    """What a module of `dokploy_provider.crud` offers."""

    def create(self, here: Context, want: Any, /) -> Made:
        """Find or create, converge, read back."""

    def read(self, here: Context, id_: str, state: Mapping[str, Any], /) -> Seen | None:
        """What the server has; `None` on the documented not-found only."""

    def update(self, here: Context, id_: str, state: Mapping[str, Any], want: Any, /) -> Made:
        """Converge in place."""

    def delete(self, here: Context, id_: str, state: Mapping[str, Any], /) -> None:
        """Delete, and verify it; what is gone already is no error."""


class RevisedNoun(Noun, Protocol):
    """A noun with a `revision`, which a Deployment takes."""

    def content(self, inputs: Mapping[str, Any], /) -> str:
        """Hash of what reaches a container."""


class Shell(dynamic.ResourceProvider):
    """Base of all providers; a subclass only names its parts.

    Attributes:
        model: the inputs.
        noun: the module whose functions do the work.
        ignored: inputs that never make a difference (options of this provider).
        parents: ids of what the resource belongs to. Unknown in a preview, they count as unchanged: an
            update of the parent keeps its id, and `up` compares the real one.
        replacing: inputs that cannot be changed in place.
    """

    serialize_as_secret_always = False
    model: ClassVar[type[Desired]]
    noun: ClassVar[Noun]
    ignored: ClassVar[frozenset[str]] = frozenset({"adopt"})
    parents: ClassVar[frozenset[str]] = frozenset()
    replacing: ClassVar[frozenset[str]] = frozenset()

    def stale(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
        """Whether there is something to do although all inputs are as they were."""
        return bool(state.get(DRIFT) or news.get(DRIFT))

    def configure(self, _req: ConfigureRequest) -> None:
        """Nothing from the stack's configuration: the environment has it. Quiets the provider process."""
        main = sys.modules.get("__main__")
        spec = getattr(main, "__spec__", None)
        if spec is not None and spec.name == "pulumi.dynamic.__main__":
            # The SDK sends `traceback.format_exc()`; with this it holds the message and no frames.
            sys.tracebacklimit = 0
            log = logging.getLogger("dokploy_provider")
            if not log.handlers:
                log.addHandler(logging.StreamHandler(sys.stderr))
                log.setLevel(logging.INFO)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate what is known; failures name the property and never show its value."""
        given = _given(self.model, news)
        known = {name: value for name, value in given.items() if not _has_unknown(value)}
        unknown = given.keys() - known.keys()
        try:
            self.model.model_validate(known)
        except ValidationError as error:
            failures = [
                CheckFailure(".".join(map(str, e["loc"])), str(e["msg"]))
                for e in error.errors()
                if not (unknown and not e["loc"]) and (not e["loc"] or e["loc"][0] not in unknown)
            ]
            return CheckResult(news, failures)
        return CheckResult(news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare managed inputs; symmetrical, because a refresh asks with the arguments swapped."""
        differing = self._differing(_olds, _news)
        replaces = sorted(
            name
            for name in differing & self.replacing
            if not (_has_unknown(_olds.get(name)) or _has_unknown(_news.get(name)))
        )
        changes = bool(differing) or self.stale(_olds, _news)
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=bool(replaces))

    @_short
    def create(self, props: dict[str, Any]) -> CreateResult:
        """See `Noun.create`."""
        want = self.model.model_validate(_given(self.model, props))
        made = self.noun.create(context(), want)
        return CreateResult(made.id, {**echo(want), **made.outs})

    @_short
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """See `Noun.read`. Of the inputs those that differ are given back, so that a diff shows no others;
        none differs, none is given back: those that are ignored may be newer in the state.
        """
        seen = self.noun.read(context(), id_, props)
        if seen is None:
            return ReadResult(id_=None, outs={})
        before = _given(self.model, props)
        differing = self._differing(before, {**before, **seen.inputs})
        live = {**before, **{name: seen.inputs[name] for name in differing}}
        return ReadResult(id_, {**live, **seen.outs}, live if differing else None)

    @_short
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """See `Noun.update`."""
        want = self.model.model_validate(_given(self.model, _news))
        return UpdateResult({**echo(want), **self.noun.update(context(), _id, _olds, want).outs})

    @_short
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """See `Noun.delete`."""
        self.noun.delete(context(), _id, _props)

    def _differing(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        names = self.model.model_fields.keys() - self.ignored
        return {name for name in names if self._differs(name, olds.get(name), news.get(name))}

    def _differs(self, name: str, old: Any, new: Any) -> bool:
        if _has_unknown(old) or _has_unknown(new):
            return name not in self.parents
        return bool(_normal(self.model, name, old) != _normal(self.model, name, new))


class RevisedShell(Shell):
    """Base of the providers whose resources have a `revision`."""

    noun: ClassVar[RevisedNoun]

    def stale(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
        """Also when an update reached the server and its answer was lost: the revision does not know it."""
        return super().stale(state, news) or revision.is_behind(state, news, self.noun.content)


@functools.cache
def _adapter(model: type[Desired], name: str) -> tuple[TypeAdapter[Any], Any]:
    """Validates one field alone, and its default."""
    field = model.model_fields[name]
    default = field.get_default(call_default_factory=True)
    form: Any = Annotated[field.annotation, *(field.metadata or [None])]
    return TypeAdapter(form), default


def _normal(model: type[Desired], name: str, value: Any) -> Any:
    """A field's value in the one form in which it is compared, nested defaults included."""
    adapter, default = _adapter(model, name)
    value = default if value is None else value
    with contextlib.suppress(ValidationError):  # what a hand edit put there need not fit
        value = adapter.dump_python(adapter.validate_python(value), mode="json")
    return canonical(value)


def echo(want: Desired) -> dict[str, Any]:
    """Inputs as outputs: those that were given, since a repair shows every other one as taken away."""
    return want.model_dump(mode="json", exclude_none=True, exclude_unset=True)


def _given(model: type[Desired], props: Mapping[str, Any]) -> dict[str, Any]:
    """The model's fields among the properties: without `__provider` and outputs."""
    return {name: props[name] for name in model.model_fields if props.get(name) is not None}


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_unknown, value))
    return isinstance(value, Unknown)
