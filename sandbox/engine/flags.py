"""Command lines as Docker's programs take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.engine.errors import UnknownCommand


@dataclass(kw_only=True)
class Parsed:
    """A command line taken apart."""

    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)

    def one(self, name: str) -> str | None:
        """The last value of a flag, `None` when it is not there."""
        return self.options[name][-1] if name in self.options else None

    def all(self, name: str) -> list[str]:
        """All values of a flag that may stand several times."""
        return self.options.get(name, [])

    def has(self, name: str) -> bool:
        """Whether a switch is on; `--detach=false` switches it off."""
        return self.one(name) not in (None, "false")


def parse(
    words: Sequence[str],
    *,
    values: frozenset[str] = frozenset(),
    switches: frozenset[str] = frozenset(),
    short: Mapping[str, str] | None = None,
    stop_at_argument: bool = False,
) -> Parsed:
    """Take a command line apart.

    Args:
        words: what follows the command.
        values: flags that take a value.
        switches: flags that take none, or `=true`/`=false`.
        short: one-letter flags and what they stand for.
        stop_at_argument: take everything from the first argument on as arguments.

    Raises:
        UnknownCommand: a flag that is not known, or one without its value.
    """
    found = Parsed()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("-") or word == "-":
            found.arguments.append(word)
            if stop_at_argument:
                found.arguments += waiting
                break
            continue
        name, equals, given = word.partition("=")
        name = (short or {}).get(name, name)
        if name in switches:
            found.options.setdefault(name, []).append(given if equals else "true")
        elif name not in values:
            kind = "flag" if name.startswith("--") else "shorthand flag"
            raise UnknownCommand(f"unknown {kind}: {name}")
        elif not equals and not waiting:
            raise UnknownCommand(f"flag needs an argument: {name}")
        else:
            found.options.setdefault(name, []).append(given if equals else waiting.pop(0))
    return found
