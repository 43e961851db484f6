"""An OCI registry that stands for all registries: a repository's path begins with the real host's name."""

from sandbox.registry.app import create_app
from sandbox.registry.seeds import seed
from sandbox.registry.store import Image, RegistryStore

__all__ = ["Image", "RegistryStore", "create_app", "seed"]
