"""The steps at GitHub, asked over HTTP."""

import json
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from model.app_permissions import APP_PERMISSIONS, Permission, requested
from model.identity import PLAN, PREVIEW, PRODUCTION_OBSERVE, STAGING_OBSERVE, Identity
from strata.setup import app, credentials
from strata.setup import github as steps
from strata.setup.step import Answer, State
from strata.setup.world import World
from tests.strata.conftest import Here
from tests.strata.setup.conftest import REPOSITORY, Answers
from tests.vault.conftest import Server

Make = Callable[..., World]
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def undone(answer: Answer, command: str) -> str:
    assert answer.state is State.TO_DO, answer
    assert answer.command.startswith(command), answer
    return answer.text


@pytest.fixture
def keep(administrator: Server, here: Here) -> Callable[..., None]:
    """Write an identity's deploy path."""

    def write(environment: str, **fields: str) -> None:
        administrator.root.secrets.kv.v2.create_or_update_secret(
            path=f"{here.app}/{environment}/deploy", mount_point=here.mount, secret=fields
        )

    return write


APP = {"GITHUB_APP_ID": "99", "GITHUB_APP_INSTALLATION_ID": "5", "GITHUB_APP_PRIVATE_KEY": PEM}


def test_a_token_that_is_missing_is_to_do(world: Make) -> None:
    assert undone(steps.administrator(world(GITHUB_TOKEN=None)), "gh auth login") == "GITHUB_TOKEN not set"


def test_a_repository_that_is_not_there_is_to_be_made(world: Make, github: Answers) -> None:
    github.bodies.clear()

    undone(steps.administrator(world()), "gh repo create team/finance_report")


def test_who_does_not_administer_the_repository_cannot_make_gates(world: Make, github: Answers) -> None:
    github.bodies[""] = (200, {**REPOSITORY, "permissions": {"admin": False, "push": True}})

    undone(steps.administrator(world()), "gh auth login")


def test_a_private_repository_is_pointed_to_what_its_plan_lacks(world: Make, github: Answers) -> None:
    public = steps.administrator(world())
    github.bodies[""] = (200, {**REPOSITORY, "private": True})
    private = steps.administrator(world())

    assert (public.state, private.state) == (State.OK, State.OK)
    assert "plan" not in public.text
    assert private.text.endswith("what its plan lacks is in the guide")


def test_the_apps_key_is_asked_for_key_by_key(world: Make, keep: Callable[..., None], here: Here) -> None:
    undone(app.usable(world()), "read -r VALUE && printf %s")
    keep("staging", GITHUB_APP_ID="99", GITHUB_APP_INSTALLATION_ID="5")

    answer = app.usable(world())

    undone(answer, f"bao kv patch -mount={here.mount} {here.app}/staging/deploy GITHUB_APP_PRIVATE_KEY=@")


def test_an_app_that_github_takes_and_that_reads_is_ok_and_nothing_was_made(
    world: Make, github: Answers, keep: Callable[..., None]
) -> None:
    keep("staging", **APP)
    github.bodies["installation"] = (200, {"id": 5, "permissions": requested()})

    assert app.usable(world()).state is State.OK
    assert github.asked == ["GET installation"]
    assert jwt.decode(github.signed[-1], PRIVATE.public_key(), algorithms=["RS256"])["iss"] == "99"


@pytest.mark.parametrize("taken", APP_PERMISSIONS, ids=lambda one: one.name)
def test_each_permission_that_the_app_lacks_is_named_as_its_page_names_it(
    world: Make, github: Answers, keep: Callable[..., None], taken: Permission
) -> None:
    keep("staging", **APP)
    left = {name: level for name, level in requested().items() if name != taken.name}
    github.bodies["installation"] = (200, {"id": 5, "permissions": left})

    answer = app.usable(world())

    undone(answer, f"on the App's page, Permissions: {taken.shown}: Read-only")


def test_g2_an_app_that_could_change_gates_is_told(
    world: Make, github: Answers, keep: Callable[..., None]
) -> None:
    keep("staging", **APP)
    permissions = {**requested(), "administration": "write"}
    github.bodies["installation"] = (200, {"id": 5, "permissions": permissions})

    assert "could change its own gate" in undone(app.usable(world()), "on the App's page")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"message": "A JSON web token could not be decoded"}, "does not take the App's signature"),
        (404, {"message": "Not Found"}, "No App 99 is installed in team/finance_report"),
        (200, {"id": 6, "permissions": requested()}, "has 6"),
    ],
)
def test_an_app_that_is_another_or_not_installed_is_told_without_its_key(
    world: Make, github: Answers, keep: Callable[..., None], status: int, body: object, said: str
) -> None:
    keep("staging", **APP)
    github.bodies["installation"] = (status, body)

    answer = app.usable(world())

    assert answer.state is State.TO_DO
    assert said in answer.text
    assert PEM.splitlines()[1] not in json.dumps([answer.text, answer.command])


