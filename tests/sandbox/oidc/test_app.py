from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest

from sandbox.folder import Folder
from sandbox.oidc import Runs, Signer, create_app
from sandbox.world import World
from tests.sandbox.calls import Caller

ISSUER = "http://issuer.sandbox"
WORKFLOW = """
name: Preview
on: pull_request_target
permissions: {}
jobs:
  look:
    runs-on: ubuntu-24.04
  up:
    environment:
      name: pr-${{ github.event.pull_request.number || inputs.number }}
      url: ${{ needs.look.outputs.url }}
    permissions:
      id-token: write
  bare:
    permissions:
      id-token: write
  odd:
    environment: ${{ secrets.X }}
    permissions: write-all
"""
PULL = {"pull_request": {"number": 7, "head": {"ref": "topic"}, "base": {"ref": "main"}}}


@pytest.fixture
def folder(world: World) -> Folder:
    found = Folder(world.root / "sandbox")
    found.make()
    return found


@pytest.fixture
def signer(folder: Folder) -> Signer:
    return Signer(folder)


@pytest.fixture
def runs(world: World) -> Runs:
    return Runs(world.store)


@pytest.fixture
def call(world: World, runs: Runs, signer: Signer) -> Caller:
    return Caller(create_app(world, runs, signer, issuer=ISSUER), base_url=ISSUER)


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(call: Caller, runs: Runs) -> Ask:
    """A job's request for its token."""

    def asked(job: str, name: str = "pull_request_target", *, bearer: str = "", **run: Any) -> httpx.Response:
        fields = {"workflow": ".github/workflows/pr-test.yml", "text": WORKFLOW, "event": PULL, **run}
        known = runs.register({**fields, "event_name": name})
        return call.get(
            f"/token?run={known.number}&job={job}&audience=vault",
            headers={"Authorization": f"Bearer {bearer or known.secret}"},
        )

    return asked


def claims(answer: httpx.Response, signer: Signer) -> dict[str, Any]:
    key = jwt.PyJWK.from_dict(signer.jwks()["keys"][0])
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    return jwt.decode(answer.json()["value"], key, algorithms=["RS256"], audience="vault", options=options)


def test_g5_the_claims_say_what_stands_at_the_job(ask: Ask, signer: Signer) -> None:
    found = claims(ask("up", sha="a" * 40, actor="reviewer"), signer)

    expected = {
        "iss": ISSUER,
        "sub": "repo:zitian-party/finance_report:environment:pr-7",
        "environment": "pr-7",
        "repository_id": "4200001",
        "ref": "refs/heads/main",
        "workflow_ref": "zitian-party/finance_report/.github/workflows/pr-test.yml@refs/heads/main",
        "event_name": "pull_request_target",
        "actor": "reviewer",
        "sha": "a" * 40,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["exp"] - found["iat"] == 300


def test_g5_a_job_without_an_environment_has_no_such_claim(ask: Ask, signer: Signer) -> None:
    found = claims(ask("bare"), signer)

    assert "environment" not in found
    assert found["sub"] == "repo:zitian-party/finance_report:ref:refs/heads/main"


@pytest.mark.parametrize(
    ("event", "payload", "ref"),
    [
        ("pull_request", PULL, "refs/pull/7/merge"),
        ("release", {"release": {"tag_name": "v1.2.3"}}, "refs/tags/v1.2.3"),
        ("workflow_dispatch", {"ref": "refs/tags/v1.2.3"}, "refs/tags/v1.2.3"),
        ("push", {"ref": "refs/heads/topic"}, "refs/heads/topic"),
        ("workflow_run", {}, "refs/heads/main"),
        ("schedule", {}, "refs/heads/main"),
    ],
)
def test_the_ref_is_the_one_that_github_runs_the_event_on(
    ask: Ask, signer: Signer, event: str, payload: dict[str, Any], ref: str
) -> None:
    assert claims(ask("bare", event, event=payload), signer)["ref"] == ref


def test_g5_a_job_without_the_permission_gets_no_token(ask: Ask) -> None:
    assert ask("look").status_code == 403


def test_p7_a_forks_pull_request_gets_no_token(ask: Ask) -> None:
    assert ask("up", "pull_request", fork=True).status_code == 403
    assert ask("up", "pull_request_target", fork=True).status_code == 200


def test_another_runs_request_token_opens_nothing(ask: Ask, runs: Runs) -> None:
    other = runs.register({"workflow": "x", "text": WORKFLOW, "event_name": "push"})

    assert ask("up", bearer=other.secret).status_code == 401
    assert ask("up", bearer="none").status_code == 401


@pytest.mark.parametrize("job", ["nothing", "odd"])
def test_a_job_that_cannot_be_read_is_an_answer_and_not_a_guess(ask: Ask, job: str) -> None:
    answer = ask(job)

    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize("text", ["[]", "a: b: c", "jobs: []"])
def test_a_file_that_is_no_workflow_is_an_answer_too(ask: Ask, text: str) -> None:
    assert ask("up", text=text).status_code == 400


def test_discovery_leads_to_the_key(call: Caller) -> None:
    found = call.get("/.well-known/openid-configuration").json()

    assert found["issuer"] == ISSUER
    (key,) = call.get(found["jwks_uri"].removeprefix(ISSUER)).json()["keys"]
    assert "d" not in key
    assert key["kid"] == "sandbox"


def test_the_key_outlives_a_restart(folder: Folder, signer: Signer) -> None:
    assert Signer(folder).jwks() == signer.jwks()
    assert (folder.keys / "oidc.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("flaw", "error"),
    [
        ("other-key", jwt.InvalidSignatureError),
        ("unsigned", jwt.InvalidAlgorithmError),
        ("shared-secret", jwt.InvalidAlgorithmError),
    ],
)
def test_a_flawed_token_is_flawed(ask: Ask, signer: Signer, flaw: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        claims(ask("up", flaw=flaw), signer)
