"""Statement files, kept in an S3-compatible object store."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, Any

from backend.errors import NotFound, Unavailable
from backend.filestore import Opened

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

_CHUNK = 64 * 1024
_REFUSALS = frozenset({"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


class S3Files:
    """A `FileStore` in one bucket.

    Args:
        client: for requests.
        probing: for the health check, with shorter times.
        bucket: that is there.
    """

    def __init__(self, client: "S3Client", *, probing: "S3Client", bucket: str) -> None:
        self._client = client
        self._probing = probing
        self._bucket = bucket

    @classmethod
    def at(cls, endpoint: str, *, bucket: str, access_key: str, secret_key: str) -> "S3Files":
        """The bucket at an endpoint; nothing connects yet."""
        # a third of a second, which tests and `migrate` do not need
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)

        def client(*, connect: float, read: float, attempts: int) -> "S3Client":
            return session.client(
                "s3",
                endpoint_url=endpoint,
                region_name="us-east-1",
                config=Config(
                    connect_timeout=connect,
                    read_timeout=read,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    signature_version="s3v4",
                    # a checksum in a trailer is AWS's own idea: not every store knows it
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    s3={"addressing_style": "path"},
                ),
            )

        return cls(
            client(connect=2, read=10, attempts=2),
            probing=client(connect=1, read=1.5, attempts=1),
            bucket=bucket,
        )

    def ping(self) -> None:
        """See `FileStore`."""
        with _translated():
            self._probing.head_bucket(Bucket=self._bucket)

    def put(self, key: str, content: IO[bytes], *, content_type: str) -> None:
        """See `FileStore`."""
        with _translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)

    def open(self, key: str) -> Opened:
        """See `FileStore`."""
        with _translated():
            found = self._client.get_object(Bucket=self._bucket, Key=key)
        return Opened(size=found["ContentLength"], chunks=_chunks(found["Body"]))

    def delete(self, key: str) -> None:
        """See `FileStore`."""
        with _translated():
            self._client.delete_object(Bucket=self._bucket, Key=key)


def _chunks(body: "StreamingBody") -> Iterator[bytes]:
    # closed also when nobody reads to the end, or its connection would be lost to the pool
    with closing(body):
        yield from body.iter_chunks(_CHUNK)


@contextmanager
def _translated() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(_at(error.response, "Error", "Code"))
        if code == "NoSuchKey":
            raise NotFound("the file is not in the store any more") from error
        raise Unavailable("storage", _reason(code)) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        late = "timeout" in type(error).__name__.lower()
        raise Unavailable("storage", "no answer in time" if late else "unreachable") from error


def _reason(code: str) -> str:
    if code in _REFUSALS:
        return "credentials refused"
    return "no such bucket" if code in {"404", "NoSuchBucket"} else f"answered {code}"


def _at(response: Any, *names: str) -> Any:
    for name in names:
        response = response.get(name, {}) if isinstance(response, dict) else {}
    return response
