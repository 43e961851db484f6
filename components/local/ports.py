"""Ports of this machine that are taken, found before anything is made."""

import errno
import socket
from collections.abc import Iterable, Iterator, Mapping

import pulumi

from components.local.engine import Container
from model.local.reader import LocalCompose
from model.local.service import Port


def require_free(compose: LocalCompose, *, ours: Iterable[Container], others: Iterable[Container]) -> None:
    """Refuse ports that somebody else has.

    Args:
        compose: what is going to be published.
        ours: containers of this very stack; they may have them.
        others: all other containers.

    Raises:
        pulumi.RunError: names each port, its service, who has it as far as that is known, and the variable.
    """
    held = {port for one in ours if one.state == "running" for port in one.ports}
    owners = {port: one.name for one in others if one.state == "running" for port in one.ports}
    found = list(_taken(compose, held=held, owners=owners))
    if found:
        raise pulumi.RunError(
            "Ports of this machine are taken, nothing was changed:\n"
            + "\n".join(f"  {line}" for line in found)
            + "\nNext: stop what has them, or set the variables to free ports, then run it again."
        )


def _taken(compose: LocalCompose, *, held: set[int], owners: Mapping[int, str]) -> Iterator[str]:
    wanted: dict[tuple[str, int], str] = {}
    for name, service in compose.services.items():
        for port in sorted(service.ports, key=lambda one: one.published):
            number = port.published
            variable = compose.variables.get(number)
            change = f"set {variable}" if variable else "change it in the compose file"
            if twice := wanted.get((port.protocol, number)):
                yield f"{number} for {name}: {twice} asks for it too; {change}"
            elif number in owners:
                yield f"{number} for {name}: the container {owners[number]} has it; {change}"
            elif number not in held and in_use(port):
                yield f"{number} for {name}: another program has it; {change}"
            wanted[port.protocol, number] = name


def in_use(port: Port) -> bool:
    """Whether a program on this machine listens there; a port that may not be asked for counts as free."""
    family = socket.AF_INET6 if ":" in port.host_ip else socket.AF_INET
    kind = socket.SOCK_STREAM if port.protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as probe:
        # Without it a port counts as taken for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.host_ip.strip("[]"), port.published))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
