"""Dokploy's nouns as Pulumi resources; the only part of this room that knows Pulumi.

Module path and class name of each provider are state format: a stack's state refers to them (see ADR on
dynamic providers), so a moved class needs a shim under its old name for one release.
"""

from dokploy_provider.resources.application import Application
from dokploy_provider.resources.compose import Compose
from dokploy_provider.resources.deployment import Deployment
from dokploy_provider.resources.domain import Domain
from dokploy_provider.resources.environment import Environment
from dokploy_provider.resources.network import Network
from dokploy_provider.resources.project import Project
from dokploy_provider.resources.registry import Registry
from dokploy_provider.resources.vault_provider import VaultProvider

__all__ = [
    "Application",
    "Compose",
    "Deployment",
    "Domain",
    "Environment",
    "Network",
    "Project",
    "Registry",
    "VaultProvider",
]
