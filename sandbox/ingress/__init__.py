"""The sandbox's Traefik with the application behind it: one loopback port that speaks HTTP and TLS."""

from sandbox.ingress.app import create_app
from sandbox.ingress.front import serve_ingress

__all__ = ["create_app", "serve_ingress"]
