"""A job with a real token, at the real server, with an App whose signature is checked."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from typer.testing import Result

from model.identity import IDENTITIES, of_environment
from strata import vault_commands
from strata.dockerlogin import auth_of
from strata.idtoken import NoIdentity, fetch
from strata.outcome import Exit
from strata.registrylogin import credentials
from tests.served import served
from tests.strata.conftest import Here
from tests.strata.gates import APP, Github
from tests.vault.actions import JOBS, REPOSITORY, UP, Actions, Job
from tests.vault.conftest import Server
from vault import policies, roles

Strata = Callable[..., Result]
CANARIES = {
    "DOKPLOY_API_KEY": "canary-key-50%25",
    "PULUMI_CONFIG_PASSPHRASE": "canary words\nof two lines",
    "AWS_SECRET_ACCESS_KEY": "canary-aws",
    "REGISTRY_PASSWORD": "canary-registry",
}
PLAIN = {"DOKPLOY_URL": "https://dokploy.test", "PULUMI_BACKEND_URL": "s3://state-canary"}
FOREIGN = {"PATH": "canary-path", "LD_PRELOAD": "canary-preload", "dokploy_vault_accessor": "canary-accessor"}


def variables(file: Path) -> dict[str, str]:
    """What a runner makes of its GITHUB_ENV file."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return {found[1]: found[3] for found in re.finditer(r"(\w+)<<(\S+)\n(.*?)\n\2\n", text, re.DOTALL)}


@dataclass(kw_only=True)
class Step:
    """A step of a job, as its runner starts it."""

    monkeypatch: pytest.MonkeyPatch
    strata: Strata
    actions: Actions
    bao: Server
    here: Here
    file: Path
    said: list[str] = field(default_factory=list)

    def login(self, job: Job, environment: str = "", **run: Any) -> Result:
        """`strata login` in a job's run."""
        for name, value in self.actions.variables(job, **run).items():
            self.monkeypatch.setenv(name, value)
        return self.command("login", "--environment", environment or job.environment)

    def logout(self) -> Result:
        """`strata logout`, with what the step before handed on."""
        for name, value in variables(self.file).items():
            self.monkeypatch.setenv(name, value)
        return self.command("logout")

    def command(self, *words: str) -> Result:
        result = self.strata(*words)
        self.said.append(result.output)
        return result

    def handed_on(self) -> dict[str, str]:
        return variables(self.file)

    def put(self, environment: str, **changes: object) -> None:
        """What stands at an identity's deploy path; `None` leaves a key out."""
        identity = of_environment(environment)
        assert identity is not None
        fields = {**CANARIES, **PLAIN, **FOREIGN, **APP}
        kept = {key: value for key, value in fields.items() if key not in identity.refused_keys}
        given = {key: value for key, value in {**kept, **changes}.items() if value is not None}
        self.bao.root.secrets.kv.v2.create_or_update_secret(
            identity.deploy_path(self.here.app), given, mount_point=self.here.mount
        )

    def live(self, environment: str) -> set[str]:
        """Accessors of Vault's tokens that jobs of an environment hold."""
        identity = of_environment(environment)
        assert identity is not None
        return self.bao.holders(identity.role(self.here.slug))


@pytest.fixture
def step(
    monkeypatch: pytest.MonkeyPatch,
    strata: Strata,
    actions: Actions,
    administrator: Server,
    here: Here,
    github: Github,
    tmp_path: Path,
) -> Iterator[Step]:
    """Policies, roles and deploy paths are there; the job's own environment is all there is."""
    slug, documents = vault_commands._documents()
    policies.apply(administrator.root, documents, slug=slug)
    administrator.root.sys.disable_auth_method("jwt")
    repository = roles.Repository(number="4200001", full_name=REPOSITORY)
    wanted = roles.roles(slug=slug, repository=repository, audience=administrator.address)
    roles.apply(administrator.root, wanted, slug=slug, issuer=actions.issuer)
    file = tmp_path / "github_env"
    found = Step(
        monkeypatch=monkeypatch, strata=strata, actions=actions, bao=administrator, here=here, file=file
    )
    for one in IDENTITIES:
        found.put(one.environment)
    for name in ("VAULT_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ENV", str(file))
    yield found
    administrator.root.sys.disable_auth_method("jwt")


@pytest.mark.parametrize("job", [*JOBS.values(), UP], ids=lambda job: job.environment)
def test_v5_a_job_gets_what_stands_at_its_own_path_and_its_tokens(step: Step, job: Job) -> None:
    environment = "pr-7" if job == UP else job.environment
    identity = of_environment(environment)
    assert identity is not None

    result = step.login(job, environment)

    assert result.exit_code == Exit.OK, result.output
    got = step.handed_on()
    expected = {k: v for k, v in {**CANARIES, **PLAIN}.items() if k not in identity.refused_keys}
    tokens = {"VAULT_TOKEN"} | ({"STRATA_GITHUB_TOKEN"} if identity.required_keys >= APP.keys() else set())
    assert got.keys() == expected.keys() | tokens
    assert {key: got[key] for key in expected} == expected
    seen = step.bao.client(got["VAULT_TOKEN"]).auth.token.lookup_self()["data"]
    assert seen["policies"] == [identity.role(step.here.slug)]


