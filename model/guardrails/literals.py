"""M9: values of an environment come in as variables; what stands in a file is the same in all of them."""

import re
from collections.abc import Iterator, Mapping

from model.guardrails.subject import Subject
from model.violation import Violation

# As part of a name, or as the value of ENV. `NODE_ENV: production` is a way to build and no environment.
_STACK = re.compile(
    r"(?<=[-_./])(?:staging|production|pr-\d+)\b"
    r"|\b(?:staging|production|pr-\d+)(?=[-_./])"
    r"|\bENV(?:IRONMENT)?\b[\"']?\s*[:=]\s*[\"']?(?:staging|production|pr-\d+)\b"
)
_COMMENT = re.compile(r"(?:^|\s)#.*")


def hardcoded(texts: Mapping[str, str], *, domain: str) -> list[Violation]:
    """Values of an environment that stand in files.

    Args:
        texts: path to content of templates, compose files and the application's sources.
        domain: the team's.
    """
    found: list[Violation] = []
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            code = _COMMENT.sub("", line)
            if domain in code:
                found.append(_fault(f"{path} line {number}", "names the team's domain"))
            elif _STACK.search(code):
                found.append(_fault(f"{path} line {number}", "names a stack"))
    return found


def written(subject: Subject) -> Iterator[Violation]:
    """The same over a plan's compose files, before their variables are filled in."""
    texts = {f"{tier.tier.tier} compose file": tier.tier.source.compose_file for tier in subject.tiers}
    yield from hardcoded(texts, domain=subject.plan.names.domain)


def _fault(where: str, message: str) -> Violation:
    return Violation(rule="M9", where=where, message=message, fix="take it from a variable")
