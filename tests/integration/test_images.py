import pytest

from tests.integration.services import Services

each_image = pytest.mark.parametrize("service", ["backend", "frontend"])


@each_image
def test_the_image_names_the_commit_and_the_version_it_was_built_from(
    service: str, services: Services
) -> None:
    labels = services.project.container(service).image.labels

    assert labels["org.opencontainers.image.title"] == f"finance-report-{service}"
    assert labels["org.opencontainers.image.revision"] == services.commit
    assert labels["org.opencontainers.image.version"] == services.version


@each_image
def test_the_container_runs_as_a_user_without_rights(service: str, services: Services) -> None:
    status = services.project.execute(service, "cat", "/proc/self/status")
    rights = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)

    assert services.project.container(service).attrs["Config"]["User"] == "10001:10001"
    assert set(rights["Uid"].split()) == set(rights["Gid"].split()) == {"10001"}
    assert int(rights["CapEff"], 16) == 0


@each_image
def test_the_container_cannot_change_its_own_program(service: str, services: Services) -> None:
    words = ["find", "/app", "/venv", "-writable", "-not", "-type", "l"]
    found = services.project.container(service).exec_run(words).output.decode()

    assert [line for line in found.splitlines() if "No such file" not in line] == []


@each_image
def test_a_build_tool_is_not_part_of_the_image(service: str, services: Services) -> None:
    tools = {"backend": "/venv/bin/pip", "frontend": "/app/node_modules/.bin/tsc"}
    there = services.project.container(service).exec_run(["test", "-e", tools[service]]).exit_code

    assert there == 1
