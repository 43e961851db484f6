"""What a refused run printed, and that it changed nothing."""

from typing import Any

from tests.e2e.cloud import Cloud, Result

_END = "error: an unhandled error occurred: program exited with non-zero exit code: 1"
_OF_PROVIDER = "error: dokploy_provider.errors."


def of_program(result: Result) -> str:
    """The one paragraph with which the program refused a run."""
    shown = result.refused().output
    _without_traceback(shown)
    assert _END in shown, shown
    before = shown[: shown.rindex(_END)].rpartition("Diagnostics:")[2]
    return _paragraph(before[before.index("error: ") :])


def of_provider(result: Result) -> set[str]:
    """The paragraphs of the resources that could not be made, without their class: the same one is one."""
    shown = result.refused().output
    _without_traceback(shown)
    texts = shown[shown.index("Diagnostics:") :].split(_OF_PROVIDER)[1:]
    return {_paragraph(text.split("\n\n")[0].split(": ", 1)[1]) for text in texts}


def changes(cloud: Cloud, since: int, part: str = "dokploy") -> list[dict[str, Any]]:
    """The requests to a part that are more than a question."""
    return [entry for entry in cloud.log(since, part) if entry["method"] not in {"GET", "HEAD"}]


def _paragraph(text: str) -> str:
    """The text without the space around it: not empty, no blank line in it, not a page."""
    text = text.strip()
    assert text
    assert "\n\n" not in text
    assert len(text) < 1500
    return text


def _without_traceback(shown: str) -> None:
    assert "Traceback" not in shown
    assert 'File "' not in shown
