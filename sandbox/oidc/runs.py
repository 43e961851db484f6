"""Runs of workflows, as the issuer knows them: which file, which event, which ref, which inputs."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.folder import CHECKOUT
from sandbox.github.accounts import ORGANISATION, REPOSITORY, REPOSITORY_ID
from sandbox.oidc.jobs import Job
from sandbox.oidc.signer import Flaw
from sandbox.store import Store

_DEFAULT_BRANCH = "refs/heads/main"


class BadRun(ValueError):
    """What was registered can be no run; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    Attributes:
        workflow: its file, from the repository's root.
        event_name: what started it.
        event: the event's payload, as GitHub sends it.
        sha: the commit.
        ref: empty: what GitHub makes of the event.
        actor: who started it.
        inputs: of `workflow_dispatch`; those of the payload if empty.
        needs: outputs of jobs before, `{job: {"outputs": {…}}}`.
        repository: `owner/name`; another one is somebody's own repository or fork.
        repository_id: GitHub's number of it.
        fork: whether a pull request's branch lies in a fork.
        flaw: what is wrong with its tokens.
        text: of the workflow file; empty: the checkout's.
        number: the run's id.
        secret: what its jobs ask with.
    """

    workflow: str
    event_name: str
    event: dict[str, Any] = field(default_factory=dict)
    sha: str = "0" * 40
    ref: str = ""
    actor: str = "operator"
    inputs: dict[str, Any] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)
    repository: str = f"{ORGANISATION}/{REPOSITORY}"
    repository_id: int = REPOSITORY_ID
    fork: bool = False
    flaw: Flaw = Flaw.NONE
    text: str = ""
    number: int = 0
    secret: str = ""

    @property
    def has_tokens(self) -> bool:
        """Whether GitHub gives its jobs tokens: not to a fork's pull request."""
        return not (self.fork and self.event_name == "pull_request")

    def job(self, name: str) -> Job:
        """A job of its workflow; raises `sandbox.oidc.jobs.UnknownJob`."""
        return Job(self.text, name)

    def contexts(self) -> dict[str, Any]:
        """What expressions may look into."""
        return {
            "github": {
                "event": self.event,
                "event_name": self.event_name,
                "ref": self.ref,
                "ref_name": self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/"),
                "sha": self.sha,
                "actor": self.actor,
                "repository": self.repository,
                "repository_owner": self.repository.partition("/")[0],
                "run_id": str(self.number),
            },
            "inputs": self.inputs or self.event.get("inputs") or {},
            "needs": self.needs,
        }


class Runs:
    """The runs that were registered.

    Args:
        store: they are kept in its table `oidc.runs`.
    """

    def __init__(self, store: Store) -> None:
        self._table = store.table("oidc.runs")

    def register(self, fields: dict[str, Any]) -> Run:
        """Take in a run.

        Args:
            fields: of `Run`, without `secret`; `number` if it has one already.

        Raises:
            BadRun: a field is unknown, missing or not what it should be.
        """
        try:
            given = {**fields, "flaw": Flaw(fields.get("flaw", Flaw.NONE))}
            run = Run(**{**given, "number": int(given.get("number") or len(self._table) + 1)})
            text = run.text or (CHECKOUT / run.workflow).read_text(encoding="utf-8")
        except (TypeError, ValueError, OSError) as error:
            raise BadRun(str(error)) from None
        known = {
            **asdict(run),
            "text": text,
            "ref": run.ref or _ref(run),
            "secret": secrets.token_urlsafe(24),
        }
        self._table.put(str(run.number), known)
        return Run(**known)

    def get(self, number: str) -> Run | None:
        """A run by its id."""
        known = self._table.get(number)
        return None if known is None else Run(**{**known, "flaw": Flaw(known["flaw"])})


def _ref(run: Run) -> str:
    """The ref that GitHub runs an event on; `pull_request_target` and the like run on the default branch."""
    event = run.event
    match run.event_name:
        case "pull_request":
            return f"refs/pull/{event['pull_request']['number']}/merge"
        case "release":
            return f"refs/tags/{event['release']['tag_name']}"
        case "push" | "workflow_dispatch":
            return str(event.get("ref") or _DEFAULT_BRANCH)
    return _DEFAULT_BRANCH
