"""Markers in a bucket. boto3 signs requests and finds credentials as the engine's own SDK does."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from strata.lock.errors import StoreFailed

T = TypeVar("T")
ATTEMPTS = 4
"""Of one request. A write that is repeated after a lost answer finds its own object; the keeper knows it."""

_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
_GONE = {"NoSuchKey", "404"}
_TRUE = {"true", "1", "t"}
_DEFAULT_REGION = "us-east-1"


class Bucket:
    """An `s3://` backend; of any S3-compatible server that knows `If-None-Match`.

    Args:
        client: boto3's, for S3.
        bucket: its name.
        prefix: of all keys, empty or ending with a slash.
    """

    def __init__(self, client: Any, *, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    @classmethod
    def parse(cls, *, bucket: str, path: str, options: Mapping[str, str]) -> "Bucket":
        """From the parts of the backend's address, with the engine's meaning of its options.

        Args:
            bucket: `s3://<bucket>`.
            path: behind it: a folder in the bucket.
            options: endpoint, region, profile, prefix, s3ForcePathStyle or use_path_style, disableSSL or
                disable_https.
        """
        endpoint = options.get("endpoint", "")
        plain = _is_true(options, "disableSSL", "disable_https")
        if endpoint and "://" not in endpoint:
            endpoint = f"{'http' if plain else 'https'}://{endpoint}"
        by_path = _is_true(options, "s3ForcePathStyle", "use_path_style")
        try:
            session = boto3.Session(profile_name=options.get("profile"), region_name=options.get("region"))
            client = session.client(
                "s3",
                endpoint_url=endpoint or None,
                region_name=session.region_name or _DEFAULT_REGION,
                config=Config(
                    s3={"addressing_style": "path" if by_path else "auto"},
                    connect_timeout=10,
                    read_timeout=30,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    # what S3-compatible servers of some age refuse
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        except (BotoCoreError, ValueError) as error:
            raise _unanswered("its address", bucket, error) from None
        folder = path.strip("/")
        prefix = options.get("prefix", "") + (f"{folder}/" if folder else "")
        return cls(client, bucket=bucket, prefix=prefix)

    @property
    def endpoint(self) -> str:
        """Address of the server."""
        return str(self._client.meta.endpoint_url)

    def names(self, folder: str) -> list[str]:
        """As `Store.names`."""
        start = f"{self._prefix}{folder}/"
        pages = self._asked(
            lambda: [
                row["Key"]
                for page in self._client.get_paginator("list_objects_v2").paginate(
                    Bucket=self._bucket, Prefix=start, Delimiter="/"
                )
                for row in page.get("Contents", [])
            ],
            what=f"list {start}",
        )
        return sorted(key.removeprefix(start) for key in pages if key != start)

    def read(self, name: str) -> bytes | None:
        """As `Store.read`."""

        def get() -> bytes | None:
            try:
                body: bytes = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)[
                    "Body"
                ].read()
            except ClientError as error:
                if _code(error) in _GONE:
                    return None
                raise
            return body

        return self._asked(get, what=f"read {name}")

    def create(self, name: str, content: bytes) -> bool:
        """As `Store.create`.

        Raises:
            StoreFailed: the server does not keep two from making the same object.
        """
        if not self._put_new(name, content):
            return False
        if self._put_new(name, content):
            raise StoreFailed(
                f"the server of bucket {self._bucket} ignores `If-None-Match: *`: two runs could both write "
                f"{name}",
                next_step="keep the state on a server with conditional writes (AWS S3, MinIO, SeaweedFS, R2)",
            )
        return True

    def remove(self, name: str) -> None:
        """As `Store.remove`."""
        self._asked(
            lambda: self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name),
            what=f"delete {name}",
        )

    def _put_new(self, name: str, content: bytes) -> bool:
        def put() -> bool:
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=self._prefix + name, Body=content, IfNoneMatch="*"
                )
            except ClientError as error:
                if _code(error) in _TAKEN or _status(error) == HTTPStatus.PRECONDITION_FAILED:
                    return False
                raise
            return True

        return self._asked(put, what=f"write {name}")

    def _asked(self, question: Callable[[], T], *, what: str) -> T:
        """The answer; of a refusal the code alone, since a server's text may hold anything."""
        try:
            return question()
        except ClientError as error:
            raise StoreFailed(
                f"bucket {self._bucket} refused to {what}: {_status(error)} {_code(error)}",
                next_step="check AWS_ACCESS_KEY_ID; its identity has to list, read, write and delete there",
            ) from None
        except BotoCoreError as error:
            raise _unanswered(what, self._bucket, error) from None


def _unanswered(what: str, bucket: str, error: Exception) -> StoreFailed:
    return StoreFailed(
        f"bucket {bucket} cannot be asked ({what}: {type(error).__name__})",
        next_step="check PULUMI_BACKEND_URL and the AWS_* variables",
    )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _is_true(options: Mapping[str, str], *names: str) -> bool:
    return any(options.get(name, "").lower() in _TRUE for name in names)
