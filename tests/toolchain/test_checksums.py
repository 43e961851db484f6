import hashlib
from pathlib import Path

import pytest

from toolchain import checksums
from toolchain.errors import RefusedError

FILE = "pulumi-v3.250.0-linux-x64.tar.gz"


def listing(*lines: str) -> str:
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("prefix", ["", "./", "*"])
def test_a_file_s_digest_is_found_however_its_name_is_written(prefix: str) -> None:
    text = listing(f"{'a' * 64}  other.tar.gz", f"{'B' * 64}  {prefix}{FILE}")

    assert checksums.find(text, name=FILE, where="here") == "b" * 64


def test_a_file_that_is_not_listed_is_refused() -> None:
    with pytest.raises(RefusedError, match=rf"https://x/sums states no usable checksum for {FILE}"):
        checksums.find(listing(f"{'a' * 64}  other.tar.gz"), name=FILE, where="https://x/sums")


def test_a_digest_of_unknown_length_is_refused() -> None:
    with pytest.raises(RefusedError, match="no usable checksum"):
        checksums.find(listing(f"{'a' * 32}  {FILE}"), name=FILE, where="here")


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_file_with_its_own_digest_passes(tmp_path: Path, algorithm: str) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"content")

    checksums.verify(path, expected=hashlib.new(algorithm, b"content").hexdigest(), where="here")


def test_a_file_with_another_digest_is_refused_and_both_are_shown(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"content")
    actual = hashlib.sha256(b"content").hexdigest()

    with pytest.raises(RefusedError, match="checksum mismatch") as caught:
        checksums.verify(path, expected="0" * 64, where="https://x/file")

    assert "https://x/file" in str(caught.value)
    assert "0" * 64 in str(caught.value)
    assert actual in str(caught.value)