def test_r2_images_are_looked_up_with_the_registrys_login_until_the_logout(
    step: Step, tmp_path: Path
) -> None:
    step.monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    step.monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "before"))
    step.here.stack_file("staging", registryUsername="bot")

    result = step.login(JOBS["staging"])

    got = step.handed_on()
    auth = auth_of("bot", CANARIES["REGISTRY_PASSWORD"])
    assert credentials(got, "ghcr.io") == auth
    assert f"::add-mask::{auth}" in result.output.splitlines()
    step.logout()
    assert not Path(got["DOCKER_CONFIG"]).exists()
    assert step.handed_on()["DOCKER_CONFIG"] == str(tmp_path / "before")


def test_r2_a_plan_looks_images_up_with_the_jobs_own_token(step: Step, tmp_path: Path) -> None:
    step.monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    step.monkeypatch.setenv("GITHUB_TOKEN", "canary-of-the-job")
    step.monkeypatch.setenv("GITHUB_ACTOR", "operator")

    step.login(JOBS["plan"])

    got = step.handed_on()
    assert credentials(got, "ghcr.io") == auth_of("operator", "canary-of-the-job")
    step.monkeypatch.setenv("DOCKER_CONFIG", got["DOCKER_CONFIG"])
    step.file.unlink()
    step.login(JOBS["plan"])
    assert "DOCKER_CONFIG" not in step.handed_on()


def test_v1_nothing_secret_is_said_but_to_mask_it(step: Step) -> None:
    result = step.login(JOBS["staging"])

    lines = result.output.splitlines()
    masked = [line.removeprefix("::add-mask::") for line in lines if line.startswith("::add-mask::")]
    told = "\n".join(line for line in lines if not line.startswith("::add-mask::"))
    secrets = {*step.handed_on().values(), *FOREIGN.values(), *APP["GITHUB_APP_PRIVATE_KEY"].splitlines()}
    for value in secrets:
        for part in value.splitlines():
            assert part not in told
            assert part.replace("%", "%25") in masked
    assert "logged in as staging: AWS_SECRET_ACCESS_KEY, DOKPLOY_API_KEY" in told


def test_v1_each_mask_comes_before_anything_is_handed_on(step: Step) -> None:
    """The runner masks from then on; a token of Vault's is masked before its path is read."""
    step.put("staging", DOKPLOY_API_KEY=None)

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.FAILED
    assert result.output.count("::add-mask::") == 2


def test_v1_only_listed_keys_become_variables(step: Step) -> None:
    step.login(JOBS["staging"])

    assert not step.handed_on().keys() & (FOREIGN.keys() | APP.keys())


def test_v5_it_is_said_until_when_the_tokens_live(step: Step) -> None:
    result = step.login(JOBS["staging"])

    assert re.search(
        r"\(VAULT_TOKEN until \d\d:\d\d UTC; STRATA_GITHUB_TOKEN until \d\d:\d\d UTC\)", result.output
    )


@pytest.mark.parametrize("key", APP)
def test_v3_a_plan_whose_path_holds_a_part_of_the_app_has_nothing(step: Step, key: str) -> None:
    """A pull request's author could make tokens of it, or read what the App reads."""
    step.put("plan", **{key: APP[key]})

    result = step.login(JOBS["plan"])

    assert result.exit_code == Exit.FAILED
    assert f"holds {key}, which a job in plan must not have" in result.stderr
    assert step.handed_on() == {}


def test_g5_the_token_of_the_app_may_read_and_nothing_else(step: Step, github: Github) -> None:
    step.login(JOBS["staging"])
    bearer = {"Authorization": f"Bearer {step.handed_on()['STRATA_GITHUB_TOKEN']}"}
    place = f"{github.api}/repos/{REPOSITORY}/environments"

    assert httpx.get(place, headers=bearer, trust_env=False).status_code == 200
    body: dict[str, object] = {}
    assert httpx.put(f"{place}/staging", headers=bearer, json=body, trust_env=False).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"repository_id": 7}, 'claim "repository_id" does not match'),
        ({"ref": "refs/heads/topic"}, "on refs/heads/main"),
        ({"workflow": ".github/workflows/other.yml"}, 'claim "workflow_ref" does not match'),
        ({"flaw": "expired"}, "token is expired"),
        ({"flaw": "other-key"}, "error verifying token signature"),
        ({"text": "jobs: {deploy: {permissions: {id-token: write}}}"}, "`environment: staging`"),
        ({"text": "jobs: {deploy: {environment: staging}}"}, "`permissions: id-token: write`"),
        ({"event_name": "pull_request", "fork": True, "ref": "refs/pull/1/merge"}, "a fork's pull request"),
    ],
)
def test_g5_a_refused_job_is_told_which_claim_and_has_nothing(
    step: Step, changes: dict[str, Any], said: str
) -> None:
    result = step.login(JOBS["staging"], **changes)

    assert result.exit_code == Exit.FAILED
    assert said in result.stderr
    assert step.handed_on() == {}


