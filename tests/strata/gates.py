"""The sandbox's GitHub with an App, served for one test, and gates as an administrator would make them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.github.app import create_app
from sandbox.github.app_key import APP_ID, INSTALLATION_ID
from sandbox.store import Store
from sandbox.world import Ports, World
from strata.audit.declared import Declared
from tests.model.github import ruleset
from tests.served import served
from tests.vault.actions import REPOSITORY

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
APP = {
    "GITHUB_APP_ID": str(APP_ID),
    "GITHUB_APP_INSTALLATION_ID": str(INSTALLATION_ID),
    "GITHUB_APP_PRIVATE_KEY": PEM,
}
TOKEN = "administrators-token"


@dataclass(frozen=True, kw_only=True)
class Github:
    """A GitHub that runs."""

    api: str
    world: World
    token: str = TOKEN

    def complete(self, wanted: Declared) -> None:
        """Make the gates that are declared, as the program does."""
        make_gates(self.api, self.token, wanted)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request of the administrator's, below the repository."""
        return _ask(self.api, self.token, method, path, **more)


def make_gates(api: str, token: str, wanted: Declared) -> None:
    """PUT and POST what a gate is made of; what is there already stays.

    Args:
        api: REST base.
        token: an administrator's.
        wanted: gates and rulesets, as declared.
    """
    for rules in wanted.rulesets:
        made = _ask(api, token, "POST", "rulesets", json=ruleset(rules))
        assert made.is_success or made.status_code == httpx.codes.UNPROCESSABLE_ENTITY, made.text
    for gate in wanted.gates:
        place = f"environments/{gate.environment}"
        users = [{"type": "User", "id": one} for one in gate.reviewer_users]
        teams = [{"type": "Team", "id": one} for one in gate.reviewer_teams]
        settings = {
            "wait_timer": gate.wait_minutes,
            "prevent_self_review": gate.prevent_self_review,
            "can_admins_bypass": gate.can_admins_bypass,
            "reviewers": users + teams,
            "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
        }
        _ask(api, token, "PUT", place, json=settings).raise_for_status()
        for kind, patterns in (("branch", gate.branch_patterns), ("tag", gate.tag_patterns)):
            for pattern in patterns:
                policy = {"name": pattern, "type": kind}
                made = _ask(api, token, "POST", f"{place}/deployment-branch-policies", json=policy)
                assert made.is_success or made.status_code == httpx.codes.SEE_OTHER, made.text
        for name, value in gate.variables.items():
            made = _ask(api, token, "POST", f"{place}/variables", json={"name": name, "value": value})
            assert made.is_success or made.status_code == httpx.codes.CONFLICT, made.text


@contextmanager
def github_of(place: Path) -> Iterator[Github]:
    """The sandbox's GitHub on a port of its own."""
    place.mkdir()
    ports = Ports(**dict.fromkeys(Ports.__dataclass_fields__, 1))
    world = World(root=place, ports=ports, store=Store(None), ca_file=place / "ca.pem")
    public = _KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with served(lambda _url: create_app(world, token=TOKEN, app_key=public.decode())) as url:
        yield Github(api=f"{url}/api/v3", world=world)
    world.store.close()


def _ask(api: str, token: str, method: str, path: str, **more: Any) -> httpx.Response:
    return httpx.request(
        method,
        f"{api}/repos/{REPOSITORY}/{path}".rstrip("/"),
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        **more,
    )
