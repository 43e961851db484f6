import json
from pathlib import Path
from typing import Any

import pytest

from strata.dockerlogin import auth_of, drop, keep
from strata.registrylogin import credentials


def config(folder: Path, content: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_the_login_is_found_where_docker_looks_and_others_stay(tmp_path: Path) -> None:
    there = config(tmp_path / "own", {"auths": {"docker.io": {"auth": "x"}}, "proxies": {}})

    folder = keep(
        {"DOCKER_CONFIG": str(there), "RUNNER_TEMP": str(tmp_path)},
        host="ghcr.io",
        auth=auth_of("bot", "word"),
    )

    env = {"DOCKER_CONFIG": str(folder)}
    assert (credentials(env, "ghcr.io"), credentials(env, "docker.io")) == (auth_of("bot", "word"), "x")
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["proxies"] == {}


def test_v1_only_the_jobs_user_may_read_it(tmp_path: Path) -> None:
    folder = keep({"RUNNER_TEMP": str(tmp_path), "HOME": str(tmp_path)}, host="ghcr.io", auth="a")

    assert [path.stat().st_mode & 0o077 for path in (folder, folder / "config.json")] == [0, 0]


def test_a_helper_program_does_not_answer_for_the_registry(tmp_path: Path) -> None:
    helped = {"credsStore": "desktop", "credHelpers": {"ghcr.io": "gh", "other.io": "o"}}
    home = config(tmp_path / "home" / ".docker", helped).parent

    folder = keep({"RUNNER_TEMP": str(tmp_path), "HOME": str(home)}, host="ghcr.io", auth="a")

    assert credentials({"DOCKER_CONFIG": str(folder)}, "ghcr.io") == "a"
    assert json.loads((folder / "config.json").read_text())["credHelpers"] == {"other.io": "o"}


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_configuration_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, encoding="utf-8")

    folder = keep({"DOCKER_CONFIG": str(tmp_path), "RUNNER_TEMP": str(tmp_path)}, host="ghcr.io", auth="a")

    assert credentials({"DOCKER_CONFIG": str(folder)}, "ghcr.io") == "a"


def test_dropping_removes_our_folder_and_says_what_was_before(tmp_path: Path) -> None:
    folder = keep({"DOCKER_CONFIG": "/before", "RUNNER_TEMP": str(tmp_path)}, host="ghcr.io", auth="a")

    assert drop({"DOCKER_CONFIG": str(folder)}) == "/before"
    assert not folder.exists()


def test_a_folder_of_somebody_else_is_not_removed(tmp_path: Path) -> None:
    there = config(tmp_path / "own", {})

    assert [drop({"DOCKER_CONFIG": str(there)}), drop({}), drop({"DOCKER_CONFIG": ""})] == [None] * 3
    assert there.is_dir()
