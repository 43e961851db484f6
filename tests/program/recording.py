"""Runs `__main__.py` under Pulumi's mocks and records what reached the engine's seam.

The plain mocks see neither parents nor options; this monitor reads them from the registration itself, and it
runs the resource transforms, which the SDK's own mock monitor only collects.
"""

import asyncio
import hashlib
import json
import runpy
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc

from model.configfile import raw_config

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "finance-report"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One registration as the engine would receive it."""

    type: str
    name: str
    parent: str
    protect: bool
    depends_on: tuple[str, ...]
    deleted_with: str
    import_id: str
    retained: bool
    ignores: tuple[str, ...]
    provider: str
    inputs: Mapping[str, Any]


@dataclass(kw_only=True)
class World:
    """What the program finds outside itself, besides Vault and its environment.

    Attributes:
        outputs: of existing stacks by name.
        absent_images: names that the registry does not have.
        asked: every name of which the registry was asked.
        github: what GitHub's REST API has, by the path below the repository; the rest is answered with 404.
        github_refuses: what it says instead of answering.
    """

    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent_images: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    github: dict[str, Any] = field(default_factory=dict)
    github_refuses: str = ""


@dataclass(kw_only=True)
class Run:
    """What one run of the program did."""

    resources: list[Registered] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    warnings: list[str] = field(default_factory=list)

    def one(self, name: str) -> Registered:
        (found,) = [resource for resource in self.resources if resource.name == name]
        return found

    def of(self, kind: str) -> list[Registered]:
        """All of one class, by the last part of their type."""
        return [resource for resource in self.resources if resource.type.rsplit(":", 1)[1] == kind]

    def before(self, name: str) -> set[str]:
        """Names of all that stands before a resource is touched, directly or not."""
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            new = set(self.one(waiting.pop()).depends_on) - reached
            reached |= new
            waiting += new
        return reached

    def graph(self) -> str:
        """The registrations as text, one a line; all children of a gate together read as the gate."""
        children: dict[str, set[str]] = {}
        for resource in self.resources:
            children.setdefault(resource.parent, set()).add(resource.name)
        gates = {one.name: children[one.name] for one in self.of("GithubGate")}
        lines = []
        for resource in sorted(self.resources, key=lambda one: one.name):
            after = set(resource.depends_on)
            for gate, members in gates.items():
                if members <= after:
                    after = after - members | {gate}
            line = f"{resource.name} : {resource.type} in {resource.parent}"
            line += " protected" if resource.protect else ""
            line += " kept when deleted" if resource.retained else ""
            line += f" deleted with {resource.deleted_with}" if resource.deleted_with else ""
            lines += [line, *(f"    after {name}" for name in sorted(after))]
        return "\n".join(lines) + "\n"


def digest(name: str) -> str:
    """The digest that the recorded registry gives to a name."""
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


class RefusedCall(grpc.RpcError):
    """An invoke that the engine answers with an error."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self._details = details

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._details


class _Mocks(mocks.Mocks):
    def __init__(self, world: World, run: Run) -> None:
        self.world = world
        self.run = run

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "pulumi:pulumi:readStackOutputs":
            stack = args.args["name"].rsplit("/", 1)[1]
            if stack not in self.world.outputs:
                raise RefusedCall(f'unknown stack "{args.args["name"]}"')
            return {"name": args.args["name"], "outputs": self.world.outputs[stack]}
        if args.token == "github:index/getRestApi:getRestApi":
            return self._github(args.args["endpoint"])
        assert args.token == "docker:index/getRegistryImage:getRegistryImage"
        name = args.args["name"]
        self.world.asked.append(name)
        if name in self.world.absent_images:
            raise RefusedCall(
                f"1 error occurred:\n\t* Got error when attempting to fetch image version {name} "
                "from registry: got bad response from registry: 404 Not Found"
            )
        return {"id": name, "name": name, "sha256Digest": digest(name)}

    def _github(self, endpoint: str) -> dict[str, Any]:
        if self.world.github_refuses:
            raise RefusedCall(self.world.github_refuses)
        path = endpoint.partition("?")[0].split("/", 3)[3]
        if path not in self.world.github:
            return {"code": 404, "body": '{"message": "Not Found"}'}
        return {"code": 200, "body": json.dumps(self.world.github[path])}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outs = {key: value for key, value in args.inputs.items() if value is not None}
        kind = args.typ.rsplit(":", 1)[1]
        outs.update(_OUTS.get(kind, lambda _: {})(args))
        return f"{args.name}-id", outs


def _made(*keys: str) -> Any:
    return lambda args: {key: f"{args.name}-{key}" for key in keys}


