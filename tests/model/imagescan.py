"""Every image that a file of the project names: compose files, Dockerfiles, and whole names in code."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

# tests name images that differ on purpose, and folders with a dot are made by tools
SKIPPED = {"node_modules", "tests", "docs", "build", "dist"}
WHOLE_NAME = re.compile(r"\b(?:docker\.io|ghcr\.io|quay\.io|mcr\.microsoft\.com)/[\w./-]+:[\w.-]*\w")
CODE = {".py", ".sh", ".toml", ".ts", ".js", ".mjs"}
INSTRUCTION = re.compile(r"^\s*(ARG|FROM|COPY|ADD)\s+(.*?)\s*$", re.IGNORECASE | re.MULTILINE)
FROM_STAGE = re.compile(r"--from=(\S+)")


def images(root: Path) -> set[tuple[str, str]]:
    """Path and image, for each that is named below a folder."""
    found = set()
    for path in _files(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix in {".yml", ".yaml"}:
            names = _of_compose(text)
        elif path.name.startswith("Dockerfile"):
            names = _of_dockerfile(text)
        elif path.suffix in CODE:
            names = iter(WHOLE_NAME.findall(text))
        else:
            continue
        found |= {(str(path.relative_to(root)), name) for name in names}
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED and not path.name.startswith("."):
                yield from _files(path)
        elif path.is_file():
            yield path


def _of_compose(text: str) -> Iterator[str]:
    """Images of services that are not built; `${NAME}` is filled in where the table is read."""
    for document in yaml.safe_load_all(text):
        services = document.get("services") if isinstance(document, dict) else None
        for body in (services or {}).values():
            if isinstance(body, dict) and "build" not in body and "${" not in body.get("image", "${"):
                yield body["image"]


def _of_dockerfile(text: str) -> Iterator[str]:
    """What stages start from or copy from, with the defaults of build arguments put in."""
    arguments: dict[str, str] = {}
    stages = {"scratch"}
    for word, rest in INSTRUCTION.findall(text):
        if word.upper() == "ARG":
            name, _, default = rest.partition("=")
            arguments[name] = default
            continue
        words = rest.split()
        copied = FROM_STAGE.search(rest)
        source = words[0] if word.upper() == "FROM" else copied[1] if copied else ""
        image = re.sub(r"\$\{?(\w+)\}?", lambda match: arguments.get(match[1], match[0]), source)
        if image and image not in stages:
            yield image
        if word.upper() == "FROM" and len(words) == 3:
            stages.add(words[2])
