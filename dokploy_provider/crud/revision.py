"""`<counter>.<mark>-<hash>`: says that something new reached the server, and what.

A `Deployment` takes revisions as inputs. The counter makes going back to an earlier content a change
(measured: without it, v1 after a failed v2 is a green no-op). The mark stands for the object's id, so that
one that was deleted by hand and made again is a change too (measured 2026-11-23: without it, a domain came
back and was never deployed). The hash shows an update that reached the server while its answer, and so the
counter, was lost.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dokploy_provider.models.base import Desired, canonical


def content(model: type[Desired], names: Iterable[str], inputs: Mapping[str, Any]) -> str:
    """Hash of those inputs; absent, null, empty and default are the same."""
    fields = model.model_fields
    values = {
        n: canonical(inputs.get(n), fields[n].get_default(call_default_factory=True)) for n in sorted(names)
    }
    return digest(values)


def digest(value: Any) -> str:
    """Twelve hex digits of a JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def first(content_hash: str, *, id_: str) -> str:
    """Of the object with this id at Dokploy, just created or found; found again, it is the same."""
    return f"1.{digest(id_)[:6]}-{content_hash}"


def after(state: Mapping[str, Any], content_hash: str, *, written: bool) -> str:
    """Of an object that was just converged: the next one, or the one that `state` has.

    Args:
        state: the resource's outputs until now; without a revision in them, counting starts.
        content_hash: of what was asked for.
        written: whether something had to be sent that reaches a container. Without that the next one is due
            all the same if the state knows of another content: it came on a way whose answer was lost.
    """
    before = str(state.get("revision") or "")
    if not written and content_hash == content_of(before):
        return before
    counter, dot, mark = before.partition("-")[0].partition(".")
    return f"{int(counter) + 1 if counter.isdigit() else 1}{dot}{mark}-{content_hash}"


def content_of(revision: object) -> str:
    """The hash in a revision."""
    return str(revision or "").partition("-")[2]


def is_behind(
    state: Mapping[str, Any], news: Mapping[str, Any], content_hash: Callable[[Mapping[str, Any]], str]
) -> bool:
    """Whether a state's revision names another content than the inputs do.

    Args:
        state: a resource's outputs, or its inputs where a refresh asks with the arguments swapped.
        news: the other of the two.
        content_hash: the noun's hash of what reaches a container.
    """
    known = content_of(state.get("revision") or news.get("revision"))
    return bool(known) and known != content_hash(news)
