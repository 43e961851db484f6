"""Which loopback ports a sandbox has: chosen once, because Pulumi's state and Dokploy's objects hold them."""

import json
import random
import socket
from dataclasses import asdict, fields

from sandbox.errors import PortTaken
from sandbox.folder import Folder, read_json
from sandbox.world import Ports

# Below the ranges that systems hand out for outgoing connections (Linux 32768-60999, macOS 49152-65535):
# a port from there could be gone after a reboot.
_LOWEST, _HIGHEST = 20_000, 32_000
_TRIES = 50
NAMES = [field.name for field in fields(Ports)]


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; raises `OSError` when the port is taken."""
    return socket.create_server(("127.0.0.1", port), backlog=256)


def taken(ports: Ports) -> dict[str, int]:
    """Those of the ports that somebody listens on, by name."""
    found = {}
    for name, port in asdict(ports).items():
        try:
            listen(port).close()
        except OSError:
            found[name] = port
    return found


def remembered(folder: Folder) -> Ports | None:
    """The ports that this sandbox has, `None` when none were chosen yet."""
    content = read_json(folder.ports)
    return None if content is None else Ports(**content)


def settle(folder: Folder, *, first: int | None = None) -> Ports:
    """The sandbox's ports, all of them free; chosen at first and kept.

    Args:
        folder: of the sandbox.
        first: the lowest of consecutive ports; `None` takes free ones.

    Raises:
        PortTaken: a remembered or given port is in use, or other ports are asked for than it has.
    """
    known = remembered(folder)
    if known:
        agree(folder, known, first)
    if known or first is not None:
        ports = known or _consecutive(first or 0)
        if busy := taken(ports):
            raise PortTaken(_explanation(folder, busy, was_known=known is not None))
    else:
        ports = _free()
    folder.ports.write_text(json.dumps(asdict(ports), indent=2) + "\n")
    return ports


def agree(folder: Folder, known: Ports, first: int | None) -> None:
    """Refuse to move a sandbox: raises `PortTaken` when other ports are asked for than it has."""
    if first not in (None, known.dokploy):
        raise PortTaken(
            f"The sandbox in {folder.root} lives on ports {known.dokploy} and following, and its state holds"
            " these addresses. For other ports remove it first: `strata sandbox down --erase`."
        )


def _consecutive(first: int) -> Ports:
    return Ports(**{name: first + place for place, name in enumerate(NAMES)})


def _free() -> Ports:
    for _ in range(_TRIES):
        ports = _consecutive(random.randrange(_LOWEST, _HIGHEST, len(NAMES)))  # noqa: S311  # not a secret
        if not taken(ports):
            return ports
    raise PortTaken(
        f"No {len(NAMES)} free ports in a row were found between {_LOWEST} and {_HIGHEST}."
        " Name some with `--ports`."
    )


def _explanation(folder: Folder, busy: dict[str, int], *, was_known: bool) -> str:
    names = ", ".join(f"{port} ({name})" for name, port in busy.items())
    first = next(iter(busy.values()))
    remedy = (
        "stop that program, or give the sandbox other ports, which loses its state:"
        " `strata sandbox down --erase` and `strata sandbox up`"
        if was_known
        else "name others with `--ports`, or leave that out to take free ones"
    )
    return (
        f"Another program listens on 127.0.0.1 port {names}, which the sandbox in {folder.root} needs."
        f" See which one with `lsof -i :{first}` or `ss -ltnp`; {remedy}."
    )
