"""The net under what bypasses the plan: the same rules over a single resource's inputs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from model.compose import ComposeFile
from model.envtext import read
from model.errors import ComposeError, ReleaseError
from model.guardrails.secrets import literal_secret
from model.identity import observer_of
from model.images import ImageRef
from model.layers import Layer, Stack
from model.violation import Violation

_DOKPLOY = "pulumi-python:dynamic/dokploy:"
# Bridged resources show camelCase to a transform, dynamic ones the names as given.
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_NAMED = {
    "Compose": "compose_name",
    "Application": "application_name",
    "Network": "network_name",
    "VaultProvider": "provider_name",
}
_GITHUB_ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
_GITHUB_SECRETS = re.compile(r"github:index/(?:actions|dependabot|codespaces)\w*[sS]ecret:")


def resource_violations(type_token: str, props: Mapping[str, object], stack: Stack) -> list[Violation]:
    """What a single resource breaks, for the program's resource transform.

    Args:
        type_token: for example `pulumi-python:dynamic/dokploy:Compose`.
        props: its inputs; values that are not plain (outputs, unknowns) are passed over.
        stack: the running one.
    """
    given = {_HUMP.sub(r"_\1", key).lower(): value for key, value in props.items()}
    if type_token.startswith(_DOKPLOY):
        return list(_dokploy(type_token.removeprefix(_DOKPLOY), given, stack))
    if type_token == _GITHUB_ENVIRONMENT:
        return list(_gate(given, stack))
    if _GITHUB_SECRETS.match(type_token):
        return [_fault("V1", type_token, "would put a secret into state", "keep secrets in Vault")]
    return []


def _dokploy(kind: str, given: Mapping[str, Any], stack: Stack) -> Iterator[Violation]:
    if key := _NAMED.get(kind):
        name = given.get(key)
        if isinstance(name, str) and f"-{stack.name}-" not in f"-{name}-":
            yield _fault("C3", f"{kind} {key}", "does not carry the stack", "take it from model/naming.py")
    if given.get("auto_deploy"):
        yield _fault("D9", kind, "would deploy on its own", "leave auto_deploy off")
    if stack.standing and given.get("delete_volumes") is True:
        yield _fault("C6", kind, "would delete its volumes", "leave delete_volumes off")
    if stack.layer is Layer.PR and kind in {"VaultProvider", "Registry"}:
        yield _fault("P2", kind, "is for staging and production", "leave it out of a preview")
    yield from _texts(kind, given)
    yield from _images(kind, given, stack)


def _texts(kind: str, given: Mapping[str, Any]) -> Iterator[Violation]:
    env = given.get("env")
    for name, value in read(env).items() if isinstance(env, str) else ():
        if fault := literal_secret(name, value):
            yield _fault("V1", f"{kind} variable {name}", fault, "put it into Vault and refer to it")
    text = given.get("compose_file")
    if not isinstance(text, str) or not text:
        return
    try:
        services = ComposeFile.parse(text).services
    except ComposeError as error:
        yield _fault("C2", f"{kind} compose_file", str(error), "try it with `docker compose config`")
        return
    for name, body in services.items():
        for key, rule in (
            ("ports", "C4"),
            ("container_name", "C3"),
            ("privileged", "P10"),
            ("network_mode", "P10"),
        ):
            if body.get(key):
                yield _fault(
                    rule, f"{kind} service {name} {key}", "is not allowed on a deployed stack", "take it out"
                )


def _images(kind: str, given: Mapping[str, Any], stack: Stack) -> Iterator[Violation]:
    images = given.get("images")
    named = {"docker_image": given.get("docker_image"), **(images if isinstance(images, dict) else {})}
    for name, image in named.items() if stack.standing else ():
        if isinstance(image, str) and not _is_pinned(image):
            yield _fault(
                "R3", f"{kind} {name}", "is not repo:tag@sha256:…", "resolve its tag to a digest first"
            )


def _is_pinned(image: str) -> bool:
    try:
        return ImageRef.parse(image).pinned
    except ReleaseError:
        return False


def _gate(given: Mapping[str, Any], stack: Stack) -> Iterator[Violation]:
    """Nobody approves a scheduled look, so the observer's environment has no reviewers."""
    observed = stack.standing and given.get("environment") == observer_of(stack.name).environment
    if stack.layer is not Layer.PRODUCTION or observed:
        return
    if not given.get("reviewers"):
        yield _fault("G2", "gate", "has no reviewers", "set reviewerUsers or reviewerTeams")
    if given.get("prevent_self_review") is False or "prevent_self_review" not in given:
        yield _fault("G2", "gate", "lets whoever started it approve it", "set prevent_self_review")
    # GitHub's default is True.
    if given.get("can_admins_bypass", True) is True:
        yield _fault("G2", "gate", "can be passed by administrators", "unset can_admins_bypass")


def _fault(rule: str, where: str, message: str, fix: str) -> Violation:
    return Violation(rule=rule, where=where, message=message, fix=fix)
