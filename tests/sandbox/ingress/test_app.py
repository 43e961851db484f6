import pytest

from tests.sandbox.calls import Caller
from tests.sandbox.hosts import Host
from tests.sandbox.ingress.conftest import compose, labels, stack

CHECKED = "healthcheck: {test: [CMD, x]}"


def test_c8_health_tells_version_environment_and_the_commit_of_the_image(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r")))

    answer = http.get("/health")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "status": "ok",
        "version": "v1",
        "environment": "staging",
        "commit": "v1v1v1v1",
        "checks": {"database": "ok", "cache": "ok", "storage": "ok"},
    }


def test_an_image_may_serve_another_commit_than_its_label_says(host: Host, http: Caller) -> None:
    image = host.publish("v1", **{"strata.sandbox.served-commit": "other"})
    host.up("app", compose(image, labels("r")))

    assert http.get("/health").json()["commit"] == "other"


def test_an_unhealthy_container_that_nobody_checks_says_so_itself(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("bad", "unhealthy"), labels("r")))

    answer = http.get("/health")

    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
    assert http.get("/ready").status_code == 503


def test_the_frontend_answers_its_own_paths_and_is_no_backend(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r", port=3000), service="frontend"))

    page = http.get("/")
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "v1" in page.text
    assert http.get("/version.json").json()["version"] == "v1"
    assert http.get("/healthz").json()["status"] == "ok"
    paths = ("/api", "/api/accounts", "/health", "/any/where")
    assert [http.get(path).status_code for path in paths] == [503, 503, 503, 404]


@pytest.mark.parametrize(("path", "service"), [("/", "text/html"), ("/api", "json"), ("/health", "json")])
def test_the_longer_rule_wins(host: Host, http: Caller, path: str, service: str) -> None:
    image = host.publish("v1")
    host.up("page", compose(image, labels("page", port=3000), service="frontend"))
    host.up("api", compose(image, labels("api", path="/api")))
    host.up("health", compose(image, labels("health", path="/health")))

    assert service in http.get(path).headers["content-type"]


def test_nothing_answers_for_a_host_that_nobody_routes(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r", host="other.example")))

    answer = http.get("/health")

    assert (answer.status_code, answer.text) == (404, "404 page not found\n")


def test_only_what_is_on_dokploys_network_is_routed(host: Host, http: Caller) -> None:
    text = compose(host.publish("v1"), labels("r")).replace("[dokploy-network, default]", "[default]")
    host.up("app", text)

    assert http.get("/health").status_code == 404


@pytest.mark.parametrize("behaviour", ["unhealthy", "exits"])
def test_traefik_does_not_know_what_is_not_healthy(host: Host, http: Caller, behaviour: str) -> None:
    host.up("app", compose(host.publish("bad", behaviour), labels("r"), more=CHECKED))

    assert http.get("/health").status_code == 404


def test_a_container_is_routed_once_it_is_healthy(host: Host, http: Caller) -> None:
    host.world.pace.start = 10
    host.up("app", compose(host.publish("v1"), labels("r"), more=CHECKED))

    assert http.get("/health").status_code == 404
    host.world.now.turn(10)  # type: ignore[attr-defined]  # the test's clock
    assert http.get("/health").status_code == 200


def test_a_stopped_app_is_gone_until_it_starts_again(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r")))

    host.run("compose", "-p", "app", "stop")
    assert http.get("/health").status_code == 404
    host.run("compose", "-p", "app", "start")
    assert http.get("/health").status_code == 200


def test_a_route_to_a_port_where_nobody_listens_is_a_bad_gateway(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r", port=3000)))

    assert http.get("/health").status_code == 502


def test_tasks_of_a_stack_are_routed_by_the_services_labels(host: Host, http: Caller) -> None:
    host.deploy("app", stack(host.publish("v1"), labels("r"), more="replicas: 2"))

    assert [http.get("/health").status_code for _ in range(3)] == [200, 200, 200]


def test_r6_neither_a_good_nor_a_bad_release_of_a_stack_leaves_a_gap(host: Host, http: Caller) -> None:
    clock = host.world.now
    host.deploy("app", stack(host.publish("v1"), labels("r"), more="replicas: 2"))
    host.world.pace.start = 10

    seen = []
    for tag, behaviour in (("v2", "ok"), ("v3", "unhealthy"), ("v4", "exits")):
        host.deploy("app", stack(host.publish(tag, behaviour), labels("r"), more="replicas: 2"))
        for _ in range(8):
            seen.append(http.get("/health").status_code)
            clock.turn(5)  # type: ignore[attr-defined]  # the test's clock

    assert set(seen) == {200}
    assert http.get("/health").json()["commit"] == "v2v2v2v2"


def test_https_needs_a_router_of_its_own(host: Host, http: Caller, https: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r")))

    assert (http.get("/health").status_code, https.get("/health").status_code) == (200, 404)


def test_http_is_sent_on_to_https_where_dokploy_says_so(host: Host, http: Caller, https: Caller) -> None:
    secure = "traefik.http.routers.s"
    more = (
        "traefik.http.routers.r.middlewares=redirect-to-https@file"
        f" {secure}.rule=Host(`report.example`) {secure}.entrypoints=websecure"
        f" {secure}.tls.certresolver=letsencrypt {secure}.service=r"
    )
    host.up("app", compose(host.publish("v1"), labels("r", more=more)))

    answer = http.get("/health?x=1")

    assert (answer.status_code, answer.headers["location"]) == (301, "https://report.example/health?x=1")
    assert http("POST", "/health").status_code == 308
    assert https.get("/health").status_code == 200


def test_prefixes_are_cut_off_and_put_before(host: Host, http: Caller) -> None:
    middleware = "traefik.http.middlewares"
    more = (
        "traefik.http.routers.r.middlewares=cut,put"
        f" {middleware}.cut.stripprefix.prefixes=/deep/er {middleware}.put.addprefix.prefix=/api"
    )
    host.up("app", compose(host.publish("v1"), labels("r", path="/deep/er", more=more)))

    assert http.get("/deep/er").json()["name"] == "finance report"
    assert http.get("/deep/er/x").status_code == 404


def test_a_request_without_a_body_is_answered_without_one(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r")))

    assert http.head("/health").status_code == 200


def test_log_and_faults_know_the_host(host: Host, http: Caller) -> None:
    host.up("app", compose(host.publish("v1"), labels("r")))
    host.world.faults.add(part="ingress", kind="reject", path="report.example/health", status=502)

    assert [http.get("/health").status_code, http.get("/health").status_code] == [502, 200]
    assert host.world.log.since(0, part="ingress")[0]["path"] == "report.example/health"
