"""A real S3 server of a test's own: SeaweedFS, with an identity that may write and one that may only read."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PROGRAM = Path(sys.executable).parent / "weed"
BUCKET = "state"
WRITES, READS, ADMINISTERS = "deploy", "plan", "administrator"
_ACTIONS = {
    WRITES: [f"{action}:{BUCKET}" for action in ("Read", "List", "Write")],
    READS: [f"{action}:{BUCKET}" for action in ("Read", "List")],
    ADMINISTERS: ["Admin", "Read", "List", "Write"],
}
_PORTS = ("master", "volume", "filer", "s3")
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Seaweed:
    """A running server, on loopback only.

    Attributes:
        port: of S3.
    """

    port: int

    def url(self, folder: str = "") -> str:
        """As PULUMI_BACKEND_URL has it."""
        place = f"/{folder}" if folder else ""
        return f"s3://{BUCKET}{place}?endpoint=127.0.0.1:{self.port}&s3ForcePathStyle=true&disableSSL=true"

    def environment(self, identity: str) -> dict[str, str]:
        """An identity's variables."""
        return {
            "AWS_ACCESS_KEY_ID": identity,
            "AWS_SECRET_ACCESS_KEY": secret(identity),
            "AWS_REGION": "us-east-1",
        }

    def client(self, identity: str = ADMINISTERS) -> Any:
        """boto3's, for looking."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=identity,
            aws_secret_access_key=secret(identity),
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Key to content."""
        client = self.client()
        rows = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return {row["Key"]: client.get_object(Bucket=BUCKET, Key=row["Key"])["Body"].read() for row in rows}


def secret(identity: str) -> str:
    """Its secret key."""
    return f"canary-{identity}-5f1d2c"


@contextmanager
def seaweed(place: Path) -> Iterator[Seaweed]:
    """Run a server in a folder; it is killed at the end, its data is the folder's."""
    config = place / "s3.json"
    identities = [
        {
            "name": name,
            "credentials": [{"accessKey": name, "secretKey": secret(name)}],
            "actions": actions,
        }
        for name, actions in _ACTIONS.items()
    ]
    config.write_text(json.dumps({"identities": identities}), encoding="utf-8")
    ports = _free(2 * len(_PORTS))
    numbers = [f"-{part}.port{kind}={ports.pop()}" for part in _PORTS for kind in ("", ".grpc")]
    port = int(next(word for word in numbers if word.startswith("-s3.port=")).partition("=")[2])
    data = place / "data"
    data.mkdir()
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(PROGRAM),
                "server",
                f"-dir={data}",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-master.telemetry=false",  # it reports to its makers by default
                "-master.volumeSizeLimitMB=64",
                "-volume.max=16",
                "-filer",
                "-s3",
                f"-s3.config={config}",
                "-s3.iam=false",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                *numbers,
            ],
            cwd=place,
            env=_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Seaweed(port=port)
        _await(server, process, place / "log")
        yield server
    finally:
        process.kill()
        process.wait()


def _environment(place: Path) -> Mapping[str, str]:
    return {"PATH": os.defpath, "HOME": str(place)}


def _await(server: Seaweed, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the bucket is made and takes an object: S3 listens before it can store."""
    client = server.client()
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.create_bucket(Bucket=BUCKET)
        except ClientError as error:
            if "BucketAlready" not in str(error):
                time.sleep(0.1)
                continue
        except BotoCoreError:
            time.sleep(0.1)
            continue
        try:
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"")
            client.delete_object(Bucket=BUCKET, Key="ready")
        except (BotoCoreError, ClientError):
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"SeaweedFS did not become ready:\n{log.read_text(errors='replace')[-3000:]}")


def _free(count: int) -> list[int]:
    """Ports that nobody listens on, below those of outgoing connections."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            taken = held.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            found.append(taken.getsockname()[1])
    return found