def test_v3_the_path_of_plans_must_not_hold_dokploys_key(
    world: Make, keep: Callable[..., None], here: Here
) -> None:
    keep("plan", PULUMI_BACKEND_URL="x", PULUMI_CONFIG_PASSPHRASE="x", DOKPLOY_API_KEY="x")

    answer = credentials.furnished(world(), PLAN)

    command = f"bao kv patch -mount={here.mount} -remove-data=DOKPLOY_API_KEY {here.app}/plan/deploy"
    assert "must not be able to use" in undone(answer, command)


def test_an_s3_state_needs_its_keys_at_every_path_and_plans_a_pair_of_their_own(
    world: Make, github: Answers, keep: Callable[..., None]
) -> None:
    plan = {"PULUMI_BACKEND_URL": "x", "PULUMI_CONFIG_PASSPHRASE": "x"}
    pair = {"AWS_ACCESS_KEY_ID": "writes", "AWS_SECRET_ACCESS_KEY": "x"}
    ours = world(PULUMI_BACKEND_URL="s3://bucket")
    keep("plan", **plan)
    assert "AWS_ACCESS_KEY_ID" in undone(credentials.furnished(ours, PLAN), "read -rs VALUE")

    keep("staging", **pair)
    keep("plan", **plan, **pair)
    assert "may write staging's state" in undone(credentials.furnished(ours, PLAN), "read -rs VALUE")

    keep("plan", **plan, **{**pair, "AWS_ACCESS_KEY_ID": "reads"})
    assert credentials.furnished(ours, PLAN).state is State.OK


def test_a_key_that_is_empty_is_none(world: Make, keep: Callable[..., None]) -> None:
    keep("plan", PULUMI_BACKEND_URL="x", PULUMI_CONFIG_PASSPHRASE=" ")

    assert "has no PULUMI_CONFIG_PASSPHRASE" in undone(credentials.furnished(world(), PLAN), "read -rs VALUE")


STATE = {"PULUMI_BACKEND_URL": "x", "PULUMI_CONFIG_PASSPHRASE": "x", "DOKPLOY_URL": "x"}


@pytest.mark.parametrize(
    "identity", [STAGING_OBSERVE, PRODUCTION_OBSERVE, PREVIEW], ids=lambda one: one.environment
)
@pytest.mark.parametrize("key", ["DOKPLOY_API_KEY", "AWS_ACCESS_KEY_ID"])
def test_v3_observers_and_previews_hold_no_key_of_productions_and_none_is_shown(
    world: Make, github: Answers, keep: Callable[..., None], identity: Identity, key: str
) -> None:
    github.bodies["installation"] = (200, {"id": 5, "permissions": requested()})
    own = {"DOKPLOY_API_KEY": "own-canary", "AWS_ACCESS_KEY_ID": "own-canary", "AWS_SECRET_ACCESS_KEY": "x"}
    app_keys = {} if identity is PREVIEW else APP
    keep("production", DOKPLOY_API_KEY="canary-of-production", AWS_ACCESS_KEY_ID="canary-of-production")

    keep(identity.environment, **STATE, **app_keys, **{**own, key: "canary-of-production"})
    answer = credentials.furnished(world(), identity)
    assert f"holds production's own {key}" in undone(answer, "read -rs VALUE")
    assert "canary" not in f"{answer.text}{answer.command}"

    keep(identity.environment, **STATE, **app_keys, **own)
    assert credentials.furnished(world(), identity).state is State.OK


def test_p10_previews_with_productions_key_of_dokploy_are_acknowledged_and_its_bucket_is_not(
    world: Make, here: Here, keep: Callable[..., None]
) -> None:
    here.stack_file("staging", previewsBesideStanding=True)
    pair = {"AWS_ACCESS_KEY_ID": "of-production", "AWS_SECRET_ACCESS_KEY": "x"}
    keep("production", DOKPLOY_API_KEY="of-production", **pair)

    keep("preview", **STATE, DOKPLOY_API_KEY="of-production")
    assert credentials.furnished(world(), PREVIEW).state is State.OK

    keep("preview", **STATE, DOKPLOY_API_KEY="of-production", **pair)
    text = undone(credentials.furnished(world(), PREVIEW), "read -rs VALUE")
    assert "holds production's own AWS_ACCESS_KEY_ID:" in text
