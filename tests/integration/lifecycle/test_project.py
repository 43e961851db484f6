import pytest

from tests.integration.lifecycle.tiny import Tiny, run_of
from tests.integration.project import ProjectError
from tests.throwaway.engine import Engine, sweep


def test_all_that_a_project_has_is_there_while_it_runs_and_gone_afterwards(
    engine: Engine, tiny: Tiny
) -> None:
    with tiny.written().project(engine) as project:
        project.start()
        project.compose("run", "--detach", "tiny")
        while_it_runs = {what.partition(" ")[0] for what in engine.remains(project.mark)}
        containers = [what for what in engine.remains(project.mark) if what.startswith("container ")]

    assert while_it_runs == {"container", "network", "volume", "image"}
    assert len(containers) == 2
    assert engine.remains(project.mark) == []


def test_a_port_is_published_where_docker_chooses_on_loopback_only(engine: Engine, tiny: Tiny) -> None:
    with tiny.written().project(engine, publish={"tiny": 6379}) as project:
        project.start()
        [binding] = project.container("tiny").ports["6379/tcp"]

    assert binding["HostIp"] == "127.0.0.1"
    assert binding["HostPort"] != "6379"


def test_a_build_that_fails_is_told_with_its_last_lines_and_leaves_nothing(
    engine: Engine, tiny: Tiny
) -> None:
    tiny.written(dockerfile="RUN echo the compiler is missing >&2 && exit 3")
    before = {container.id for container in engine.client.containers.list(all=True, ignore_removed=True)}

    with (
        pytest.raises(ProjectError) as failed,
        tiny.project(engine) as project,
    ):
        project.start()

    assert "an image of tiny.yml cannot be built" in str(failed.value)
    assert "the compiler is missing" in str(failed.value)
    assert "→ after a change: docker compose --file tiny.yml build" in str(failed.value)
    assert engine.remains(project.mark) == []
    left = engine.client.containers.list(all=True, ignore_removed=True)
    assert [each.name for each in left if each.id not in before and "compiler" in str(each.attrs)] == []


def test_a_service_that_never_becomes_healthy_is_told_with_its_log_and_its_check(
    engine: Engine, tiny: Tiny
) -> None:
    check = {"test": ["CMD", "redis-cli", "-p", "1", "ping"], "interval": "100ms", "retries": 3}
    tiny.written(healthcheck=check)

    with (
        pytest.raises(ProjectError) as failed,
        tiny.project(engine) as project,
    ):
        project.start()

    assert "tiny is unhealthy; the last it logged:" in str(failed.value)
    assert "Ready to accept connections" in str(failed.value)
    assert "its health check said: Could not connect to Redis at 127.0.0.1:1" in str(failed.value)
    assert "→ docker compose --file tiny.yml up --build tiny" in str(failed.value)
    assert engine.remains(project.mark) == []


def test_a_service_that_ends_is_told_with_its_exit_code(engine: Engine, tiny: Tiny) -> None:
    tiny.written(command=["redis-server", "--no-such-setting", "1"])

    with (
        pytest.raises(ProjectError, match="tiny ended with code 1; the last it logged:"),
        tiny.project(engine) as project,
    ):
        project.start()


def test_two_runs_at_once_do_not_meet_and_a_sweep_leaves_the_living_alone(engine: Engine, tiny: Tiny) -> None:
    with (
        run_of(tiny.written()) as other,
        tiny.project(engine) as project,
    ):
        project.start()
        other.started()
        swept = sweep(engine)
        others = engine.remains(other.mark)

        assert not {other.mark.project, project.name} & set(swept)
        assert len(others) == len(engine.remains(project.mark)) == 4
