"""What matters of a Dockerfile where nothing is run: what it copies, and how it labels the image."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.engine.interpolation import Invalid, Required, compose_substitute

_CONTINUED = re.compile(r"\\[ \t]*\n")
_WORD = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction, its name in capitals."""

    name: str
    text: str
    line: int


@dataclass(kw_only=True)
class Recipe:
    """What a Dockerfile says.

    Attributes:
        steps: all instructions of all stages.
        labels: of the final stage.
        env: of the final stage.
        args: build arguments with their values, defaults included.
        healthcheck: whether the image gets one.
    """

    steps: list[Step]
    labels: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    healthcheck: bool = False


def read(text: str, given: Mapping[str, str]) -> Recipe:
    """Read a Dockerfile.

    Args:
        text: its content.
        given: build arguments of the caller.
    """
    recipe = Recipe(steps=_steps(text))
    for step in recipe.steps:
        if step.name == "FROM":
            recipe.labels, recipe.env, recipe.healthcheck = {}, {}, False
        elif step.name == "ARG":
            name, _, default = step.text.partition("=")
            recipe.args[name.strip()] = given.get(name.strip(), _expand(_unquote(default), recipe))
        elif step.name in ("LABEL", "ENV"):
            target = recipe.labels if step.name == "LABEL" else recipe.env
            target |= {k: _expand(v, recipe) for k, v in _assignments(step.text).items()}
        elif step.name == "HEALTHCHECK":
            recipe.healthcheck = step.text.strip().upper() != "NONE"
    return recipe


def _steps(text: str) -> list[Step]:
    steps: list[Step] = []
    joined = _CONTINUED.sub(lambda m: "\x00" * m[0].count("\n"), text)
    line = 1
    for raw in joined.split("\n"):
        match = _WORD.match(raw.replace("\x00", " "))
        if match and not raw.lstrip().startswith("#"):
            steps.append(Step(name=match[1].upper(), text=match[2].strip(), line=line))
        line += 1 + raw.count("\x00")
    return steps


def _assignments(text: str) -> dict[str, str]:
    try:
        words = shlex.split(text)
    except ValueError:
        return {}
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return dict(word.split("=", 1) for word in words if "=" in word)


def sources_of(step: Step) -> list[str]:
    """What a `COPY` or `ADD` takes from the build context, as far as it is written out."""
    words = [w for w in step.text.split() if not w.startswith("--")]
    if "--from=" in step.text or not words or words[0].startswith(("[", "<<")):
        return []
    return [w for w in words[:-1] if "$" not in w and "://" not in w]


def _expand(value: str, recipe: Recipe) -> str:
    known = {**recipe.args, **recipe.env}
    try:
        return compose_substitute(value, lookup=known.get, warn=lambda _: None)
    except (Required, Invalid):
        return value


def _unquote(text: str) -> str:
    words = shlex.split(text) if text.count('"') % 2 == 0 and text.count("'") % 2 == 0 else [text]
    return " ".join(words)
