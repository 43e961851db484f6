import pytest

from tests.model.guardrails.broken import told
from tests.model.plans import STANDING, digest, preview, standing, tier_of, with_service, with_tier


@pytest.mark.parametrize("stack", STANDING)
@pytest.mark.parametrize(
    ("tier", "service", "variable"),
    [
        ("data", "postgres", "POSTGRES_IMAGE"),
        ("data", "minio", "MINIO_IMAGE"),
        ("app", "backend", "BACKEND_IMAGE"),
    ],
)
def test_r3_an_image_without_its_digest_is_refused(
    stack: str, tier: str, service: str, variable: str
) -> None:
    plan = standing(stack)
    lines = tier_of(plan, tier).env.splitlines()
    env = "\n".join(line.partition("@")[0] + "'" if line.startswith(variable) else line for line in lines)

    assert told(with_tier(plan, tier, env=env)) == [("R3", f"{tier} service {service}")]


def test_r3_a_digest_without_a_tag_is_refused() -> None:
    plan = with_service(standing(), "data", "redis", image=f"docker.io/library/redis@{digest()}")

    assert told(plan) == [("R3", "data service redis")]


def test_r3_another_image_than_the_one_that_is_waited_for_is_refused() -> None:
    plan = with_service(standing(), "app", "backend", image=f"ghcr.io/a/b:v1.0.0@{digest()}")

    assert told(plan) == [("R3", "app service backend")]


@pytest.mark.parametrize(
    "image", ["redis", "redis:latest", "redis:8", "ghcr.io/a/b:main", "not an image", ""]
)
def test_c1_a_floating_image_is_refused_in_a_preview(image: str) -> None:
    assert told(with_service(preview(), "preview", "redis", image=image)) == [("C1", "preview service redis")]


def test_c1_a_branch_may_try_another_pin() -> None:
    assert told(with_service(preview(), "preview", "redis", image="docker.io/library/redis:8.4.0")) == []


def test_c1_without_image_and_build_there_is_nothing_to_run() -> None:
    assert told(with_service(preview(), "preview", "redis", image=None)) == [("C1", "preview service redis")]
