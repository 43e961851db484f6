"""Bad input: one paragraph with the cause and the next command, before anything is changed.

What only Dokploy can tell is in `test_bad_dokploy`.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest
import yaml

from sandbox.folder import CHECKOUT
from tests.e2e import refusals
from tests.e2e.cloud import Cloud, Sandbox
from tests.vault.conftest import _running, free_port

pytestmark = pytest.mark.e2e

STAGING_KEYS = "finance_report/staging"
Change = Callable[[Cloud], dict[str, str]]


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One stack for all runs that are refused while they plan: none of them changes it."""
    made = Cloud(sandbox=sandbox, place=tmp_path_factory.mktemp("refused"))
    yield made
    made.close()


@pytest.fixture
def refused(stack: Cloud) -> Iterator[Cloud]:
    """The stack, its files and servers as new; afterwards it holds nothing and nobody was asked."""
    stack.control.post("/reset").raise_for_status()
    files = {path: path.read_bytes() for path in stack.project.glob("Pulumi*.yaml")}
    before = stack.cursor()
    yield stack
    for path, content in files.items():
        path.write_bytes(content)
    assert stack.log(before) == []
    assert stack.log(before, "github") == []
    assert [type_ for type_ in registered(stack) if not type_.startswith("pulumi:")] == []


def registered(cloud: Cloud) -> set[str]:
    """The types of all that stands in the states of its stacks."""
    states = (cloud.state / ".pulumi" / "stacks" / "finance-report").glob("*.json")
    found = [json.loads(path.read_text(encoding="utf-8"))["checkpoint"]["latest"] for path in states]
    assert found
    return {one["type"] for latest in found for one in (latest or {}).get("resources") or []}


def configured(cloud: Cloud, key: str, value: object) -> None:
    """As `pulumi config set`, which would be one more run of the engine."""
    path = cloud.project / "Pulumi.staging.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["config"][f"finance-report:{key}"] = value
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


# The program's own refusals ---------------------------------------------------------------------------


def test_a_stack_that_is_no_layer_is_refused_with_the_one_that_may_be_meant(refused: Cloud) -> None:
    told = refusals.of_program(refused.preview("stagin", release="v1.0.0"))

    assert "'stagin' is not a layer; the stacks are local, ci, pr-<number>, staging, production" in told
    assert "`pulumi stack rm stagin`, then --stack staging" in told


def test_a_misspelt_key_is_refused_with_the_right_one_and_its_file(refused: Cloud) -> None:
    configured(refused, "waitMinute", 3)

    told = refusals.of_program(refused.preview("staging", release="v1.0.0"))

    assert "Pulumi.staging.yaml" in told
    assert "waitMinute: no such setting; did you mean waitMinutes?" in told
    assert "Next: `pulumi config set --stack staging" in told


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "value", "cause"),
    [
        ("colour", "blue", "colour: no such setting; the keys are adopt, app"),
        ("waitMinutes", -1, "waitMinutes: input should be greater than or equal to 0"),
        ("domain", "zitian party", "domain: not well-formed; for example example.org"),
        ("release", "v1.0.0", "release: not in a file: it would wait there for the next `up`"),
    ],
)
def test_a_setting_that_is_none_is_refused(refused: Cloud, key: str, value: object, cause: str) -> None:
    configured(refused, key, value)

    told = refusals.of_program(refused.preview("staging", release="v1.0.0"))

    assert cause in told
    assert "Next: `pulumi config set --stack staging" in told


@pytest.mark.long
def test_a_setting_of_the_wrong_type_is_refused_by_the_engine_which_names_it(refused: Cloud) -> None:
    configured(refused, "waitMinutes", "soon")

    shown = refused.preview("staging", release="v1.0.0").refused().output

    assert "Stack 'staging' with configuration key 'waitMinutes' must be of type 'integer'" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("release", "cause"),
    [
        ("main", "it is no release tag; branches are not deployed"),
        *(
            pytest.param(release, cause, marks=pytest.mark.long)
            for release, cause in (
                ("latest", "it moves, and what runs must not"),
                ("1.0.0", "the 'v' is missing"),
                ("v1.0.0-rc1", "no suffix after the third number"),
                ("sha-main", "a commit has 7 to 40 hexadecimal digits"),
            )
        ),
    ],
)
def test_r1_a_release_that_is_no_release_is_refused(refused: Cloud, release: str, cause: str) -> None:
    told = refusals.of_program(refused.up("staging", release=release))

    assert f"RELEASE='{release}': {cause}" in told
    assert "staging takes vX.Y.Z or sha-<hash>" in told
    assert "Next: RELEASE=v1.2.3 pulumi up --refresh --stack staging" in told


@pytest.mark.long
def test_no_release_at_all_is_refused_on_a_stack_that_runs_nothing(refused: Cloud) -> None:
    told = refusals.of_program(refused.up("staging"))

    assert "staging runs nothing yet" in told
    assert "Next: RELEASE=<tag> pulumi up --refresh --stack staging" in told


def test_r2_images_that_are_not_there_are_all_named(refused: Cloud) -> None:
    told = refusals.of_program(refused.up("staging", release="v7.7.7"))

    for service in ("backend", "frontend"):
        assert f"ghcr.io/zitian-party/finance-report-{service}:v7.7.7" in told
    assert "404 Not Found" in told
    assert "Next: check the tag" in told


