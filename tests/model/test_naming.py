import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.guardrails import disjoint
from model.guardrails.previews import identities
from model.layers import Stack
from model.naming import Names, marker
from model.services import required_secrets
from tests.model.plans import names

STACKS = st.one_of(
    st.sampled_from(["local", "ci", "staging", "production"]),
    st.integers(min_value=1, max_value=999_999_999).map("pr-{}".format),
)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def test_names_of_staging_are_as_documented() -> None:
    staging = names("staging")

    assert {
        "host": staging.host,
        "url": staging.url(https=True),
        "environment": staging.environment,
        "composes": (staging.compose("data"), staging.compose("app")),
        "network": staging.network,
        "volume": staging.volume("postgres"),
        "aliases": (staging.alias("postgres"), staging.alias("redis"), staging.alias("minio")),
        "bucket": staging.bucket,
        "vault": (staging.vault_path("backend"), staging.vault_provider),
    } == {
        "host": "report-staging.zitian.party",
        "url": "https://report-staging.zitian.party",
        "environment": "staging",
        "composes": ("finance-report-staging-data", "finance-report-staging-app"),
        "network": "finance-report-staging",
        "volume": "finance-report-staging-postgres",
        "aliases": (
            "finance-report-db-staging",
            "finance-report-redis-staging",
            "finance-report-minio-staging",
        ),
        "bucket": "finance-report-staging",
        "vault": ("finance_report/staging/backend", "finance-report-staging"),
    }


def test_productions_host_has_no_suffix() -> None:
    assert names("production").host == "report.zitian.party"


def test_a_preview_is_one_compose_without_a_tier_in_its_name() -> None:
    assert names("pr-12").compose("preview") == "finance-report-pr-12"


def test_without_tls_the_address_is_http() -> None:
    assert names("pr-12").url(https=False) == "http://report-pr-12.zitian.party"


@pytest.mark.parametrize("stack", ["local", "ci", "pr-12"])
def test_p2_a_stack_that_does_not_stay_has_no_secrets_in_vault(stack: str) -> None:
    assert required_secrets(names(stack)) == {}
    with pytest.raises(ValueError, match="has no secrets in Vault"):
        names(stack).vault_path("backend")


@given(first=STACKS, second=STACKS)
def test_p2_no_name_of_one_stack_is_anothers(first: str, second: str) -> None:
    shared = identities(names(first)) & identities(names(second))

    assert bool(shared) is (first == second)


@given(stacks=st.lists(STACKS, unique=True, max_size=6))
def test_p2_any_set_of_stacks_is_disjoint(stacks: list[str]) -> None:
    assert disjoint(names(stack) for stack in stacks) == []


def test_p2_two_stacks_that_share_names_are_told_with_both_owners() -> None:
    class Careless(Names):
        @property
        def bucket(self) -> str:
            return "uploads"

    stacks = [
        Careless(stack=Stack.parse(stack), domain="zitian.party", host_prefix="report", app="finance_report")
        for stack in ("staging", "pr-12")
    ]
    found = disjoint(stacks)

    assert [(one.rule, one.where, one.message) for one in found] == [
        ("P2", "bucket uploads", "belongs to staging and pr-12")
    ]


@given(stack=STACKS)
def test_every_name_fits_where_it_is_used(stack: str) -> None:
    chosen = names(stack)
    labels = [chosen.host.split(".", maxsplit=1)[0], chosen.bucket, chosen.network, chosen.compose("data")]
    labels += [chosen.alias(service) for service in ("postgres", "redis", "minio", "backend", "frontend")]

    assert [label for label in labels if not LABEL.fullmatch(label)] == []


def test_s3_the_marker_names_project_stack_and_resource() -> None:
    assert (
        marker(project="finance-report", stack="staging", logical="data")
        == "strata:finance-report/staging/data"
    )
