"""What people and time do to this GitHub, told through the sandbox's control endpoint (`/github/…`)."""

from sandbox.github.control.app import create_app

__all__ = ["create_app"]
