import pytest

from sandbox.registry import RegistryStore, create_app, seed
from sandbox.world import World
from tests.sandbox.calls import Caller

USER = ("strata", "pass")
REPOSITORY = "/v2/ghcr.io/zitian-party/finance-report-backend"
DOCKER_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
OCI_TYPE = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture
def client(world: World) -> Caller:
    seed(RegistryStore(world))
    app = create_app(world, password=USER[1])
    return Caller(app, base_url="https://registry.test")


def _bearer(client: Caller) -> dict[str, str]:
    token = client.get("/token", auth=USER).json()["token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "path",
    ["/v2/", f"{REPOSITORY}/manifests/v1.0.0", f"{REPOSITORY}/tags/list", f"{REPOSITORY}/blobs/sha256:0"],
)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Basic !"}],
)
def test_nothing_is_read_without_credentials(client: Caller, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="https://registry.test/token"')


def test_the_challenge_asks_for_no_more_than_pulling(client: Caller) -> None:
    challenge = client.head(f"{REPOSITORY}/manifests/v1.0.0").headers["www-authenticate"]

    assert challenge.endswith('scope="repository:ghcr.io/zitian-party/finance-report-backend:pull"')


def test_a_token_costs_the_password(client: Caller) -> None:
    assert client.get("/token").status_code == 401
    assert client.get("/token", auth=("strata", "wrong")).status_code == 401
    assert client.get("/v2/", headers=_bearer(client)).status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_manifest_answers_with_its_digest_by_tag_and_by_digest(client: Caller, method: str) -> None:
    headers = {**_bearer(client), "Accept": f"{DOCKER_TYPE}, {OCI_TYPE}"}

    by_tag = client(method, f"{REPOSITORY}/manifests/v1.0.0", headers=headers)
    digest = by_tag.headers["docker-content-digest"]
    by_digest = client(method, f"{REPOSITORY}/manifests/{digest}", headers=headers)

    assert [by_tag.status_code, by_digest.status_code] == [200, 200]
    assert digest == by_digest.headers["docker-content-digest"]
    assert by_tag.headers["content-type"] == OCI_TYPE


def test_the_plugin_that_sends_credentials_at_once_gets_the_digest_at_once(client: Caller) -> None:
    assert "docker-content-digest" in client.head(f"{REPOSITORY}/manifests/v1.0.0", auth=USER).headers


def test_a_client_that_reads_docker_manifests_only_is_told_so(client: Caller) -> None:
    answer = client.get(f"{REPOSITORY}/manifests/v1.0.0", auth=USER, headers={"Accept": DOCKER_TYPE})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "MANIFEST_UNKNOWN")


def test_an_unknown_tag_is_an_unknown_manifest(client: Caller) -> None:
    answer = client.get(f"{REPOSITORY}/manifests/v9.9.9", auth=USER)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "MANIFEST_UNKNOWN")


def test_config_and_layer_are_served(client: Caller) -> None:
    manifest = client.get(f"{REPOSITORY}/manifests/v1.0.0", auth=USER).json()

    for part in (manifest["config"], *manifest["layers"]):
        blob = client.get(f"{REPOSITORY}/blobs/{part['digest']}", auth=USER)
        assert (200, part["size"]) == (blob.status_code, len(blob.content))
    assert client.get(f"{REPOSITORY}/blobs/sha256:{'0' * 64}", auth=USER).status_code == 404


def test_the_tags_of_a_repository_are_listed(client: Caller) -> None:
    assert "v1.1.0" in client.get(f"{REPOSITORY}/tags/list", auth=USER).json()["tags"]
    assert client.get("/v2/ghcr.io/no/body/tags/list", auth=USER).status_code == 404


def test_nothing_is_deleted(client: Caller) -> None:
    answer = client("DELETE", f"{REPOSITORY}/manifests/v1.0.0", headers=_bearer(client))

    assert answer.status_code == 403
    assert client.get(f"{REPOSITORY}/manifests/v1.0.0", auth=USER).status_code == 200


def test_any_name_will_do_with_the_password_as_at_ghcr(client: Caller) -> None:
    assert client.get("/v2/", auth=("zitian-party-bot", USER[1])).status_code == 200
    assert client.get("/v2/", auth=("", USER[1])).status_code == 401


def test_requests_are_noted_and_faults_are_acted_out(world: World, client: Caller) -> None:
    world.faults.add(part="registry", kind="reject", path=REPOSITORY, status=503, message="down for a moment")

    answer = client.get(f"{REPOSITORY}/manifests/v1.0.0", auth=USER)

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (503, "down for a moment")
    assert (f"{REPOSITORY}/manifests/v1.0.0", 503) == (
        world.log.since(0, part="registry")[-1]["path"],
        world.log.since(0)[-1]["status"],
    )