def test_v3_a_job_without_an_address_asks_the_vault_that_is_reviewed_and_so_do_later_steps(
    step: Step,
) -> None:
    address = step.bao.address
    step.here.stack_file("staging", vaultAddr=address)
    step.monkeypatch.delenv("VAULT_ADDR")

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.OK, result.output
    assert step.handed_on()["VAULT_ADDR"] == address
    assert step.logout().stdout.count("is given back") == 2


def test_v3_an_address_of_the_environment_goes_before_the_setting(step: Step) -> None:
    step.here.stack_file("staging", vaultAddr="https://vault.invalid")

    assert step.login(JOBS["staging"]).exit_code == Exit.OK
    assert "VAULT_ADDR" not in step.handed_on()


def test_g5_another_audience_is_told_with_both_sides(step: Step) -> None:
    step.monkeypatch.setenv("VAULT_ADDR", step.bao.address.replace("127.0.0.1", "localhost"))

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.FAILED
    assert "invalid audience (aud)" in result.stderr
    assert "have to be the same text" in result.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DOKPLOY_API_KEY": None}, "lacks DOKPLOY_API_KEY"),
        ({"GITHUB_APP_ID": "1"}, "does not take the App's signature|Integration not found|no installation"),
        ({"GITHUB_APP_INSTALLATION_ID": "12"}, "has no installation 12"),
        ({"GITHUB_APP_INSTALLATION_ID": "a/b"}, "is no number"),
        ({"GITHUB_APP_PRIVATE_KEY": "canary-no-pem"}, "is no RSA key in PEM"),
    ],
)
def test_v2_a_job_that_cannot_have_all_has_nothing_and_its_vault_token_is_given_back(
    step: Step, changes: dict[str, object], said: str
) -> None:
    step.put("staging", **changes)

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.FAILED
    assert re.search(said, result.stderr)
    assert step.handed_on() == {}
    assert step.live("staging") == set()
    assert "canary" not in result.stderr


def test_v2_a_deploy_path_that_is_missing_is_named(step: Step) -> None:
    path = f"{step.here.app}/staging/deploy"
    step.bao.root.secrets.kv.v2.delete_metadata_and_all_versions(path, mount_point=step.here.mount)

    result = step.login(JOBS["staging"])

    assert f"{step.here.mount}/{path} does not exist in Vault" in result.stderr
    assert step.handed_on() == {}


def test_v3_a_plan_whose_path_holds_dokploys_key_is_refused(step: Step) -> None:
    step.put("plan", DOKPLOY_API_KEY="canary")

    result = step.login(JOBS["plan"])

    assert result.exit_code == Exit.FAILED
    assert "holds DOKPLOY_API_KEY, which a job in plan must not have" in result.stderr


def test_g5_an_app_that_lacks_a_permission_is_told_what_is_asked_for(step: Step, github: Github) -> None:
    github.world.store.table("github.app").put("app", {"permissions": {"metadata": "read"}})

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.FAILED
    assert "environments=read" in result.stderr
    assert step.handed_on() == {}


def test_v2_a_vault_that_is_not_there_is_told(step: Step) -> None:
    step.monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")

    result = step.login(JOBS["staging"])

    assert result.exit_code == Exit.FAILED
    assert "cannot be reached" in result.stderr


def test_v8_a_vault_without_a_login_for_jobs_is_told(step: Step) -> None:
    step.bao.root.sys.disable_auth_method("jwt")

    result = step.login(JOBS["staging"])

    assert "has no login for jobs" in result.stderr
    assert "strata vault policies --apply" in result.stderr


@pytest.mark.parametrize("name", ["nobody", "pr-0", "pr-", "", "staging;id"])
def test_an_environment_of_nobody_is_wrong_usage(step: Step, name: str) -> None:
    result = step.command("login", "--environment", name)

    assert result.exit_code == Exit.USAGE
    assert "or pr-<number>" in result.stderr


def test_on_a_laptop_it_says_what_to_do_instead(step: Step) -> None:
    step.monkeypatch.delenv("GITHUB_ENV")

    result = step.command("login", "--environment", "staging")

    assert result.exit_code == Exit.USAGE
    assert "`vault login`" in result.stderr


