"""`python -m backend serve`, `migrate` and `check` (the container's health check)."""

import os
import sys

_USAGE = "usage: python -m backend serve [--reload] | migrate | check"
_MISUSED = 2


def main(arguments: list[str]) -> int:
    """Run one of the three.

    Args:
        arguments: its name.

    Returns:
        The exit code.
    """
    match arguments:
        case ["check"]:
            from backend.check import check

            code, line = check(port=int(os.environ.get("PORT") or "8000"))
            print(line)  # noqa: T201 - `docker inspect` shows it
            return code
        case ["serve" | "migrate" as command]:
            return _with_settings(command)
        case ["serve", "--reload"]:
            return _with_settings("reload")
        case _:
            print(_USAGE, file=sys.stderr)  # noqa: T201 - a usage line is for a person at a terminal
            return _MISUSED


def _with_settings(command: str) -> int:
    import signal

    from backend import logs, settings
    from backend.errors import BackendError, SettingsRefused

    # Until the server takes it over: the first process of a container has no default to rely on. Not by an
    # exception: Python swallows one that comes while it collects garbage, and the stop is lost (2026-11-23).
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    logs.configure()
    log = logs.logger("backend")
    try:
        found = settings.read()
        logs.configure(level=found.log_level)
        if command == "reload" and found.protected:
            raise SettingsRefused(f"--reload is for ENV local, ci and pr-<number> only, not for {found.env}")
        from backend.migrating import migrate

        migrate(found.database_url.get_secret_value(), wait_seconds=found.migration_wait_seconds)
        if command == "serve":
            from backend.server import serve

            serve(found)
        elif command == "reload":
            from backend import development

            development.serve(found)
    except BackendError as error:
        log.error("cannot_start", reason=str(error))  # noqa: TRY400 - one line: its reason is the message
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
