"""The gates and roles of a sandbox, as an administrator has them after the first `up` of both stacks."""

from model.layers import Stack
from strata.audit.declared import declared
from strata.project import Project
from tests.e2e.cloud import Cloud, Result
from tests.strata.gates import make_gates


def make_doors(cloud: Cloud) -> Result:
    """Have every gate be as declared, and then every role that jobs log in as."""
    project = Project(folder=cloud.project, name=Project.find({}, start=cloud.project).name)
    assert project.settings(Stack.parse("production")).reviewer_teams
    api = f"{cloud.environment['GITHUB_BASE_URL'].rstrip('/')}/api/v3"
    make_gates(api, cloud.environment["GITHUB_TOKEN"], declared(project))
    return administrate(cloud, "policies", "--apply").ok()


def administrate(cloud: Cloud, *words: str) -> Result:
    """`strata vault …` with the administrator's token."""
    return cloud.run("strata", "vault", *words, VAULT_TOKEN=cloud.vault_admin.token)
