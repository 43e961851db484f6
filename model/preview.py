"""The plan of a pull request: one compose with everything, built from a commit and gone with its request."""

import re
from urllib.parse import urlsplit

from model.envtext import render
from model.errors import ReleaseError
from model.layers import Layer, Stack
from model.plan import GitSource, Plan, TierPlan
from model.routing import domains, probes
from model.services import COMPOSE_TYPES, Tier
from model.settings import Settings
from model.standing import COMMANDS, names_of, timeouts_of
from model.variables import preview_variables

COMPOSE_PATH = "docker-compose.yml"
_COMMIT = re.compile(r"[0-9a-f]{40}")


def preview_ref(stack: Stack, *, commit: str) -> str:
    """The tag that pins a commit for Dokploy, which clones branches and tags only (P7)."""
    return f"preview/{stack.name}-{commit[:7]}"


def preview_plan(
    *, settings: Settings, stack: Stack, git_url: str, ref: str, commit: str, compose_file: str
) -> Plan:
    """What a pull request's stack is going to be.

    Args:
        settings: of the project.
        stack: `pr-<n>`.
        git_url: clone URL, `<server>/<owner>/<repository>.git`; no credentials in it.
        ref: tag `preview/pr-<n>-<sha7>` (PREVIEW_REF).
        commit: 40 hexadecimal digits (PREVIEW_COMMIT).
        compose_file: text of the compose file at that commit (read from PREVIEW_COMPOSE).

    Raises:
        ReleaseError: the stack is no pull request's, or commit and tag do not fit it.
    """
    if stack.layer is not Layer.PR:
        raise ReleaseError(f"stack {stack.name} is not a pull request's")
    if not _COMMIT.fullmatch(commit):
        raise ReleaseError(
            "PREVIEW_COMMIT is not a full commit (40 hexadecimal digits); run `strata preview before`"
        )
    if ref != preview_ref(stack, commit=commit):
        raise ReleaseError(
            f"PREVIEW_REF is not {preview_ref(stack, commit=commit)}, the tag of this pull request's commit; "
            "run `strata preview before`"
        )
    names = names_of(settings, stack)
    url = names.url(https=settings.https)
    compose_type = COMPOSE_TYPES[Tier.PREVIEW]
    preview = TierPlan(
        tier=Tier.PREVIEW,
        compose_name=names.compose(Tier.PREVIEW),
        compose_type=compose_type,
        source=_source(settings, git_url=git_url, ref=ref, commit=commit, compose_file=compose_file),
        env=render(preview_variables(stack, commit=commit, url=url), compose_type=compose_type),
        command=COMMANDS[compose_type],
        domains=domains(names, tls=settings.tls),
        probes=probes(url),
        delete_volumes=True,
    )
    return Plan(
        stack=stack,
        names=names,
        project_name=names.project,
        url=url,
        tiers=(preview,),
        timeouts=timeouts_of(settings),
    )


def _source(settings: Settings, *, git_url: str, ref: str, commit: str, compose_file: str) -> GitSource:
    by_app = bool(settings.preview_github_id)
    return GitSource(
        url=git_url,
        ref=ref,
        commit=commit,
        compose_path=COMPOSE_PATH,
        compose_file=compose_file,
        ssh_key_id=settings.preview_ssh_key_id or None,
        github_id=settings.preview_github_id or None,
        github_owner=_owner(git_url) if by_app else None,
        github_repository=settings.repository if by_app else None,
    )


def _owner(git_url: str) -> str:
    """The owner in `https://server/owner/repository.git`."""
    parts = urlsplit(git_url).path.strip("/").split("/")
    if len(parts) < 2:  # noqa: PLR2004 - owner and repository
        raise ReleaseError("the clone URL has no owner; set GITHUB_SERVER_URL and GITHUB_OWNER")
    return parts[-2]
