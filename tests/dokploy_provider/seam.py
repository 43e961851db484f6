"""The process in which the SDK runs dynamic providers, driven over gRPC as the engine does.

The only place that reaches the SDK's private serialiser; a new SDK fails here and nowhere else.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime._serialization import _serialize
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

ROOT = Path(__file__).parents[2]
Properties = dict[str, Any]


def blob(provider: ResourceProvider) -> tuple[str, bool]:
    """What state keeps of a provider, and whether it is marked secret."""
    text, secret = _serialize(True, serialize_provider, provider)
    return text, secret


class Refused(Exception):
    """What the engine would print."""


class Seam:
    """`python -m pulumi.dynamic` with an environment; a context manager that ends it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        inherited = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic"],
            cwd=ROOT,
            env={**inherited, "PYTHONPATH": str(ROOT), "PULUMI_PROJECT": "finance-report", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._process.kill()
        self._process.communicate()

    def check(self, provider: ResourceProvider, news: Properties) -> dict[str, str]:
        """Failures by property."""
        request = provider_pb2.CheckRequest(olds=_struct({}), news=_struct(_with(provider, news)))
        answer = self._call(self._stub.Check, request)
        return {failure.property: failure.reason for failure in answer.failures}

    def diff(self, provider: ResourceProvider, olds: Properties, news: Properties) -> tuple[bool, list[str]]:
        """Whether something changes, and what is to be replaced."""
        request = provider_pb2.DiffRequest(
            id="an-id", olds=_struct(_with(provider, olds)), news=_struct(_with(provider, news))
        )
        answer = self._call(self._stub.Diff, request)
        return answer.changes == provider_pb2.DiffResponse.DIFF_SOME, list(answer.replaces)

    def create(self, provider: ResourceProvider, props: Properties) -> tuple[str, Properties]:
        request = provider_pb2.CreateRequest(properties=_struct(_with(provider, props)))
        answer = self._call(self._stub.Create, request)
        return answer.id, _plain(answer.properties)

    def read(
        self, provider: ResourceProvider, id_: str, props: Properties
    ) -> tuple[str, Properties, Properties | None]:
        """Id (empty when gone), outputs, and inputs if they were given back."""
        request = provider_pb2.ReadRequest(id=id_, properties=_struct(_with(provider, props)))
        answer = self._call(self._stub.Read, request)
        inputs = _plain(answer.inputs) if answer.HasField("inputs") else None
        return answer.id, _plain(answer.properties), inputs

    def update(self, provider: ResourceProvider, id_: str, olds: Properties, news: Properties) -> Properties:
        request = provider_pb2.UpdateRequest(
            id=id_, olds=_struct(_with(provider, olds)), news=_struct(_with(provider, news))
        )
        return _plain(self._call(self._stub.Update, request).properties)

    def delete(self, provider: ResourceProvider, id_: str, props: Properties) -> None:
        self._call(
            self._stub.Delete, provider_pb2.DeleteRequest(id=id_, properties=_struct(_with(provider, props)))
        )

    @staticmethod
    def _call(method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=60)
        except grpc.RpcError as error:
            raise Refused(error.details()) from None


def _with(provider: ResourceProvider, props: Properties) -> Properties:
    return {**{k: v for k, v in props.items() if v is not None}, "__provider": blob(provider)[0]}


def _struct(props: Properties) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(props)
    return struct


def _plain(struct: struct_pb2.Struct) -> Properties:
    found = dict(json_format.MessageToDict(struct))
    found.pop("__provider", None)
    return found


__all__ = ["UNKNOWN", "Refused", "Seam", "blob"]
