"""Talking to Dokploy: one thread-safe client per process, reads retried, mutations sent once."""

from dokploy_provider.client.http import Client

__all__ = ["Client"]
