"""Which commit staging has: from its state where that is at hand, else from what it says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from model.errors import ReleaseError
from strata import engine
from strata.errors import EngineError, NotThere
from strata.project import Project
from strata.target import runs

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Running:
    """What is known.

    Attributes:
        commit: 40 hexadecimal digits, `None` if it is not known.
        unknown: why it is not, although there is something to know; empty if staging may be empty.
    """

    commit: str | None
    unknown: str = ""


def running(project: Project, env: Mapping[str, str], *, served: str | None) -> Running:
    """What staging has. A stack that has a release and tells no commit may have a newer one.

    Args:
        project: whose staging.
        env: of `pulumi`; a job that has logged in has PULUMI_BACKEND_URL, one that has not has no state.
        served: what staging says of itself, which is other people's text.
    """
    said = served if served and _COMMIT.fullmatch(served) else None
    try:
        commit, release = runs(engine.outputs(project, "staging", env))
    except NotThere:
        return Running(commit=said)
    except EngineError as error:
        asked = bool(env.get("PULUMI_BACKEND_URL"))
        return _either(said, f"its state cannot be read: {error}" if asked else "")
    except ReleaseError as error:
        return _either(said, str(error))
    if commit and _COMMIT.fullmatch(commit):
        return Running(commit=commit)
    return _either(said, f"it has {release.version}, whose commit nobody says" if release else "")


def _either(said: str | None, unknown: str) -> Running:
    return Running(commit=said, unknown="" if said else unknown)
