import re

Version = tuple[int, int, int]

_NUMBERS = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?(?P<pre>-[0-9A-Za-z.-]+|rc\d+|beta\d+)?")


def parse(text: str) -> Version | None:
    """Take the first version out of a program's answer (`v3.250.0`, `go1.26.8`, `uv 0.13.9 (…)`).

    A pre-release counts as what comes before its release, so it is not taken for one: None.

    Args:
        text: what the program printed.
    """
    match = _NUMBERS.search(text.replace("go", "", 1) if text.startswith("go") else text)
    if match is None or match["pre"]:
        return None
    return int(match[1]), int(match[2]), int(match[3] or 0)


def within(version: Version | None, *, least: Version, below: Version) -> bool:
    """Tell whether `least <= version < below`; an unknown version never is."""
    return version is not None and least <= version < below


def show(version: Version) -> str:
    """Write a version the way people do."""
    return ".".join(str(number) for number in version)
