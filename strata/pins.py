"""`strata pins`: the images that are pinned, and what their registries have that is newer."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import httpx

from model.images import ImageRef
from model.newer import Newer, newer
from model.pins import IMAGES
from model.services import Service
from strata import health, registrylogin, show
from strata.outcome import Exit

# Docker Hub's name in references is not where it answers.
_HOSTS = {"docker.io": "registry-1.docker.io"}
# More than any repository has: a registry whose pages do not end is told apart from one that has many.
_PAGES = 200
# What a new major version means for data that an old one wrote.
_PLAYBOOKS = {Service.POSTGRES: "upgrading PostgreSQL"}


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A pinned image and what was found out about it.

    Attributes:
        name: of the service or of what images are built on.
        image: the pinned reference.
        newer: what its registry has, `None` if nobody looked.
        problem: why it could not be looked up, empty otherwise.
    """

    name: str
    image: str
    newer: Newer | None = None
    problem: str = ""

    @property
    def words(self) -> str:
        """The finding in a few words."""
        if self.problem:
            return f"could not look: {self.problem}"
        if self.newer is None:
            return ""
        found = [self.newer.same_major] if self.newer.same_major else []
        if self.newer.next_major:
            playbook = _PLAYBOOKS.get(Service(self.name)) if self.name in _PLAYBOOKS else None
            how = f"playbook '{playbook}' in docs/playbooks.md" if playbook else "a new major version"
            found.append(f"{self.newer.next_major} ({how})")
        return f"behind: {', '.join(found)}" if found else "up to date"


class _NoAnswerError(Exception):
    """A registry did not say which tags there are; the text is for the table."""


def listed() -> list[Pin]:
    """All pinned images, nobody asked."""
    return [Pin(name=name, image=image) for name, image in IMAGES.items()]


def looked_up(env: Mapping[str, str]) -> list[Pin]:
    """All pinned images with what their registries have.

    Args:
        env: DOCKER_CONFIG, SSL_CERT_FILE, STRATA_REGISTRY_MIRROR (asked in place of all registries).

    Raises:
        UsageError: SSL_CERT_FILE names no file.
    """
    with closing(health.direct(env)) as client:
        return [_look_up(client, env, pin) for pin in listed()]


def print_pins(pins: list[Pin], *, json: bool) -> None:
    """Show them."""
    if json:
        show.as_json([_document(pin) for pin in pins])
        return
    checked = any(pin.words for pin in pins)
    if any(pin.problem for pin in pins):
        show.note(
            "What could not be looked up may be behind. Next: check the network (SSL_CERT_FILE), try again."
        )
    columns = ("NAME", "IMAGE", "NEWER") if checked else ("NAME", "IMAGE")
    show.table(columns, [(pin.name, pin.image, pin.words)[: len(columns)] for pin in pins])


def outcome(pins: list[Pin]) -> Exit:
    """The exit code: a pin that could not be looked up counts before one that is behind."""
    if any(pin.problem for pin in pins):
        return Exit.FAILED
    return Exit.NOT_AS_IT_SHOULD_BE if any(pin.newer for pin in pins) else Exit.OK


def _look_up(client: httpx.Client, env: Mapping[str, str], pin: Pin) -> Pin:
    image = ImageRef.parse(pin.image)
    mirror = env.get("STRATA_REGISTRY_MIRROR")
    host = mirror or _HOSTS.get(image.registry, image.registry)
    path = image.repository if mirror else image.path
    try:
        tags = list(_tags(client, f"https://{host}/v2/{path}/tags/list", basic=_login(env, host, image)))
    except httpx.HTTPError as error:
        return Pin(name=pin.name, image=pin.image, problem=f"{host} cannot be asked ({type(error).__name__})")
    except _NoAnswerError as error:
        return Pin(name=pin.name, image=pin.image, problem=f"{host} {error}")
    if image.tag not in tags:
        return Pin(name=pin.name, image=pin.image, problem=f"{host} does not list {image.tag} itself")
    return Pin(name=pin.name, image=pin.image, newer=newer(image.tag, among=tags))


def _tags(client: httpx.Client, url: str, *, basic: str) -> Iterator[str]:
    """All tags of a repository, page by page (distribution spec, `Link: …; rel="next"`)."""
    page = httpx.URL(url)
    for _ in range(_PAGES):
        answer = registrylogin.get(client, page, basic=basic)
        if not answer.is_success:
            raise _NoAnswerError(f"answers {answer.status_code}")
        try:
            tags = answer.json()["tags"]
        except (ValueError, KeyError, TypeError):
            raise _NoAnswerError("answers with something that is no list of tags") from None
        yield from tags or ()
        following = answer.links.get("next", {}).get("url")
        if not following:
            return
        page = page.join(following)
        if page.host != httpx.URL(url).host or page.scheme != "https":
            raise _NoAnswerError("sends to another host for more tags")
    raise _NoAnswerError(f"has more than {_PAGES} pages of tags")


def _login(env: Mapping[str, str], host: str, image: ImageRef) -> str:
    """Own credentials where Docker's configuration has some: a registry answers nobody less often."""
    hub = "https://index.docker.io/v1/"
    return registrylogin.credentials(env, hub if image.registry == "docker.io" else host) or ""


def _document(pin: Pin) -> dict[str, object]:
    return {
        "name": pin.name,
        "image": pin.image,
        "newest": pin.newer.same_major if pin.newer else None,
        "nextMajor": pin.newer.next_major if pin.newer else None,
        "problem": pin.problem or None,
    }
