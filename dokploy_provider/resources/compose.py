"""`Compose` for Pulumi; what it does stands in `dokploy_provider.crud.compose`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import compose
from dokploy_provider.models.compose import ComposeDesired
from dokploy_provider.resources.shell import RevisedNoun, RevisedShell


class ComposeProvider(RevisedShell):
    """See `Compose`."""

    model = ComposeDesired
    noun: ClassVar[RevisedNoun] = compose
    parents = frozenset({"environment_id"})
    replacing = frozenset({"compose_type"})


class Compose(dynamic.Resource, module="dokploy", name="Compose"):
    """A compose file with its settings. Deploying it is a `Deployment`.

    Args:
        name: logical name.
        environment_id: `Environment.environment_id`; a change moves it.
        compose_name: its name at Dokploy and the prefix of its app name.
        owner: its ownership marker.
        description: text before the marker.
        compose_type: `docker-compose` or `stack`; a change replaces it.
        source_type: `raw`, `git` or `github`.
        compose_file: YAML text, for `raw`.
        git_url: for `git`.
        git_branch: for `git`; a branch or a tag (no commit: Dokploy clones with `--branch`).
        git_ssh_key_id: Dokploy's id of an SSH key, for an ssh `git_url`.
        github_id: Dokploy's id of a GitHub App, for `github`.
        github_owner: for `github`.
        github_repository: for `github`.
        github_branch: for `github`; a branch or a tag.
        compose_path: of the compose file in a checkout; default `./docker-compose.yml`.
        env: dotenv text.
        command: what runs after `docker `, with `{app_name}` for the app name; none for Dokploy's own
            command.
        delete_volumes: whether destroying takes its volumes along.
        adopt: id of an existing compose to take over.
        opts: Pulumi's options.

    Attributes:
        compose_id: its id at Dokploy.
        app_name: the name that Dokploy made of `compose_name` (plus six characters).
        revision: new after every change that reaches a container.
    """

    compose_id: pulumi.Output[str]
    app_name: pulumi.Output[str]
    revision: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        environment_id: pulumi.Input[str],
        compose_name: pulumi.Input[str],
        owner: pulumi.Input[str],
        description: pulumi.Input[str] = "",
        compose_type: pulumi.Input[str] = "docker-compose",
        source_type: pulumi.Input[str] = "raw",
        compose_file: pulumi.Input[str] | None = None,
        git_url: pulumi.Input[str] | None = None,
        git_branch: pulumi.Input[str] | None = None,
        git_ssh_key_id: pulumi.Input[str] | None = None,
        github_id: pulumi.Input[str] | None = None,
        github_owner: pulumi.Input[str] | None = None,
        github_repository: pulumi.Input[str] | None = None,
        github_branch: pulumi.Input[str] | None = None,
        compose_path: pulumi.Input[str] | None = None,
        env: pulumi.Input[str] = "",
        command: pulumi.Input[str] | None = None,
        delete_volumes: pulumi.Input[bool] = False,
        adopt: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "environment_id": environment_id,
            "compose_name": compose_name,
            "owner": owner,
            "description": description,
            "compose_type": compose_type,
            "source_type": source_type,
            "compose_file": compose_file,
            "git_url": git_url,
            "git_branch": git_branch,
            "git_ssh_key_id": git_ssh_key_id,
            "github_id": github_id,
            "github_owner": github_owner,
            "github_repository": github_repository,
            "github_branch": github_branch,
            "compose_path": compose_path,
            "env": env,
            "command": command,
            "delete_volumes": delete_volumes,
            "adopt": adopt,
            "compose_id": None,
            "app_name": None,
            "revision": None,
        }
        super().__init__(ComposeProvider(), name, props, opts)
