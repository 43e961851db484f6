"""Refs by their full names (`refs/tags/v1.0.0`), made, moved and deleted under GitHub's conditions."""

from sandbox.git.repository import GitError, Repository, check_name

_HEX = frozenset("0123456789abcdef")
_SHORTEST = 7


class RefExists(GitError):
    """A ref of that name is there already."""


class RefMissing(GitError):
    """There is no ref of that name."""


class NotAhead(GitError):
    """The ref would lose commits, and nobody said that it may."""


class References:
    """Refs of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def get(self, name: str) -> str | None:
        """What a ref leads to; a tag's own object where it is annotated."""
        return self._repository.refs().get(name)

    def matching(self, prefix: str) -> dict[str, str]:
        """The refs whose full names begin so."""
        return {name: sha for name, sha in self._repository.refs().items() if name.startswith(prefix)}

    def commit_of(self, name: str) -> str | None:
        """The commit of a branch, tag, full ref or (abbreviated) commit; `None` if there is none."""
        refs = self._repository.refs()
        for full in (name, f"refs/{name}", f"refs/heads/{name}", f"refs/tags/{name}"):
            if full in refs:
                return self._peeled(refs[full])
        if name == "HEAD" or (len(name) >= _SHORTEST and set(name) <= _HEX):
            return self._peeled(name)
        return None

    def create(self, name: str, sha: str) -> None:
        """Make a ref.

        Raises:
            RefExists: it is there already, wherever it leads.
            GitError: a bad name, or an object that is not there.
        """
        check_name(name)
        refs = self._repository.refs()
        if name in refs:
            raise RefExists(f"{name} is there already")
        self._repository.git("update-ref", name, sha, "0" * 40)

    def update(self, name: str, sha: str, *, force: bool) -> None:
        """Move a ref.

        Args:
            name: of a ref that is there.
            sha: where it shall lead.
            force: whether it may lose commits.

        Raises:
            RefMissing: there is no such ref.
            NotAhead: it would lose commits.
            GitError: an object that is not there.
        """
        before = self.get(name)
        if before is None:
            raise RefMissing(f"there is no {name}")
        if not force and not self._contains(sha, before):
            raise NotAhead(f"{sha} does not stand on {before}")
        self._repository.git("update-ref", name, sha)

    def delete(self, name: str) -> None:
        """Remove a ref; raises `RefMissing` when there is none."""
        if self.get(name) is None:
            raise RefMissing(f"there is no {name}")
        self._repository.git("update-ref", "-d", name)

    def _contains(self, later: str, earlier: str) -> bool:
        try:
            self._repository.git("merge-base", "--is-ancestor", earlier, later)
        except GitError:
            return False
        return True

    def _peeled(self, sha: str) -> str | None:
        try:
            return self._repository.git("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}").strip()
        except GitError:
            return None
