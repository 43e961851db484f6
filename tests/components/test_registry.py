"""Tags to digests: all images or one clear refusal."""

import threading
from types import SimpleNamespace

import pulumi
import pytest

from components.registry import PAUSE_SECONDS, ROUNDS, with_digests
from model.errors import ReleaseError, SettingsError

DIGEST = "sha256:" + "a" * 64
BACKEND = "ghcr.io/zitian-party/finance-report-backend:v1.0.0"
NOT_FOUND = (
    "invoke of docker:index/getRegistryImage:getRegistryImage failed: 1 error occurred:\n"
    "\t* Got error when attempting to fetch image version x:v1.0.0 from registry: "
    "got bad response from registry: 404 Not Found\n\n"
)


class Registry:
    """Has the digests it is given; a list is answered one after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def get_registry_image(self, *, name: str) -> SimpleNamespace:
        self.asked.append(name)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not answer.startswith("sha256:"):
            raise Exception(answer)  # noqa: TRY002 - as the SDK does
        return SimpleNamespace(sha256_digest=answer)


@pytest.fixture
def pauses() -> list[float]:
    return []


def registry(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Registry:
    made = Registry(*answers)
    monkeypatch.setattr("components.registry.docker", made)
    return made


def test_r3_an_image_keeps_its_tag_and_gets_its_digest(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    registry(monkeypatch, DIGEST)

    assert with_digests({"backend": BACKEND}, sleep=pauses.append) == {"backend": f"{BACKEND}@{DIGEST}"}


def test_no_image_asks_no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = registry(monkeypatch, NOT_FOUND).asked

    assert with_digests({}) == {}
    assert asked == []


def test_r2_an_image_that_appears_a_moment_later_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    registry(monkeypatch, NOT_FOUND, DIGEST)

    with_digests({"backend": BACKEND}, sleep=pauses.append)

    assert pauses == [PAUSE_SECONDS]


def test_r2_the_wait_for_an_image_ends(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    registry(monkeypatch, NOT_FOUND)

    with pytest.raises(pulumi.RunError):
        with_digests({"backend": BACKEND}, sleep=pauses.append)

    assert pauses == [PAUSE_SECONDS] * (ROUNDS - 1)


def test_r2_every_missing_image_is_named_with_the_registrys_words(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    registry(monkeypatch, NOT_FOUND)
    images = {"backend": BACKEND, "frontend": BACKEND.replace("backend", "frontend")}

    with pytest.raises(pulumi.RunError) as refusal:
        with_digests(images, sleep=pauses.append)

    said = "(got bad response from registry: 404 Not Found)"
    assert f"2 of 2 images cannot be had, nothing was changed: {BACKEND} {said}; " in str(refusal.value)
    assert f"{images['frontend']} {said}" in str(refusal.value)


def test_an_image_that_was_found_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    asked = registry(monkeypatch, DIGEST, NOT_FOUND, DIGEST).asked

    with_digests({"backend": BACKEND, "redis": "docker.io/library/redis:8.2.1"}, sleep=pauses.append)

    assert asked == [BACKEND, "docker.io/library/redis:8.2.1", "docker.io/library/redis:8.2.1"]


def test_a_mirror_is_asked_and_the_real_name_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATA_REGISTRY_MIRROR", "127.0.0.1:5443")
    asked = registry(monkeypatch, DIGEST).asked

    assert with_digests({"backend": BACKEND}) == {"backend": f"{BACKEND}@{DIGEST}"}
    assert asked == [f"127.0.0.1:5443/{BACKEND}"]


@pytest.mark.parametrize("mirror", ["registry.example:5000", "10.0.0.1:5000", "127.0.0.1:1/evil"])
def test_a_mirror_on_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch, mirror: str) -> None:
    monkeypatch.setenv("STRATA_REGISTRY_MIRROR", mirror)
    asked = registry(monkeypatch, DIGEST).asked

    with pytest.raises(SettingsError):
        with_digests({"backend": BACKEND})

    assert asked == []


def test_a_digest_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    registry(monkeypatch, "sha256:short")

    with pytest.raises(ReleaseError):
        with_digests({"backend": BACKEND})


def test_r2_a_registry_that_never_answers_ends_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = threading.Event()
    codes: list[int] = []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    def silent(*, name: str) -> SimpleNamespace:
        assert ended.wait(timeout=10)
        return SimpleNamespace(sha256_digest=DIGEST)

    monkeypatch.setattr("components.registry.LIMIT_SECONDS", 0.01)
    monkeypatch.setattr("components.registry.os._exit", end)
    monkeypatch.setattr("components.registry.docker", SimpleNamespace(get_registry_image=silent))

    with_digests({"backend": BACKEND})

    assert codes == [1]
    assert f"nothing was changed: the registry of {BACKEND} took the connection" in capsys.readouterr().err
