"""Clients of the data tier, as the application has them."""

import subprocess
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.images.project import Project


def s3(project: Project, *, key: str, secret: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"http://{project.address('minio', 9000)}",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, proxies={}),
    )


def refusal(call: Any, **arguments: Any) -> str:
    """With which code S3 refuses; empty if it does not."""
    try:
        call(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def sql(
    project: Project, statement: str, *, user: str, database: str, password: str
) -> subprocess.CompletedProcess[str]:
    """Run SQL by the container's own address, where a password is asked for."""
    script = 'PGPASSWORD="$1" psql -XqAt -h "$(hostname)" -U "$2" -d "$3" -c "$4"'
    return project.run(
        *("postgres", "bash", "-c", script, "psql", password, user, database, statement), check=False
    )
