import pytest

from tests.sandbox.hosts import Host

WEB = "services: {web: {build: .}}"
DOCKERFILE = """\
FROM docker.io/library/python:3.13 AS base
LABEL base=gone
FROM base
ARG GIT_COMMIT=unknown
LABEL org.opencontainers.image.title="web" \\
      org.opencontainers.image.revision="${GIT_COMMIT}"
ENV A=1
COPY src/ ./
RUN make
CMD ["x"]
"""
FILES = {"Dockerfile": DOCKERFILE, "src/main.py": "x\n"}


def build(args: str = "{}") -> str:
    return f"services: {{web: {{build: {{context: ., args: {args}}}}}}}"


def image(host: Host, name: str = "app-web:latest") -> dict[str, object]:
    return next(row for row in host.docker.images() if name in row["RepoTags"])


def test_an_image_is_built_from_source_and_named_after_the_service(host: Host) -> None:
    done = host.up("app", build("{GIT_COMMIT: abc}"), files=FILES)

    assert done.code == 0
    assert [line for line in done.lines if "Image" in line] == [
        " Image app-web Building ",
        " Image app-web Built ",
    ]
    assert host.container("app-web-1")["Config"]["Image"] == "app-web"
    assert host.container("app-web-1")["Image"] == image(host)["Id"]
    assert "A=1" in host.container("app-web-1")["Config"]["Env"]


def test_the_log_reads_as_buildkits(host: Host) -> None:
    done = host.up("app", build(), files=FILES)

    assert "#1 [web internal] load build definition from Dockerfile" in done.lines
    assert "#4 [web 3/4] COPY src/ ./" in done.lines
    assert "#5 [web 4/4] RUN make" in done.lines
    assert "#6 [web] exporting to image" in done.lines


def test_the_images_labels_are_those_of_the_last_stage_with_its_arguments(host: Host) -> None:
    host.up("app", build("{GIT_COMMIT: abc}"), files=FILES)

    assert image(host)["Labels"] == {
        "org.opencontainers.image.title": "web",
        "org.opencontainers.image.revision": "abc",
        "com.docker.compose.project": "app",
        "com.docker.compose.service": "web",
    }


def test_arguments_say_how_the_container_behaves(host: Host) -> None:
    args = "{SANDBOX_BEHAVIOUR: exits, SANDBOX_SERVED_COMMIT: other, SANDBOX_PRINTS: canary, GIT_COMMIT: abc}"

    done = host.up("app", build(args), files={"Dockerfile": "FROM scratch\nRUN make\n"})

    labels = host.container("app-web-1")["Config"]["Labels"]
    assert labels["org.opencontainers.image.revision"] == "abc"
    assert labels["strata.sandbox.served-commit"] == "other"
    assert [line for line in done.lines if "canary" in line] == ["#3 0.100 canary", "web-1  | canary"]
    assert host.states("app") == {"app-web-1": "Exited (1) Less than a second ago"}


def test_a_dockerfile_may_say_it_by_default(host: Host) -> None:
    host.up("app", WEB, files={"Dockerfile": "FROM scratch\nARG SANDBOX_BEHAVIOUR=exits\n"})

    assert host.states("app") == {"app-web-1": "Exited (1) Less than a second ago"}


