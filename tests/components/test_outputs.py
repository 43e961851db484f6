"""What other runs put out."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.outputs import LOOKS, PAUSE, Outputs, read_outputs
from model.errors import ReleaseError

RECORD = {
    "version": "v1.0.0",
    "commit": "c" * 40,
    "images": {"backend": "ghcr.io/o/b:v1.0.0@sha256:" + "a" * 64},
    "time": "2026-11-20T08:00:00Z",
}


class Engine:
    def __init__(self, answer: dict[str, Any] | str, *, first: tuple[str, ...] = ()) -> None:
        self.answer = answer
        self.first = list(first)
        self.asked: list[dict[str, str]] = []

    def invoke(self, token: str, arguments: dict[str, str]) -> SimpleNamespace:
        assert token == "pulumi:pulumi:readStackOutputs"
        self.asked.append(arguments)
        if self.first:
            raise Exception(self.first.pop(0))  # noqa: TRY002 - as the SDK does
        if isinstance(self.answer, str):
            raise Exception(self.answer)  # noqa: TRY002, TRY004 - as the SDK does
        return SimpleNamespace(value={"outputs": self.answer})


def engine(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | str, *, first: tuple[str, ...] = ()
) -> Engine:
    made = Engine(answer, first=first)
    monkeypatch.setattr(
        "components.outputs.pulumi",
        SimpleNamespace(
            runtime=made,
            RunError=pulumi.RunError,
            get_organization=lambda: "organization",
            get_project=lambda: "finance-report",
        ),
    )
    return made


def test_a_stack_is_asked_for_by_its_full_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = engine(monkeypatch, {}).asked

    read_outputs("staging")

    assert asked == [{"name": "organization/finance-report/staging"}]


def test_a_stack_that_does_not_exist_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, 'returned an error: unknown stack "organization/finance-report/staging"')

    assert read_outputs("staging") is None


def test_a_backend_that_cannot_be_asked_is_not_a_missing_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, "invoke failed:\ncould not open bucket: 403 Forbidden")

    with pytest.raises(pulumi.RunError, match="could not open bucket: 403 Forbidden"):
        read_outputs("staging")


@pytest.mark.parametrize(
    "text", ["failed to load checkpoint: EOF", "load checkpoint: unexpected end of JSON input"]
)
def test_a_checkpoint_that_is_being_written_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    waited: list[float] = []
    engine(monkeypatch, {"release": RECORD}, first=(text, text))

    found = read_outputs("staging", sleep=waited.append)

    assert found is not None
    assert found.running is not None
    assert waited == [PAUSE, PAUSE]


def test_a_checkpoint_that_stays_broken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = engine(monkeypatch, "failed to load checkpoint: EOF").asked

    with pytest.raises(pulumi.RunError, match="failed to load checkpoint: EOF"):
        read_outputs("staging", sleep=lambda _: None)

    assert len(asked) == LOOKS


def test_a_stack_that_never_finished_has_empty_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, {})

    assert read_outputs("staging") == Outputs()


def test_what_runs_and_what_was_verified_is_read() -> None:
    outputs = Outputs.parse({"release": RECORD, "verifiedReleases": [RECORD], "dataImages": {"redis": "r"}})

    assert outputs.running is not None
    assert outputs.running.version == "v1.0.0"
    assert [one.commit for one in outputs.verified] == ["c" * 40]
    assert outputs.data_images == {"redis": "r"}


def test_a_release_that_failed_leaves_no_running_one() -> None:
    assert Outputs.parse({"release": None}).running is None


def test_a_record_of_another_shape_is_refused() -> None:
    with pytest.raises(ReleaseError, match="not readable"):
        Outputs.parse({"release": {"version": "v1.0.0"}})
