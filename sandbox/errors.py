PORT_TAKEN = 3
"""Exit code of a daemon that lost one of its ports to another program while it started; others end with 1."""


class SandboxError(Exception):
    """What a person who started the sandbox has to know: what happened, where, what to do next.

    SandboxError
    ├── PortTaken        a port that this sandbox needs belongs to another program
    ├── NotRunning       a command needs the running sandbox
    ├── ForeignFolder    the folder is not a sandbox of this version
    ├── StartFailed      the daemon or one of its parts did not come up
    ├── SeedingFailed    the administrator's commands or calls did not succeed
    ├── EngineUnfit      the Docker Engine is not there, too old, or not one that this sandbox can use
    ├── EngineNotEmptied something of the sandbox stays in the Docker Engine, and its folder for that reason
    ├── BuildFailed      an image of the application could not be built or brought into the registry
    ├── CommandFailed    a command could not be run in the sandbox
    └── UnfitAnswer      a part of the sandbox answered something that nothing can be done with
    """


class PortTaken(SandboxError):
    """A port that this sandbox needs belongs to another program."""


class NotRunning(SandboxError):
    """A command needs the running sandbox."""


class ForeignFolder(SandboxError):
    """The folder is not a sandbox of this version."""


class StartFailed(SandboxError):
    """The daemon or one of its parts did not come up."""


class SeedingFailed(SandboxError):
    """The administrator's commands or calls did not succeed."""


class EngineUnfit(SandboxError):
    """The Docker Engine is not there, too old, or not one that this sandbox can use."""


class EngineNotEmptied(SandboxError):
    """Something of the sandbox stays in the Docker Engine, and its folder for that reason."""


class BuildFailed(SandboxError):
    """An image of the application could not be built or brought into the registry."""


class CommandFailed(SandboxError):
    """A command could not be run in the sandbox."""


class UnfitAnswer(SandboxError):
    """A part of the sandbox answered something that nothing can be done with."""
