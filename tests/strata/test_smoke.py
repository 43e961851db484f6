import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from model.plan import ProbePlan
from model.routing import probes, smoke_probes
from strata.smoke import AT_LEAST, IN_A_ROW, PAUSE, Clock, Expected, Report, smoke

URL = "https://report-staging.example.test"
COMMIT = "a" * 40
OTHER = "b" * 40
EXPECTED = Expected(commit=COMMIT, environment="staging")
IDENTITY = {"version": "v1.0.0", "commit": COMMIT, "environment": "staging"}
HEALTH = {"status": "ok", **IDENTITY, "checks": {"database": "ok"}}


def page() -> httpx.Response:
    return httpx.Response(200, html="<title>finance report</title>")


@dataclass
class Site:
    """A stack's host, answering as the application does; time passes only by waiting.

    Attributes:
        answers: path to the answer, or to what makes it.
        asked: paths in order.
        now: seconds.
    """

    answers: dict[str, Any] = field(
        default_factory=lambda: {
            "/health": httpx.Response(200, json=HEALTH),
            "/": page(),
            "/version.json": httpx.Response(200, json=IDENTITY),
            "/api/": httpx.Response(200, json={"name": "finance report", **IDENTITY}),
        }
    )
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    now: float = 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        self.headers.append(request.headers)
        answer = self.answers[request.url.path]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def through(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    @property
    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, sleep=self.wait)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def identify(self, **changed: Any) -> None:
        """Have every address say something else of itself."""
        for path, body in (("/health", HEALTH), ("/version.json", IDENTITY), ("/api/", IDENTITY)):
            self.answers[path] = httpx.Response(200, json={**body, **changed})

    def smoke(self, expected: Expected = EXPECTED, **more: Any) -> Report:
        return smoke(smoke_probes(URL), expected, through=self.through, clock=self.clock, **more)


@pytest.fixture
def site() -> Site:
    return Site()


def test_d4_a_stack_passes_after_three_right_rounds(site: Site) -> None:
    report = site.smoke()

    assert report == Report(passed=True, checks=12, asked=12, commit=COMMIT)
    assert site.now == (IN_A_ROW - 1) * PAUSE
    assert report.checks >= AT_LEAST


def test_every_deployments_probe_is_among_the_smoke_checks() -> None:
    assert set(probes(URL)) < set(smoke_probes(URL))


def test_each_look_is_a_new_visitor_who_says_its_name(site: Site) -> None:
    site.smoke()

    assert {head["user-agent"] for head in site.headers} == {"strata-smoke"}
    assert {head["connection"] for head in site.headers} == {"close"}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="404 page not found"),
        httpx.Response(408),
        httpx.Response(425),
        httpx.Response(429, headers={"retry-after": "1"}),
        httpx.Response(502, text="Bad Gateway"),
        httpx.Response(503, json=HEALTH),
        httpx.ConnectError("refused"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"),
        httpx.ReadTimeout("slow"),
    ],
)
@pytest.mark.parametrize("path", ["/health", "/", "/version.json", "/api/"])
def test_d4_what_may_still_become_right_is_asked_again(
    site: Site, path: str, answer: httpx.Response | Exception
) -> None:
    site.answers[path] = [answer, answer, site.answers[path]]

    report = site.smoke()

    assert report.passed
    assert report.checks == 12
    assert report.asked == 20


def test_p48_a_good_answer_between_bad_ones_does_not_count(site: Site) -> None:
    bad = httpx.Response(404)
    site.answers["/"] = [page(), page(), bad, page(), page(), bad, page(), page(), page()]

    report = site.smoke()

    assert (report.passed, report.asked) == (True, 9 * 4)


def test_what_does_not_become_right_within_the_window_fails_with_the_last_word(site: Site) -> None:
    site.answers["/"] = httpx.Response(503)

    report = site.smoke(window=20)

    assert not report.passed
    assert report.problem == f"{URL}/: status 503, for 20 s"
    assert site.now == 20


@pytest.mark.parametrize(("network", "unseen"), [(False, True), (True, False)])
def test_g4_a_stack_of_which_nothing_answers_was_seen_only_if_something_else_answers(
    site: Site, *, network: bool, unseen: bool
) -> None:
    site.answers = dict.fromkeys(site.answers, httpx.ConnectError("Temporary failure in name resolution"))

    report = site.smoke(window=5, elsewhere=lambda: network)

    assert (report.passed, report.unseen) == (False, unseen)
    assert ("nothing else answers this machine" in report.problem) is unseen


