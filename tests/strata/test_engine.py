import os
import shutil
import subprocess
from pathlib import Path

import pytest

from strata import engine
from strata.errors import EngineError, NotThere
from strata.previews.stacks import PulumiStacks, of
from strata.project import Project
from tests.strata.conftest import ROOT, Here

REAL = shutil.which("pulumi") or shutil.which("pulumi", path=str(ROOT / ".toolchain" / "bin"))


def project(here: Here) -> Project:
    return Project.find({}, start=here.folder)


def test_without_pulumi_the_way_to_get_it_is_named(here: Here) -> None:
    with pytest.raises(EngineError, match="pulumi is not on PATH"):
        engine.stacks(project(here), {"PATH": str(here.folder)})


def test_v1_pulumis_error_is_shown_without_what_it_echoes(here: Here) -> None:
    (here.bin / "pulumi").write_text(
        "#!/bin/sh\necho 'error: bad passphrase canary-word at s3' >&2\nexit 255\n"
    )

    with pytest.raises(EngineError) as caught:
        engine.stacks(project(here), {**os.environ, "PULUMI_CONFIG_PASSPHRASE": "canary-word"})

    assert "bad passphrase *** at s3" in str(caught.value)


def test_without_a_backend_the_way_to_say_one_is_named(here: Here) -> None:
    """The engine asks for a token of Pulumi Cloud, wanted or not (measured 2026-11-23)."""
    said = "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions"
    (here.bin / "pulumi").write_text(f"#!/bin/sh\necho 'error: {said}' >&2\nexit 3\n")

    with pytest.raises(EngineError, match="Next: say where the state lives: `pulumi login <backend>`"):
        engine.stacks(project(here))


def test_an_answer_that_is_no_json_is_told(here: Here) -> None:
    (here.bin / "stacks.json").write_text("a new version is available")

    with pytest.raises(EngineError, match="did not answer with JSON"):
        engine.stacks(project(here))


@pytest.mark.skipif(REAL is None, reason="the engine is not here; `make toolchain` provides it")
def test_the_real_engines_answers_are_understood(here: Here, tmp_path: Path) -> None:
    assert REAL is not None
    state = tmp_path / "state"
    state.mkdir()
    env = {
        "PATH": f"{Path(REAL).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "pulumi"),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    at = project(here)
    subprocess.run([REAL, "stack", "init", "pr-3"], cwd=here.folder, env=env, check=True, capture_output=True)

    (found,) = engine.stacks(at, env)

    assert (found.name, found.busy) == ("pr-3", False)
    assert engine.outputs(at, "pr-3", env) == {}
    assert engine.last_update(at, "pr-3", env) is None
    with pytest.raises(NotThere, match="There is no stack staging"):
        engine.outputs(at, "staging", env)


@pytest.mark.skipif(REAL is None, reason="the engine is not here; `make toolchain` provides it")
def test_p6_a_place_is_taken_once_and_given_back(here: Here, tmp_path: Path) -> None:
    assert REAL is not None
    env = {
        "PATH": f"{Path(REAL).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "pulumi"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    stacks = PulumiStacks(project=project(here), env=env)

    assert stacks.reserve(of(3))
    assert not stacks.reserve(of(3))
    assert stacks.numbers() == {3}
    assert stacks.commit(of(3)) is None
    assert stacks.commit(of(4)) is None
    stacks.give_back(of(3))
    assert stacks.numbers() == frozenset()


def test_p9_only_the_names_of_previews_are_previews(here: Here) -> None:
    here.stacks(
        {name: {} for name in ("staging", "production", "local", "ci", "pr-12", "pr-0", "pr-012", "x")}
    )

    assert PulumiStacks(project=project(here), env=os.environ).numbers() == {12}


def test_the_real_engine_says_where_the_state_is_when_the_environment_does_not(
    here: Here, tmp_path: Path
) -> None:
    """`pulumi login` remembers it in PULUMI_HOME; with PULUMI_BACKEND_URL nobody is asked."""
    assert REAL is not None
    state = tmp_path / "state"
    state.mkdir()
    env = {**os.environ, "PATH": f"{Path(REAL).parent}:/usr/bin:/bin", "PULUMI_HOME": str(tmp_path / "home")}
    subprocess.run(
        [REAL, "login", f"file://{state}"], env=env, cwd=here.folder, check=True, capture_output=True
    )

    assert engine.backend(project(here), env) == f"file://{state}"
    assert engine.backend(project(here), {"PULUMI_BACKEND_URL": "s3://bucket"}) == "s3://bucket"