# Vault ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real OpenBao that was initialised and never unsealed."""
    home, port = tmp_path_factory.mktemp("sealed"), free_port()
    address = f"http://127.0.0.1:{port}"
    config = home / "config.hcl"
    config.write_text(
        f'storage "inmem" {{}}\napi_addr = "{address}"\n'
        f'listener "tcp" {{\n  address = "127.0.0.1:{port}"\n  tls_disable = true\n}}\n',
        encoding="utf-8",
    )
    for running in _running([f"-config={config}"], address, home):
        hvac.Client(url=running).sys.initialize(secret_shares=1, secret_threshold=1)
        yield running


def test_v2_a_sealed_vault_says_so(refused: Cloud, sealed: str) -> None:
    told = refusals.of_program(refused.up("staging", release="v1.0.0", VAULT_ADDR=sealed))

    assert f"Vault at {sealed} is sealed" in told
    assert "Next: " in told
    assert "unseal" in told


@pytest.mark.long
def test_v2_a_vault_that_cannot_be_reached_says_so(refused: Cloud) -> None:
    address = f"http://127.0.0.1:{free_port()}"

    told = refusals.of_program(refused.up("staging", release="v1.0.0", VAULT_ADDR=address))

    assert f"Vault at {address} cannot be reached" in told
    assert "Next: check VAULT_ADDR and that Vault runs, `strata doctor`" in told


def test_v2_a_token_that_may_not_look_is_told_apart(refused: Cloud) -> None:
    token = refused.vault_admin.auth.token.create(policies=["default"], ttl="1h")["auth"]["client_token"]

    told = refusals.of_program(refused.up("staging", release="v1.0.0", VAULT_TOKEN=token))

    assert f"forbids secret/metadata/{STAGING_KEYS}/backend to this token" in told
    assert "Next: an administrator runs `strata vault policies --check`" in told
    assert token not in told


def _path_removed(cloud: Cloud) -> dict[str, str]:
    kv = cloud.vault_admin.secrets.kv.v2
    kv.delete_metadata_and_all_versions(path=f"{STAGING_KEYS}/redis", mount_point="secret")
    return {}


def _key_removed(cloud: Cloud) -> dict[str, str]:
    cloud.vault_admin.secrets.kv.v2.create_or_update_secret(
        path=f"{STAGING_KEYS}/redis", secret={"OTHER": "x"}, mount_point="secret"
    )
    return {}


def _other_mount(cloud: Cloud) -> dict[str, str]:
    configured(cloud, "vaultMount", "secrets")
    return {}


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "cause", "next_step"),
    [
        (_path_removed, f"secret/{STAGING_KEYS}/redis", "`strata vault seed staging`"),
        (_key_removed, f"secret/{STAGING_KEYS}/redis (version 2) lacks REDIS_PASSWORD", "`strata vault seed"),
        (_other_mount, f"forbids secrets/metadata/{STAGING_KEYS}/redis", "`strata vault policies --check`"),
        (lambda _: {"VAULT_TOKEN": "s.nobodys"}, "does not accept VAULT_TOKEN", "`vault login`"),
        (lambda _: {"VAULT_TOKEN": ""}, "VAULT_TOKEN is not set", "export VAULT_TOKEN"),
        (lambda _: {"VAULT_ADDR": ""}, "VAULT_ADDR is not set", "export VAULT_ADDR="),
    ],
)
def test_v2_what_is_wrong_with_vault_has_a_message_of_its_own(
    refused: Cloud, change: Change, cause: str, next_step: str
) -> None:
    told = refusals.of_program(refused.up("staging", release="v1.0.0", **change(refused)))

    assert cause in told
    assert "Next: " in told
    assert next_step in told


# Templates --------------------------------------------------------------------------------------------


def other_templates(cloud: Cloud, place: Path, template: str, *, line: str, becomes: str) -> None:
    """Let the stack run a checkout that is this one but for a line of a template."""
    for name in ("__main__.py", "model", "vault", "dokploy_provider"):
        (place / name).symlink_to(CHECKOUT / name)
    for name in ("components", "templates"):  # templates are looked for beside the components' real place
        shutil.copytree(CHECKOUT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = place / "templates" / template
    text = file.read_text(encoding="utf-8")
    assert line in text
    file.write_text(text.replace(line, becomes, 1), encoding="utf-8")
    project = cloud.project / "Pulumi.yaml"
    content: dict[str, Any] = yaml.safe_load(project.read_text(encoding="utf-8"))
    project.write_text(yaml.safe_dump({**content, "main": str(place)}), encoding="utf-8")


@pytest.mark.parametrize(
    ("template", "line", "becomes", "told"),
    [
        (
            "app.compose.yaml",
            "      ENV: ${ENV:?}\n",
            "      ENV: ${ENV:?}\n      SMTP_HOST: ${SMTP_HOST:?}\n",
            "C2  app variable SMTP_HOST: the compose file asks for it and the plan does not give it; give it",
        ),
        pytest.param(
            "app.compose.yaml",
            "    init: true\n",
            '    init: true\n    ports: ["8000:8000"]\n',
            "C4  app service backend ports: publishes a port of its host; take it out",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "data.compose.yaml",
            "${REDIS_IMAGE:?}",
            "docker.io/library/redis:latest",
            "C1  data service redis: its image floats: the same reference may be another image tomorrow; use",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_template_that_breaks_a_rule_is_refused_with_the_rule_and_its_remedy(
    refused: Cloud, tmp_path: Path, template: str, line: str, becomes: str, told: str
) -> None:
    other_templates(refused, tmp_path, template, line=line, becomes=becomes)

    shown = refusals.of_program(refused.up("staging", release="v1.0.0"))

    assert "nothing was changed" in shown
    assert told in shown
