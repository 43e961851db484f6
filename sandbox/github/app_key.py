"""The GitHub App's signature: a JWT of at most ten minutes, RS256, whose issuer is the App."""

from datetime import timedelta

import jwt

from sandbox.github.answers import Refused
from sandbox.world import World

APP_ID = 7_001
CLIENT_ID = "Iv23liSandboxStrata0"
SLUG = "strata-gates"
INSTALLATION_ID = 7_700_001
_LONGEST = timedelta(minutes=10)
_DRIFT = timedelta(seconds=60)


class AppKey:
    """The App's public key.

    Args:
        world: its clock.
        public: PEM; without one nobody can sign.
    """

    def __init__(self, world: World, public: str | None) -> None:
        self._world = world
        self._public = public

    def signer(self, token: str) -> str:
        """The App's login, after its signature was found good.

        Raises:
            Refused: 401, in GitHub's words for what is wrong.
        """
        if self._public is None:
            raise Refused(401, "A JSON web token could not be decoded")
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["RS256"],
                # The sandbox's clock may stand still: times are compared with it below.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
            issued, ends = float(claims["iat"]), float(claims["exp"])
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise Refused(401, "A JSON web token could not be decoded") from None
        now = self._world.now().timestamp()
        if str(claims.get("iss")) not in (str(APP_ID), CLIENT_ID):
            raise Refused(404, "Integration not found")
        if issued > now + _DRIFT.total_seconds():
            raise Refused(401, "'Issued at' claim ('iat') must be an Integer representing a time in the past")
        if ends <= now:
            raise Refused(
                401, "'Expiration time' claim ('exp') must be a numeric value representing the future time"
            )
        if ends > now + (_LONGEST + _DRIFT).total_seconds():
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        return f"{SLUG}[bot]"
