"""How commits stand to each other, what is in them, and a merge of two."""

from dataclasses import dataclass

from sandbox.git.repository import GitError, Repository


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One commit seen from another.

    Attributes:
        merge_base: the last commit that both have, `None` for strangers.
        ahead: the commits that only the head has, oldest first.
        behind: how many only the base has.
    """

    merge_base: str | None
    ahead: list[str]
    behind: int

    @property
    def status(self) -> str:
        """GitHub's word: `identical`, `ahead`, `behind` or `diverged`."""
        if self.ahead:
            return "diverged" if self.behind else "ahead"
        return "behind" if self.behind else "identical"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file or folder at a commit: its path, `blob` or `tree`, and its own object."""

    path: str
    kind: str
    sha: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """One file that differs: its path, `added`, `removed` or `modified`, and the lines of both kinds."""

    path: str
    status: str
    additions: int
    deletions: int


class History:
    """Commits of one repository; all arguments are commits, not names."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def compare(self, base: str, head: str) -> Comparison:
        """See the head from the base."""
        ahead = self._repository.git("rev-list", "--reverse", f"{base}..{head}").split()
        behind = self._repository.git("rev-list", "--count", f"{head}..{base}")
        return Comparison(merge_base=self._merge_base(base, head), ahead=ahead, behind=int(behind))

    def log(self, head: str, *, most: int, path: str = "") -> list[str]:
        """The commits up to this one, newest first, of one path or of all."""
        words = ["rev-list", f"--max-count={most}", head, "--", *([path] if path else [])]
        return self._repository.git(*words).split()

    def entry(self, commit: str, path: str) -> Entry | None:
        """What lies at a path of a commit; the root is an empty path."""
        if not path:
            sha = self._repository.git("rev-parse", f"{commit}^{{tree}}").strip()
            return Entry(path="", kind="tree", sha=sha, size=0)
        rows = self._rows(commit, path)
        return rows[0] if rows else None

    def folder(self, commit: str, path: str) -> list[Entry]:
        """What lies directly in a folder of a commit."""
        return self._rows(commit, f"{path}/" if path else "")

    def changes(self, base: str, head: str) -> list[Change]:
        """The files that differ between two commits."""
        words = ["diff-tree", "-r", "-z", "--no-renames", base, head]
        states = self._repository.git(*words, "--name-status").split("\0")[:-1]
        counts = {}
        for row in filter(None, self._repository.git(*words, "--numstat").split("\0")):
            added, gone, path = row.split("\t", 2)
            counts[path] = tuple(int(n) if n.isdecimal() else 0 for n in (added, gone))
        words_of = {"A": "added", "D": "removed"}
        return [
            Change(path=path, status=words_of.get(state, "modified"), additions=plus, deletions=minus)
            for state, path in zip(states[::2], states[1::2], strict=True)
            for plus, minus in [counts.get(path, (0, 0))]
        ]

    def merge(self, base: str, head: str, *, message: str) -> str | None:
        """Write the commit that merges the head into the base; `None` where they are in conflict."""
        try:
            tree = self._repository.git("merge-tree", "--write-tree", base, head).split()[0]
        except GitError:
            return None
        words = ["commit-tree", tree, "-p", base, "-p", head, "-m", message]
        return self._repository.git(*words).strip()

    def _merge_base(self, base: str, head: str) -> str | None:
        try:
            return self._repository.git("merge-base", base, head).strip()
        except GitError:
            return None

    def _rows(self, commit: str, path: str) -> list[Entry]:
        words = ["ls-tree", "-z", "-l", commit, "--", *([path] if path else [])]
        found = []
        for row in filter(None, self._repository.git(*words).split("\0")):
            fields, name = row.split("\t", 1)
            _, kind, sha, size = fields.split()
            found.append(Entry(path=name, kind=kind, sha=sha, size=int(size) if size.isdecimal() else 0))
        return found
