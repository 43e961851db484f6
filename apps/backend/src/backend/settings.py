import re
from collections.abc import Iterator
from typing import Annotated, Self
from urllib.parse import unquote, urlsplit

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.errors import SettingsRefused

# What docker-compose.yml has in place of every secret: public on purpose.
_THROWAWAY = "throwaway"
_THROWAWAY_ENVIRONMENTS = re.compile(r"local|ci|pr-[1-9][0-9]*")
# Vendors' defaults are as public as our own constant.
_PUBLIC_PASSWORDS = frozenset({"", _THROWAWAY, "postgres", "minioadmin", "password", "changeme"})
_SHORTEST_KEY = 32


class Settings(BaseSettings):
    """The environment, read once. Each field is the variable of its name in capitals.

    Attributes:
        env: `local`, `ci`, `pr-<number>`; every other name is protected and takes no public secret.
        database_url: `postgresql://user:password@host:port/name`.
        redis_url: `redis://:password@host:port/0`.
        secret_key: signs what is put into the cache.
        port: where to listen.
        drain_seconds: how long to go on serving after SIGTERM.
        migration_wait_seconds: how long to wait for the database, and for another's migration.
        largest_statement: in bytes.
        log_level: of Python's names.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    env: str = "unknown"
    version: str = "unreleased"
    public_url: AnyHttpUrl = AnyHttpUrl("http://localhost:3000")
    database_url: SecretStr
    redis_url: SecretStr
    s3_endpoint: AnyHttpUrl
    s3_bucket: Annotated[str, Field(min_length=3, max_length=63)]
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    secret_key: SecretStr
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    drain_seconds: Annotated[float, Field(ge=0, le=600)] = 0.0
    migration_wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 45.0
    largest_statement: Annotated[int, Field(ge=1)] = 10 * 1024 * 1024
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    @property
    def protected(self) -> bool:
        """Whether this environment holds something worth guarding; one that we do not know does."""
        return _THROWAWAY_ENVIRONMENTS.fullmatch(self.env) is None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        problems = [*self._not_urls(), *(self._public() if self.protected else ())]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _not_urls(self) -> Iterator[str]:
        for name, schemes in (
            ("database_url", ("postgresql", "postgres")),
            ("redis_url", ("redis", "rediss")),
        ):
            if not _is_url(getattr(self, name).get_secret_value(), schemes):
                yield f"{name.upper()} is not a URL of the form {schemes[0]}://user:password@host:port/name"

    def _public(self) -> Iterator[str]:
        passwords = {
            "DATABASE_URL": _password(self.database_url),
            "S3_ACCESS_KEY": self.s3_access_key.get_secret_value(),
            "S3_SECRET_KEY": self.s3_secret_key.get_secret_value(),
        }
        for name, value in passwords.items():
            if value in _PUBLIC_PASSWORDS:
                yield f"{name} has a public default or no password"
        if _password(self.redis_url) in _PUBLIC_PASSWORDS - {""}:
            yield "REDIS_URL has a public default password"
        if len(self.secret_key.get_secret_value()) < _SHORTEST_KEY:
            yield f"SECRET_KEY is shorter than {_SHORTEST_KEY} characters"


def read() -> Settings:
    """The settings of this process.

    Raises:
        SettingsRefused: variables are missing, malformed or public; all of them are named at once.
    """
    try:
        return Settings()
    except ValidationError as error:
        # Never the input: a malformed URL still holds its password.
        problems = [
            _problem(found["loc"], found["msg"], found["type"])
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        ]
    raise SettingsRefused("the environment does not do: " + "; ".join(problems))


def _problem(place: tuple[int | str, ...], message: str, kind: str) -> str:
    if not place:
        return message.removeprefix("Value error, ")
    name = str(place[0]).upper()
    return f"{name} is missing" if kind == "missing" else f"{name}: {message}"


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _password(url: SecretStr) -> str:
    try:
        return unquote(urlsplit(url.get_secret_value()).password or "")
    except ValueError:
        return ""
