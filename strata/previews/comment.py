"""The sticky comment of a preview: what it says, and what it remembers for the next run."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from strata.markdown import plain
from strata.previews.decision import Push, Reason

MARKER = "preview"
_MEMORY = re.compile(r"^<!-- strata:memory (\{[^\n]*\}) -->$", re.MULTILINE)
_LONGEST_REFUSAL = 1_500


class State(StrEnum):
    """What the comment says of the preview."""

    UP = "up"
    FAILED = "failed"
    UNTRIED = "untried"
    REFUSED = "refused"
    WAITING = "waiting"
    STUCK = "stuck"
    GONE = "gone"

    @property
    def linked(self) -> bool:
        """Whether the comment may show an address."""
        return self in {State.UP, State.FAILED, State.UNTRIED}


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a comment remembers, unseen.

    Attributes:
        state: that it told last.
        push: the last one that a run has seen.
    """

    state: State
    push: Push | None

    def line(self) -> str:
        """As a line that is not shown. Only words and numbers of ours: nothing can end it early."""
        kept = {"state": str(self.state)}
        if self.push is not None:
            kept |= {"commit": self.push.commit, "seen": self.push.seen.astimezone(UTC).isoformat()}
        return f"<!-- strata:memory {json.dumps(kept)} -->"

    @classmethod
    def of(cls, body: str) -> "Memory | None":
        """What a comment remembers; `None` if it is not readable: then it is as if there were none."""
        found = _MEMORY.search(body)
        if found is None:
            return None
        try:
            kept: dict[str, str] = json.loads(found[1])
            state = State(kept["state"])
            if "commit" not in kept:
                return cls(state=state, push=None)
            seen = datetime.fromisoformat(kept["seen"])
        except (KeyError, TypeError, ValueError):
            return None
        if seen.tzinfo is None or not re.fullmatch("[0-9a-f]{40}", kept["commit"]):
            return None
        return cls(state=state, push=Push(commit=kept["commit"], seen=seen))


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a run has to tell.

    Attributes:
        number: of the pull request.
        state: of the preview.
        push: what it was about; `None` for what has no commit.
        url: of the preview.
        run: address of the run's log, empty outside a workflow.
        reason: why it is gone or waits.
        limit: of previews at once.
        ttl_hours: after the last push.
        label: that a pull request needs; empty: none.
        said: what refused it, in full.
        why: it did not come to `pulumi up`, in Markdown of ours.
        deployed: the commit that runs, where another one was asked for; `None`: it could not be asked.
        left: what could not be taken away.
    """

    number: int
    state: State
    push: Push | None
    url: str
    run: str
    reason: Reason = Reason.WANTED
    limit: int = 0
    ttl_hours: int = 0
    label: str = ""
    said: str = ""
    why: str = ""
    deployed: str | None = ""
    left: tuple[str, ...] = ()


def body(story: Story) -> str:
    """The comment without its marker."""
    memory = Memory(state=story.state, push=story.push)
    return "\n".join([memory.line(), f"### Preview `pr-{story.number}`", "", *_TELL[story.state](story)])


def _commit(story: Story) -> str:
    return f"`{story.push.commit[:7]}`" if story.push else "the newest commit"


def _log(story: Story) -> str:
    return f" [What the run said]({story.run})." if story.run else ""


def _up(story: Story) -> list[str]:
    return [
        f"**Up**: {story.url}",
        "",
        f"It runs {_commit(story)}, and answers with it.{_log(story)}",
        "",
        f"It goes when this pull request is closed, or {story.ttl_hours} hours after the last push.",
    ]


def _failed(story: Story) -> list[str]:
    runs = f" `{story.deployed[:7]}` was deployed before: {story.url}" if story.deployed else ""
    if story.deployed is None:
        runs = " Whether an earlier commit runs could not be asked."
    because = f": {story.why}" if story.why else ""
    return [
        f"**Failed**: {_commit(story)} was not deployed{because}.{runs}",
        "",
        f"Next: read the end of the step that failed, push a repair or run it again.{_log(story)}",
    ]


def _untried(story: Story) -> list[str]:
    return [*_failed(story), "", "The hourly sweep tries it again."]


def _refused(story: Story) -> list[str]:
    lines = [line.strip() for line in story.said.splitlines() if line.strip()]
    return [
        f"**Refused**: {_commit(story)} is not deployed, and nothing was changed.",
        "",
        *(f"- {plain(line, longest=_LONGEST_REFUSAL)}" for line in lines[:40]),
        "",
        f"Next: push a commit that keeps the rules.{_log(story)}",
    ]


def _waiting(story: Story) -> list[str]:
    return [
        f"**Not deployed: the limit of {story.limit} previews is reached.**",
        "",
        "It starts by itself when another one goes. Sooner: close one that is not needed.",
    ]


def _stuck(story: Story) -> list[str]:
    return [
        "**Not wholly removed**: something of this preview is left.",
        "",
        *(f"- {plain(line, longest=_LONGEST_REFUSAL)}" for line in story.left[:40]),
        "",
        f"Next: read what the run said and run it again; the hourly sweep tries too.{_log(story)}",
    ]


def _gone(story: Story) -> list[str]:
    label = plain(story.label)
    told = {
        Reason.EXPIRED: f"**Removed** {story.ttl_hours} hours after the last push. Push to have it again.",
        Reason.LABEL: f"**Removed**: the label {label} was taken off. Set it to have the preview again.",
        Reason.FORK: "**Removed**: a fork's pull request has no preview here.",
        Reason.LIMIT: f"**Removed**: above the limit of {story.limit} previews.",
    }
    return [told.get(story.reason, "**Removed** with all that belonged to it.")]


_TELL = {
    State.UP: _up,
    State.FAILED: _failed,
    State.UNTRIED: _untried,
    State.REFUSED: _refused,
    State.WAITING: _waiting,
    State.STUCK: _stuck,
    State.GONE: _gone,
}
