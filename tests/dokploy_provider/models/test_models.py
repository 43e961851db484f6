"""What inputs must look like before anything is sent."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from dokploy_provider.models.application import ApplicationDesired
from dokploy_provider.models.compose import ComposeDesired, ComposeRow
from dokploy_provider.models.deployment import DeploymentDesired
from dokploy_provider.models.domain import DomainDesired

COMPOSE: dict[str, Any] = {
    "environment_id": "e",
    "compose_name": "app",
    "owner": "strata:a/b/c",
    "compose_file": "x",
}
DOMAIN: dict[str, Any] = {"compose_id": "c", "host": "a.example", "port": 80, "service_name": "web"}
DEPLOYMENT: dict[str, Any] = {"compose_id": "c", "stack": "staging"}


@pytest.mark.parametrize(
    ("model", "props", "text"),
    [
        (ComposeDesired, {**COMPOSE, "compose_file": ""}, "raw needs compose_file"),
        (ComposeDesired, {**COMPOSE, "source_type": "git"}, "git needs git_branch, git_url"),
        (ComposeDesired, {**COMPOSE, "source_type": "github", "github_id": "g"}, "github_branch"),
        (ComposeDesired, {**COMPOSE, "compose_name": "a" * 64}, "compose_name"),
        (ComposeDesired, {**COMPOSE, "compose_name": "A b"}, "compose_name"),
        (ComposeDesired, {**COMPOSE, "typo": 1}, "typo"),
        (ApplicationDesired, {"environment_id": "e"}, "docker_image"),
        (DomainDesired, {**DOMAIN, "application_id": "a"}, "exactly one"),
        (DomainDesired, {**DOMAIN, "compose_id": None}, "exactly one"),
        (DomainDesired, {**DOMAIN, "service_name": None}, "needs service_name"),
        (DomainDesired, {**DOMAIN, "certificate_type": "custom"}, "cert_resolver"),
        (DomainDesired, {**DOMAIN, "cert_resolver": "le"}, "cert_resolver"),
        (DomainDesired, {**DOMAIN, "host": "https://a.example"}, "host"),
        (DomainDesired, {**DOMAIN, "path": "api"}, "path"),
        (DomainDesired, {**DOMAIN, "port": 65536}, "port"),
        (DeploymentDesired, {**DEPLOYMENT, "application_id": "a"}, "exactly one"),
        (DeploymentDesired, {**DEPLOYMENT, "deploy_timeout": 0}, "deploy_timeout"),
        (DeploymentDesired, {**DEPLOYMENT, "probes": [{"url": "ftp://x"}]}, "url"),
    ],
)
def test_what_would_fail_later_is_refused_now(
    model: type[BaseModel], props: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValidationError, match=text):
        model.model_validate(props)


@pytest.mark.parametrize("model", [ComposeDesired, DomainDesired, DeploymentDesired])
def test_v1_an_error_hides_its_input(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"host": "canary", "compose_name": ["canary"], "stack": {"canary": 1}})

    assert "canary" not in str(caught.value)


def test_v1_credentials_in_an_answer_are_not_read() -> None:
    known = ("composeId", "name", "appName", "environmentId", "composeType", "sourceType")
    row = dict.fromkeys(known, "x") | {"refreshToken": "canary", "github": {"githubPrivateKey": "canary"}}

    assert "canary" not in repr(ComposeRow.model_validate(row))
