"""The emulator against what the real server was recorded to answer.

The recordings lie beside the checkout and are no part of it: without them these tests are skipped.
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox.dokploy import create_app, keys, seed_key, yaml12
from sandbox.dokploy.state import State
from sandbox.engine.protocol import Log
from sandbox.world import World
from tests.sandbox.dokploy.git_server import GitServer, Repository
from tests.sandbox.dokploy.recorded import Row, load
from tests.sandbox.dokploy.replay import Replay
from tests.sandbox.dokploy.stubs import YesDocker

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "dokploy"

FIRST, SECOND = "recording-0.30.2.jsonl", "recording-0.30.2-b.jsonl"
MEMBER = "9puWV9gJlCs1Jib4mZlPw"  # the second recording's member

# Which key sent what: the recordings do not say it, the answers do.
_OTHERS: Mapping[str, Sequence[tuple[str, int, int]]] = {
    FIRST: (("member", 663, 668), ("member", 670, 676), ("created", 682, 682)),
    SECOND: (
        ("created", 621, 666),
        ("member", 667, 677),
        ("member", 679, 689),
        ("bare", 1233, 1234),
        ("dead", 1243, 1243),
        ("created", 1363, 1364),
        ("outsider", 1378, 1400),
        ("outsider", 1402, 1411),
        ("member", 1414, 1421),
        ("member", 1423, 1424),
    ),
}

EXCLUDED: Mapping[str, Mapping[int, str]] = {
    FIRST: {
        692: "shows a server made by server.create, which the emulator does not have",
    },
    SECOND: {
        649: "docker inspect of a container: the Docker host's answer, passed on as it is",
        1423: "docker inspect of a container: the Docker host's answer, passed on as it is",
        801: "shows backups, which the emulator does not have",
        838: "shows backups, which the emulator does not have",
        863: "shows backups, which the emulator does not have",
        319: "the vault had been sealed by hand",
        1236: "a role that needs a licence",
        1237: "a role that needs a licence",
        1242: "removes a user whose making was left out",
        1311: "shows a record that a restart cancelled, which was left out",
        1336: "shows that a domain is gone, whose removal was left out",
        1363: "shows a project whose making was left out",
        1364: "removes a project whose making was left out",
    },
}


@dataclass
class RecordedDocker(YesDocker):
    """Says no where the recorded host did: a wrong password, a network that is there or in use."""

    used: dict[str, set[str]] = field(default_factory=dict)
    existing: set[str] = field(default_factory=lambda: {"dokploy-network"})
    failing: bool = False

    def fail_next(self, fails: bool) -> None:  # noqa: FBT001  # the replay's one question
        self.failing = fails

    async def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        if argv[0] == "network":
            return self._network(argv[1], argv[-1], log)
        app = argv[argv.index("-p") + 1] if "-p" in argv else argv[-1]
        if {"--build", "deploy", "pull"} & set(argv) and self.failing:
            self.failing = False
            log("what Docker said")
            return 1
        if "up" in argv:
            document = yaml12.load((cwd / argv[argv.index("-f") + 1]).read_text())
            self.used[app] = set(document.get("networks") or ())
            gone = self.used[app] - self.existing
            if "--build" not in argv and "dk-shared-2" in gone:
                log("Error response from daemon: Could not attach to network")
                return 1
        if "stop" in argv or "down" in argv:
            self.used.pop(app, None)
        return await super().run(argv, cwd=cwd, env=env, log=log)

    def networks(self) -> list[Row]:
        subnet = {"Config": [{"Subnet": "192.168.64.0/20"}]}
        shown = {"Driver": "bridge", "Internal": False, "Attachable": False, "IPAM": subnet}
        return [{"Name": name, **shown} for name in sorted({*self.existing, "vlt_default"})]

    def _network(self, verb: str, name: str, log: Log) -> int:
        if verb == "create" and name in self.existing:
            log(f"Error response from daemon: network with name {name} already exists")
            return 1
        if verb == "rm" and any(name in names for names in self.used.values()):
            log(f"Error response from daemon: error while removing network: {name} has active endpoints")
            return 1
        (self.existing.add if verb == "create" else self.existing.discard)(name)
        return 0


_ROW = {"containerId": "0" * 12, "name": "web", "state": "running", "status": "Up 1 second"}
_TASK = {"containerId": "0" * 25, "name": "web.1", "state": "running", "node": "vm"}
_HOST: dict[str, list[Row]] = {
    "docker-compose": [_ROW],
    "stack": [{**_ROW, "node": "vm"}],
    "tasks": [{**_TASK, "currentState": "Running 1 second ago", "error": ""}],
    "table": [{"id": "0" * 64, "name": "web", "image": "dk/app:1", "state": "running", "exit_code": 0}],
}


def docker() -> RecordedDocker:
    said = "Error response from daemon: login attempt failed with status: 401 Unauthorized"
    return RecordedDocker(refuse={"-p bad": said}, rows=_HOST)


def vault(calls: Sequence[Row]) -> Callable[[httpx.Request], httpx.Response]:
    """The secret managers that the recorded server talked to."""
    texts = [str(call["req"].get("env")) for call in calls if isinstance(call["req"], dict)]
    named = {match[1] for text in texts for match in re.finditer(r":([^:{}]+)\}\}", text)}
    fields = dict.fromkeys(named - {"nul", "NOPE", "missing", "obj.a"}, "x") | {"tpl": "${{project.FOO}}"}
    statuses = {
        "/app/": 500,
        "/data/data/": 403,
        "/data/secret/": 403,
        "/nope/": 404,
        "/kv1/": 404,
        "/x%3Aa": 404,
        "%3Fversion": 404,
        "/del": 404,
    }

    def answer(request: httpx.Request) -> httpx.Response:
        token, path = request.headers["x-vault-token"], request.url.raw_path.decode()
        if request.url.port in (1, 9) or request.url.host == "vault.invalid":
            raise httpx.ConnectError("refused")
        if request.url.port == 8299:
            raise httpx.ReadTimeout("silent")
        if path.endswith("lookup-self"):
            return httpx.Response(403 if token in ("wrong", "bad", "s.fr_min", "s.exp") else 200)
        wrong = [
            status
            for part, status in statuses.items()
            if part in f"{path}/"[: None if "app/" in path else -1]
        ]
        status = 403 if token == "s.exp" else next(iter(wrong), 200)
        return httpx.Response(status, json={"data": {"data": fields}})

    return answer


def repositories(server: GitServer) -> Callable[[Row], None]:
    """Make the repositories, and point requests to them."""
    files = {
        "docker-compose.yml": "services:\n  web:\n    build: .\n",
        "deploy/compose.yml": "services: {web: {}}\n",
    }
    branches = ("feature/x-1", "rel_1.2", "a+b@c", "fix#12", "we'ird", "sp$ace")
    for name in ("srv.git", "app.git"):
        repository = Repository(server.root / name)
        repository.commit(files, "first commit")
        repository.point(*(f"refs/heads/{branch}" for branch in branches), "refs/tags/v1.0", "refs/tags/v1.1")

    def rewrite(call: Row) -> None:
        sent = call["req"] if isinstance(call["req"], dict) else {}
        if str(sent.get("customGitUrl", "")).startswith("http"):
            sent["customGitUrl"] = server.url(sent["customGitUrl"].rpartition("/")[2])
        config = sent.get("config") or {}
        if config.get("token") == "s.<vault token>":
            config["token"] = f"s.{sent['name']}"

    return rewrite


async def _left_out(replay: Replay) -> None:
    """What the second recording's member may do, as user.one shows it later, and two changed descriptions."""
    await replay.do("project.update", projectId=replay.known["MK3e8CLSOpi91cs004soQ"], description="m")
    compose = replay.known["-KW84GXfy3A4GuIHGFUZs"]
    await replay.do("compose.update", composeId=compose, description="changed by org2 admin")
    lists = {"accessedProjects": ["MK3e8CLSOpi91cs004soQ"], "accessedEnvironments": ["SpxTalDhkurQJejYMXcUF"]}
    lists |= {
        "accessedServices": ["-KW84GXfy3A4GuIHGFUZs"],
        "accessedGitProviders": [],
        "accessedServers": [],
    }
    may = {
        "canCreateProjects",
        "canCreateServices",
        "canAccessToDocker",
        "canAccessToAPI",
        "canCreateEnvironments",
    }
    await replay.do(
        "user.assignPermissions",
        id=replay.known[MEMBER],
        **{name: [replay.known[key] for key in listed] for name, listed in lists.items()},
        **{name: name in may for name in keys.PERMISSIONS},
    )


