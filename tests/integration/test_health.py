from typing import Any

import httpx

from tests.integration.services import ALL_SERVICES, RECOVERY, Services, address_of, client_at
from tests.throwaway.waiting import eventually


def test_c8_health_tells_version_commit_of_the_image_and_each_dependency(
    backend: httpx.Client, services: Services
) -> None:
    answer = backend.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "version": services.version,
        "commit": services.commit,
        "environment": "ci",
        "checks": {"database": "ok", "cache": "ok", "storage": "ok"},
    }


def test_c8_the_commit_is_the_images_whatever_a_variable_claims(services: Services) -> None:
    with services.another_backend("claims", GIT_COMMIT="c0ffee", COMMIT="c0ffee", VERSION="v9") as container:
        health = answered(container)

    assert (health["commit"], health["version"]) == (services.commit, "v9")


def test_ready_tells_the_same_without_asking_the_dependencies(
    backend: httpx.Client, services: Services
) -> None:
    assert backend.get("/ready").json() == {
        "status": "ready",
        "version": services.version,
        "commit": services.commit,
        "environment": "ci",
    }


def test_all_five_services_are_healthy_by_their_own_checks(services: Services) -> None:
    states = {
        name: services.project.container(name).attrs["State"].get("Health", {}).get("Status")
        for name in ALL_SERVICES
    }

    assert states == dict.fromkeys(ALL_SERVICES, "healthy")


def test_c8_wrong_credentials_for_the_object_store_are_named_and_not_shown(services: Services) -> None:
    with services.another_backend("stranger", S3_SECRET_KEY="canary-7f3a9b") as container:
        health = answered(container, status=503)
        logged = eventually(lambda: refusal_logged(container), within=10)

    assert health["checks"] == {"database": "ok", "cache": "ok", "storage": "credentials refused"}
    assert "canary-7f3a9b" not in logged


def refusal_logged(container: Any) -> str:
    # the engine writes a line down somewhat after the program did
    logged = str(container.logs().decode())
    assert "credentials refused" in logged
    return logged


def answered(container: Any, status: int = 200) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        with client_at(address_of(container)) as client:
            answer = client.get("/health")
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return eventually(look, within=RECOVERY)
