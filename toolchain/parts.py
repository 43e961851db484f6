"""What is built from Go where no release can be had; why each is as it is stands in its go.mod and main.go.

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
