"""Files of the repository at a commit."""

import base64
import binascii

from strata.errors import NotThere
from strata.github.client import Client
from strata.github.errors import Missing
from strata.github.shapes import Shape


class _File(Shape):
    type: str = ""
    encoding: str = ""
    content: str = ""


def text(client: Client, path: str, *, commit: str) -> str:
    """A file's text: `GET /repos/{owner}/{repo}/contents/{path}?ref={commit}`.

    Args:
        client: of the repository.
        path: inside the repository; ours, not other people's.
        commit: 40 hexadecimal digits.

    Raises:
        NotThere: there is no such file, or it is a link, a folder, no text, or above GitHub's 1 MiB.
        GithubError: GitHub refused or did not answer.
    """
    try:
        answer = client.get(f"contents/{path}", ref=commit)
    except Missing:
        raise _refused(path, commit, "is not there") from None
    if not isinstance(answer, dict):
        raise _refused(path, commit, "is a folder")
    file = _File.read(answer)
    if file.type != "file":
        raise _refused(path, commit, "is no file but a link or a submodule")
    if file.encoding != "base64":
        raise _refused(path, commit, "is larger than GitHub hands out (1 MiB)")
    try:
        return base64.b64decode(file.content).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise _refused(path, commit, "is not UTF-8 text") from None


def _refused(path: str, commit: str, why: str) -> NotThere:
    return NotThere(f"{path} of commit {commit[:7]} {why}", next_step=f"commit {path} as a file of text")
