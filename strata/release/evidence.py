"""What must be true before staging or production takes a commit; looked at only, nothing is touched.

CI's word is taken from the aggregate job of the run that main's own push started for that very commit: a run
of a pull request, of another branch or of another commit says nothing about it, and a skipped job has not
passed (W3).
"""

from dataclasses import dataclass, field

from model.images import ImageRef
from model.layers import Layer
from model.release import Tag
from model.settings import Settings
from model.version import released
from strata.github import Client, compare, releases, runs, tags
from strata.github.errors import Missing
from strata.registry import Registry
from strata.release import images
from strata.release.checks import Checks, Failed, Unseen
from strata.release.history import records
from strata.release.images import Images
from strata.release.proof import proof
from strata.release.record import UNSEEN, VERIFIED, Record
from strata.release.running import Running
from strata.release.tags import MAIN, in_main

WORKFLOW = "ci.yml"
REQUIRED = "required"
_SHORT = 12


@dataclass(kw_only=True)
class Evidence:
    """The findings about one commit.

    Attributes:
        checks: all of them.
        commit: that was looked at, empty if the tag led to none.
        superseded: why staging should not take it although all checks passed; empty otherwise.
        digests: service to `repository@sha256:…`, once they are proved.
        record: by which staging proved them.
    """

    checks: Checks = field(default_factory=Checks)
    commit: str = ""
    superseded: str = ""
    digests: Images = field(default_factory=dict)
    record: Record | None = None

    @property
    def go(self) -> bool:
        """Whether to go on."""
        return self.checks.passed and not self.superseded

    @property
    def reason(self) -> str:
        """Why not; empty if there is nothing against it."""
        return self.checks.reason or self.superseded


