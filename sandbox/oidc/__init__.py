"""Who signs what a job is, as GitHub does: the claims come from the job's own lines in the workflow file."""

from sandbox.oidc.app import create_app
from sandbox.oidc.runs import Runs
from sandbox.oidc.signer import Signer

__all__ = ["Runs", "Signer", "create_app"]
