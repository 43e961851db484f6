"""What has to be installed here."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version as installed

from packaging.version import InvalidVersion, Version

from strata.doctor.finding import Findings, fail, ok, warn

# Drift exit codes and resource transforms were measured with it (2026-11-23).
LEAST_ENGINE = Version("3.250.0")
_SECONDS = 30
_MAKE = "`make toolchain`, and run strata through make or with .venv/bin and .toolchain/bin first on PATH"


def check(env: Mapping[str, str]) -> Findings:
    """Python, git, the engine with its Python host and plugins, Docker."""
    path = env.get("PATH")
    yield ok("python", ".".join(map(str, sys.version_info[:3])))
    if shutil.which("git", path=path):
        yield ok("git", _said(["git", "--version"], env).removeprefix("git version ").strip())
    else:
        yield fail(
            "git", "git is not on PATH", next_step="install it; previews read compose files from commits"
        )
    if not shutil.which("pulumi", path=path):
        yield fail("pulumi", "pulumi is not on PATH", next_step=_MAKE)
        return
    yield from _engine(env)
    yield from _plugins(env)
    if not shutil.which("docker", path=path):
        yield warn(
            "docker",
            "docker is not on PATH",
            next_step="install it for the stacks local and ci; others need none",
        )


def _engine(env: Mapping[str, str]) -> Findings:
    said = _said(["pulumi", "version"], env).strip()
    try:
        found = Version(said)
    except InvalidVersion:
        yield fail("pulumi", "`pulumi version` did not answer with a version", next_step=_MAKE)
        return
    if found < LEAST_ENGINE:
        yield fail("pulumi", f"pulumi {found} is older than {LEAST_ENGINE}", next_step=_MAKE)
    else:
        yield ok("pulumi", str(found))
    if not shutil.which("pulumi-language-python", path=env.get("PATH")):
        yield fail("pulumi", "pulumi-language-python is not on PATH", next_step=_MAKE)


def _plugins(env: Mapping[str, str]) -> Findings:
    """The engine asks for the plugins of exactly the SDKs' versions."""
    try:
        rows = json.loads(_said(["pulumi", "plugin", "ls", "--json"], env) or "[]")
    except ValueError:
        rows = []
    there = {(row.get("name"), str(row.get("version", "")).removeprefix("v")) for row in rows}
    for name in ("docker", "github"):
        wanted = installed(f"pulumi-{name}")
        if (name, wanted) in there:
            yield ok("plugin", f"{name} {wanted}")
        else:
            yield fail("plugin", f"the resource plugin {name} {wanted} is not installed", next_step=_MAKE)


def _said(command: list[str], env: Mapping[str, str]) -> str:
    """A program's standard output; empty if it failed."""
    try:
        done = subprocess.run(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
