"""The Docker host that the sandbox's Dokploy deploys to; `DockerHost` is what any stand-in has to offer."""

from sandbox.engine.protocol import DockerHost, Kind, Log

__all__ = ["DockerHost", "Kind", "Log"]
