"""Talking to GitHub's REST API: one client, one module per noun; reads are retried, changes are sent once."""

from strata.github.client import Client

__all__ = ["Client"]
