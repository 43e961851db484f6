"""A release's tag on the images that staging verified, chosen by a person (R4, R5)."""

from dataclasses import dataclass

from model.settings import Images as Repositories
from strata.errors import CommandError
from strata.github import Client, tags
from strata.registry import Registry
from strata.release import images
from strata.release.proof import proof
from strata.release.record import Record
from strata.release.tags import in_main


@dataclass(frozen=True, kw_only=True)
class Promoted:
    """A tag that is on the verified digests.

    Attributes:
        record: by which staging proved them.
        put: services whose image got the tag in this run.
    """

    record: Record
    put: list[str]


def promote(client: Client, registry: Registry, repositories: Repositories, *, tag: str) -> Promoted:
    """Put a tag on the digests that staging verified for its commit; a second time does nothing.

    Args:
        client: of the repository.
        registry: of the images; may push.
        repositories: the setting `images`.
        tag: `vX.Y.Z`.

    Raises:
        TagTaken: the tag means other images; it is not moved.
        CommandError: there is no such tag, or it is not on main.
        NotProved: staging has not verified its commit.
        GithubError: GitHub refused or did not answer.
        RegistryError: the registry refused.
    """
    there = tags.find(client, tag)
    if there is None:
        raise CommandError(f"There is no tag {tag}", next_step="`git tag`, or publish a release with it")
    commit = tags.peel(client, there).commit
    if not in_main(client, commit):
        raise CommandError(
            f"{tag} leads to commit {commit}, which is not in main's history",
            next_step="release what was merged to main",
        )
    record = proof(client, repositories, commit)
    return Promoted(record=record, put=images.put(registry, record.references, tag=tag))
