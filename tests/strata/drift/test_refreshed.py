"""What is read of the engine's events; `tests/e2e/test_drift_issue.py` has the real ones."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from strata.drift.refreshed import Moved, refreshed
from strata.errors import EngineError
from strata.project import Project

CANARY = "canary-0f9d2c"
ENGINE = """#!/bin/sh
# Keeps its words and environment, writes the events beside it where it is told to, ends as it is told to.
here=$(dirname "$0")
echo "$*" > "$here/words"
env > "$here/environment"
while [ $# -gt 1 ]; do shift; done
cp "$here/events" "$1"
cat "$here/stderr" >&2
exit "$(cat "$here/code")"
"""


class Engine:
    """A stand-in for `pulumi`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = folder / "pulumi"
        script.write_text(ENGINE)
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.env = {"PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"}
        self.says()

    def says(self, *events: Any, code: int = 0, stderr: str = "") -> None:
        (self.folder / "events").write_text("\n".join(json.dumps(one) for one in events) + "\ncut o")
        (self.folder / "code").write_text(str(code))
        (self.folder / "stderr").write_text(stderr)

    def look(self, **env: str) -> tuple[Moved, ...]:
        project = Project(folder=self.folder, name="finance-report")
        return refreshed(project, "staging", env={**self.env, **env})


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine(tmp_path)
    monkeypatch.setenv("PATH", made.env["PATH"])
    return made


def output(name: str, op: str, *, kind: str = "dynamic/dokploy:Compose", **more: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:staging::finance-report::x$y::{name}"
    return {"resOutputsEvent": {"metadata": {"op": op, "urn": urn, "type": kind, **more}}}


def error(text: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": "error", "message": text}}


def test_a_stack_that_is_as_it_was_has_not_moved(engine: Engine) -> None:
    engine.says(output("staging-network", "same"), {"summaryEvent": {}})

    assert engine.look() == ()
    words = (engine.folder / "words").read_text()
    assert words.startswith("refresh --stack staging --preview-only --expect-no-changes --non-interactive")


def test_v1_what_differs_is_named_and_its_values_are_not(engine: Engine) -> None:
    engine.says(
        output(
            "staging-app-compose",
            "update",
            old={"outputs": {"env": "A='1'", "name": "x", "__provider": "a"}},
            new={"outputs": {"env": f"A='{CANARY}'", "name": "x", "__provider": "b"}},
        ),
        code=7,
    )

    (moved,) = engine.look()

    assert str(moved) == "staging-app-compose (Compose) differs: env"
    assert CANARY not in repr(moved)


def test_what_a_provider_lists_counts_too(engine: Engine) -> None:
    engine.says(
        output(
            "gate", "update", kind="github:x:RepositoryEnvironment", diffs=["waitTimer", "reviewers[0].users"]
        ),
        code=7,
    )

    assert str(engine.look()[0]) == "gate (RepositoryEnvironment) differs: reviewers, waitTimer"


def test_what_does_not_exist_any_more_is_told_as_gone_in_the_order_of_names(engine: Engine) -> None:
    engine.says(
        output("b", "delete"), output("a", "delete"), output("p", "update", kind="pulumi:providers:x")
    )

    assert [str(one) for one in engine.look()] == ["a (Compose) is gone", "b (Compose) is gone"]


def test_g4_an_engine_that_could_not_look_found_no_drift_and_says_why(engine: Engine) -> None:
    engine.says(
        output("staging-app-compose", "update"),
        error("Preview failed: a.b.ServerFault: Dokploy is unwell; the first error says more. Next: x"),
        error("Preview failed: a.b.ServerFault: Dokploy answered 503. Next: run it again."),
        error("preview failed"),
        code=1,
    )

    with pytest.raises(
        EngineError, match=r"could not look at staging: Dokploy answered 503\. Next: `pulumi"
    ) as said:
        engine.look()

    assert str(said.value).count("Next:") == 1


def test_before_its_first_event_the_engine_has_only_standard_error(engine: Engine) -> None:
    engine.says(code=6, stderr="error: no stack named 'staging' found\n")

    with pytest.raises(EngineError, match="no stack named 'staging' found"):
        engine.look()


def test_v1_what_this_process_holds_is_in_no_message(engine: Engine) -> None:
    engine.says(error(f"GET https://x?token={CANARY}: 500"), code=1)

    with pytest.raises(EngineError) as said:
        engine.look(VAULT_TOKEN=CANARY)

    assert CANARY not in str(said.value)


def test_the_engine_looks_with_the_token_that_was_minted_for_it(engine: Engine) -> None:
    engine.look(GITHUB_TOKEN="the job's", STRATA_GITHUB_TOKEN="minted")

    assert "GITHUB_TOKEN=minted\n" in (engine.folder / "environment").read_text()


def test_without_pulumi_it_says_how_to_have_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineError, match="make toolchain"):
        refreshed(Project(folder=tmp_path, name="x"), "staging", env={"PATH": str(tmp_path)})
