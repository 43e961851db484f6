"""The issuer's addresses: what a verifier asks, and where a job fetches its token."""

import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.errors import SandboxError
from sandbox.http import Watched
from sandbox.oidc.claims import claims
from sandbox.oidc.runs import Runs
from sandbox.oidc.signer import ALGORITHM, Signer
from sandbox.world import World


def create_app(world: World, runs: Runs, signer: Signer, *, issuer: str) -> ASGIApp:
    """The issuer.

    | call | answers |
    |---|---|
    | GET /.well-known/openid-configuration | where the keys are |
    | GET /jwks | the key |
    | GET /token?run=…&job=…&audience=… | `{value}`; with the run's secret as bearer token |

    Args:
        world: clock, access log and faults.
        runs: that were registered.
        signer: the key.
        issuer: this app's own address.
    """
    issues = _Issuer(world, runs, signer, issuer)
    routes = [
        Route("/.well-known/openid-configuration", issues.discovery),
        Route("/jwks", issues.jwks),
        Route("/token", issues.token),
    ]
    return Watched(Starlette(routes=routes), world=world, part="oidc")


class _Issuer:
    def __init__(self, world: World, runs: Runs, signer: Signer, issuer: str) -> None:
        self._world = world
        self._runs = runs
        self._signer = signer
        self._issuer = issuer

    async def discovery(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._issuer,
                "jwks_uri": f"{self._issuer}/jwks",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
            }
        )

    async def jwks(self, _request: Request) -> Response:
        return JSONResponse(self._signer.jwks())

    async def token(self, request: Request) -> Response:
        asked = request.query_params
        run = self._runs.get(asked.get("run", ""))
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if run is None or not secrets.compare_digest(bearer.encode(), run.secret.encode()):
            return _refusal(401, "The request token is not that of a run.")
        try:
            job = run.job(asked.get("job", ""))
            if not (run.has_tokens and job.may_ask):
                return _refusal(403, "This job has no permission `id-token: write`.")
            found = claims(
                run,
                asked["job"],
                issuer=self._issuer,
                audience=asked.get("audience") or f"https://github.com/{run.repository.partition('/')[0]}",
                now=self._world.now(),
            )
        except SandboxError as error:
            return _refusal(400, str(error))
        return JSONResponse({"value": self._signer.sign(found, run.flaw), "count": 1})


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)
