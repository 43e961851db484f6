"""A release that fails half-way: what the next run says, and how the stack comes back."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.test_journey import STAGING, version

pytestmark = pytest.mark.e2e

BAD = "v9.9.9"


@pytest.fixture
def half_failed(cloud: Cloud) -> Cloud:
    """Staging runs v1.0.0; a release whose backend never gets healthy was tried."""
    cloud.up("staging", release="v1.0.0").ok()
    cloud.release(BAD, backend={"strata.sandbox.behaviour": "unhealthy"})
    cloud.up("staging", release=BAD).refused()
    return cloud


def test_the_outputs_of_a_failed_release_are_those_of_the_one_before(half_failed: Cloud) -> None:
    outputs = half_failed.outputs("staging")

    assert outputs["release"]["version"] == "v1.0.0"
    assert [one["version"] for one in outputs["verifiedReleases"]] == ["v1.0.0"]


def test_the_next_preview_says_why_it_goes_back(half_failed: Cloud) -> None:
    shown = half_failed.preview("staging").ok()

    assert f"staging goes back from {BAD} to v1.0.0" in shown.output


def test_d11_the_next_up_deploys_the_last_good_release_once(half_failed: Cloud) -> None:
    before = half_failed.cursor()

    half_failed.up("staging", "--refresh").ok()

    deploys = [one for one in half_failed.log(before) if one["path"].endswith("compose.deploy")]
    assert len(deploys) == 1
    assert version(half_failed, STAGING) == "v1.0.0"
    half_failed.up("staging", "--expect-no-changes").ok()