def test_g4_one_http_answer_is_enough_to_have_seen_a_stack(site: Site) -> None:
    site.answers = dict.fromkeys(site.answers, httpx.ConnectError("refused"))
    site.answers["/"] = httpx.Response(404)

    assert not site.smoke(window=5, elsewhere=lambda: False).unseen


def test_tls_that_is_not_ready_is_named(site: Site) -> None:
    site.answers["/health"] = httpx.ConnectError(str(ssl.SSLCertVerificationError("certificate")))

    assert "TLS is not ready" in site.smoke(window=1).problem


Change = Callable[[Site], None]


def answer(path: str, response: httpx.Response) -> Change:
    return lambda site: site.answers.update({path: response})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (answer("/health", page()), "answers text/html instead of application/json"),
        (answer("/api/", page()), "answers text/html instead of application/json"),
        (answer("/", httpx.Response(200, json={})), "answers application/json instead of text/html"),
        (answer("/", httpx.Response(200)), "no content type"),
        (answer("/health", httpx.Response(200, json=IDENTITY)), "answers without status, checks"),
        (answer("/health", httpx.Response(200, json=[])), "does not answer a JSON object"),
        (
            answer("/health", httpx.Response(200, text="{", headers={"content-type": "application/json"})),
            "does not answer a JSON object",
        ),
        (answer("/", httpx.Response(301, headers={"location": "https://elsewhere.test"})), "status 301"),
        (answer("/", httpx.Response(401)), "status 401"),
        (answer("/", httpx.Response(403)), "status 403"),
        (lambda site: site.identify(commit=OTHER), f"says commit {OTHER!r}, expected is {COMMIT}"),
        (lambda site: site.identify(commit=""), "does not say its commit"),
        (lambda site: site.identify(commit=7), "does not say its commit"),
        (
            lambda site: site.identify(environment="production"),
            "says it is 'production', expected is staging",
        ),
    ],
)
def test_d4_a_wrong_payload_fails_at_once(site: Site, change: Change, said: str) -> None:
    change(site)

    report = site.smoke()

    assert not report.passed
    assert said in report.problem
    assert site.now == 0


def test_p49_a_page_that_is_of_another_commit_than_the_backend_is_found(site: Site) -> None:
    site.answers["/version.json"] = httpx.Response(200, json={**IDENTITY, "commit": OTHER})

    assert f"/version.json: says commit {OTHER!r}" in site.smoke().problem
    assert f"/version.json: says commit {OTHER!r}" in site.smoke(replace(EXPECTED, commit=None)).problem


def test_without_a_commit_whichever_answers_everywhere_is_told(site: Site) -> None:
    assert site.smoke(replace(EXPECTED, commit=None)).commit == COMMIT


def test_an_image_that_does_not_know_its_commit_passes_only_where_it_was_built_by_hand(site: Site) -> None:
    site.identify(commit="unknown")

    assert "does not know the commit" in site.smoke(Expected()).problem
    assert site.smoke(Expected(may_be_unknown=True)).passed


def test_p50_a_run_that_looked_at_too_little_has_not_passed(site: Site) -> None:
    few = smoke(probes(URL), EXPECTED, through=site.through, clock=site.clock)
    none = smoke((), EXPECTED, through=site.through, clock=site.clock)

    assert (few.passed, few.problem) == (False, "only 6 checks were made, at least 12 are needed")
    assert (none.passed, none.problem) == (False, "only 0 checks were made, at least 12 are needed")


def test_d4_pages_alone_prove_nobodys_identity(site: Site) -> None:
    pages = [ProbePlan(url=f"{URL}/", content_type="text/html")] * 4

    report = smoke(pages, EXPECTED, through=site.through, clock=site.clock)

    assert (report.passed, report.problem) == (False, "0 commits answered instead of one")


def test_a_stack_that_changes_while_it_is_looked_at_has_not_passed(site: Site) -> None:
    for path, body in (("/health", HEALTH), ("/version.json", IDENTITY), ("/api/", IDENTITY)):
        later = httpx.Response(200, json={**body, "commit": OTHER})
        site.answers[path] = [site.answers[path], site.answers[path], later]

    report = site.smoke(replace(EXPECTED, commit=None))

    assert (report.passed, report.problem) == (False, "2 commits answered instead of one")


def test_what_a_site_says_of_itself_is_cut_and_quoted(site: Site) -> None:
    site.identify(commit="x\n::set-output " * 20)

    assert "\n" not in site.smoke().problem
    assert len(site.smoke().problem) < 200