def test_a_runner_without_oidc_says_which_permission_is_missing(step: Step) -> None:
    result = step.command("login", "--environment", "staging")

    assert result.exit_code == Exit.FAILED
    assert "`permissions: id-token: write`" in result.stderr


def test_v5_logout_gives_both_tokens_back_and_takes_all_from_later_steps(step: Step, github: Github) -> None:
    step.login(JOBS["staging"])
    held = step.handed_on()

    result = step.logout()

    assert result.exit_code == Exit.OK
    assert result.stdout.splitlines() == ["STRATA_GITHUB_TOKEN is given back", "VAULT_TOKEN is given back"]
    assert step.live("staging") == set()
    assert github.ask("GET", "").status_code == 200
    bearer = {"Authorization": f"Bearer {held['STRATA_GITHUB_TOKEN']}"}
    asked = httpx.get(f"{github.api}/repos/{REPOSITORY}", headers=bearer, trust_env=False)
    assert asked.status_code == 401
    assert set(step.handed_on().values()) == {""}


def test_v5_logout_does_not_fail_a_job_whose_tokens_have_ended(step: Step) -> None:
    step.login(JOBS["staging"])
    step.logout()
    file = step.file.read_text(encoding="utf-8")
    step.login(JOBS["staging"])
    held = step.handed_on()
    step.bao.client(held["VAULT_TOKEN"]).auth.token.revoke_self()

    result = step.logout()

    assert file
    assert result.exit_code == Exit.OK
    assert "VAULT_TOKEN had ended already" in result.stdout


def test_v5_logout_of_unreachable_servers_says_so_and_does_not_fail(step: Step) -> None:
    step.login(JOBS["staging"])
    for name in ("VAULT_ADDR", "GITHUB_API_URL"):
        step.monkeypatch.setenv(name, "http://127.0.0.1:9")

    result = step.logout()

    assert result.exit_code == Exit.OK
    assert result.stdout.count("was not given back") == 2
    assert "ends by itself" in result.stderr


def test_d3_a_long_job_logs_in_again_and_holds_the_new_tokens_only(step: Step) -> None:
    step.login(JOBS["production"])
    first = step.handed_on()
    for name, value in first.items():
        step.monkeypatch.setenv(name, value)

    result = step.login(JOBS["production"])

    assert result.exit_code == Exit.OK
    assert len(step.live("production")) == 1
    assert not step.bao.client(first["VAULT_TOKEN"]).is_authenticated()
    assert step.bao.client(step.handed_on()["VAULT_TOKEN"]).is_authenticated()


def test_logout_without_a_login_has_nothing_to_do(step: Step) -> None:
    result = step.command("logout")

    assert (result.exit_code, result.stdout) == (Exit.OK, "there is nothing to give back\n")


ASKED: list[str] = []


def answering(*answers: Response) -> Starlette:
    """A token service that gives these answers, then always the last."""
    left = list(answers)
    ASKED.clear()

    async def token(request: Request) -> Response:
        ASKED.append(str(request.url.query))
        return left.pop(0) if len(left) > 1 else left[0]

    return Starlette(routes=[Route("/token", token)])


def ask(*answers: Response) -> str:
    with served(lambda _url: answering(*answers)) as url:
        env = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?api-version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
        }
        return fetch(env, audience="https://vault.test/a b", sleep=lambda _seconds: None)


def test_a_token_service_that_hiccups_is_asked_again() -> None:
    assert ask(PlainTextResponse("", status_code=503), JSONResponse({"value": "token"})) == "token"
    assert ASKED == ["api-version=2&audience=https%3A%2F%2Fvault.test%2Fa+b"] * 2


@pytest.mark.parametrize(
    ("answer", "said", "times"),
    [
        (PlainTextResponse("secret-of-the-service", status_code=500), "status 500", 3),
        (PlainTextResponse("secret-of-the-service", status_code=403), "refuses this job", 1),
        (PlainTextResponse("secret-of-the-service"), "an answer without a token", 3),
        (JSONResponse(["secret-of-the-service"]), "an answer without a token", 3),
    ],
)
def test_a_token_service_that_gives_none_is_told_without_its_words(
    answer: Response, said: str, times: int
) -> None:
    with pytest.raises(NoIdentity, match=said) as raised:
        ask(answer)
    assert len(ASKED) == times
    assert "secret" not in str(raised.value)


def test_a_wrong_address_of_the_token_service_is_told() -> None:
    env = {"ACTIONS_ID_TOKEN_REQUEST_URL": "no address", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x"}

    with pytest.raises(NoIdentity, match="UnsupportedProtocol"):
        fetch(env, audience="v", sleep=lambda _seconds: None)
