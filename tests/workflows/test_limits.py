"""R8, R9: what hangs on the way to production ends early enough for the way back, and is recorded."""

import pytest

from tests.workflows.documents import Document, load

STARTED = "steps.up.outcome != 'skipped'"


def deploy() -> Document:
    found: Document = load("production-deploy.yml")["jobs"]["deploy"]
    return found


@pytest.mark.parametrize("step", ["up", "smoke", "monitor", "back", "proved"])
def test_r8_what_may_hang_has_a_limit_of_its_own(step: str) -> None:
    (found,) = (one for one in deploy()["steps"] if one.get("id") == step)

    assert found["timeout-minutes"] > 0


def test_r8_all_limits_together_leave_the_job_time_for_the_rest() -> None:
    body = deploy()

    assert sum(one.get("timeout-minutes", 0) for one in body["steps"]) <= 0.75 * body["timeout-minutes"]


def test_r8_the_limit_of_monitoring_is_longer_than_it_watches() -> None:
    (found,) = (one for one in deploy()["steps"] if one.get("id") == "monitor")
    words = found["run"].split()

    assert found["timeout-minutes"] > float(words[words.index("--minutes") + 1])


def test_r9_a_run_that_is_cancelled_half_way_is_recorded_as_failed() -> None:
    steps = deploy()["steps"]
    (found,) = (one for one in steps if "cancelled()" in one.get("if", ""))

    assert STARTED in found["if"]
    assert "--result failed" in found["run"]
    assert (
        steps.index(found)
        > max(n for n, one in enumerate(steps) if "release record" in one.get("run", "")) - 1
    )
