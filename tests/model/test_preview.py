import pytest

from model.envtext import read
from model.errors import ReleaseError
from model.layers import Stack
from model.plan import GitSource, Plan
from model.preview import preview_plan, preview_ref
from tests.model.plans import COMMIT, preview, settings


def planned(**changes: str) -> Plan:
    values = {
        "git_url": "https://github.com/zitian-party/finance_report.git",
        "ref": f"preview/pr-12-{COMMIT[:7]}",
        "commit": COMMIT,
        "compose_file": "services: {a: {}}",
    }
    return preview_plan(settings=settings(), stack=Stack.parse("pr-12"), **(values | changes))


def source_of(plan: Plan) -> GitSource:
    source = plan.tiers[0].source
    assert isinstance(source, GitSource)
    return source


def test_decision_10_a_preview_is_one_compose_with_everything() -> None:
    assert [(tier.tier, tier.compose_name) for tier in preview().tiers] == [
        ("preview", "finance-report-pr-12")
    ]


def test_p2_a_preview_has_nothing_of_what_stays() -> None:
    plan = preview()

    assert (plan.release, plan.gate, plan.network, plan.vault_provider, plan.registry) == (None,) * 5


def test_p3_its_volumes_go_with_it() -> None:
    assert [(tier.delete_volumes, tier.protect) for tier in preview().tiers] == [(True, False)]


def test_p7_a_commit_is_cloned_by_its_tag() -> None:
    source = source_of(preview())

    assert (source.ref, source.commit) == (f"preview/pr-12-{COMMIT[:7]}", COMMIT)


def test_v1_its_variables_hold_no_secret() -> None:
    assert read(preview().tiers[0].env) == {
        "ENV": "pr-12",
        "VERSION": "pr-12-0123456",
        "GIT_COMMIT": COMMIT,
        "PUBLIC_URL": "https://report-pr-12.zitian.party",
    }


def test_d4_a_preview_is_asked_like_the_others() -> None:
    assert [(probe.url, probe.identity) for probe in preview().tiers[0].probes] == [
        ("https://report-pr-12.zitian.party/health", True),
        ("https://report-pr-12.zitian.party/", False),
    ]


@pytest.mark.parametrize("commit", ["", COMMIT[:7], COMMIT.upper(), "main", COMMIT + "0"])
def test_p7_a_commit_is_given_in_full(commit: str) -> None:
    with pytest.raises(ReleaseError, match="PREVIEW_COMMIT is not a full commit"):
        planned(commit=commit)


@pytest.mark.parametrize("ref", ["main", "preview/pr-12-fffffff", f"preview/pr-1-{COMMIT[:7]}", COMMIT])
def test_p7_another_ref_than_the_commits_tag_is_refused(ref: str) -> None:
    with pytest.raises(ReleaseError, match=f"PREVIEW_REF is not preview/pr-12-{COMMIT[:7]}"):
        planned(ref=ref)


def test_p5_nothing_outside_pull_requests_is_planned_this_way() -> None:
    with pytest.raises(ReleaseError, match="not a pull request's"):
        preview("staging")


def test_without_a_key_or_an_app_it_clones_by_url() -> None:
    source = source_of(planned())

    assert (source.ssh_key_id, source.github_id, source.github_owner) == (None, None, None)


def test_with_an_app_owner_and_repository_are_given() -> None:
    source = source_of(preview(previewGithubId="gh1"))

    assert (source.github_id, source.github_owner, source.github_repository) == (
        "gh1",
        "zitian-party",
        "finance_report",
    )


def test_with_a_key_it_is_named() -> None:
    assert source_of(preview(previewSshKeyId="key1")).ssh_key_id == "key1"


def test_an_app_needs_an_owner_in_the_url() -> None:
    with pytest.raises(ReleaseError, match="the clone URL has no owner"):
        preview_plan(
            settings=settings(previewGithubId="gh1"),
            stack=Stack.parse("pr-12"),
            git_url="https://github.com/x.git",
            ref=preview_ref(Stack.parse("pr-12"), commit=COMMIT),
            commit=COMMIT,
            compose_file="services: {a: {}}",
        )
