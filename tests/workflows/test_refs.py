"""From where a role lets a workflow in, and from where its jobs can run at all (G5)."""

import re
from dataclasses import replace

from model import identity
from model.identity import MAIN, MERGES, RELEASE_TAGS, Entry, Identity
from tests.workflows.documents import Document, all_of_them, environment_of

# A push and a dispatch are of the branches and tags that the workflow or the person names.
REFS = {
    "pull_request": {MERGES},
    "pull_request_target": {MAIN},
    "push": {MAIN},
    "release": {RELEASE_TAGS},
    "schedule": {MAIN},
    "workflow_dispatch": {MAIN, RELEASE_TAGS},
    "workflow_run": {MAIN},
}


def reached(document: Document, one: Identity) -> set[str]:
    """The refs on which the jobs that come as an identity can run, by events that they do not rule out."""
    found: set[str] = set()
    for body in document["jobs"].values():
        environment = re.sub(r"\$\{\{.*?\}\}", "1", environment_of(body) or "")
        if not one.admits(environment):
            continue
        only = re.findall(r"github\.event_name == '(\w+)'", str(body.get("if", "")))
        for event in only or document["on"]:
            found |= REFS[event]
    return found


def too_wide(documents: dict[str, Document], table: tuple[Identity, ...]) -> list[str]:
    return [
        f"{one.environment} takes {entry.workflow} on {ref}, where none of its jobs runs"
        for one in table
        for entry in one.entries
        for ref in entry.refs
        if ref not in reached(documents[entry.workflow], one)
    ]


def test_g5_no_role_takes_a_workflow_from_where_its_jobs_do_not_run() -> None:
    assert too_wide(all_of_them(), identity.IDENTITIES) == []


def test_g5_a_ref_that_no_event_leads_to_is_found() -> None:
    wide = replace(identity.PLAN, entries=(Entry(workflow="ci.yml", refs=(MERGES, MAIN)),))

    assert too_wide(all_of_them(), (wide,)) == [
        "plan takes ci.yml on refs/heads/main, where none of its jobs runs"
    ]
