"""Dokploy 0.30.2's HTTP API: its state, its queue, its habits, checked against recordings of the real one."""

from sandbox.dokploy.app import create_app, restart, seed_key

__all__ = ["create_app", "restart", "seed_key"]
