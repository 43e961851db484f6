"""The Engine of this machine: where it is, and whether it is one that the sandbox can use."""

import os
import socket
import sys
from typing import Any

import docker
from docker.errors import DockerException

from sandbox.errors import EngineUnfit

LOWEST_API = (1, 41)
"""Engine 20.10, of December 2020: the oldest that all of this was run on."""

_DEFAULT = "unix:///var/run/docker.sock"
_TIMEOUT = 30
_START = "start it (`sudo systemctl start docker`; without one, `make docker`), then try again"


def address() -> str:
    """The Engine's address, for this program and for the command line.

    Raises:
        EngineUnfit: it is not on this machine: the ingress could not reach its containers.
    """
    found = os.environ.get("DOCKER_HOST") or _DEFAULT
    if not found.startswith("unix://"):
        raise EngineUnfit(
            f"`--engine docker` needs the Docker Engine of this machine, and DOCKER_HOST names {found}."
            " Unset DOCKER_HOST; `--engine simulated` needs no Docker."
        )
    return found


def connect(*, platform: str = sys.platform) -> docker.APIClient:
    """A client of the Engine.

    Args:
        platform: of this machine, as `sys.platform` has it.

    Raises:
        EngineUnfit: with what to do.
    """
    if platform != "linux":
        raise EngineUnfit(
            "`--engine docker` needs Linux: elsewhere Docker runs in a virtual machine, whose containers the"
            " sandbox's ingress cannot reach. `--engine simulated` runs everywhere."
        )
    where = address()
    try:
        with socket.socket(socket.AF_UNIX) as asked:  # the SDK leaves one open that is refused
            asked.settimeout(_TIMEOUT)
            asked.connect(where.removeprefix("unix://"))
        client = docker.APIClient(base_url=where, version="auto", timeout=_TIMEOUT)
        version: dict[str, Any] = client.version()
        info: dict[str, Any] = client.info()
    except (DockerException, OSError) as error:
        raise EngineUnfit(
            f"No Docker Engine answers at {where} ({_cause(error)}): {_START}."
            " `--engine simulated` needs none."
        ) from None
    api = version.get("ApiVersion", "0")
    if tuple(int(part) for part in api.split(".")) < LOWEST_API:
        client.close()
        raise EngineUnfit(
            f"The Docker Engine at {where} is {version.get('Version')} with API {api};"
            f" {'.'.join(map(str, LOWEST_API))} or newer is needed, which Docker 20.10 brought. Update it."
        )
    if apart := _apart(info):
        client.close()
        raise EngineUnfit(
            f"The Docker Engine at {where} is {apart}: its containers' addresses are not reachable from this"
            f" machine, which the sandbox's ingress needs. Name the system's Engine"
            f" (`DOCKER_HOST={_DEFAULT}`); `--engine simulated` needs none."
        )
    return client


def _apart(info: dict[str, Any]) -> str:
    """What keeps an Engine's containers in a namespace or a machine of their own; empty when nothing does."""
    if "name=rootless" in (info.get("SecurityOptions") or ()):
        return "rootless"
    return "Docker Desktop's" if info.get("OperatingSystem") == "Docker Desktop" else ""


def _cause(error: BaseException) -> str:
    text = str(error)
    for known, said in (
        ("Permission denied", "permission denied: is this user in the group `docker`?"),
        ("No such file", "there is no such socket"),
        ("Connection refused", "connection refused"),
    ):
        if known in text:
            return said
    return text.splitlines()[0] if text else type(error).__name__
