"""What two JSON answers have in common: keys and types, and if wanted the words that stay the same."""

from typing import Any

_WORDS = (
    "message",
    "code",
    "status",
    "composeStatus",
    "applicationStatus",
    "httpStatus",
    "path",
    "zodError",
    "name",
)


def differences(recorded: Any, here: Any, *, values: bool, at: str = "") -> list[str]:
    """Where the two differ; lists are compared by what their elements look like together."""
    if _kind(recorded) != _kind(here):
        return [f"{at or 'the answer'}: {_kind(recorded)}, here {_kind(here)}"]
    if isinstance(recorded, dict):
        found = [f"{at}.{name}: missing here" for name in recorded if name not in here]
        found += [f"{at}.{name}: only here" for name in here if name not in recorded]
        for name in recorded.keys() & here.keys():
            found += differences(recorded[name], here[name], values=values, at=f"{at}.{name}")
        return found
    if isinstance(recorded, list):
        return _one_by_one(recorded, here, at) if values else _elements(recorded, here, at)
    if values and at.rpartition(".")[2] in _WORDS and recorded != here:
        return [f"{at}: {str(recorded)[:120]!r}, here {str(here)[:120]!r}"]
    return []


def _one_by_one(recorded: list[Any], here: list[Any], at: str) -> list[str]:
    if len(recorded) != len(here):
        return [f"{at}: {len(recorded)} elements, here {len(here)}"]
    pairs = zip(_in_order(recorded), _in_order(here), strict=True)
    return [line for a, b in pairs for line in differences(a, b, values=True, at=f"{at}[]")]


def _in_order(elements: list[Any]) -> list[Any]:
    """Rows by age: the real database shows rows below others in no order."""
    if all(isinstance(element, dict) and "createdAt" in element for element in elements):
        return sorted(elements, key=lambda element: str(element["createdAt"]))
    return elements


def _elements(recorded: list[Any], here: list[Any], at: str) -> list[str]:
    if bool(recorded) != bool(here):
        return [f"{at}: {len(recorded)} elements, here {len(here)}"]
    ours, theirs = _shapes(here, f"{at}[]"), _shapes(recorded, f"{at}[]")
    return [
        f"{place}: {'|'.join(sorted(theirs.get(place, {'nothing'})))},"
        f" here {'|'.join(sorted(ours.get(place, {'nothing'})))}"
        for place in sorted({*ours, *theirs})
        if ours.get(place) != theirs.get(place)
    ]


def _shapes(elements: list[Any], at: str) -> dict[str, set[str]]:
    """Place to the kinds found there, over all elements."""
    found: dict[str, set[str]] = {}
    for element in elements:
        found.setdefault(at, set()).add(_kind(element))
        inner: dict[str, set[str]] = {}
        if isinstance(element, dict):
            for name, value in element.items():
                for place, kinds in _shapes([value], f"{at}.{name}").items():
                    inner.setdefault(place, set()).update(kinds)
        elif isinstance(element, list):
            inner = _shapes(element, f"{at}[]")
        for place, kinds in inner.items():
            found.setdefault(place, set()).update(kinds)
    return found


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "list", dict: "object"}
    return names[type(value)]
