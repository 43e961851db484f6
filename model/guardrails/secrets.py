import re
from collections.abc import Iterator

from model.compose import pairs, strings
from model.envtext import references, without_references
from model.guardrails.subject import Subject
from model.violation import Violation

_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE", re.IGNORECASE)
_USERINFO = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<userinfo>[^/\s?#]*)@")
# Shown by `ps`, `docker inspect` of an image, the deployment's log or the router's dashboard.
_SEEN = (
    "command",
    "entrypoint",
    "healthcheck",
    "image",
    "labels",
    "build",
    "deploy",
    "logging",
    "container_name",
)
_REFERENCE = "\0"


def is_secret_name(name: str) -> bool:
    """Whether a variable's name says that it holds a secret; `…_FILE` says where one lies."""
    return bool(_SECRET_NAME.search(name)) and not name.upper().endswith("_FILE")


def literal_secret(name: str, value: str) -> str | None:
    """What is wrong with a variable's value, or `None`; the value itself is never repeated."""
    text = without_references(value, stand_in=_REFERENCE)
    if is_secret_name(name) and text not in {"", _REFERENCE}:
        return "its name says secret and its value is not a reference"
    for match in _USERINFO.finditer(text):
        _, colon, password = match["userinfo"].partition(":")
        if colon and password not in {"", _REFERENCE}:
            return "it is a URL with credentials that are not a reference"
    return None


def referenced(subject: Subject) -> Iterator[Violation]:
    """V1: what is secret by its name or its form is a reference, in env texts and standing compose files."""
    for tier in subject.tiers:
        for name, value in tier.env.items():
            if fault := literal_secret(name, value):
                yield _violation(tier.where(f"variable {name}"), fault)
        # A preview's file may hold its own constants: they are public and gone with it.
        for where, body in tier.services if subject.standing else ():
            for name, value in pairs(body.get("environment")).items():
                if fault := literal_secret(name, value):
                    yield _violation(f"{where} environment {name}", fault)


def unseen(subject: Subject) -> Iterator[Violation]:
    """V1: no reference where its value would be seen."""
    for tier in subject.tiers:
        for where, body in tier.services:
            for key in _SEEN:
                if any(True for text in strings(body.get(key)) for _ in references(text)):
                    yield Violation(
                        rule="V1",
                        where=f"{where} {key}",
                        message="a secret would stand where `ps`, labels or logs show it",
                        fix="give it in `environment` and read it there ($$NAME)",
                    )


def own_references(subject: Subject) -> Iterator[Violation]:
    """P2: a stack refers to secrets through its own provider and below its own path; a preview to none."""
    names = subject.plan.names
    for tier in subject.tiers:
        for name, value in tier.env.items():
            for reference in references(value):
                own = (
                    names.vault_env is not None
                    and reference.provider == names.vault_provider
                    and reference.path.startswith(f"{names.app}/{names.vault_env}/")
                )
                if not own:
                    yield Violation(
                        rule="P2",
                        where=tier.where(f"variable {name}"),
                        message=f"it refers to {reference.path}, which is not this stack's",
                        fix="refer to the stack's own path"
                        if subject.standing
                        else "use a throwaway constant",
                    )


def versioned(subject: Subject) -> Iterator[Violation]:
    """V4: a rotation redeploys its own consumers, all of them and nothing else."""
    for tier in subject.tiers:
        used = {reference.path for reference in references(tier.tier.env)}
        for path in sorted(used ^ set(tier.tier.secret_versions)):
            message = "is used without its version" if path in used else "has a version and is not used"
            yield Violation(
                rule="V4",
                where=tier.where(f"secret {path}"),
                message=message,
                fix="give the versions of exactly those paths that the env text refers to",
            )


def _violation(where: str, message: str) -> Violation:
    return Violation(rule="V1", where=where, message=message, fix="put it into Vault and refer to it")
