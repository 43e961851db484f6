"""Labels of the repository (`/labels`) and those that an issue or pull request wears."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import (
    Document,
    body_of,
    invalid,
    node_id,
    not_found,
    optional_text,
    rows_of,
    text_of,
    there_already,
)
from sandbox.github.repositories import url_of
from sandbox.github.tables import new_id, table, timestamp, world_of
from sandbox.world import World

_COLOUR = re.compile(r"[0-9a-fA-F]{6}")
_GREY = "ededed"


def known(world: World, names: list[str]) -> list[str]:
    """The labels of these names as they are written; those that are new to the repository are made."""
    found: list[str] = []
    for name in names:
        label = world.store.table("github.label").get(name.lower()) or _make(world, name)
        if label["name"] not in found:
            found.append(label["name"])
    return found


def names_of(body: Document) -> list[str]:
    """The label names in a body, each a text or an object with a name."""
    given: Any = body.get("labels") or []
    found = [one.get("name") if isinstance(one, dict) else one for one in given if isinstance(given, list)]
    names = [name for name in found if isinstance(name, str) and name.strip()]
    if not isinstance(given, list) or len(names) != len(found):
        raise invalid("Label", "name", "Labels are a list of names.")
    return names


def shown_all(request: Request, names: list[str]) -> list[Document]:
    """Labels as GitHub answers them; one that the repository lost is left out."""
    labels = table(request, "label")
    return [_shown(request, label) for name in names if (label := labels.get(name.lower()))]


def wear(world: World, number: int, names: list[str]) -> Document:
    """Have an issue or pull request wear these labels and no others."""
    return world.store.table("github.issue").patch(
        str(number), labels=known(world, names), updated_at=timestamp(world)
    )


async def _list(request: Request) -> Response:
    labels = table(request, "label")
    return rows_of(request, [_shown(request, labels.get(key) or {}) for key in labels])


async def _create(request: Request) -> Response:
    body = await body_of(request)
    name = text_of(body, "Label", "name")
    if table(request, "label").get(name.lower()):
        raise there_already("Label", "name")
    made = _make(
        world_of(request),
        name,
        colour=_colour(body) or _GREY,
        description=optional_text(body, "Label", "description"),
    )
    return JSONResponse(_shown(request, made), status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, _existing(request)))


async def _update(request: Request) -> Response:
    before = _existing(request)
    body = await body_of(request)
    name = text_of(body, "Label", "new_name") if "new_name" in body else before["name"]
    labels = table(request, "label")
    if name.lower() != before["name"].lower() and labels.get(name.lower()):
        raise there_already("Label", "name")
    labels.delete(before["name"].lower())
    after = {**before, "name": name, "color": _colour(body) or before["color"]}
    if "description" in body:
        after["description"] = optional_text(body, "Label", "description")
    labels.put(name.lower(), after)
    for row in table(request, "issue").where():
        if before["name"] in row["labels"]:
            worn = [name if one == before["name"] else one for one in row["labels"]]
            table(request, "issue").patch(str(row["number"]), labels=worn)
    return JSONResponse(_shown(request, after))


async def _delete(request: Request) -> Response:
    gone = _existing(request)["name"]
    table(request, "label").delete(gone.lower())
    for row in table(request, "issue").where():
        if gone in row["labels"]:
            table(request, "issue").patch(str(row["number"]), labels=[n for n in row["labels"] if n != gone])
    return Response(status_code=204)


async def _worn(request: Request) -> Response:
    return rows_of(request, shown_all(request, _wearer(request)["labels"]))


async def _add(request: Request) -> Response:
    issue = _wearer(request)
    return _wears(request, [*issue["labels"], *names_of(await body_of(request))])


async def _set(request: Request) -> Response:
    _wearer(request)
    return _wears(request, names_of(await body_of(request, may_be_empty=True)))


async def _take_off(request: Request) -> Response:
    issue = _wearer(request)
    name = request.path_params["name"].lower()
    left = [one for one in issue["labels"] if one.lower() != name]
    if left == issue["labels"]:
        raise not_found()
    return _wears(request, left)


async def _take_off_all(request: Request) -> Response:
    _wearer(request)
    _wears(request, [])
    return Response(status_code=204)


def _wears(request: Request, names: list[str]) -> Response:
    issue = wear(world_of(request), request.path_params["number"], names)
    return JSONResponse(shown_all(request, issue["labels"]))


def _wearer(request: Request) -> Document:
    found = table(request, "issue").get(str(request.path_params["number"]))
    if found is None:
        raise not_found()
    return found


def _existing(request: Request) -> Document:
    found = table(request, "label").get(request.path_params["name"].lower())
    if found is None:
        raise not_found()
    return found


def _make(world: World, name: str, *, colour: str = _GREY, description: str | None = None) -> Document:
    label: Document = {"id": new_id(world), "name": name, "color": colour, "description": description}
    world.store.table("github.label").put(name.lower(), label)
    return label


def _colour(body: Document) -> str | None:
    colour = optional_text(body, "Label", "color")
    if colour is not None and not _COLOUR.fullmatch(colour):
        raise invalid("Label", "color", '"color" is six hexadecimal digits.')
    return colour


def _shown(request: Request, label: Document) -> Document:
    return {
        **label,
        "node_id": node_id("Label", label["id"]),
        "url": f"{url_of(request)}/labels/{label['name']}",
        "default": False,
    }


_WORN = "/issues/{number:int}/labels"
ROUTES = [
    Route("/labels", _list),
    Route("/labels", _create, methods=["POST"]),
    Route("/labels/{name}", _get),
    Route("/labels/{name}", _update, methods=["PATCH"]),
    Route("/labels/{name}", _delete, methods=["DELETE"]),
    Route(_WORN, _worn),
    Route(_WORN, _add, methods=["POST"]),
    Route(_WORN, _set, methods=["PUT"]),
    Route(_WORN, _take_off_all, methods=["DELETE"]),
    Route(f"{_WORN}/{{name}}", _take_off, methods=["DELETE"]),
]
