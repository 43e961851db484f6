"""What this GitHub remembers: its tables in the sandbox's store, its numbers and its clock."""

from starlette.requests import Request

from sandbox.git.repository import Repository
from sandbox.store import Table
from sandbox.world import World

_FIRST_ID = 5_000_000


def world_of(request: Request) -> World:
    """The sandbox that this app belongs to."""
    world: World = request.app.state.world
    return world


def repository_of(request: Request) -> Repository:
    """The bare repository that all facts about commits come from."""
    return Repository(world_of(request))


def table(request: Request, name: str) -> Table:
    """The table `github.<name>`."""
    return world_of(request).store.table(f"github.{name}")


def new_id(world: World) -> int:
    """A number that no other object of this GitHub has."""
    return _next(world, "id", _FIRST_ID)


def new_number(world: World) -> int:
    """The next number of an issue or pull request, which count together."""
    last = max((int(number) for number in world.store.table("github.issue")), default=0)
    return last + 1


def timestamp(world: World) -> str:
    """The time as GitHub writes it."""
    return world.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def next_id(request: Request) -> int:
    """As `new_id`."""
    return new_id(world_of(request))


def now(request: Request) -> str:
    """As `timestamp`."""
    return timestamp(world_of(request))


def _next(world: World, name: str, first: int) -> int:
    numbers = world.store.table("github.sequence")
    number = int((numbers.get(name) or {"last": first})["last"]) + 1
    numbers.put(name, {"last": number})
    return number
