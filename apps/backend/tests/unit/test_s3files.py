import io
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from backend.errors import BackendError, NotFound, Unavailable
from backend.s3files import S3Files


class FailingClient:
    """Every call of it fails alike."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _: str) -> Any:
        return self._fail

    def _fail(self, **_: object) -> None:
        raise self._error


def answered(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Canary4711"}}, "Any")


def files(error: Exception) -> S3Files:
    client = cast("Any", FailingClient(error))
    return S3Files(client, probing=client, bucket="b")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EndpointConnectionError(endpoint_url="http://Canary4711:9000"), "unreachable"),
        (ConnectTimeoutError(endpoint_url="http://Canary4711:9000"), "no answer in time"),
        (answered("InvalidAccessKeyId"), "credentials refused"),
        (answered("SignatureDoesNotMatch"), "credentials refused"),
        (answered("403"), "credentials refused"),
        (answered("404"), "no such bucket"),
        (answered("NoSuchBucket"), "no such bucket"),
        (answered("SlowDown"), "answered SlowDown"),
    ],
)
def test_c8_why_the_store_cannot_be_had_is_told_in_short(error: Exception, reason: str) -> None:
    store = files(error)
    for ask in (
        store.ping,
        lambda: store.put("k", io.BytesIO(b"x"), content_type="text/csv"),
        lambda: store.open("k"),
        lambda: store.delete("k"),
    ):
        with pytest.raises(Unavailable) as unavailable:
            ask()

        assert str(unavailable.value) == f"storage: {reason}"


def test_a_file_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        files(answered("NoSuchKey")).open("k")


def test_every_error_is_one_that_can_be_shown() -> None:
    with pytest.raises(BackendError) as shown:
        files(answered("InternalError")).ping()

    assert "Canary4711" not in str(shown.value)
