from dataclasses import dataclass, field

from backend.filestore import FileStore
from backend.health import Health
from backend.ledger import Ledger
from backend.lifecycle import Lifecycle
from backend.reportcache import ReportCache


@dataclass(frozen=True, kw_only=True)
class Services:
    """What requests are answered with.

    Attributes:
        ledger: accounts, entries and what is known of statements.
        cache: the report.
        files: the statements themselves.
        identity: version, commit and environment.
        largest_statement: in bytes.
        lifecycle: whether we are asked to stop.
    """

    ledger: Ledger
    cache: ReportCache
    files: FileStore
    identity: dict[str, str]
    largest_statement: int
    lifecycle: Lifecycle = field(default_factory=Lifecycle)

    def health(self) -> Health:
        """Asks the three."""
        return Health({"database": self.ledger.ping, "cache": self.cache.ping, "storage": self.files.ping})
