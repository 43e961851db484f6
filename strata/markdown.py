"""Other people's text inside our Markdown: titles, branch names, labels, messages.

As a code span, because GitHub looks for mentions, links, issue numbers and commits in everything but code:
a backslash before `@` does not keep it from being a mention (documented for GitHub Flavored Markdown, whose
filters run on the rendered page).
"""

import re
import unicodedata

LONGEST = 200
# Format characters turn the direction of what stands behind them, or are not seen at all.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, *, longest: int = LONGEST, cell: bool = False) -> str:
    """A text that is shown as it is: no link, no mention, no HTML, no fence, one line.

    Args:
        text: anything.
        longest: in characters; the rest is cut off with an ellipsis.
        cell: it stands in a table, where a bar would end the cell.

    Returns:
        Markdown; a dash for a text of which nothing is to be seen.
    """
    spaced = "".join(" " if one.isspace() else one for one in text)
    seen = "".join(one for one in spaced if unicodedata.category(one) not in _UNSEEN)
    line = " ".join(seen.split())
    if not line:
        return "—"
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    if cell:
        line = line.replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    # A code span loses one blank at each side, so one is given wherever a backtick would touch the fence.
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"
