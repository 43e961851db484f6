"""The record of a release (R9): the message of an annotated tag, the payload of a deployment.

YAML below a line for people: `git show v1.0.45` is readable, and a state that was lost is rebuilt from it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model.images import ImageRef

_FENCE = "\n---\n"
_FORMAT = 1
_LONGEST = 20_000
_LONGEST_LINE = 400
_LINE = rf"^[^\r\n]{{0,{_LONGEST_LINE}}}$"

VERIFIED = "verified"
UNSEEN = "unseen"
DISPROVED = ("failed", "rolled back")
RESULTS = (VERIFIED, UNSEEN, *DISPROVED)

Line = Annotated[str, Field(pattern=_LINE)]
Digest = Annotated[str, Field(pattern=r"^[^\s@]+@sha256:[0-9a-f]{64}$")]


def line(text: str) -> str:
    """A text as one line of a record."""
    return " ".join(text.split())[:_LONGEST_LINE]


class Record(BaseModel):
    """Who released what, from where, when, in which run, and how it was verified.

    Attributes:
        version: `vX.Y.Z`.
        commit: baked into the images.
        images: service to `repository@sha256:…`.
        who: GitHub login that started the run; the local user's name where there is no run.
        source: the stack that verified it (`from` in the text).
        when: in UTC.
        run: address of the run, empty where there is none.
        verified: what was looked at.
        result: `verified`, `unseen` (it runs, and nobody could look), `failed`, or `rolled back`.
        replaced: what ran before, empty if nothing did.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    version: Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+$")]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    images: dict[str, Digest]
    who: Line
    source: Line = Field(alias="from")
    when: datetime
    run: Line = ""
    verified: Line
    result: Line = VERIFIED
    replaced: Line = ""

    @property
    def references(self) -> dict[str, ImageRef]:
        """Service to image by digest."""
        parts = {service: text.partition("@") for service, text in self.images.items()}
        return {
            service: ImageRef.parse(name).at(tag=self.version).pin(digest)
            for service, (name, _, digest) in parts.items()
        }

    def document(self) -> dict[str, Any]:
        """As plain JSON values, with the format's number first."""
        return {"strata": _FORMAT, **self.model_dump(mode="json", by_alias=True)}

    def text(self) -> str:
        """As YAML."""
        return yaml.safe_dump(self.document(), sort_keys=False, width=1000)

    def message(self) -> str:
        """The message of the annotated tag."""
        what = f"{self.version}: {self.source} verified commit {self.commit[:12]}"
        return f"{what}{_FENCE}{self.text()}"

    @classmethod
    def parse(cls, message: str | None) -> Self | None:
        """The record in a tag's message; `None` for a message that is not ours."""
        if not message or len(message) > _LONGEST:
            return None
        _, fence, text = message.replace("\r\n", "\n").partition(_FENCE)
        # A signature stands below the message that it signs.
        text = text.partition("-----BEGIN ")[0]
        try:
            return cls.of(yaml.safe_load(text)) if fence else None
        except yaml.YAMLError:
            return None

    @classmethod
    def of(cls, document: object) -> Self | None:
        """From a decoded document; `None` for one that is not ours or that a later version wrote."""
        if not isinstance(document, Mapping) or document.get("strata") != _FORMAT:
            return None
        try:
            return cls.model_validate(dict(document))
        except ValidationError:
            return None
