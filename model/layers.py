"""The six layers that an application climbs, as data; the documentation's table is printed from it."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from model.errors import UnknownStack


class Layer(StrEnum):
    """The layers that are stacks; the laptop without Docker is one too, but nothing is provisioned for it."""

    LOCAL = "local"
    CI = "ci"
    PR = "pr"
    STAGING = "staging"
    PRODUCTION = "production"


# Nine digits keep every name below the 63 characters that DNS labels and Dokploy's appName allow.
_PR = re.compile(r"pr-([1-9][0-9]{0,8})")
_FIXED = {layer.value: layer for layer in Layer if layer is not Layer.PR}
_ALLOWED = "local, ci, pr-<number>, staging, production"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack's name, taken apart. The name is the layer: no second setting says the same.

    Attributes:
        name: as given to `pulumi --stack`.
        layer: what it is.
        pr: the number of the pull request, from 1; `None` for the other layers.
    """

    name: str
    layer: Layer
    pr: int | None = None

    @classmethod
    def parse(cls, name: str) -> "Stack":
        """Read a stack's name.

        Args:
            name: `local`, `ci`, `pr-<number>`, `staging` or `production`.

        Raises:
            UnknownStack: it is anything else; names the allowed ones and the nearest.
        """
        if layer := _FIXED.get(name):
            return cls(name=name, layer=layer)
        if match := _PR.fullmatch(name):
            return cls(name=name, layer=Layer.PR, pr=int(match[1]))
        near = get_close_matches(name, _FIXED, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        if re.match(r"pr-?\d*(?!\w)", name):
            hint = " A pull request's stack is 'pr-' and its number, from 1, without leading zeros."
        raise UnknownStack(
            f"stack {name!r} is not a layer; the stacks are {_ALLOWED}.{hint} "
            f"Next: `pulumi stack rm {name}`, then --stack {near[0] if near else '<layer>'}."
        )

    @property
    def standing(self) -> bool:
        """Whether it stays: staging and production run released images and keep their data."""
        return self.layer in {Layer.STAGING, Layer.PRODUCTION}

    @property
    def on_dokploy(self) -> bool:
        """Whether Dokploy runs it, and not the local Docker."""
        return self.standing or self.layer is Layer.PR

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class LayerRow:
    """One row of the six-layer table, in the words of the documentation."""

    number: int
    title: str
    stack: str
    where: str
    source: str
    data: str
    address: str
    comes_and_goes: str


LAYERS: tuple[LayerRow, ...] = (
    LayerRow(
        number=1,
        title="Local development",
        stack="none, by design",
        where="the laptop: moon, pytest, eslint; no Docker",
        source="the work tree",
        data="mocks",
        address="none",
        comes_and_goes="every save; feedback under a second",
    ),
    LayerRow(
        number=2,
        title="Local integration",
        stack="`local`",
        where="local Docker, the same services as `docker compose up`",
        source="`docker-compose.yml`, built from source",
        data="local volumes",
        address="localhost ports",
        comes_and_goes="`pulumi up/destroy --stack local`",
    ),
    LayerRow(
        number=3,
        title="GitHub CI",
        stack="`ci`",
        where="a GitHub runner, the same services",
        source="`docker-compose.yml`, built from source",
        data="none kept (tmpfs)",
        address="runner-local",
        comes_and_goes="each push and PR (`ci.yml`)",
    ),
    LayerRow(
        number=4,
        title="PR test",
        stack="`pr-<n>`",
        where="Dokploy, an environment of its own",
        source="the PR's commit, built on the host, no registry",
        data="its own, gone with it",
        address="`<prefix>-pr-<n>.<domain>`",
        comes_and_goes="PR opened, updated, closed (`pr-test.yml`)",
    ),
    LayerRow(
        number=5,
        title="Staging",
        stack="`staging`",
        where="Dokploy, the project's environment `staging`",
        source="images in the registry, `sha-<hash>` or `v1.0.x`",
        data="persistent",
        address="`<prefix>-staging.<domain>`",
        comes_and_goes="push to main after green CI (`staging-deploy.yml`)",
    ),
    LayerRow(
        number=6,
        title="Production",
        stack="`production`",
        where="Dokploy, the project's environment `production`",
        source="images in the registry, `v1.2.3`, the digests staging verified",
        data="critical, protected, backed up",
        address="`<prefix>.<domain>`",
        comes_and_goes="published release or promotion of a tag (`production-deploy.yml`); rolling",
    ),
)

_COLUMNS = ("#", "Layer", "Stack", "Where", "Source of the software", "Data", "Address", "Comes and goes by")


def markdown_table() -> str:
    """The six layers as a Markdown table, without a trailing newline."""
    rows = [
        (
            str(row.number),
            row.title,
            row.stack,
            row.where,
            row.source,
            row.data,
            row.address,
            row.comes_and_goes,
        )
        for row in LAYERS
    ]
    rule = tuple("---" for _ in _COLUMNS)
    return "\n".join(f"| {' | '.join(row)} |" for row in (_COLUMNS, rule, *rows))
