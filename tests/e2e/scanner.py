"""Looking for secrets where none belong: files of any kind, consoles, logs; also encoded."""

import base64
import binascii
import gzip
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_GZIP = b"\x1f\x8b"
# Shorter ones are found by chance.
SHORTEST = 8

MAY_HOLD = (
    "credentials.json",  # what a person or a CI job has in the environment
    "env",
    "docker",  # Docker's own login file
    "keys",
    "openbao/raft",  # Vault itself
    "openbao/root-token",
    "openbao/seal.key",
    "sandbox.sqlite",  # Dokploy's database and Docker's containers
    "sandbox.sqlite-wal",
    "sandbox.sqlite-shm",
    "baseline.json",  # a copy of that database and of Vault, what `reset` comes back to
    "staging-runs/baseline.json",
    "dokploy/compose/*/code",  # Dokploy writes the resolved values into `.env` here
)
"""Parts of `.sandbox/` that stand for servers which hold secrets; everything else may not."""


@dataclass(frozen=True, kw_only=True, order=True)
class Hit:
    """A secret where it does not belong.

    Attributes:
        secret: its name, never its value.
        place: file, console or log.
        form: how it is written there.
    """

    secret: str
    place: str
    form: str


@dataclass(kw_only=True)
class Scanner:
    """Looks for some secrets.

    Attributes:
        secrets: name to value.
        seen: the places that were looked at, so that a test can tell that none was missed.
    """

    secrets: Mapping[str, str]
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        short = sorted(name for name, value in self.secrets.items() if len(value) < SHORTEST)
        assert not short, f"too short to be looked for: {short}"
        self._needles = [
            (name, form, needle) for name, value in self.secrets.items() for form, needle in forms(value)
        ]

    def text(self, place: str, text: str) -> list[Hit]:
        """What a console or a log holds."""
        return self._look(place, text.encode())

    def files(self, root: Path, *, without: Iterable[str] = ()) -> list[Hit]:
        """What the files below a folder hold, and their names.

        Args:
            root: the folder.
            without: patterns, relative to it, of what is not looked at, with all that is below.
        """
        left_out = [path for pattern in without for path in root.glob(pattern)]
        hits: list[Hit] = []
        for path in sorted(root.rglob("*")):
            place = path.relative_to(root).as_posix()
            if path.is_symlink() or any(path.is_relative_to(one) for one in left_out):
                continue
            hits += self._look(f"name of {place}", place.encode())
            if path.is_file():
                hits += self._look(place, path.read_bytes())
        return hits

    def _look(self, place: str, content: bytes) -> list[Hit]:
        self.seen.append(place)
        found = [
            Hit(secret=name, place=place, form=form)
            for name, form, needle in self._needles
            if needle in content
        ]
        if content.startswith(_GZIP):
            try:
                found += self._look(f"{place}, unpacked", gzip.decompress(content))
            except (OSError, EOFError, binascii.Error):
                found.append(Hit(secret="?", place=place, form="damaged gzip"))
        return found


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """How a value may be written: each different text once."""
    known: set[bytes] = set()
    for form, text in _forms(value):
        needle = text.encode()
        if needle not in known:
            known.add(needle)
            yield form, needle


def _forms(value: str) -> Iterator[tuple[str, str]]:
    raw = value.encode()
    yield "plain", value
    yield "JSON", json.dumps(value)[1:-1]
    yield "JSON in JSON", json.dumps(json.dumps(value)[1:-1])[1:-1]
    yield "URL", urllib.parse.quote(value, safe="")
    yield "URL", urllib.parse.quote(value)
    yield "URL", urllib.parse.quote_plus(value)
    yield "hexadecimal", raw.hex()
    for name, encode in (("base64", base64.b64encode), ("base64 for URLs", base64.urlsafe_b64encode)):
        for before in range(3):
            # What stands in front shifts the letters; those that it or what follows also decides are cut off.
            letters = encode(bytes(before) + raw).decode().rstrip("=")
            yield name, letters[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
