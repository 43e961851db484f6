"""Changes of workflows, made to see whether they are found."""

from collections.abc import Callable
from typing import Any

from tests.workflows.documents import Document

Change = Callable[[dict[str, Document]], object]


def job_of(documents: dict[str, Document], file: str, job: str) -> Document:
    """A job's body."""
    found: Document = documents[f"{file}.yml"]["jobs"][job]
    return found


def step_of(documents: dict[str, Document], file: str, job: str, start: str) -> Document:
    """The first step whose command or action starts like this."""
    steps: list[Document] = job_of(documents, file, job)["steps"]
    return next(s for s in steps if str(s.get("run") or s.get("uses")).startswith(start))


def job(file: str, name: str, **changed: Any) -> Change:
    """A job's keys set, or taken away by None; `continue_on_error` is `continue-on-error`, `when` is `if`."""

    def change(documents: dict[str, Document]) -> None:
        _set(job_of(documents, file, name), changed)

    return change


def step(file: str, name: str, start: str, **changed: Any) -> Change:
    """As `job`, of the step that starts like this."""

    def change(documents: dict[str, Document]) -> None:
        _set(step_of(documents, file, name, start), changed)

    return change


def checkout(file: str, name: str, **given: Any) -> Change:
    """What a job's checkout is given, as well."""

    def change(documents: dict[str, Document]) -> None:
        step_of(documents, file, name, "actions/checkout")["with"].update(given)

    return change


def without(file: str, name: str, start: str) -> Change:
    """The step is gone."""

    def change(documents: dict[str, Document]) -> None:
        job_of(documents, file, name)["steps"].remove(step_of(documents, file, name, start))

    return change


def first(file: str, name: str, start: str) -> Change:
    """The step comes before all others that are commands."""

    def change(documents: dict[str, Document]) -> None:
        moved, steps = step_of(documents, file, name, start), job_of(documents, file, name)["steps"]
        steps.remove(moved)
        steps.insert(2, moved)

    return change


def last(file: str, name: str, start: str) -> Change:
    """The step comes after all others."""

    def change(documents: dict[str, Document]) -> None:
        moved, steps = step_of(documents, file, name, start), job_of(documents, file, name)["steps"]
        steps.remove(moved)
        steps.append(moved)

    return change


def weaker(file: str, name: str, more: str) -> Change:
    """The job's condition with something behind it."""

    def change(documents: dict[str, Document]) -> None:
        body = job_of(documents, file, name)
        body["if"] = f"{body['if']} {more}"

    return change


def variable(file: str, name: str, start: str, **env: str) -> Change:
    """Variables of a step, or of the job where `start` is empty."""

    def change(documents: dict[str, Document]) -> None:
        body = step_of(documents, file, name, start) if start else job_of(documents, file, name)
        body.setdefault("env", {}).update(env)

    return change


def _set(body: Document, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        key = "if" if name == "when" else name.replace("_", "-")
        body.pop(key, None)
        if value is not None:
            body[key] = value