@dataclass(frozen=True, kw_only=True)
class Looker:
    """Looks.

    Attributes:
        client: of the repository.
        registry: of the images.
        settings: of the stack.
    """

    client: Client
    registry: Registry
    settings: Settings

    def staging(self, commit: str, *, running: Running, older: bool = False) -> Evidence:
        """Whether staging may take a commit.

        Args:
            commit: 40 hexadecimal digits.
            running: the commit that staging has; not knowing it although staging has one is no go.
            older: take it although staging has a newer one, or may have.
        """
        found = Evidence(commit=commit)
        found.checks.make("the commit is on main", lambda: self._on_main(commit))
        found.checks.make(f"CI's job '{REQUIRED}' passed", lambda: self._ci(commit))
        found.digests = (
            found.checks.make("its images are in the registry", lambda: self._pushed(commit)) or {}
        )
        has = Running(commit=running.commit) if older else running
        newer = found.checks.make("what staging has", lambda: self._newer(commit, has))
        if newer and not older:
            found.superseded = f"staging has {newer}, which is newer"
        return found

    def production(self, tag: str) -> Evidence:
        """Whether production may take a tag.

        Args:
            tag: as published or chosen by a person.
        """
        found = Evidence()
        checks = found.checks
        checks.make("the tag is a release's", lambda: (Tag.parse(tag, layer=Layer.PRODUCTION), tag))
        if released(tag) is None:
            return found  # other people's text goes into no further request
        checks.make("the release is for production", lambda: self._published(tag))
        checks.make("the version does not go backwards", lambda: self._goes_on(tag))
        found.commit = checks.make("the tag leads to a commit", lambda: self._peeled(tag)) or ""
        steps = (
            "the commit is on main",
            f"CI's job '{REQUIRED}' passed",
            "staging verified the commit",
            "the registry has what staging verified",
            f"{tag} in the registry is not moved",
        )
        if not found.commit:
            for step in steps:
                checks.leave_out(step, "there is no commit")
            return found
        commit = found.commit
        checks.make(steps[0], lambda: self._on_main(commit))
        checks.make(steps[1], lambda: self._ci(commit))
        record = found.record = checks.make(steps[2], lambda: self._verified(commit))
        if record is None:
            for step in steps[3:]:
                checks.leave_out(step, "staging's digests are not known")
            return found
        verified = checks.make(steps[3], lambda: self._same(record))
        checks.make(steps[4], lambda: self._not_moved(record, tag))
        found.digests = verified or {}
        return found

    def _on_main(self, commit: str) -> tuple[bool, str]:
        if not in_main(self.client, commit):
            raise Failed(f"{commit[:_SHORT]} is not in main's history, or GitHub does not know it")
        return True, f"{commit[:_SHORT]} is in main's history"

    def _ci(self, commit: str) -> tuple[bool, str]:
        query = {"head_sha": commit, "branch": MAIN, "event": "push"}
        mine = [
            run
            for run in runs.of_workflow(self.client, WORKFLOW, **query)
            # The filters are asked for and not relied on: the answer decides.
            if (run.head_sha, run.head_branch, run.event) == (commit, MAIN, "push")
        ]
        if not mine:
            raise Failed(f"no run of {WORKFLOW} by a push of {commit[:_SHORT]} to main")
        newest = max(mine, key=lambda run: (run.run_number, run.id))
        named = [job for job in runs.jobs(self.client, newest.id) if job.name == REQUIRED]
        where = f"run {newest.id} ({newest.url})" if newest.url else f"run {newest.id}"
        if not named:
            raise Failed(f"{where} has no job '{REQUIRED}'")
        for job in named:
            if (job.status, job.conclusion) != ("completed", "success"):
                raise Failed(f"it is {job.conclusion or job.status} in {where}; only success counts")
        return True, f"success in {where}"

    def _pushed(self, commit: str) -> tuple[dict[str, ImageRef], str]:
        wanted = images.at(self.settings.images, tag=f"sha-{commit}")
        digests = images.found(self.registry, wanted)
        if missing := [str(wanted[service]) for service, digest in digests.items() if digest is None]:
            raise Failed(f"{', '.join(missing)} not there; CI's job 'images' pushes them")
        pinned = {service: wanted[service].pin(str(digest)) for service, digest in digests.items()}
        return pinned, ", ".join(images.as_text(pinned).values())

    def _newer(self, commit: str, has: Running) -> tuple[str, str]:
        """What staging has, if that is a later commit than this one."""
        running = has.commit
        if has.unknown:
            raise Unseen(
                f"{has.unknown}; it may be newer than this one, `--allow-older` takes it all the same"
            )
        if running is None:
            return "", "it does not say which commit it runs"
        if running == commit:
            return "", "this commit"
        try:
            later = compare.contains(self.client, head=running, commit=commit)
        except Missing:
            return "", f"{running[:_SHORT]}, of which GitHub knows nothing"
        return (running if later else ""), f"{running[:_SHORT]}, {'newer' if later else 'older'}"

    def _peeled(self, tag: str) -> tuple[str, str]:
        there = tags.find(self.client, tag)
        if there is None:
            raise Failed(f"there is no tag {tag}")
        commit = tags.peel(self.client, there).commit
        return commit, f"{commit} ({'annotated' if there.annotated else 'plain'} tag)"

    def _published(self, tag: str) -> tuple[bool, str]:
        """GitHub tells a pre-release as published too; a tag that is promoted by hand has no release."""
        there = releases.by_tag(self.client, tag)
        if there and (there.prerelease or there.draft):
            raise Failed(f"GitHub's release {tag} is a {'draft' if there.draft else 'pre-release'}")
        return True, f"GitHub's release {tag}" if there else "no release of GitHub, promoted by hand"

    def _goes_on(self, tag: str) -> tuple[bool, str]:
        """A lower version than production's newest is a rollback, which has a workflow of its own."""
        kept = records(self.client, Layer.PRODUCTION)
        newest = next((one.version for one in kept if one.result in {VERIFIED, UNSEEN}), None)
        known, wanted = released(newest or ""), released(tag)
        if known and wanted and wanted < known:
            raise Failed(f"production was given {newest} last; to go back is rollback.yml, run on {tag}")
        return True, f"production was given {newest} last" if newest else "nothing is recorded of production"

    def _verified(self, commit: str) -> tuple[Record, str]:
        record = proof(self.client, self.settings.images, commit)
        return record, f"as {record.version}, {record.when:%Y-%m-%d %H:%M} UTC: {record.verified}"

    def _same(self, record: Record) -> tuple[Images, str]:
        """The commit's own tag still means what staging verified."""
        at_commit = images.at(self.settings.images, tag=f"sha-{record.commit}")
        digests = images.found(self.registry, at_commit)
        for service, image in record.references.items():
            if digests[service] != image.digest:
                raise Failed(
                    f"{at_commit[service]} is {digests[service] or 'not there'}, verified was {image.digest}"
                )
        return record.references, ", ".join(record.images.values())

    def _not_moved(self, record: Record, tag: str) -> tuple[bool, str]:
        digests = images.found(self.registry, images.at(self.settings.images, tag=tag))
        for service, digest in digests.items():
            want = record.references[service].digest
            if digest not in (None, want):
                raise Failed(f"the tag was moved: {service}:{tag} is {digest}, staging verified {want}")
        there = [service for service, digest in digests.items() if digest]
        return True, f"on the verified digests: {', '.join(there)}" if there else "not there yet"
