"""Tags to digests, before anything is touched.

pulumi-docker's registry data source, called synchronously on the default provider: an explicit provider
would be a resource made before the guardrails ran. Credentials come from the Docker config file of the
caller. One image at a
time: the data source keeps one HTTP client for all of them (read in its source, 2026-11-23).
"""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pulumi
import pulumi_docker as docker

from model.images import ImageRef

# A tag that was pushed a moment ago may not be served yet; one that does not exist should not take long to
# say so.
ROUNDS = 3
PAUSE_SECONDS = 2.0
LIMIT_SECONDS = 60.0


def with_digests(
    images: Mapping[str, str], *, sleep: Callable[[float], object] = time.sleep
) -> dict[str, str]:
    """The same images as `repo:tag@sha256:…`.

    Args:
        images: service to `repo:tag`.
        sleep: waits between two rounds of looking, in seconds.

    Raises:
        pulumi.RunError: names every image that cannot be had, with its registry and what that said.
        model.errors.SettingsError: STRATA_REGISTRY_MIRROR is not a registry on this machine.
        model.errors.ReleaseError: an image is not a reference, or the registry's digest is not one.
    """
    mirror = os.environ.get("STRATA_REGISTRY_MIRROR") or None
    references = {service: ImageRef.parse(name) for service, name in images.items()}
    names = {service: image.lookup_name(mirror=mirror) for service, image in references.items()}
    found: dict[str, str] = {}
    refusals: dict[str, str] = {}
    for turn in range(ROUNDS):
        if turn:
            sleep(PAUSE_SECONDS)
        refusals = {}
        for service in [service for service in references if service not in found]:
            try:
                with _limited(names[service]):
                    found[service] = docker.get_registry_image(name=names[service]).sha256_digest
            except Exception as error:  # noqa: BLE001 - a failed invoke is a plain Exception
                refusals[service] = _said(str(error))
        if not refusals:
            return {service: str(image.pin(found[service])) for service, image in references.items()}
    raise pulumi.RunError(
        f"{len(refusals)} of {len(images)} images cannot be had, nothing was changed: "
        + "; ".join(f"{references[service]} ({said})" for service, said in refusals.items())
        + (f", asked at {mirror}" if mirror else "")
        + ". Next: check the tag, that its build pushed every image, and `docker login` on this machine."
    )


@contextmanager
def _limited(name: str) -> Iterator[None]:
    """End the program when a registry takes the connection and never answers.

    The data source has no timeout (no end within 70 s, measured on 2026-11-23), and a call that waits in it
    can neither be cancelled nor outlived: the interpreter waits for its thread. Nothing is registered yet.
    """

    def give_up() -> None:
        sys.stderr.write(
            f"error: nothing was changed: the registry of {name} took the connection and has not answered "
            f"for {LIMIT_SECONDS:.0f} s. Next: look at the registry, then run again.\n"
        )
        sys.stderr.flush()
        os._exit(1)

    timer = threading.Timer(LIMIT_SECONDS, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _said(text: str) -> str:
    """The registry's own words, at the end of the engine's and the plugin's (`… from registry: <this>`)."""
    last = text.strip().splitlines()[-1].strip(" *\t")
    return re.sub(r"^.*? from registry: ", "", last)