def _outsider(world: World) -> None:
    """Another person with another organization."""
    state = State(world.store, root=world.root, now=world.now)
    user = keys.add_user(state, "outsider@example.com")
    organization = keys.add_organization(state, "Elsewhere", owner_id=user["id"], slug=None)
    wanted = {"name": "outsider", "rateLimitEnabled": False}
    ids = {"user_id": user["id"], "organization_id": organization["id"]}
    keys.add_key(state, "outsider-key", **ids, wanted=wanted)


async def _keys(replay: Replay) -> None:
    """The keys that the first recording's owner had before."""
    organization = replay.app.state.server.state.member.where(role="owner")[0]["organizationId"]
    for name, more in (("exp", {"prefix": "dk_", "expiresIn": 86_400}), ("default-key", {})):
        made = await replay.do(
            "user.createApiKey", name=name, metadata={"organizationId": organization}, **more
        )
        if name == "default-key":
            replay.known["meisYCaCfv3ZY5N11bn2yKohSUSuQvMW"] = made["id"]


@dataclass(frozen=True)
class Reached:
    """What a recording's replay has reached; it may rise and not fall."""

    played: int  # calls of procedures that the emulator has, without the excluded ones
    alike: float  # share of them with the same status and the same shape
    worded: float  # share of them where states, codes and messages are the same as well


