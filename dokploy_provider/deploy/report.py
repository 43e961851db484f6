"""What a person reads when a deployment failed: what, the server's own log, what to do next, and one
class.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dokploy_provider.client import scrub
from dokploy_provider.context import Context
from dokploy_provider.deploy.records import Service
from dokploy_provider.errors import ApiError, DeployFailed, Failure
from dokploy_provider.models.compose import DeploymentRow

LOG_LINES = 40
SILENT = 2.0  # seconds before a wait is worth a line
TAIL = 400
_LOG = logging.getLogger(__name__)
_NEXT = {
    Failure.API_UNREACHABLE: "check Dokploy's host, then run `pulumi up --refresh`: it waits for what runs",
    Failure.NO_RECORD: "look whether Dokploy restarted or its queue is stuck; then run `pulumi up --refresh`",
    Failure.DEPLOYMENT_ERROR: "read the log above, mend what it names and run `pulumi up --refresh`",
    Failure.UNHEALTHY: "read what the containers printed: `strata logs {stack}`",
    Failure.WRONG_IDENTITY: "compare the labels of the images that run with what was asked for",
    Failure.TIMEOUT: "run `pulumi up --refresh` to go on waiting, or stop it on Dokploy's deployments page",
}


@dataclass(kw_only=True)
class Reporter:
    """Tells how one deployment goes, and makes its error.

    Attributes:
        here: the context.
        target: what was deployed; without its app name as long as its row is not read.
        previous: the release that this deployment was to replace, if one was verified.
    """

    here: Context
    target: Service
    previous: dict[str, Any] | None = None
    _began: float = field(default=0.0, init=False)
    _told: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self._began = self.here.clock.monotonic()

    def progress(self, text: str) -> None:
        """Say that something happened."""
        _LOG.info("%s: %s", self.target, text)

    def waiting(self, text: str) -> None:
        """Say what is being waited for: once, and nothing while it all takes but a moment."""
        if text != self._told and self.here.clock.monotonic() - self._began > SILENT:
            self._told = text
            self.progress(text)

    def failed(
        self,
        failure: Failure,
        what: str,
        *,
        record: DeploymentRow | None = None,
        details: Sequence[str] = (),
    ) -> DeployFailed:
        """The error, with the record's log if there is a record.

        Args:
            failure: its class.
            what: one sentence, without a full stop.
            record: ours, if it was seen.
            details: further lines.
        """
        lines = [f"Deploying {self.target} failed: {what}."]
        lines += [f"  {self._clean(detail)}" for detail in details]
        if record is not None:
            said = f": {self._clean(record.error_message)}" if record.error_message else ""
            lines.append(f"Record {record.deployment_id} is {record.status}{said}.")
            lines += self._log_of(record)
        lines.append(f"Next: {_NEXT[failure].format(stack=self.target.stack)}.")
        if self.previous:
            version = self.previous.get("version")
            back = f"RELEASE={version} pulumi up --refresh --stack {self.target.stack}"
            lines.append(f"To go back to {version}, the last verified release: `{back}`.")
        lines.append(f"Class: {failure}")
        return DeployFailed("\n".join(lines), failure=failure)

    def log_text(self, record: DeploymentRow) -> str:
        """`GET deployment.readLogs`; empty when it cannot be had, which must not hide the failure itself."""
        try:
            text = self.here.client.get("deployment.readLogs", deploymentId=record.deployment_id, tail=TAIL)
        except ApiError as error:
            _LOG.warning("The deployment's log cannot be read: %s", error)
            return ""
        return text if isinstance(text, str) else ""

    def _log_of(self, record: DeploymentRow) -> list[str]:
        lines = scrub.log(self.log_text(record), self.here.client.hidden, lines=LOG_LINES)
        if not lines:
            return ["Its log is empty."]
        return [f"Last {len(lines)} lines of its log:", *(f"  | {line}" for line in lines)]

    def _clean(self, text: str | None) -> str:
        return scrub.message(text or "", self.here.client.hidden)
