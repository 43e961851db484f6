"""Configuration of a stack: one frozen model over what the CLI hands to the program.

The program reads the mapping `PULUMI_CONFIG` and not `pulumi.Config`, which cannot list its keys: a misspelt
key would be silently ignored. Defaults stand in `Pulumi.yaml` and nowhere else; a test keeps its schema and
this model equal.
"""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from model.errors import SettingsError

# The host is written out, as in the names that Docker gets: a short name would mean Docker Hub.
_REPOSITORY = r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$"
# A letter too many, too few or swapped in a name of ours; no provider's name comes near it.
_NEAR = 0.8
# Without TLS on this machine only, for the sandbox: whoever is in between would be the Vault.
_VAULT = r"^(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?$"
_LABEL = r"^[a-z][a-z0-9-]{0,30}$"
Id = Annotated[int, Field(gt=0)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]

_RELEASE_REASON = (
    "not in a file: it would wait there for the next `up`. Remove it "
    "(`pulumi config rm release`) and set RELEASE in the environment"
)


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        populate_by_name=True,
    )


class Images(_Frozen):
    """Repositories of the application's images, without tags."""

    backend: Annotated[str, Field(pattern=_REPOSITORY, examples=["ghcr.io/owner/app-backend"])]
    frontend: Annotated[str, Field(pattern=_REPOSITORY, examples=["ghcr.io/owner/app-frontend"])]


class Adopt(_Frozen):
    """Dokploy's ids of objects that exist already and are to be managed from now on; empty: none (S4).

    Attributes:
        project: the project; its stacks' files name the same one.
        environment: the environment of this stack.
        data: the compose of the data tier.
        app: the compose of the app tier.
    """

    project: str = ""
    environment: str = ""
    data: str = ""
    app: str = ""


class Settings(_Frozen):
    """One stack's configuration.

    Attributes:
        domain: of the team; hosts are made below it.
        host_prefix: the first part of every host.
        app: the application's name, with underscores.
        repository: the GitHub repository's name, without its owner.
        tls: `none`, `letsencrypt`, or the name of another certificate resolver of Traefik.
        vault_addr: where jobs ask Vault; the roles take tokens for it. A setting, since what stands there is
            reviewed: whoever names the Vault names the state that the engine reads.
        vault_mount: of the KV v2 engine.
        images: repositories of the application's images.
        registry_url: host of the private registry.
        registry_username: empty: no login is made at Dokploy.
        registry_credential_version: raise it when REGISTRY_PASSWORD has changed.
        reviewer_users: numeric GitHub ids of people who may approve a deployment.
        reviewer_teams: numeric GitHub ids of teams who may.
        wait_minutes: between approval and deployment, 0 to 43,200.
        deploy_timeout_seconds: for one deployment, from its start.
        queue_timeout_seconds: behind other deployments.
        healthy_timeout_seconds: from done to healthy.
        preview_ssh_key_id: Dokploy's id of the key that clones the repository; empty: clone without.
        preview_github_id: Dokploy's id of its GitHub App; empty: clone by URL.
        preview_label: a pull request needs it to get a preview; empty: every one gets one.
        preview_limit: how many previews there are at once (P6).
        preview_ttl_hours: a preview goes that long after the last push (P5).
        previews_beside_standing: acknowledges that previews run on the server of staging or production, where
            a branch's compose file is as good as root (P10).
        adopt: what exists at Dokploy and is taken over instead of made.
    """

    domain: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", examples=["example.org"])]
    host_prefix: Annotated[str, Field(pattern=_LABEL, examples=["report"])]
    app: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,24}$", examples=["finance_report"])]
    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", examples=["finance_report"])]
    tls: Annotated[str, Field(pattern=_LABEL, examples=["letsencrypt"])]
    vault_addr: Annotated[str, Field(pattern=_VAULT, examples=["https://vault.example.org"])]
    vault_mount: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", examples=["secret"])]
    images: Images
    registry_url: str
    registry_username: str
    registry_credential_version: str
    reviewer_users: tuple[Id, ...] = Field(strict=False)
    reviewer_teams: tuple[Id, ...] = Field(strict=False)
    wait_minutes: Annotated[int, Field(ge=0, le=43_200)]
    deploy_timeout_seconds: Seconds
    queue_timeout_seconds: Seconds
    healthy_timeout_seconds: Seconds
    preview_ssh_key_id: str
    preview_github_id: str
    preview_label: Annotated[str, Field(max_length=50)]
    preview_limit: Annotated[int, Field(ge=1, le=100)]
    preview_ttl_hours: Annotated[int, Field(ge=1, le=8_760)]
    previews_beside_standing: bool
    adopt: Adopt

    @property
    def https(self) -> bool:
        """Whether the public address is an https one."""
        return self.tls != "none"

    @classmethod
    def load(cls, raw: Mapping[str, str], *, project: str, stack: str = "<stack>") -> "Settings":
        """Read the decoded `PULUMI_CONFIG`.

        Args:
            raw: `namespace:key` to text; lists and objects as JSON. Other namespaces are those of providers.
            project: the Pulumi project, our namespace.
            stack: names the stack file in the error.

        Raises:
            SettingsError: with one line for each key that is unknown, missing or wrong; never a value.
        """
        own = {
            key.removeprefix(f"{project}:"): text
            for key, text in raw.items()
            if key.startswith(f"{project}:")
        }
        known = {field.alias or name: field.annotation for name, field in cls.model_fields.items()}
        faults = [_unknown(key, known) for key in own if key not in known]
        faults += _misspelt(raw, project)
        values = {key: _decode(text, known[key]) for key, text in own.items() if key in known}
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            faults += [_fault(line, values) for line in error.errors(include_input=False, include_url=False)]
        if faults:
            lines = "\n".join(f"  {fault}" for fault in faults)
            raise SettingsError(
                f"the configuration is not usable; see Pulumi.{stack}.yaml, defaults and descriptions are in "
                f"Pulumi.yaml:\n{lines}\n"
                f"Next: `pulumi config set --stack {stack} KEY VALUE`, or `config rm` for a key that is none."
            )
        return settings


