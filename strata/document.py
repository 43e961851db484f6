"""Parts of the documentation that are printed from code, between `<!-- name -->` and `<!-- /name -->`."""

from pathlib import Path

from strata.errors import NotThere


def renewed(text: str, name: str, content: str) -> str:
    """Put new content between a part's markers.

    Args:
        text: a whole document.
        name: the part's.
        content: Markdown without newlines at its ends.

    Raises:
        NotThere: the document has no such part.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, opened, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (opened and closed):
        raise NotThere(
            f"no part between {begin.strip()} and {end}",
            next_step="put both lines where it belongs, then run this again",
        )
    return f"{before}{begin}{content}\n{end}{after}"


def renew(path: Path, name: str, content: str) -> None:
    """Write new content between a part's markers in a file.

    Args:
        path: the document.
        name: the part's.
        content: Markdown without newlines at its ends.

    Raises:
        NotThere: there is no such file, or it has no such part.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotThere(f"{path} does not exist", next_step="name a document of docs/") from None
    path.write_text(renewed(text, name, content), encoding="utf-8")
