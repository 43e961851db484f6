"""Traefik's rules, as far as Dokploy writes them: `Host`, `Path`, `PathPrefix`, joined by `&&` and `||`."""

import re
from dataclasses import dataclass

_MATCHER = re.compile(r"(Host|PathPrefix|Path)\(((?:`[^`]*`)(?:\s*,\s*`[^`]*`)*)\)")
_VALUE = re.compile(r"`([^`]*)`")


class UnknownRule(ValueError):  # what Traefik logs before it drops the router
    """The rule is not one that this stand-in reads."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        text: as written; Traefik's priority is its length.
        alternatives: groups of matchers, of which one whole group has to fit.
    """

    text: str
    alternatives: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Read a rule. Raises `UnknownRule`."""
        groups = []
        for alternative in text.split("||"):
            group = []
            for part in alternative.split("&&"):
                match = _MATCHER.fullmatch(part.strip())
                if match is None:
                    raise UnknownRule(text)
                group.append((match[1], tuple(_VALUE.findall(match[2]))))
            groups.append(tuple(group))
        return cls(text=text, alternatives=tuple(groups))

    def matches(self, host: str, path: str) -> bool:
        """Whether a request to this host and path is meant; hosts are compared without their case."""
        return any(all(_fits(name, values, host, path) for name, values in g) for g in self.alternatives)


def _fits(name: str, values: tuple[str, ...], host: str, path: str) -> bool:
    if name == "Host":
        return host.lower() in (value.lower() for value in values)
    if name == "Path":
        return path in values
    return any(path.startswith(value) for value in values)
