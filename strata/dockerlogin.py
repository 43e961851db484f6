"""A registry's login for programs that look into Docker's configuration, as pulumi-docker does for digests.

The file lies in a folder of this job's own, which takes over what the job's configuration held: `docker
login` would write into the runner's home.
"""

import base64
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = "DOCKER_CONFIG"
_PREFIX = "strata-docker-"
_BEFORE = "before"


def auth_of(user: str, password: str) -> str:
    """As Docker writes a login: `user:password` in base64."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def keep(env: Mapping[str, str], *, host: str, auth: str) -> Path:
    """Write a configuration with one more login, which only the job's user may read; its folder.

    Args:
        env: DOCKER_CONFIG or HOME say which configuration is taken over, RUNNER_TEMP where to write.
        host: of the registry.
        auth: as `auth_of` gives it.
    """
    content = _content(env)
    content["auths"] = {**(content.get("auths") or {}), host: {"auth": auth}}
    # a helper program, where one is set, is asked in place of `auths`
    content["credHelpers"] = {k: v for k, v in (content.get("credHelpers") or {}).items() if k != host}
    content.pop("credsStore", None)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=env.get("RUNNER_TEMP") or None))
    for name, text in (("config.json", json.dumps(content)), (_BEFORE, env.get(VARIABLE, ""))):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    return folder


def drop(env: Mapping[str, str]) -> str | None:
    """Remove the folder that `keep` made.

    Returns:
        What DOCKER_CONFIG was before, `None` if it names no folder of ours.
    """
    folder = Path(env.get(VARIABLE, ""))
    if not folder.name.startswith(_PREFIX) or not folder.is_dir():
        return None
    before = (folder / _BEFORE).read_text(encoding="utf-8")
    shutil.rmtree(folder)
    return before


def _content(env: Mapping[str, str]) -> dict[str, Any]:
    """The present configuration; empty if there is none that can be read."""
    given = env.get(VARIABLE)
    folder = Path(given) if given else Path(env.get("HOME") or "~").expanduser() / ".docker"
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
