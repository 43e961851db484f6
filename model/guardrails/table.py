"""The rules by their ids: C, D, G, P, R, V are the behaviour's, A is a decision, M the mission's part."""

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "A7": "the command that Dokploy runs ends when the outcome is known, and names our project",
        "A9": "Dokploy's Domains own the routing: complete, of this stack's host, no Traefik labels",
        "C1": "images do not float: a tag that names one build, or a digest",
        "C2": "the compose file is readable and every variable that it needs is given",
        "C3": "names that others see carry the stack: composes, networks, volumes, aliases",
        "C4": "no ports on the host",
        "C5": "health checks with a start period, memory limits, log rotation and `init`",
        "C6": "data is in volumes of a given name, never deleted with a service, protected in production",
        "D4": "what is deployed is asked for its identity before it counts",
        "D9": "nothing deploys on its own",
        "G1": "gates are such that GitHub takes them and they guard",
        "G2": "production: reviewers, no self-review, no bypass, version tags; staging: main only",
        "M9": "no value of an environment is written into a file",
        "P2": "no stack shares anything with another: hosts, secrets, buckets, data, volumes, networks",
        "P7": "a preview is a commit: its tag names it",
        "P10": "limits for memory and processor, and no way from a container to its host",
        "R3": "deployed stacks run repo:tag@sha256:…, data tier included",
        "R6": "the app tier starts the new before it stops the old, and goes back by itself",
        "V1": "no secret value in what we send: references, and only where `ps` and logs do not show them",
        "V4": "the versions of exactly those secrets that a tier uses are inputs of its deployment",
    }
)