def _deployed(args: mocks.MockResourceArgs) -> dict[str, Any]:
    release = args.inputs.get("release")
    history = args.inputs.get("history") or []
    record = {**release, "commit": "c" * 40, "time": "2026-11-23T12:00:00Z"} if release else None
    return {
        "deployment_id": f"{args.name}-deployment",
        "release_record": record,
        "verified_releases": [record, *history] if record else history,
    }


_OUTS = {
    "Project": _made("project_id", "default_environment_id"),
    "Environment": _made("environment_id"),
    "Registry": _made("registry_id"),
    "Network": _made("network_id"),
    "VaultProvider": _made("vault_provider_id"),
    "Compose": _made("compose_id", "app_name", "revision"),
    "Domain": _made("domain_id", "revision"),
    "Deployment": _deployed,
    "RemoteImage": lambda args: {"imageId": digest(args.inputs["name"])},
}


class _Monitor(mocks.MockMonitor):
    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object, keep_unknowns=False)
            self._transformed(request, inputs)
            self.mocks.run.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    parent=request.parent.rsplit("::", 1)[1] if request.parent else "",
                    protect=request.protect,
                    depends_on=tuple(sorted(urn.rsplit("::", 1)[1] for urn in request.dependencies)),
                    deleted_with=request.deletedWith.rsplit("::", 1)[-1],
                    import_id=request.importId,
                    retained=request.retainOnDelete,
                    ignores=tuple(request.ignoreChanges),
                    # `<urn>::<id>`; empty for one that the engine chooses itself
                    provider="".join(request.provider.split("::")[-2:-1]),
                    inputs=inputs,
                )
            )
        return super().RegisterResource(request)

    def _transformed(self, request: Any, inputs: dict[str, Any]) -> None:
        for transform in self.get_registered_transforms():
            transform(
                pulumi.ResourceTransformArgs(
                    custom=request.custom,
                    type_=request.type,
                    name=request.name,
                    props=inputs,
                    opts=pulumi.ResourceOptions(),
                )
            )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.mocks.run.exports.update(rpc.deserialize_properties(request.outputs))
        return empty_pb2.Empty()


def run_program(stack: str, *, world: World, preview: bool = False) -> Run:
    """Run `__main__.py` for a stack; its environment is the process's."""
    program = partial(runpy.run_path, str(ROOT / "__main__.py"), run_name="__main__")
    return record(program, stack=stack, world=world, preview=preview)


def record(
    program: Callable[[], object],
    *,
    stack: str = "staging",
    world: World | None = None,
    preview: bool = False,
) -> Run:
    """Run any program for a stack."""
    run = Run()
    mocked = _Mocks(world or World(), run)
    interrupt = signal.getsignal(signal.SIGINT)
    with _loops_closed() as loop:
        try:
            pulumi.runtime.set_mocks(
                mocked,
                project=PROJECT,
                stack=stack,
                preview=preview,
                monitor=_Monitor(mocked),
                organization="organization",
            )
            # What a run that was refused half-way leaves behind belongs to a loop that is closed by now.
            pulumi.runtime.settings.SETTINGS.outputs.clear()
            pulumi.runtime.settings.set_root_resource(None)
            loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: program() and None))
        except pulumi.RunError as error:
            run.error = str(error)
        finally:
            signal.signal(signal.SIGINT, interrupt)
    return run


@contextmanager
def _loops_closed() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop for the program; closes it and those that the SDK's mock monitor opens, one a thread."""
    opened: list[asyncio.AbstractEventLoop] = []
    original = asyncio.new_event_loop

    def recorded() -> asyncio.AbstractEventLoop:
        opened.append(original())
        return opened[-1]

    with patch.object(asyncio, "new_event_loop", recorded):
        loop = recorded()
        asyncio.set_event_loop(loop)
        try:
            yield loop
        finally:
            for one in opened:
                one.run_until_complete(one.shutdown_default_executor())
                one.close()
            asyncio.set_event_loop(None)


def config(stack: str, *, root: Path = ROOT, **changed: object) -> str:
    """`PULUMI_CONFIG` as the CLI hands it over, with keys changed (`None` removes one)."""
    own = root / f"Pulumi.{stack}.yaml"
    raw: dict[str, Any] = dict(
        raw_config(
            (root / "Pulumi.yaml").read_text(encoding="utf-8"),
            own.read_text(encoding="utf-8") if own.exists() else "",
            stack=stack,
        )
    )
    raw |= {f"{PROJECT}:{key}": value for key, value in changed.items()}
    return json.dumps({key: value for key, value in raw.items() if value is not None})
