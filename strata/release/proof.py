"""Staging's word about a commit: what evidence asks for and a promotion stands on (R4)."""

from model.images import ImageRef
from model.layers import Layer
from model.settings import Images as Repositories
from strata.errors import CommandError
from strata.github import Client
from strata.release.record import VERIFIED, Record
from strata.release.tags import record_of

_SHORT = 12


class NotProved(CommandError):
    """Staging has not proved a commit."""

    def __init__(self, what: str) -> None:
        super().__init__(what, next_step="run staging-deploy.yml with this commit")


def proof(client: Client, repositories: Repositories, commit: str) -> Record:
    """The record by which staging has proved a commit.

    Args:
        client: of the repository.
        repositories: the setting `images`.
        commit: 40 hexadecimal digits.

    Raises:
        NotProved: there is no record, it is not staging's, not of a success, or of other images.
        GithubError: GitHub refused or did not answer.
    """
    record = record_of(client, commit)
    if record is None:
        raise NotProved(f"no annotated tag of strata on {commit[:_SHORT]}: staging has not proved it")
    if record.source != Layer.STAGING or record.result != VERIFIED:
        raise NotProved(f"{record.version} was recorded by {record.source} as {record.result}")
    wanted = {service: ImageRef.parse(name).repository for service, name in repositories.model_dump().items()}
    if {service: image.repository for service, image in record.references.items()} != wanted:
        raise NotProved(f"{record.version} is of other images than the setting `images` names")
    return record
