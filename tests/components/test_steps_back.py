"""Why a plan goes back although nobody asked for it."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.steps_back import tell_when_back
from model.release import Release

KEPT = Release(version="v1.0.0", images={})


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)
    return said


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function that the engine calls before the app tier changes, a preview included."""
    hooks: list[Any] = []

    def hook(name: str, callback: Any, options: pulumi.ResourceHookOptions) -> Any:
        assert options.on_dry_run
        hooks.append(callback)
        return SimpleNamespace(name=name)

    monkeypatch.setattr("pulumi.ResourceHook", hook)
    options = tell_when_back(stack="staging", release=KEPT)
    assert options.hooks is not None
    return lambda declared: hooks[0](SimpleNamespace(old_inputs=declared))


def test_a_release_that_did_not_finish_is_named_with_the_way_forward(tell: Any, warnings: list[str]) -> None:
    tell({"tier": "app", "release": "v1.1.0"})

    assert "staging goes back from v1.1.0 to v1.0.0" in warnings[0]
    assert "RELEASE=v1.1.0 pulumi up --refresh --stack staging" in warnings[0]


@pytest.mark.parametrize("declared", [{"release": "v1.0.0"}, {"release": None}, {}, None])
def test_nothing_is_said_when_the_release_stays(tell: Any, warnings: list[str], declared: Any) -> None:
    tell(declared)

    assert warnings == []
