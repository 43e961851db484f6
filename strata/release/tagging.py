"""The next patch version on what staging verified (R5).

The git tag comes first: GitHub makes a ref for exactly one of several who ask at once, a registry lets the
last one win. A run that ends between the two is completed by the next one: the tag is found by its record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import semver

from model.settings import Images as Repositories
from model.version import next_patch, tag_of
from strata.errors import CommandError
from strata.github import Client, compare, tags
from strata.github.tags import Tag
from strata.registry import Registry
from strata.release import images, provenance
from strata.release.images import Images
from strata.release.record import Record, line
from strata.release.tags import Released, in_main, look_into, versions

# More than runs that tag at once; a name that is taken each time is another trouble.
_TRIES = 10


class Refused(CommandError):
    """The commit does not become a release; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """A release that is there.

    Attributes:
        version: its tag.
        made: whether the git tag was made by this run.
        put: services whose image got the tag in this run.
    """

    version: str
    made: bool
    put: list[str]


@dataclass(frozen=True, kw_only=True)
class Tagger:
    """Makes releases.

    Attributes:
        client: of the repository; may write contents.
        registry: of the images; may push.
        repositories: the setting `images`.
        env: says who does it and in which run.
        now: the time of the record, in UTC.
    """

    client: Client
    registry: Registry
    repositories: Repositories
    env: Mapping[str, str]
    now: datetime

    def release(self, commit: str, verified: Images, *, how: str) -> Tagged:
        """Give a commit that staging verified its version; a second time says which one it has.

        Args:
            commit: 40 hexadecimal digits.
            verified: service to image by digest.
            how: it was verified, for the record.

        Raises:
            Refused: the commit is not on main, is older than the newest release, or its images were moved.
            GithubError: GitHub refused, or it is not known whether it made the tag.
            RegistryError: the registry refused; the next run goes on where this one ended.
        """
        if not in_main(self.client, commit):
            raise Refused(
                f"Commit {commit} is not in main's history", next_step="release what was merged to main"
            )
        self._unmoved(commit, verified)
        for _ in range(_TRIES):
            found = versions(self.client)
            latest = self._latest(found)
            if there := self._ours(found, latest, commit, verified):
                return self._finish(there, verified, made=False)
            self._goes_on(latest, commit)
            record = self._record(self._free(found, latest, verified), commit, verified, how)
            if tags.create(self.client, name=record.version, commit=commit, message=record.message()):
                return self._finish(record.version, verified, made=True)
        raise CommandError(
            f"{_TRIES} versions in a row were taken by others at the moment they were to be made",
            next_step="look which runs make tags, then run it again",
        )

    def _unmoved(self, commit: str, verified: Images) -> None:
        at_commit = images.at(self.repositories, tag=f"sha-{commit}")
        for service, digest in images.found(self.registry, at_commit).items():
            if digest != verified[service].digest:
                raise Refused(
                    f"{at_commit[service]} is {digest or 'not there'}, not {verified[service].digest}",
                    next_step="find out who pushed it; a commit's images are pushed once, by CI on main",
                )

    def _latest(self, found: dict[semver.Version, Tag]) -> Released | None:
        """The highest version in main's history; tags elsewhere are not ours to count from."""
        return next(
            (one for one in look_into(self.client, found) if in_main(self.client, one.tag.commit)), None
        )

    def _ours(
        self, found: dict[semver.Version, Tag], latest: Released | None, commit: str, verified: Images
    ) -> str | None:
        """The version that this commit has with these digests.

        What is newer than the newest release has none, and needs no look at all tags.
        """
        if latest is None or not compare.contains(self.client, head=latest.tag.commit, commit=commit):
            return None
        wanted = images.as_text(verified)
        for one in look_into(self.client, found):
            if one.record and one.tag.commit == commit and one.record.images == wanted:
                return one.record.version
        return None

    def _goes_on(self, latest: Released | None, commit: str) -> None:
        if latest is None or latest.tag.commit == commit:
            return
        if compare.contains(self.client, head=latest.tag.commit, commit=commit):
            raise Refused(
                f"Commit {commit} is older than {latest.tag.name} (commit {latest.tag.commit}): its version "
                "would go up while the code goes back",
                next_step=f"release a commit after {latest.tag.name}, or promote that",
            )

    def _free(self, found: dict[semver.Version, Tag], latest: Released | None, verified: Images) -> str:
        """The next version that is free in git and, for these digests, in the registry."""
        taken = set(found)
        for _ in range(_TRIES):
            version = next_patch(latest.version if latest else None, taken=taken)
            wanted = {service: image.at(tag=tag_of(version)) for service, image in verified.items()}
            there = images.found(self.registry, wanted)
            if all(digest in (None, verified[service].digest) for service, digest in there.items()):
                return tag_of(version)
            taken.add(version)
        raise CommandError(
            f"The registry has other images under the {_TRIES} versions after "
            f"{latest.tag.name if latest else 'none'}",
            next_step="look who pushes version tags; only `strata release` should",
        )

    def _record(self, version: str, commit: str, verified: Images, how: str) -> Record:
        return Record.model_validate(
            {
                "version": version,
                "commit": commit,
                "images": images.as_text(verified),
                "who": line(provenance.who(self.env)),
                "from": "staging",
                "when": self.now,
                "run": line(provenance.run_url(self.env)),
                "verified": line(how),
            }
        )

    def _finish(self, version: str, verified: Images, *, made: bool) -> Tagged:
        return Tagged(version=version, made=made, put=images.put(self.registry, verified, tag=version))
