"""The repository's workflows: there, readable, without an objection of the linters that are installed."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from strata.github import Client
from strata.github.errors import GithubError, Missing, NotConfigured
from strata.verify.finding import Finding, State

PART = "workflows"
FOLDER = Path(".github") / "workflows"
_SECONDS = 120
_ACTIVE = "active"
# Exit code of actionlint for "found something"; others mean that it could not look.
_OBJECTS = 1


def verify_workflows(root: Path, *, github: Callable[[], Client]) -> list[Finding]:
    """What is known about the workflows of a checkout.

    Args:
        root: of the checkout.
        github: makes the client that is asked for GitHub's own list; without a token it is not.
    """
    files = sorted([*(root / FOLDER).glob("*.yml"), *(root / FOLDER).glob("*.yaml")])
    if not files:
        return [
            Finding(
                part=PART,
                subject=str(FOLDER),
                state=State.WRONG,
                detail="there is no workflow",
                next_step="`git checkout .github/workflows`",
            )
        ]
    return [*(_of_file(file) for file in files), *_linted(root, files), *_at_github(files, github)]


def _of_file(file: Path) -> Finding:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return _wrong(file.name, f"it is not YAML ({type(error).__name__})")
    jobs = content.get("jobs") if isinstance(content, dict) else None
    if not isinstance(jobs, dict) or not jobs:
        return _wrong(file.name, "it has no jobs")
    told = f"{', '.join(triggers(content)) or 'no trigger'}; jobs: {', '.join(map(str, jobs))}"
    return Finding(part=PART, subject=file.name, state=State.FINE, detail=told)


def triggers(content: Mapping[Any, Any]) -> list[str]:
    """The events that start a workflow. YAML 1.1 reads the key `on` as true."""
    asked = content.get("on", content.get(True))
    return [asked] if isinstance(asked, str) else [str(one) for one in asked or ()]


def _linted(root: Path, files: Sequence[Path]) -> list[Finding]:
    names = [str(file.relative_to(root)) for file in files]
    schema = ["--builtin-schema", "vendor.github-workflows"]
    linters = {"actionlint": names, "check-jsonschema": [*schema, *names]}
    return [_by(linter, words, root) for linter, words in linters.items()]


def _by(linter: str, words: Sequence[str], root: Path) -> Finding:
    ours = Path(sys.executable).parent / linter
    program = str(ours) if ours.is_file() else shutil.which(linter)
    if program is None:
        return Finding(part=PART, subject=linter, state=State.ABSENT, detail="not installed")
    done = subprocess.run(
        [program, *words],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode == 0:
        return Finding(part=PART, subject=linter, state=State.FINE, detail="no objection")
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return Finding(
        part=PART,
        subject=linter,
        state=State.WRONG if done.returncode == _OBJECTS else State.UNKNOWN,
        detail=lines[0] if lines else f"exit code {done.returncode}",
        next_step=f"`{linter} {' '.join(words)}` shows all of it",
    )


def _at_github(files: Sequence[Path], github: Callable[[], Client]) -> list[Finding]:
    """GitHub's own list, as `gh workflow list` has it: `GET /repos/{owner}/{repo}/actions/workflows`."""
    subject = "GitHub's list"
    try:
        with github() as client:
            rows = list(client.pages("actions/workflows", key="workflows"))
    except NotConfigured:
        return [Finding(part=PART, subject=subject, state=State.ABSENT, detail="not asked: no GITHUB_TOKEN")]
    except Missing:
        return [Finding(part=PART, subject=subject, state=State.ABSENT, detail="GitHub shows none")]
    except GithubError as error:
        what, _, step = str(error).rstrip(".").partition(". Next: ")
        return [Finding(part=PART, subject=subject, state=State.UNKNOWN, detail=what, next_step=step)]
    known = {Path(str(row.get("path", ""))).name: str(row.get("state", "")) for row in rows}
    off = [file.name for file in files if known.get(file.name, _ACTIVE) != _ACTIVE]
    missing = [file.name for file in files if file.name not in known]
    if off:
        return [
            Finding(
                part=PART,
                subject=subject,
                state=State.WRONG,
                detail=f"switched off: {', '.join(off)}",
                next_step=f"`gh workflow enable {off[0]}`",
            )
        ]
    told = f"{len(files) - len(missing)} of {len(files)} active"
    later = f"; known after the first push to the default branch: {', '.join(missing)}" if missing else ""
    return [Finding(part=PART, subject=subject, state=State.FINE, detail=told + later)]


def _wrong(subject: str, detail: str) -> Finding:
    return Finding(
        part=PART, subject=subject, state=State.WRONG, detail=detail, next_step=f"correct {FOLDER / subject}"
    )
