"""The layers that run on this machine's own Docker: `local` and `ci`."""

from components.local.integration import LocalIntegration
from components.local.plan import plan_local

__all__ = ["LocalIntegration", "plan_local"]
