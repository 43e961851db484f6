"""One deployment of an application: a swarm service from an image, and its domains.

The real server gives Docker a whole service specification; here it is the command line that says the same.
Domains stand in a Traefik file of their own there and apply at once; here they are labels of the service,
put on it whenever a domain changes, which a client cannot tell apart.
"""

from pathlib import Path

from sandbox.dokploy.call import Server
from sandbox.dokploy.jobs import StepFailed, docker, run_job, variables
from sandbox.dokploy.labels import PUBLIC_NETWORK, domain_labels
from sandbox.dokploy.queue import Job
from sandbox.engine.protocol import Log
from sandbox.store import Document


async def deploy_application(server: Server, job: Job) -> None:
    """Do one job of the queue."""

    async def work(application: Document, log: Log) -> None:
        if application["sourceType"] != "docker":
            raise StepFailed(f"Error: ❌ the sandbox builds no application from {application['sourceType']}")
        values = await variables(server, application)
        image = application["dockerImage"] or ""
        log(f"Pulling {image}")
        if await docker(server, ["image", "pull", image], cwd=_folder(server), log=log) != 0:
            log("❌ Pulling image failed")
            raise StepFailed("")
        log("✅ Pulling image completed.")
        await _put(server, application, values)

    await run_job(server, job, table=server.state.application, status="applicationStatus", work=work)


async def _put(server: Server, application: Document, values: dict[str, str]) -> None:
    """Create the service, or update the one that is there; each deployment forces new tasks."""
    app = application["appName"]
    labels = _labels(server, application)
    before = server.state.service.get(app)
    words = ["--replicas", str(application["replicas"]), *_update_config(application)]
    for name, value in values.items():
        words += ["--env-add" if before else "--env", f"{name}={value}"]
    for label in labels:
        words += ["--label-add" if before else "--label", label]
    if before is None:
        argv = ["service", "create", "--name", app, "--network", PUBLIC_NETWORK, *words]
        argv += ["--with-registry-auth", application["dockerImage"]]
    else:
        words += [w for name in before["env"] if name not in values for w in ("--env-rm", name)]
        words += _gone_labels(before, labels)
        argv = ["service", "update", "--force", "--image", application["dockerImage"], *words]
        argv += ["--with-registry-auth", app]
    output: list[str] = []
    if await docker(server, argv, cwd=_folder(server), log=output.append) != 0:
        raise StepFailed("\n".join(output))
    server.state.service.put(app, {"env": list(values), "labels": _names(labels)})


async def apply_domains(server: Server, application_id: str | None) -> None:
    """Bring a deployed application's domains up to date; others get theirs when they are deployed."""
    application = server.state.application.get(str(application_id))
    before = None if application is None else server.state.service.get(application["appName"])
    if application is None or before is None:
        return
    labels = _labels(server, application)
    words = [word for label in labels for word in ("--label-add", label)] + _gone_labels(before, labels)
    if words:
        argv = ["service", "update", *words, application["appName"]]
        await docker(server, argv, cwd=_folder(server), log=_ignore)
    server.state.service.put(application["appName"], {**before, "labels": _names(labels)})


async def scale(server: Server, application: Document, replicas: int) -> None:
    """Start or stop by the number of tasks."""
    argv = ["service", "scale", f"{application['appName']}={replicas}"]
    await docker(server, argv, cwd=_folder(server), log=_ignore)


async def remove(server: Server, application: Document) -> None:
    """Remove the service; the image and volumes stay."""
    server.state.service.delete(application["appName"])
    await docker(server, ["service", "rm", application["appName"]], cwd=_folder(server), log=_ignore)


def _update_config(application: Document) -> list[str]:
    """Dokploy's defaults: start first, back on failure (measured 2026-11-23)."""
    config = application["updateConfigSwarm"] or {}
    order = config.get("Order", "start-first")
    if order not in ("start-first", "stop-first"):
        raise StepFailed(f"(HTTP code 400) unexpected - unrecognized update order {order} ")
    words = ["--update-order", order, "--update-failure-action", config.get("FailureAction", "rollback")]
    check = application["healthCheckSwarm"] or {}
    if check.get("Test"):
        words += ["--health-cmd", " ".join(check["Test"][1:])]
    return words


def _labels(server: Server, application: Document) -> list[str]:
    domains = server.state.domain.where(applicationId=application["applicationId"], enabled=True)
    if not domains:
        return []
    labels = ["traefik.enable=true", f"traefik.swarm.network={PUBLIC_NETWORK}"]
    return [*labels, *(label for domain in domains for label in domain_labels(application, domain))]


def _gone_labels(before: Document, labels: list[str]) -> list[str]:
    return [w for name in before["labels"] if name not in _names(labels) for w in ("--label-rm", name)]


def _names(labels: list[str]) -> list[str]:
    return [label.split("=", 1)[0] for label in labels]


def _folder(server: Server) -> Path:
    server.state.root.mkdir(parents=True, exist_ok=True)
    return server.state.root


def _ignore(_line: str) -> None:
    """Nobody reads what this prints."""
