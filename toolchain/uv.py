import os
import shutil
import sys
from pathlib import Path

from toolchain import digest, pins, process, versions
from toolchain.cache import Cache
from toolchain.errors import ToolchainError
from toolchain.progress import Progress

_GET_UV = (
    "install uv (https://docs.astral.sh/uv/) so that it is on PATH, or check that pip can reach its index"
)
_PINNED = Path(__file__).with_name("uv.txt")


def environment() -> dict[str, str]:
    """Return this process's environment as uv is to see it.

    It downloads no interpreter of its own, and trusts whom the machine trusts (its own list of
    authorities knows no company's proxy). A mirror or a certificate that a machine's pip is told by
    environment variables is passed on, since uv has other names for them.
    """
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}}
    env["UV_PYTHON_DOWNLOADS"] = "never"
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):  # of newer and of older versions
        env.setdefault(name, "true")
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & env.keys() and env.get("PIP_INDEX_URL"):
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"]
    if not env.get("SSL_CERT_FILE") and env.get("PIP_CERT"):
        env["SSL_CERT_FILE"] = env["PIP_CERT"]
    return env


def find(cache: Cache, *, progress: Progress) -> Path:
    """Return the uv on PATH, else one of our own in the user's cache, pinned by hash.

    Args:
        cache: the user's cache.
        progress: shows its installation.

    Raises:
        ToolchainError: there is none, and it cannot be installed.
    """
    on_path = shutil.which("uv")
    if on_path and _version(on_path) >= pins.UV_LEAST:
        return Path(on_path)
    machine = os.uname()
    key = digest.of_inputs(files=[_PINNED], words=[machine.sysname, machine.machine])
    found = cache.find("uv", key=key)
    if found is None:
        with progress.step("install uv into the user's cache"):
            found = cache.make("uv", key=key, fill=_fill)
    return found / "uv"


def _fill(folder: Path) -> None:
    venv = folder / "venv"
    _run(
        [base_python(), "-m", "venv", venv],
        what="making a virtual environment for uv",
        todo=f"{_GET_UV} (Debian and Ubuntu: `apt install python3-venv` gives Python what is missing)",
    )
    install = ["install", "--quiet", "--no-input", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    _run(
        [venv / "bin" / "python", "-m", "pip", *install, "--requirement", _PINNED],
        what="installing uv with pip",
        todo=_GET_UV,
    )
    # one program without dependencies: the environment around it is not needed any more
    shutil.copy2(venv / "bin" / "uv", folder / "uv")
    shutil.rmtree(venv)


def _run(command: list[str | Path], *, what: str, todo: str) -> None:
    env = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    process.run(command, what=what, todo=todo, env=env)


def _version(program: str) -> versions.Version:
    try:
        answer = process.run([program, "--version"], what="asking uv for its version", todo="", timeout=20)
    except ToolchainError:
        return (0, 0, 0)
    return versions.parse(answer) or (0, 0, 0)


def base_python() -> Path:
    """Return the interpreter that runs this, or the one below it if that is a virtual environment's.

    An environment must not be built on one that may be removed, the project's own least of all:
    with `.venv/bin` first on PATH `python3` is that one.
    """
    running = Path(sys.executable)
    return running.resolve() if sys.prefix != sys.base_prefix else running
