"""Images at their registry: which digest a tag means, and a further tag for a digest (distribution spec)."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from model.images import ImageRef
from strata import health, registrylogin
from strata.errors import CommandError

# Of one image and of an index of several, as OCI and as Docker write them: a registry gives what it has, and
# a digest is of the bytes in that one form.
MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_INDEXES = (MEDIA_TYPES[0], MEDIA_TYPES[2])
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ATTEMPTS = 4
_LONGEST_WAIT = 30.0


class RegistryError(CommandError):
    """A registry refused, did not answer, or answered with something else than was asked for."""


class TagTaken(RegistryError):
    """A tag means another image already; it was left alone."""


class _AgainError(Exception):
    """Not now: 429, 5xx or no connection."""

    def __init__(self, what: str, *, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


class Registry:
    """Registries, asked as Docker's configuration says. Close it, or use it as a context.

    Args:
        env: DOCKER_CONFIG or HOME; SSL_CERT_FILE; STRATA_REGISTRY_MIRROR (asked in place of all registries,
            on this machine only); GITHUB_ACTOR and GITHUB_TOKEN for ghcr.io where there is no `docker login`.
        sleep: seconds between two tries; replaces waiting in tests.
        client: replaces the network in tests.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        sleep: Callable[[float], None] = time.sleep,
        client: httpx.Client | None = None,
    ) -> None:
        self._env = env
        self._sleep = sleep
        self._http = client or health.direct(env)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def digest(self, image: ImageRef) -> str | None:
        """The digest that a tag means now, `None` if the registry does not have it.

        Raises:
            RegistryError: the registry does not say.
        """
        found = self._manifest(image, str(image.tag))
        return found[0] if found else None

    def has(self, image: ImageRef) -> bool:
        """Whether the registry still has a digest.

        Raises:
            RegistryError: the registry does not say.
        """
        return self._manifest(image, str(image.digest)) is not None

    def labels(self, image: ImageRef) -> Mapping[str, str]:
        """The labels in the config of an image; of an index those of its first image.

        Raises:
            RegistryError: it is not there, or the registry does not say.
        """
        reference = image.digest or str(image.tag)
        found = self._manifest(image, reference)
        if found and found[2] in _INDEXES:
            found = self._manifest(image, _first(found[1]))
        if found is None:
            raise RegistryError(
                f"{image} is not in its registry", next_step="look whether its build pushed it"
            )
        digest = str((_document(found[1]).get("config") or {}).get("digest"))
        answer = self._ask(self._request("GET", image, f"blobs/{digest}"), what=str(image))
        if answer.next_request:  # to where the registry keeps its blobs; httpx takes the login off
            answer = self._ask(answer.next_request, what=str(image))
        if not answer.is_success:
            raise self._refused(answer, f"the config of {image}")
        return dict((_document(answer.content).get("config") or {}).get("Labels") or {})

    def tag(self, image: ImageRef, *, tag: str) -> bool:
        """Put a tag on a digest: the same manifest, byte for byte, under a further name.

        Args:
            image: with the digest.
            tag: the further tag.

        Returns:
            Whether it was put by this call; `False`: it was there.

        Raises:
            TagTaken: the tag means another image; it is not moved.
            RegistryError: the digest is not there, or the registry refused.
        """
        wanted = image.at(tag=tag)
        there = self.digest(wanted)
        if there is not None:
            if there != image.digest:
                raise _taken(wanted, there=there, want=str(image.digest))
            return False
        found = self._manifest(image, str(image.digest))
        if found is None:
            raise RegistryError(
                f"{image.repository}@{image.digest} is not in the registry any more",
                next_step="look at the registry's clean-up rules; build and verify the commit anew",
            )
        _, body, media_type = found
        request = self._request("PUT", image, f"manifests/{tag}", content=body, media_type=media_type)
        answer = self._ask(request, what=str(wanted))
        if not answer.is_success:
            raise self._refused(answer, f"the tag {wanted}")
        now = self.digest(wanted)
        if now != image.digest:
            raise _taken(wanted, there=now or "nothing", want=str(image.digest))
        return True

    def _manifest(self, image: ImageRef, reference: str) -> tuple[str, bytes, str] | None:
        """Digest, bytes and media type."""
        answer = self._ask(self._request("GET", image, f"manifests/{reference}"), what=str(image))
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_success:
            raise self._refused(answer, str(image))
        digest = f"sha256:{hashlib.sha256(answer.content).hexdigest()}"
        said = answer.headers.get("docker-content-digest", digest)
        if said != digest or (_DIGEST.fullmatch(reference) and reference != digest):
            raise RegistryError(
                f"the registry's manifest of {image.repository} ({reference}) is not what its digest names",
                next_step="look what stands between here and the registry, and use nothing of it",
            )
        return digest, answer.content, answer.headers.get("content-type", "").partition(";")[0].strip()

    def _request(
        self, method: str, image: ImageRef, path: str, *, content: bytes | None = None, media_type: str = ""
    ) -> httpx.Request:
        host, repository = self._place(image)
        headers = {"accept": ", ".join(MEDIA_TYPES)} if "/manifests/" in f"/{path}" else {}
        if media_type:
            headers["content-type"] = media_type
        url = f"https://{host}/v2/{repository}/{path}"
        return self._http.build_request(method, url, headers=headers, content=content)

    def _place(self, image: ImageRef) -> tuple[str, str]:
        """Host and repository to ask for; the mirror's address is checked where its name is made."""
        mirror = self._env.get("STRATA_REGISTRY_MIRROR") or None
        name = image.lookup_name(mirror=mirror)
        return (mirror, image.repository) if mirror and name else (image.registry, image.path)

    def login(self, host: str) -> str:
        """`user:password` in base64 for a registry: `docker login`'s, or in a job its token; empty if none.

        Raises:
            RegistryError: a helper program has it.
        """
        found = registrylogin.credentials(self._env, host)
        if found:
            return found
        token = self._env.get("GITHUB_TOKEN", "").strip()
        if host == "ghcr.io" and token:
            return base64.b64encode(f"{self._env.get('GITHUB_ACTOR') or 'strata'}:{token}".encode()).decode()
        if found is None:
            raise RegistryError(
                f"a helper program keeps {host}'s credentials, which this command does not ask",
                next_step=f"`docker login {host}` with a DOCKER_CONFIG of its own",
            )
        return ""

    def _ask(self, request: httpx.Request, *, what: str) -> httpx.Response:
        """Every request may be sent again: a manifest under a tag is the same the second time."""
        host = request.url.netloc.decode()
        basic = self.login(host)

        def once() -> httpx.Response:
            try:
                answer = registrylogin.send(self._http, request, basic=basic)
            except httpx.HTTPError as error:
                raise _AgainError(f"{host} cannot be asked ({type(error).__name__})") from None
            if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
                asked = answer.headers.get("retry-after", "")
                after = float(asked) if asked.isdigit() else None
                raise _AgainError(f"{host} answered {answer.status_code}", after=after)
            return answer

        retrying = Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except _AgainError as error:
            raise RegistryError(
                f"{what}: {error}, {_ATTEMPTS} times", next_step="look at the registry, then run it again"
            ) from None

    def _refused(self, answer: httpx.Response, what: str) -> RegistryError:
        status = answer.status_code
        logins = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        login = "`docker login` with a token that may read (and to tag: write) packages; a job: `packages:`"
        return RegistryError(
            f"the registry answered {status} for {what}",
            next_step=login if status in logins else "look at the registry, then run it again",
        )


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _AgainError) else None
    return min(_LONGEST_WAIT, asked if asked is not None else 2.0 ** (state.attempt_number - 1))


def _taken(wanted: ImageRef, *, there: str, want: str) -> TagTaken:
    return TagTaken(
        f"{wanted} means {there} and not {want}: it was moved, or another build has it; it was left alone",
        next_step="find out who put it there; a tag of a release is never moved",
    )


def _first(index: bytes) -> str:
    """The digest of an index's first image; a provenance that stands beside it is for no system."""
    for child in _document(index).get("manifests") or []:
        if (child.get("platform") or {}).get("os") != "unknown":
            return str(child.get("digest"))
    return ""


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RegistryError(
            "the registry answered with something that is no JSON object",
            next_step="look what stands between here and the registry",
        )
    return document
