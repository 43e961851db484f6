"""What is built from Go where no release can be had; why each is as it is stands in its go.mod and main.go.

Both plugins are the very versions of the Terraform providers that the Python SDKs were generated
from: all resources and functions were compared with the SDKs, nested properties and list or not
included, and only `docker.Image` is missing (2026-11-23).

The language host of 2023 differs from a released one in two ways (measured 2026-11-23): it
ignores the project's `virtualenv` option and runs the `python` that comes first on PATH (hence
`.venv/bin` first, which is right for every host), and policy packs written in Python do not
start under it.
"""

from toolchain import pins
from toolchain.golang import GoPart

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_STAMP = f"-s -w -X {_SDK}/go/common/version.Version=v"

ENGINE = GoPart(
    name="pulumi",
    program="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    # without the stamp `pulumi version` is empty and the Automation API refuses to start
    ldflags=_STAMP + pins.PULUMI,
    scripts=(("pulumi-resource-pulumi-python", _SDK, "python/dist/pulumi-resource-pulumi-python"),),
    expect="5 min on 2 cores",
)

LANGUAGE_HOST = GoPart(
    name="language-python",
    program="pulumi-language-python",
    package=f"{_SDK}/python/cmd/pulumi-language-python",
    ldflags=_STAMP + pins.LANGUAGE_HOST,
    scripts=(("pulumi-language-python-exec", _SDK, "python/cmd/pulumi-language-python-exec"),),
    expect="30 s",
)

# What the plugins do on the wire, measured against stubs on loopback (2026-11-23).
#
# docker, `get_registry_image`: HEAD /v2/<repo>/manifests/<tag or digest>, and takes the digest from
# the header Docker-Content-Digest, without which a HEAD fails. It speaks https only, trusts
# SSL_CERT_FILE, answers a Bearer challenge with GET <realm> and the challenge's own scope, and tries
# every failure twice. It reads Docker's config file ($DOCKER_CONFIG, ~/.docker) only for registries
# that `docker:registryAuth: {value: [{address: …}]}` names, and then the file must exist;
# DOCKER_REGISTRY_USER and DOCKER_REGISTRY_PASS come before it. State gets the address alone.
#
# github: GITHUB_TOKEN, GITHUB_OWNER and GITHUB_BASE_URL (a host that is not GitHub's gets /api/v3)
# reach neither configuration nor state. It starts with GET /orgs/<owner>, in a preview too. By
# default each write is followed by a second of waiting, one request at a time:
# GITHUB_LEGACY_CLIENT=false (or `github:writeDelayMs: {value: "0"}`) ends that; an environment's
# variable keeps a second of its own. `up` of a gate with three parts: 6.3 s, then 2.4 s.
PLUGINS = {
    "github": GoPart(
        name="resource-github",
        program="pulumi-resource-github",
        package=".",
        ldflags=f"-s -w -X main.version={pins.PLUGINS['github']}",
        expect="2 min",
    ),
    "docker": GoPart(
        name="resource-docker",
        program="pulumi-resource-docker",
        package=".",
        ldflags=f"-s -w -X main.version={pins.PLUGINS['docker']}",
        # the compose resources pull in all of Docker Compose; the SDK has none of them
        tags="no_compose",
        expect="3 min",
    ),
}

ALL = (ENGINE, LANGUAGE_HOST, *PLUGINS.values())