def _decode(text: str, annotation: Any) -> object:
    """Pulumi hands everything over as text; what is not meant as text is JSON."""
    if annotation is str:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    if key == "release":
        return f"release: {_RELEASE_REASON}"
    near = get_close_matches(key, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; the keys are {', '.join(sorted(known))}"
    return f"{key}: no such setting{hint}"


def _misspelt(raw: Mapping[str, str], project: str) -> list[str]:
    """Keys whose namespace is nearly ours: nobody would read them, not even `reviewerTeams`."""
    others = [key for key in sorted(raw) if not key.startswith(f"{project}:") and ":" in key]
    plain = project.replace("-", "")
    return [
        f"{key}: the namespace is {project} here; write {project}:{key.partition(':')[2]}"
        for key in others
        if get_close_matches(re.sub(r"[^a-z0-9]", "", key.partition(":")[0].lower()), [plain], cutoff=_NEAR)
    ]


_KINDS = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "tuple_type": "a list",
    "bool_type": "a boolean",
    "model_type": "an object",
}


def _fault(line: ErrorDetails, values: Mapping[str, object]) -> str:
    where = ".".join(map(str, line["loc"]))
    if line["type"] == "missing":
        return f"{where}: missing"
    if line["type"] == "extra_forbidden":
        near = get_close_matches(str(line["loc"][-1]), Images.model_fields, n=1)
        return f"{where}: no such setting" + (f"; did you mean {near[0]}?" if near else "")
    if line["type"] == "string_pattern_mismatch":
        return f"{where}: not well-formed; for example {_example(line['loc'])}"
    if expected := _KINDS.get(line["type"]):
        return f"{where}: expected {expected}, got {_kind(values, line['loc'])}"
    return f"{where}: {line['msg'][0].lower()}{line['msg'][1:]}"


def _example(location: tuple[int | str, ...]) -> str:
    """The example that stands at the field, also at one of the images."""
    model: type[BaseModel] = Settings if len(location) == 1 else Images
    fields = {field.alias: field for field in model.model_fields.values()}
    examples = fields[str(location[-1])].examples or ["?"]
    return str(examples[0])


def _kind(values: Mapping[str, object], location: tuple[int | str, ...]) -> str:
    value: Any = values
    for part in location:
        value = value[part]
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "nothing")
