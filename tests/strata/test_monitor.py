import httpx
import pytest

from model.routing import smoke_probes
from strata.monitor import INTERVAL, Result, Watch, monitor
from strata.outcome import Exit
from tests.strata.test_smoke import EXPECTED, IDENTITY, OTHER, URL, Site, page

BAD = httpx.Response(502)
GONE = httpx.ConnectError("Temporary failure in name resolution")
ROUND = 4


@pytest.fixture
def site() -> Site:
    return Site()


def watched(
    site: Site, seconds: float = 60.0, *, said: list[str] | None = None, network: bool = False
) -> Watch:
    told = [] if said is None else said
    return monitor(
        smoke_probes(URL),
        EXPECTED,
        seconds=seconds,
        through=site.through,
        clock=site.clock,
        elsewhere=lambda: network,
        say=told.append,
    )


def test_a_stack_that_answers_all_the_time_is_steady_for_the_stated_time(site: Site) -> None:
    seen = watched(site)

    assert (seen.result, seen.failed, seen.exit) == (Result.STEADY, 0, Exit.OK)
    assert seen.seconds == 60.0
    assert seen.requests == ROUND * (60 / INTERVAL + 1)
    assert str(seen) == "steady: 0 of 52 requests failed in 60 s"


def test_one_request_that_fails_is_not_forgiven_and_the_watch_goes_on(site: Site) -> None:
    site.answers["/"] = [page(), page(), BAD, page()]

    seen = watched(site)

    assert (seen.result, seen.failed, seen.requests, seen.seconds) == (Result.INTERRUPTED, 1, 52, 60.0)
    assert seen.exit is Exit.NOT_AS_IT_SHOULD_BE
    assert str(seen) == f"interrupted: 1 of 52 requests failed in 60 s; the first: {URL}/: status 502"


def test_three_bad_rounds_in_a_row_end_the_watch(site: Site) -> None:
    site.answers["/"] = [page(), BAD]

    seen = watched(site, seconds=600)

    assert (seen.result, seen.failed, seen.seconds) == (Result.DOWN, 3, 3 * INTERVAL)
    assert seen.exit is Exit.NOT_AS_IT_SHOULD_BE


def test_bad_rounds_with_good_ones_between_are_no_outage(site: Site) -> None:
    site.answers["/"] = [BAD, page()] * 4 + [page()]

    seen = watched(site)

    assert (seen.result, seen.failed, seen.seconds) == (Result.INTERRUPTED, 4, 60.0)


def test_a_wrong_answer_ends_the_watch_at_once(site: Site) -> None:
    right = site.answers["/version.json"]
    site.answers["/version.json"] = [right, httpx.Response(200, json={**IDENTITY, "commit": OTHER})]

    seen = watched(site, seconds=600)

    assert (seen.result, seen.failed, seen.seconds) == (Result.WRONG, 1, INTERVAL)
    assert seen.exit is Exit.NOT_AS_IT_SHOULD_BE


def test_a_failure_in_the_last_round_counts(site: Site) -> None:
    site.answers["/"] = [page()] * 2 + [BAD]

    assert watched(site, seconds=2 * INTERVAL).result is Result.INTERRUPTED


def test_p50_nothing_watched_is_not_steady() -> None:
    seen = monitor((), EXPECTED, seconds=60, through=Site().through, clock=Site().clock)

    assert (seen.result, seen.requests, seen.exit) == (Result.UNSEEN, 0, Exit.FAILED)


def nothing_answers(site: Site, *, after: int = 0, times: int = 1000) -> None:
    for path, right in site.answers.items():
        site.answers[path] = [*[right] * after, *[GONE] * times, right]


def test_g4_a_runner_without_a_network_has_seen_nothing_and_says_so(site: Site) -> None:
    nothing_answers(site)

    seen = watched(site)

    assert (seen.result, seen.failed, seen.lost, seen.exit) == (Result.UNSEEN, 0, 52, Exit.FAILED)
    assert "52 could not be made: nothing else answered this machine either" in str(seen)
    assert "where there is a network" in seen.next_step("production")


def test_g4_a_stack_that_is_gone_while_the_rest_of_the_world_answers_is_down(site: Site) -> None:
    nothing_answers(site)

    seen = watched(site, network=True)

    assert (seen.result, seen.lost, seen.exit) == (Result.DOWN, 0, Exit.NOT_AS_IT_SHOULD_BE)


def test_g4_a_watch_with_a_gap_is_not_steady(site: Site) -> None:
    nothing_answers(site, after=2, times=4)

    seen = watched(site)

    assert (seen.result, seen.failed, seen.lost, seen.seconds) == (Result.UNSEEN, 0, 16, 60.0)


def test_g4_what_is_seen_after_a_gap_still_counts(site: Site) -> None:
    nothing_answers(site, times=4)
    site.answers["/health"][-1] = httpx.Response(200, json={})

    assert watched(site).result is Result.WRONG


@pytest.mark.parametrize("status", [408, 425, 429])
def test_an_answer_that_says_nothing_about_what_runs_interrupts_and_is_not_wrong(
    site: Site, status: int
) -> None:
    site.answers["/"] = [page(), httpx.Response(status), page()]

    seen = watched(site)

    assert (seen.result, seen.failed) == (Result.INTERRUPTED, 1)


def test_r8_every_end_but_steady_says_what_to_do_next() -> None:
    steps = {
        result: Watch(result=result, failed=1, requests=2, seconds=1).next_step("production")
        for result in Result
    }

    assert steps.pop(Result.STEADY) == ""
    assert all("production" in step or "rollback.yml" in step for step in steps.values())
    assert "strata release record production --tag" in steps[Result.INTERRUPTED]
    assert "rollback.yml" in steps[Result.INTERRUPTED]


def test_o2_it_says_once_a_minute_how_it_stands(site: Site) -> None:
    said: list[str] = []

    watched(site, seconds=150, said=said)

    assert said == ["1 min: 0 of 52 requests failed", "2 min: 0 of 100 requests failed"]


def test_a_watch_that_is_shorter_than_its_interval_looks_twice(site: Site) -> None:
    assert (watched(site, seconds=1).requests, site.now) == (2 * ROUND, 1.0)
