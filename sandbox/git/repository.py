"""The bare repository that pull requests' environments are built from."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.folder import CHECKOUT, Folder
from sandbox.github.accounts import ORGANISATION, REPOSITORY
from sandbox.world import World

_AUTHOR = {"NAME": "Strata sandbox", "EMAIL": "sandbox@strata.invalid"}
_MAIN = "refs/heads/main"
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@+-]*")
_LONGEST_MESSAGE = 300


class GitError(SandboxError):
    """Git refused, or the repository does not hold what was asked for."""


class Repository:
    """One bare repository in the sandbox's folder.

    Args:
        world: its root holds the repository, its clock dates the commits.
        source: the project whose HEAD it starts from.
    """

    def __init__(self, world: World, *, source: Path = CHECKOUT) -> None:
        self._world = world
        self._source = source
        self.path = Folder(world.root).git / ORGANISATION / f"{REPOSITORY}.git"

    def seed(self) -> None:
        """Make it from the project's HEAD as branch `main`; one that is there stays as it is.

        A shallow checkout gives what it has. A project without git gives one commit of its files.
        """
        if (self.path / "HEAD").exists():
            return
        self.path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.path))
        if (self._source / ".git").exists():
            self.git("fetch", "--quiet", "--no-tags", "--update-shallow", str(self._source), f"HEAD:{_MAIN}")
        else:
            self._import_files()

    def commit(self, files: Mapping[str, str | None], *, branch: str, tag: str | None = None) -> str:
        """Commit files without a work tree, on top of the branch, or of HEAD if the branch is new.

        Args:
            files: texts by path, `None` for one that goes; the other files stay.
            branch: moves to the commit.
            tag: set on it, too.

        Returns:
            The commit, 40 hex digits.

        Raises:
            GitError: a path or name that git does not take.
        """
        check_name(branch)
        parent = self.refs().get(f"refs/heads/{branch}") or self.git("rev-parse", "HEAD").strip()
        sha = self.commit_on(parent, files)
        self.git("update-ref", f"refs/heads/{branch}", sha)
        if tag is not None:
            self.tag(tag, sha)
        return sha

    def commit_on(self, parent: str, files: Mapping[str, str | None], *, message: str = "") -> str:
        """Write a commit that no ref leads to yet.

        Args:
            parent: the commit that it stands on.
            files: as in `commit`.
            message: says which files by default.

        Returns:
            The commit, 40 hex digits.

        Raises:
            GitError: a path that git does not take.
        """
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("read-tree", parent, env=index)
            for path, text in files.items():
                _check_path(path)
                if text is None:
                    gone = f"0 {'0' * 40}\t{path}\n"  # `--force-remove` asks for a work tree
                    self.git("update-index", "--index-info", given=gone, env=index)
                    continue
                blob = self.git("hash-object", "-w", "--stdin", given=text).strip()
                self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
            tree = self.git("write-tree", env=index).strip()
        said = message or f"Change {', '.join(sorted(files)) or 'nothing'}"
        return self.git("commit-tree", tree, "-p", parent, "-m", said).strip()

    def tag(self, name: str, sha: str) -> None:
        """Set a tag on a commit, moving one that is there. Raises `GitError` for an unknown commit."""
        check_name(name)
        commit = self.git("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}").strip()
        self.git("update-ref", f"refs/tags/{name}", commit)

    def read(self, sha: str, path: str) -> str:
        """A file's text at a commit. Raises `GitError` when there is none."""
        return self.git("cat-file", "blob", f"{sha}:{path}")

    def refs(self) -> dict[str, str]:
        """What each ref is, by its full name (`refs/heads/main`)."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return {name: sha for name, _, sha in (line.partition(" ") for line in lines)}

    def set_refs(self, refs: Mapping[str, str]) -> None:
        """Have these refs and no others."""
        gone = [f"delete {name}" for name in self.refs() if name not in refs]
        there = [f"update {name} {sha}" for name, sha in refs.items()]
        self.git("update-ref", "--stdin", given="".join(f"{line}\n" for line in [*gone, *there]))

    def _import_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_WORK_TREE": str(self._source)}
            self.git("add", "--all", ".", env=env, cwd=self._source)
            tree = self.git("write-tree", env=env).strip()
        sha = self.git("commit-tree", tree, "-m", "The project's files").strip()
        self.git("update-ref", _MAIN, sha)

    def git(
        self, *words: str, given: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> str:
        """Run git on the repository and return what it printed.

        Args:
            words: subcommand and its arguments.
            given: its input.
            env: added to an environment without any person's settings.
            cwd: where it runs, the repository itself by default.

        Raises:
            GitError: git refused; its words are in the message.
        """
        done = subprocess.run(
            ["git", *words],
            input=given.encode(),
            capture_output=True,
            check=False,
            cwd=cwd or self.path,
            env={**environment(self.path), **self._identity(), **(env or {})},
        )
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()[:_LONGEST_MESSAGE]
            raise GitError(
                f"`git {words[0]}` in the sandbox's repository {self.path} failed: {said or words[-1]}"
            )
        return done.stdout.decode()

    def _identity(self) -> dict[str, str]:
        date = f"{int(self._world.now().timestamp())} +0000"
        who = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in _AUTHOR.items()}
        return {**who, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}


def environment(repository: Path) -> dict[str, str]:
    """What git may see of the caller: its PATH, but no person's settings and no hook's `GIT_DIR`."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_DIR": str(repository),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }


def check_name(name: str) -> None:
    """Refuse what git does not take as the name of a branch or tag; raises `GitError`."""
    if not _REF.fullmatch(name) or ".." in name or name.endswith(("/", ".", ".lock")) or "@{" in name:
        raise GitError(f"{name!r} is no name for a branch or tag")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..", ".git") for part in parts):
        raise GitError(f"{path!r} is no path inside a repository")
