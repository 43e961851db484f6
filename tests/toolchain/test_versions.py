import pytest

from toolchain import pins, versions
from toolchain.versions import Version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.250.0", (3, 250, 0)),
        ("go1.26.8", (1, 26, 8)),
        ("go1.26", (1, 26, 0)),
        ("uv 0.13.9 (x86_64-unknown-linux-gnu)", (0, 13, 9)),
    ],
)
def test_a_program_s_answer_is_read(text: str, version: Version) -> None:
    assert versions.parse(text) == version


@pytest.mark.parametrize("text", ["", "unknown", "v3.250.0-alpha.1", "go1.27rc1"])
def test_no_version_and_a_pre_release_are_unknown(text: str) -> None:
    assert versions.parse(text) is None


@pytest.mark.parametrize(
    ("version", "taken"),
    [
        ((3, 249, 9), False),
        ((3, 250, 0), True),
        ((3, 251, 0), True),
        ((3, 999, 0), True),
        ((4, 0, 0), False),
        (None, False),
    ],
)
def test_an_engine_is_taken_from_3_250_up_to_the_next_major(version: Version | None, taken: bool) -> None:  # noqa: FBT001
    assert versions.within(version, least=pins.PULUMI_LEAST, below=pins.PULUMI_BELOW) is taken
