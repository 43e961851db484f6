"""The two runs that people see: `make up` deploys a stack into the sandbox, `make down` takes all back."""

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.markup import escape

from sandbox.errors import UnfitAnswer
from sandbox.folder import Folder
from sandbox.registry.seeds import VERSIONS
from sandbox.runner import Runner

Outputs = Mapping[str, Any]

FIRST_RELEASE = VERSIONS[0]
STANDING = ("staging", "production")


def deploy(folder: Folder, *, stack: str, release: str | None, console: Console) -> int:
    """`pulumi up --refresh` of a stack; then what runs, and its own word for it.

    Args:
        folder: of the sandbox; it must run.
        stack: the stack.
        release: version to deploy; without one the stack keeps what it runs, and a stack that runs nothing
            gets the registry's first release.
        console: where the summary goes.

    Returns:
        Pulumi's exit code.

    Raises:
        SandboxError: the sandbox does not run, or what was deployed does not answer.
    """
    runner = Runner(folder)
    wanted = release
    if wanted is None and stack in STANDING and not outputs(runner, stack).get("release"):
        wanted = FIRST_RELEASE
    command = ["pulumi", "up", "--stack", stack, "--refresh", "--yes", "--skip-preview"]
    code = runner.run(command, **({"RELEASE": wanted} if wanted else {}))
    if code:
        return code
    found = outputs(runner, stack)
    if url := found.get("url"):
        see = f"curl --cacert {folder.ca} --connect-to ::127.0.0.1:{runner.ports.ingress} {url}/health"
        show(console, found, health=ask(runner, f"{url}/health"), see=see)
    return 0


def destroy(folder: Folder, *, stack: str | None, console: Console) -> int:
    """`pulumi destroy` of one stack, or of all in the sandbox's backend; the first exit code that is not 0.

    Args:
        folder: of the sandbox; it must run.
        stack: the stack; `None` means all of them.
        console: where it is said what comes next.
    """
    runner = Runner(folder)
    stacks = runner.project.stacks()
    for name in stacks if stack is None else [stack]:
        console.print(f"destroying {name}", style="bold")
        if name == "production":
            # Its data tier is protected. Here it is nobody's data, and a destroy would stop half-way.
            runner.read(["pulumi", "state", "unprotect", "--all", "--yes", "--stack", name])
        remove = ["--remove"] if name.startswith("pr-") else []
        code = runner.run(
            ["pulumi", "destroy", "--stack", name, "--refresh", "--yes", "--skip-preview", *remove]
        )
        if code:
            return code
    if not stacks:
        console.print("no stack was ever deployed here")
    return 0


def outputs(runner: Runner, stack: str) -> Outputs:
    """The stack's outputs; empty before its first `up`."""
    shown = runner.read(["pulumi", "stack", "output", "--json", "--stack", stack])
    if shown.returncode:
        return {}
    found: Outputs = json.loads(shown.stdout)
    return found


def ask(runner: Runner, url: str) -> httpx.Response:
    """GET an address of the deployed application through the sandbox's ingress, checking TLS.

    Raises:
        UnfitAnswer: nothing answers there.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    through = httpx.URL(url).copy_with(host="127.0.0.1", port=runner.ports.ingress)
    try:
        with httpx.Client(
            verify=ssl.create_default_context(cafile=runner.environment["SSL_CERT_FILE"]),
            trust_env=False,
            timeout=10,
        ) as client:
            return client.get(through, headers={"Host": parts.netloc}, extensions={"sni_hostname": host})
    except httpx.HTTPError as error:
        raise UnfitAnswer(f"{url} does not answer through the sandbox's ingress: {error}") from None


def show(console: Console, found: Outputs, *, health: httpx.Response, see: str) -> None:
    """Print what runs: address, version, digests, health, and how to see it."""
    release = found.get("release") or {}
    rows = [
        ("URL", found["url"]),
        ("version", release.get("version")),
        ("commit", (found.get("preview") or release).get("commit")),
        *sorted((release.get("images") or {}).items()),
        ("health", f"{health.status_code} {health.text.strip()}"),
        ("see it", see),
    ]
    console.print()
    for name, value in rows:
        if not value:
            continue
        console.print(f"[bold]{name:<10}[/bold]{escape(str(value))}", soft_wrap=True, highlight=False)
