import json
import os
from pathlib import Path


def read(path: Path) -> dict[str, str]:
    """Return what a finished step wrote down, or nothing: a broken stamp is no stamp."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(key): str(value) for key, value in content.items()}


def write(path: Path, facts: dict[str, str]) -> None:
    """Write a stamp in one step, so that it is there whole or not at all.

    Args:
        path: the stamp.
        facts: what made the step's result, by name; `read` gives them back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    half.replace(path)


def forget(path: Path) -> None:
    """Remove a stamp before its step runs again: a step that fails leaves none."""
    path.unlink(missing_ok=True)
