"""The application's git repository on the sandbox's GitHub: a bare one, read over smart HTTP."""

from sandbox.git.app import create_app
from sandbox.git.repository import GitError, Repository

__all__ = ["GitError", "Repository", "create_app"]
