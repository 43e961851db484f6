"""The records of what an environment was given (R9), kept as deployments of GitHub: docs/adr/0014."""

from strata.github import Client, payloads
from strata.github.errors import OutcomeUnknown
from strata.release.record import Record

TASK = "strata:release"
_STATES = {"verified": "success", "unseen": "error", "rolled back": "inactive"}


def records(client: Client, environment: str) -> list[Record]:
    """Newest first; what is not ours is left out.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    carrying = payloads.of_task(client, environment=environment, task=TASK)
    return [record for one in carrying if (record := Record.of(one.payload))]


def keep(client: Client, environment: str, record: Record) -> bool:
    """Write a record down, once for each run, version and result.

    Returns:
        Whether it was written now; `False`: it was there.

    Raises:
        GithubError: GitHub refused, or it is not known whether it was written and it is not there.
    """
    if _there(client, environment, record):
        return False
    document = record.document()
    what = f"{record.version} {record.result}, by {record.who}"
    try:
        identity = payloads.create(
            client,
            environment=environment,
            task=TASK,
            commit=record.commit,
            payload=document,
            description=what,
        )
    except OutcomeUnknown:
        if _there(client, environment, record):
            return True
        raise
    payloads.end(client, identity, state=_STATES.get(record.result, "failure"), log_url=record.run)
    return True


def _there(client: Client, environment: str, record: Record) -> bool:
    key = (record.run, record.version, record.result)
    return bool(record.run) and any(
        (one.run, one.version, one.result) == key for one in records(client, environment)
    )