REACHED = {
    FIRST: Reached(played=969, alike=1.0, worded=0.97),
    SECOND: Reached(played=1226, alike=1.0, worded=0.935),
}


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_the_emulator_answers_as_the_recorded_server_did(
    name: str,
    world: World,
    git_server: GitServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = RECORDINGS / name
    if not path.exists():
        pytest.skip("the recordings of the real server are not here (../shared/dokploy)")
    monkeypatch.setattr("sandbox.dokploy.queue._FROZEN_LOOK", 0.001)
    calls = load(path)

    replay = _replay(name, calls, world, git_server)
    asyncio.run(replay.play(calls, excluded=EXCLUDED[name]))

    unlike, reworded = len(replay.unlike), len(replay.unlike) + len(replay.wording)
    alike, worded = 1 - unlike / replay.played, 1 - reworded / replay.played
    with capsys.disabled():
        print(  # noqa: T201  # the figure is the point of this test
            f"\n{name}: {replay.played} calls played, {replay.played - unlike} alike ({alike:.1%}),"
            f" {worded:.1%} in words too; {len(EXCLUDED[name])} excluded,"
            f" {sum(replay.skipped.values())} of {len(replay.skipped)} procedures that are not here"
        )
    for index, procedure, where in (*replay.unlike, *replay.wording):
        print(index, procedure, *where, sep="\n    ")  # noqa: T201  # shown when the test fails, or with -rP
    reached = REACHED[name]
    assert replay.played >= reached.played
    assert alike >= reached.alike, replay.unlike
    assert worded >= reached.worded


def _replay(name: str, calls: Sequence[Row], world: World, git_server: GitServer) -> Replay:
    ticks = itertools.count()
    world.now = lambda: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(milliseconds=next(ticks))
    seed_key(world, "owner-key")
    member = seed_key(world, "member-key", role="member")
    seed_key(world, "bare-key", role="bare")
    _outsider(world)
    host = docker()

    def actor_of(index: int) -> str:
        return next((who for who, first, last in _OTHERS[name] if first <= index <= last), "owner")

    return Replay(
        app=create_app(world, host, vault_transport=httpx.MockTransport(vault(calls))),
        world=world,
        actors={who: f"{who}-key" for who in ("owner", "member", "bare", "dead", "outsider")},
        actor_of=actor_of,
        rewrite=repositories(git_server),
        docker_fails=host.fail_next,
        before={0: _keys} if name == FIRST else {667: _left_out},
        known={MEMBER: member["userId"]},
    )
