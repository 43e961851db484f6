"""Previews as Markdown, for a comment and for a run's summary; what does not fit is cut off and says so."""

import re
from collections.abc import Sequence

from strata.markdown import plain
from strata.plan.changes import Change, Kind
from strata.plan.preview import Outcome, Preview

_NAMED = 40
_PROPERTIES = 20
_CONTEXT = 3
_EDGE = 100  # bytes for what joins the parts
_MARKS = {"+": "+", "-": "-", "~": "!"}
_MARKED = re.compile(r"^(?P<blank>\s*)(?P<mark>\+-|-\+|\+\+|--|[+~-]) (?P<rest>.*)$")
_HEAD = re.compile(r"^\s*(?:\[(?:urn|id)=|[\w:./$-]+: \((?:same|update|create|delete|replace))")


def page(
    previews: Sequence[Preview], *, limit: int, commit: str = "", link: str = "", whole: bool = False
) -> str:
    """All previews, within a limit.

    Args:
        previews: in the order in which they are shown.
        limit: characters and bytes at most; what is cut are the diffs, then the words.
        commit: what was previewed, 40 hex digits or nothing.
        link: to the page that has everything, for what is cut.
        whole: with what does not change, as the engine prints it.
    """
    title = f"### What this changes{f' at {commit[:12]}' if commit else ''}"
    said = [title, "", *_told(previews, room=limit - _bytes(title) - _EDGE, link=link)]
    room = limit - _bytes("\n".join(said))
    diffs = [one for one in previews if one.diff and one.outcome is Outcome.CHANGES]
    for number, one in enumerate(diffs):
        block = _block(one, room=room // (len(diffs) - number), link=link, whole=whole)
        room -= _bytes(block)
        said += [block, ""] if block else []
    return "\n".join(said).rstrip() + "\n"


def _told(previews: Sequence[Preview], *, room: int, link: str) -> list[str]:
    """All of it in words; where that is too much, from the last stack on how each ended and no more."""
    sections = ["\n".join((*_words(one), "")) for one in previews]
    for number in reversed(range(len(sections))):
        if sum(map(_bytes, sections)) + len(sections) <= room:
            break
        sections[number] = f"{_heading(previews[number])}\n\n{_rest(link)}\n"
    return sections


def _heading(one: Preview) -> str:
    return f"#### {plain(one.stack)}: {headline(one)}"


def _words(one: Preview) -> list[str]:
    lines = [_heading(one), ""]
    match one.outcome:
        case Outcome.FAILED:
            return [*lines, *fenced(one.message, ""), *_warnings(one)]
        case Outcome.NOTHING_YET:
            return [*lines, "Nothing to compare with: its first release makes it."]
    lines += [_line(change) for change in one.changes[:_NAMED]]
    if len(one.changes) > _NAMED:
        lines.append(f"- and {len(one.changes) - _NAMED} more")
    return [*lines, *_warnings(one)]


def _warnings(one: Preview) -> list[str]:
    return ["", *(f"> Warning: {plain(text, longest=1000)}" for text in one.warnings)] if one.warnings else []


def headline(one: Preview) -> str:
    """How it ended, in a few words: `1 replaced, 3 updated, 19 unchanged`."""
    match one.outcome:
        case Outcome.FAILED:
            return "the preview failed"
        case Outcome.NOTHING_YET:
            return "runs nothing yet"
        case Outcome.UNCHANGED:
            return f"no changes, {one.unchanged} unchanged"
    counts = [(kind, sum(change.kind is kind for change in one.changes)) for kind in Kind]
    told = [f"{count} {kind}" for kind, count in counts if count]
    return ", ".join([*told, f"{one.unchanged} unchanged"])


def _line(change: Change) -> str:
    more = len(change.properties) - _PROPERTIES
    names = ", ".join(
        [*map(plain, change.properties[:_PROPERTIES]), *([f"and {more} more"] if more > 0 else [])]
    )
    strong = change.kind in {Kind.REPLACED, Kind.DELETED}
    kind = f"**{change.kind}**" if strong else str(change.kind)
    return f"- {kind}: {plain(change.name)} ({plain(change.type)})" + (f": {names}" if names else "")


def _block(one: Preview, *, room: int, link: str, whole: bool) -> str:
    """The diff in a collapsed block, empty if there is no room for any."""
    lines = marked(one.diff if whole else condensed(one.diff))
    frame = "\n".join(_collapsed(one.stack, fenced("", "diff"), _rest(link)))
    left = room - _bytes(frame) - _EDGE
    kept: list[str] = []
    for line in lines:
        left -= _bytes(line) + 1
        if left < 0:
            break
        kept.append(line)
    if not kept:
        return ""
    more = [] if len(kept) == len(lines) else [f"{len(lines) - len(kept)} more lines. {_rest(link)}"]
    return "\n".join(_collapsed(one.stack, fenced("\n".join(kept), "diff"), *more))


def _collapsed(stack: str, block: Sequence[str], *more: str) -> list[str]:
    # blank lines, or what stands in it is HTML and no Markdown
    after = ["", *more] if more else []
    return [f"<details><summary>Diff of {_html(stack)}</summary>", "", *block, *after, "", "</details>"]


def _rest(link: str) -> str:
    if link:
        return f"The rest does not fit here: [the whole of it]({link})."
    return "The rest does not fit here: `pulumi preview --diff` shows all of it."


def fenced(text: str, language: str) -> list[str]:
    """A code block that its text cannot end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *(text.splitlines() or []), fence]


def marked(text: str) -> list[str]:
    """The engine's diff with its marks in the first column, where GitHub's colours look for them."""
    lines = []
    for line in text.splitlines():
        found = _MARKED.match(line)
        mark = _MARKS[found["mark"][-1]] if found else " "
        lines.append(f"{mark}{line}" if line.strip() else "")
    return lines


def condensed(text: str) -> str:
    """What changes, and three lines around it; the engine prints every input of a resource that changes."""
    lines = text.splitlines()
    telling = [number for number, line in enumerate(lines) if _MARKED.match(line) or _HEAD.match(line)]
    kept = {near for at in telling for near in range(at - _CONTEXT, at + _CONTEXT + 1)}
    shown: list[str] = []
    for number, line in enumerate(lines):
        if number in kept:
            shown.append(line)
        elif shown and shown[-1] != "    …":
            shown.append("    …")
    return "\n".join(shown)


def _html(text: str) -> str:
    return re.sub(r"[^\w.-]", "?", text)


def _bytes(text: str) -> int:
    return len(text.encode())
