"""Dokploy's command lines as this Engine gets them: the same, with images and logins led to the mirror."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.docker.mirror import OVERRIDE, Mirror

_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_IMAGE_COMMANDS = {("image", "pull"), ("image", "inspect"), ("image", "rm")}
_IMAGE_SHORT = {"pull", "rmi"}
_ID_LENGTH = 12
_USER = frozenset({"-u", "--username"})
_PASSWORD = frozenset({"-p", "--password"})


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command line.

    Attributes:
        argv: the words after `docker`.
        app: compose project, stack or service that it makes, if it makes one.
        network: the network that it makes.
        volume: the volume that it makes.
        given: what it reads from its standard input: a password, which other users' `ps` must not show.
    """

    argv: list[str]
    given: str | None = field(default=None, repr=False)
    app: str | None = None
    network: str | None = None
    volume: str | None = None


def translate(argv: Sequence[str], *, cwd: Path, mirror: Mirror) -> Command:
    """What is run instead of Dokploy's words.

    Args:
        argv: the words after `docker`.
        cwd: where it runs; the file that names the images is written beside the compose file.
        mirror: where images come from.
    """
    words = list(argv)
    head = tuple(words[:2])
    if words[:1] == ["compose"]:
        return Command(argv=_with_images(words, "-f", cwd, mirror), app=_after(words, "-p", "--project-name"))
    if words[:1] == ["stack"]:
        return _stack(words, cwd, mirror)
    if words[:1] == ["service"]:
        return _service(words, mirror)
    if words[:1] in (["login"], ["logout"]):
        return _access(words, mirror)
    if head in _IMAGE_COMMANDS or (words and words[0] in _IMAGE_SHORT):
        start = 2 if head in _IMAGE_COMMANDS else 1
        fetched = "pull" in words[:start]
        return Command(
            argv=[*words[:start], *(_image(word, mirror, fetched=fetched) for word in words[start:])]
        )
    made = words[-1] if words[1:2] == ["create"] else None
    return Command(
        argv=words,
        network=made if head[0] == "network" else None,
        volume=made if head[0] == "volume" else None,
    )


def _stack(words: list[str], cwd: Path, mirror: Mirror) -> Command:
    if words[1:2] != ["deploy"]:
        return Command(argv=words)
    names = [
        word
        for before, word in itertools.pairwise(words[1:])
        if not word.startswith("-") and before not in ("-c", "--compose-file")
    ]
    return Command(argv=_with_images(words, "-c", cwd, mirror), app=next(iter(names), None))


def _service(words: list[str], mirror: Mirror) -> Command:
    """Dokploy speaks to the Engine's API here, which does not wait for tasks."""
    verb = words[1] if len(words) > 1 else ""
    out = list(words)
    if verb == "create":
        out[-1] = mirror.name(out[-1])
    if "--image" in out:
        place = out.index("--image") + 1
        out[place] = mirror.name(out[place])
    if verb in ("create", "update", "scale") and "--detach" not in out:
        out.insert(2, "--detach")
    return Command(argv=out, app=_after(words, "--name") if verb == "create" else None)


def _access(words: list[str], mirror: Mirror) -> Command:
    """The registry's host, given or not, becomes the mirror; the password comes as Dokploy's own does."""
    out, waiting = words[:1], words[1:]
    password: str | None = None
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if name in _PASSWORD:
            password = value if equals else waiting.pop(0) if waiting else ""
        elif word in _USER:
            out += [word, *waiting[:1]]
            del waiting[:1]
        elif word.startswith("-"):
            out.append(word)
    if password is not None:
        out.append("--password-stdin")
    return Command(argv=[*out, mirror.host], given=password)


def _image(word: str, mirror: Mirror, *, fetched: bool) -> str:
    """A name without a registry's host is Docker Hub's where it is fetched, else one that was built here."""
    bare = word.removeprefix("sha256:")
    is_id = len(bare) >= _ID_LENGTH and set(bare) <= set("0123456789abcdef")
    host, slash, _ = word.partition("/")
    built_here = not fetched and not (slash and ("." in host or ":" in host))
    return word if word.startswith("-") or is_id or built_here else mirror.name(word)


def _with_images(words: list[str], option: str, cwd: Path, mirror: Mirror) -> list[str]:
    """The command with one more compose file after its last one."""
    places = [place + 1 for place, word in enumerate(words[:-1]) if word in (option, f"--{_LONG[option]}")]
    if places:
        files = [words[place] for place in places]
        at = places[-1] + 1
    else:
        found = next((name for name in _COMPOSE_FILES if (cwd / name).is_file()), None)
        if found is None or option == "-c":
            return words
        files, at = [found], 1
        words = [words[0], option, found, *words[1:]]
        at = 3
    override = (cwd / files[0]).parent / OVERRIDE
    services = _images([cwd / file for file in files], mirror)
    if not services:
        return words
    override.write_text(yaml.safe_dump({"services": services}))
    return [*words[:at], option, str(override.relative_to(cwd)), *words[at:]]


_LONG = {"-f": "file", "-c": "compose-file"}


def _images(files: Sequence[Path], mirror: Mirror) -> dict[str, dict[str, str]]:
    """Service to where its image comes from; one that is built has a name only."""
    merged: dict[str, Any] = {}
    for file in files:
        try:
            document = yaml.safe_load(file.read_text())
        except (OSError, yaml.YAMLError):
            return {}  # Docker says it in its own words
        services = document.get("services") if isinstance(document, dict) else None
        for name, entry in (services if isinstance(services, dict) else {}).items():
            if isinstance(entry, Mapping):
                merged[name] = {**merged.get(name, {}), **entry}
    return {
        name: {"image": mirror.name(entry["image"])}
        for name, entry in merged.items()
        if isinstance(entry.get("image"), str) and not entry.get("build")
    }


def _after(words: Sequence[str], *options: str) -> str | None:
    return next(
        (word for before, word in itertools.pairwise(words) if before in options),
        None,
    )
