"""The registry: reachable, and pulumi-docker's credentials may pull the application's images."""

from collections.abc import Mapping

import httpx

from model.images import ImageRef
from strata import health, registrylogin
from strata.doctor.finding import Finding, Findings, fail, ok, warn

_LOGIN = "`docker login {host}` with a token that may read packages"


def check(env: Mapping[str, str], repositories: Mapping[str, str], *, logs_in_as: str = "") -> Findings:
    """Each image's repository is asked for its tags, as a pull would log in.

    Args:
        env: DOCKER_CONFIG, STRATA_REGISTRY_MIRROR, REGISTRY_PASSWORD.
        repositories: service to repository without a tag; empty if there is no project here.
        logs_in_as: the user as whom Dokploy logs in; empty: it does not, and needs no password.
    """
    if logs_in_as and not env.get("REGISTRY_PASSWORD", "").strip():
        yield fail(
            "registry",
            f"REGISTRY_PASSWORD not set, with which Dokploy pulls as {logs_in_as}",
            next_step="export a token of that user that may only pull, or empty `registryUsername`",
        )
    elif logs_in_as:
        yield ok("registry", f"REGISTRY_PASSWORD is set, Dokploy pulls as {logs_in_as}")
    mirror = env.get("STRATA_REGISTRY_MIRROR", "")
    with health.direct(env) as client:
        for service, repository in sorted(repositories.items()):
            image = ImageRef.parse(repository)
            host = mirror or image.registry
            path = f"{image.registry}/{image.path}" if mirror else image.path
            try:
                yield _pullable(client, env, service=service, host=host, path=path)
            except httpx.HTTPError as error:
                yield fail(
                    "registry",
                    f"{host} cannot be asked ({type(error).__name__})",
                    next_step="check the network, and SSL_CERT_FILE if it is the sandbox's",
                )
                return


def _pullable(client: httpx.Client, env: Mapping[str, str], *, service: str, host: str, path: str) -> Finding:
    basic = registrylogin.credentials(env, host)
    if basic is None:
        return warn(
            "registry",
            f"a helper program keeps {host}'s credentials, they were not tried",
            next_step=f"`docker pull` of {host}/{path}",
        )
    answer = registrylogin.get(client, f"https://{host}/v2/{path}/tags/list", basic=basic)
    where = f"{host}/{path}"
    match answer.status_code:
        case httpx.codes.OK:
            return ok("registry", f"{where} can be pulled")
        case httpx.codes.NOT_FOUND:
            return warn(
                "registry", f"{where} has no image of {service} yet", next_step="let CI build and push one"
            )
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            who = "the credentials of the Docker configuration" if basic else "without credentials it"
            return fail("registry", f"{where}: {who} may not pull", next_step=_LOGIN.format(host=host))
    return fail(
        "registry",
        f"{where} answers {answer.status_code}",
        next_step="the registry's status page, then try again",
    )
