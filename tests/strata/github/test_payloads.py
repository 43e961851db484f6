from sandbox.github import deployments
from strata.github import payloads
from tests.strata.release.town import Town


def test_a_document_is_found_by_environment_and_task_newest_first(town: Town) -> None:
    commit = town.merge("one")
    town.ci(commit, ("required", "in_progress", None))  # asks for no checks: it records, it starts nothing

    def make(environment: str, task: str, number: int) -> int:
        return payloads.create(
            town.github,
            environment=environment,
            task=task,
            commit=commit,
            payload={"n": number},
            description="x" * 500,
        )

    first = make("production", "strata:release", 1)
    make("production", "other", 2)
    make("staging", "strata:release", 3)
    last = make("production", "strata:release", 4)
    deployments.record(
        town.world, sha=commit, ref=commit, environment="production", creator="x", task="strata:release"
    )

    found = list(payloads.of_task(town.github, environment="production", task="strata:release"))

    assert [(one.id, one.payload) for one in found][1:] == [(last, {"n": 4}), (first, {"n": 1})]
    assert found[0].payload == {}


def test_how_it_ended_leaves_other_deployments_as_they_are(town: Town) -> None:
    commit = town.merge("one")
    ids = [
        payloads.create(
            town.github, environment="production", task="t", commit=commit, payload={}, description=""
        )
        for _ in range(2)
    ]

    for identity in ids:
        payloads.end(town.github, identity, state="success", log_url="https://github.com/run")

    rows = town.world.store.table("github.deployment_status").where()
    assert [(row["deployment"], row["state"]) for row in rows] == [(one, "success") for one in ids]