def test_a_build_may_fail_after_it_said_something(host: Host) -> None:
    host.up("app", WEB, files={"Dockerfile": "FROM scratch\n"})
    before = host.container("app-web-1")["Id"]

    done = host.up(
        "app",
        build("{SANDBOX_BEHAVIOUR: fails-build, SANDBOX_PRINTS: canary}"),
        files={"Dockerfile": "FROM scratch\nRUN make\n"},
    )

    assert done.code == 1
    assert "#3 0.100 canary" in done.lines
    assert done.lines[-1] == (
        'target web: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 1'
    )
    assert host.container("app-web-1")["Id"] == before


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        (WEB, {}, "failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory"),
        (
            WEB,
            {"Dockerfile": "FROM scratch\nCOPY gone /x\n"},
            (
                "target web: failed to solve: failed to compute cache key: failed to calculate checksum of"
                ' ref: "/gone": not found'
            ),
        ),
        (
            "services: {web: {build: ../other}}",
            {},
            'unable to prepare context: path "../other" lies outside of the deployed folder',
        ),
        (
            "services: {web: {build: 'https://example.invalid/repo.git#abc'}}",
            {},
            (
                "unable to prepare context: the sandbox's Docker fetches no URL:"
                " https://example.invalid/repo.git#abc"
            ),
        ),
    ],
)
def test_what_cannot_be_built_stops_it(host: Host, text: str, files: dict[str, str], said: str) -> None:
    done = host.up("app", text, files=files)

    assert (done.code, done.lines[-1]) == (1, said)


def test_a_missing_context_is_named(host: Host) -> None:
    done = host.up("app", "services: {web: {build: ./apps/web}}")

    assert done.lines[-1] == f'unable to prepare context: path "{host.root}/app/apps/web" not found'


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        ({}, False),
        ({"src/main.py": "y\n"}, True),
        ({"src/new.py": "x\n"}, True),
        ({"Dockerfile": DOCKERFILE + "USER 1\n"}, True),
        ({".git/index": "other"}, False),
        ({"notes/x.md": "other"}, False),
        ({"deep/node_modules/x.js": "other"}, False),
    ],
)
def test_only_a_change_of_what_is_built_makes_a_new_container(
    host: Host,
    change: dict[str, str],
    rebuilt: bool,  # noqa: FBT001  # a table's column
) -> None:
    ignore = {".dockerignore": "# no notes\nnotes/\n**/node_modules\n"}
    host.up("app", WEB, files={**FILES, **ignore})
    before = host.container("app-web-1")["Id"]

    host.up("app", WEB, files={**FILES, **ignore, **change})

    assert (host.container("app-web-1")["Id"] != before) is rebuilt


def test_what_is_let_in_again_belongs_to_the_context(host: Host) -> None:
    host.up("app", WEB, files={**FILES, ".dockerignore": "*\n!src\n!Dockerfile\n"})

    assert host.container("app-web-1")["Id"]


def test_a_rebuild_leaves_the_former_image_without_a_name(host: Host) -> None:
    host.up("app", WEB, files=FILES)
    host.up("app", WEB, files={**FILES, "src/main.py": "y\n"})

    assert [row["RepoTags"] for row in host.docker.images()] == [[], ["app-web:latest"]]


def test_without_build_an_image_that_is_there_is_taken(host: Host) -> None:
    host.up("app", WEB, files=FILES)
    folder = host.folder("app", WEB, {"src/main.py": "y\n"})

    done = host.run("compose", "-p", "app", "up", "-d", cwd=folder)

    assert done.lines == [" Container app-web-1 Running "]


def test_paths_are_taken_from_the_compose_files_folder(host: Host) -> None:
    folder = host.folder(
        "app", "", {"deploy/compose.yml": WEB.replace(".", "../web"), "web/Dockerfile": "FROM x\n"}
    )

    done = host.run("compose", "-p", "app", "-f", "deploy/compose.yml", "up", "-d", cwd=folder)

    assert done.code == 0


def test_the_dockerfile_may_stand_in_the_compose_file(host: Host) -> None:
    text = 'services: {web: {build: {context: ., dockerfile_inline: "FROM scratch\\nLABEL a=b"}}}'

    host.up("app", text)

    assert host.container("app-web-1")["Config"]["Labels"]["a"] == "b"


def test_building_takes_its_pace(host: Host) -> None:
    host.world.pace.build = 60

    folder = host.folder("app", WEB, FILES)

    with pytest.raises(TimeoutError):
        host.run("compose", "-p", "app", "up", "-d", cwd=folder, patience=0.1)
