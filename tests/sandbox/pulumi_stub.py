"""A `pulumi` that notes how it was called, for what surrounds the real one."""

import json
import sys
from pathlib import Path
from typing import Any

_PROGRAM = """#!{python}
import json, os, sys
place = {place!r}
words = sys.argv[1:]
names = ("RELEASE", "PULUMI_BACKEND_URL", "PREVIEW_REF", "DOKPLOY_URL")
with open(place + "/calls", "a") as calls:
    seen = {{name: os.environ[name] for name in names if name in os.environ}}
    print(json.dumps({{"words": words, "cwd": os.getcwd(), "seen": seen}}), file=calls)
answers = json.load(open(place + "/answers"))
for start, (text, code) in answers.items():
    if " ".join(words).startswith(start):
        print(text, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
"""


class PulumiStub:
    """Args: place: a folder to lie in; put it first on PATH."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        self._answers: dict[str, tuple[str, int]] = {}
        self._write()
        program = place / "pulumi"
        program.write_text(_PROGRAM.format(python=sys.executable, place=str(place)))
        program.chmod(0o755)

    def answer(self, start: str, *, text: str = "", code: int = 0) -> None:
        """To calls that start with these words."""
        self._answers[start] = (text, code)
        self._write()

    def calls(self) -> list[dict[str, Any]]:
        """What it was called with: words, cwd and some variables."""
        file = self.place / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def lines(self) -> list[str]:
        """The words of all calls."""
        return [" ".join(call["words"]) for call in self.calls()]

    def _write(self) -> None:
        (self.place / "answers").write_text(json.dumps(self._answers))
