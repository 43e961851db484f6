"""Git tags: which there are, what an annotated one says, and how one is made without taking a name twice."""

from collections.abc import Iterator

from strata.errors import CommandError
from strata.github.client import Client
from strata.github.errors import Conflict, Missing, OutcomeUnknown
from strata.github.shapes import Shape

# A tag may name a tag. Nobody does that twice; a chain without an end is refused.
_DEEPEST = 5


class NoCommit(CommandError):
    """A tag leads to a file, a tree, or to tags without end."""


class _Object(Shape):
    sha: str
    type: str


class _Ref(Shape):
    ref: str
    object: _Object


class _Annotated(Shape):
    sha: str
    message: str
    object: _Object


class Tag(Shape):
    """A tag's name and what stands behind it.

    Attributes:
        name: without `refs/tags/`.
        sha: of what the ref names, a commit or a tag object.
        annotated: whether that is a tag object.
    """

    name: str
    sha: str
    annotated: bool


class Peeled(Shape):
    """A tag with the commit it leads to.

    Attributes:
        name: without `refs/tags/`.
        commit: 40 hexadecimal digits.
        message: of the annotated tag; `None` for a plain one.
    """

    name: str
    commit: str
    message: str | None = None


def matching(client: Client, prefix: str) -> Iterator[Tag]:
    """All tags whose names begin so: `GET /repos/{owner}/{repo}/git/matching-refs/tags/{prefix}`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages(f"git/matching-refs/tags/{prefix}"):
        yield _tag(_Ref.read(row))


def find(client: Client, name: str) -> Tag | None:
    """One tag, `None` if there is none: `GET /repos/{owner}/{repo}/git/ref/tags/{name}`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    try:
        return _tag(_Ref.read(client.get(f"git/ref/tags/{name}")))
    except Missing:
        return None


def peel(client: Client, tag: Tag) -> Peeled:
    """What a tag leads to; an annotated one is asked for (`GET /repos/{owner}/{repo}/git/tags/{sha}`).

    Raises:
        NoCommit: it leads to none.
        GithubError: GitHub refused or did not answer.
    """
    kind, sha, message = ("tag" if tag.annotated else "commit"), tag.sha, None
    for _ in range(_DEEPEST):
        if kind == "commit":
            return Peeled(name=tag.name, commit=sha, message=message)
        if kind != "tag":
            break
        read = _Annotated.read(client.get(f"git/tags/{sha}"))
        kind, sha = read.object.type, read.object.sha
        message = read.message if message is None else message
    raise NoCommit(
        f"The tag {tag.name} leads to no commit but to a {kind}", next_step="look at it: `git cat-file -p`"
    )


def create(client: Client, *, name: str, commit: str, message: str) -> bool:
    """Make an annotated tag: the tag object, then the ref, which GitHub makes for one of several at once.

    `POST /repos/{owner}/{repo}/git/tags`, `POST /repos/{owner}/{repo}/git/refs`.

    Returns:
        Whether it was made by this call; `False`: the name was taken, nothing was changed.

    Raises:
        GithubError: GitHub refused, or it is not known whether it was made and it is not there.
    """
    body = {"tag": name, "message": message, "object": commit, "type": "commit"}
    # An object without a ref is nothing: after a lost answer the next run simply makes another.
    sha = _Annotated.read(client.post("git/tags", body)).sha
    try:
        client.post("git/refs", {"ref": f"refs/tags/{name}", "sha": sha})
    except (Conflict, OutcomeUnknown) as error:
        there = find(client, name)
        if there is None:
            raise
        return isinstance(error, OutcomeUnknown) and there.sha == sha
    return True


def _tag(ref: _Ref) -> Tag:
    name = ref.ref.removeprefix("refs/tags/")
    return Tag(name=name, sha=ref.object.sha, annotated=ref.object.type == "tag")
