"""The plugins that staging loads, with one resource each: what any program of this kind costs."""

import pulumi_docker  # noqa: F401 - staging imports it too; its resources need a Docker Engine
import pulumi_github

from dokploy_provider.resources import Project

pulumi_github.RepositoryEnvironment("bench", repository="finance_report", environment="bench")
Project("bench", project_name="bench", owner="strata:bench/shared/project")
