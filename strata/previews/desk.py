"""What every preview command works with, and what GitHub shows of one pull request now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from model.naming import Names
from model.settings import Settings
from model.standing import names_of
from strata.actions import Runner
from strata.errors import CommandError
from strata.github import comments, deployments, pulls
from strata.github.client import Client
from strata.previews import tags
from strata.previews.comment import MARKER, Memory, State, Story, body
from strata.previews.decision import Decision, Push, Reason, Request, Rules, decide
from strata.previews.stacks import Stacks, of

WORKFLOW = "pr-test.yml"
MAIN = "main"
_BY_HAND = frozenset({"workflow_dispatch", "schedule", "repository_dispatch"})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One pull request and what GitHub has of its preview.

    Attributes:
        number: of it.
        request: `None`: there is none of this number.
        memory: of its comment; `None` without one.
        tags: by the number of the pull request, of all previews.
        records: whether there are deployment records of it.
    """

    number: int
    request: Request | None
    memory: Memory | None
    tags: Mapping[int, frozenset[str]] = field(default_factory=dict)
    records: bool = False

    @property
    def traces(self) -> bool:
        """Whether GitHub shows anything of a preview."""
        told = self.memory is not None and (self.memory.state.linked or self.memory.state is State.STUCK)
        return bool(self.tags.get(self.number)) or self.records or told


class Carrier(Protocol):
    """The server that carries the previews, see `strata.previews.server.Server`."""

    def numbers(self) -> frozenset[int]:
        """Of the pull requests that have an environment of ours."""

    def carries(self) -> list[str]:
        """Which of staging and production it carries too."""

    def clear(self, names: Names) -> list[str]:
        """Remove what carries the preview's marker; what is left."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every command works with.

    Attributes:
        github: of the repository.
        settings: of the previews; the same for all of them.
        stacks: in Pulumi's backend.
        dokploy: opens the previews' server when it is asked first.
        runner: of this step.
        now: the time, in UTC.
    """

    github: Client
    settings: Settings
    stacks: Stacks
    dokploy: Callable[[], Carrier]
    runner: Runner
    now: Callable[[], datetime]

    @property
    def rules(self) -> Rules:
        """What decides."""
        settings = self.settings
        return Rules(
            label=settings.preview_label,
            limit=settings.preview_limit,
            ttl=timedelta(hours=settings.preview_ttl_hours),
        )

    @property
    def by_hand(self) -> bool:
        """Whether this run was started by a person or the sweeper."""
        return self.runner.env.get("GITHUB_EVENT_NAME", "workflow_dispatch") in _BY_HAND

    @property
    def run(self) -> str:
        """Address of this run's log, empty outside a workflow."""
        env = self.runner.env
        server, id_ = env.get("GITHUB_SERVER_URL", ""), env.get("GITHUB_RUN_ID", "")
        return f"{server}/{self.github.repository}/actions/runs/{id_}" if server and id_.isdecimal() else ""

    def names(self, number: int) -> Names:
        """Of a preview's stack (P9)."""
        return names_of(self.settings, of(number))

    def url(self, number: int) -> str:
        """Of a preview."""
        return self.names(number).url(https=self.settings.https)

    def seen(self, number: int) -> Seen:
        """Ask GitHub for all of one pull request.

        Raises:
            GithubError: GitHub refused or did not answer.
        """
        pull = pulls.find(self.github, number)
        return Seen(
            number=number,
            request=as_request(pull, repository=self.github.repository) if pull else None,
            memory=self.memory(number) if pull else None,
            tags=tags.by_number(self.github),
            records=any(True for _ in deployments.of(self.github, of(number).name)),
        )

    def memory(self, number: int) -> Memory | None:
        """Of the comment at a pull request.

        Raises:
            GithubError: GitHub refused or did not answer.
        """
        found = comments.find(self.github, number, marker=MARKER)
        return Memory.of(found[0].body) if found else None

    def decided(self, seen: Seen, *, previews: frozenset[int]) -> Decision:
        """What is to become of it now."""
        return decide(
            seen.request,
            number=seen.number,
            rules=self.rules,
            previews=previews,
            push=seen.memory.push if seen.memory else None,
            now=self.now(),
            traces=seen.traces,
            by_hand=self.by_hand,
        )

    def push(self, memory: Memory | None, commit: str) -> Push:
        """The push that a run is about: known since a former run, or seen now for the first time."""
        if memory is not None and memory.push is not None and memory.push.commit == commit:
            return memory.push
        return Push(commit=commit, seen=self.now())

    def deployed(self, number: int) -> str | None:
        """The commit that a preview runs, empty for none; `None`: the backend does not say."""
        try:
            return self.stacks.commit(of(number)) or ""
        except CommandError:
            return None

    def tell(
        self,
        number: int,
        state: State,
        *,
        push: Push | None,
        reason: Reason = Reason.WANTED,
        said: str = "",
        why: str = "",
        deployed: str | None = "",
        left: tuple[str, ...] = (),
    ) -> None:
        """Have the pull request's one comment say this.

        Raises:
            GithubError: GitHub refused, or it is not known whether it was done.
        """
        story = Story(
            number=number,
            state=state,
            push=push,
            url=self.url(number),
            run=self.run,
            reason=reason,
            limit=self.settings.preview_limit,
            ttl_hours=self.settings.preview_ttl_hours,
            label=self.settings.preview_label,
            said=said,
            why=why,
            deployed=deployed,
            left=left,
        )
        comments.put(self.github, number, marker=MARKER, body=body(story))


def as_request(pull: pulls.Pull, *, repository: str) -> Request:
    """What matters of a pull request. A fork is one by where its commit lies, whoever acted (P7)."""
    own = pull.repository is not None and pull.repository.lower() == repository.lower()
    return Request(number=pull.number, open=pull.open, commit=pull.commit, own=own, labels=pull.labels)
