"""Images on the host: pulled ones and those built here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.engine.durations import since
from sandbox.engine.errors import DaemonError
from sandbox.engine.lifecycle import Status, state_of
from sandbox.engine.state import State
from sandbox.registry.reference import InvalidReference, Reference

_NEEDS_LOGIN = frozenset({"ghcr.io"})
_SHORT = 12


class Images:
    """The image table of one host; rows are keyed by image id.

    Args:
        state: the engine's tables.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, name: str) -> dict[str, Any] | None:
        """The local image that a reference, an id or the start of an id means."""
        table = self._state.images
        bare = name.removeprefix("sha256:")
        for key in table:
            if len(bare) >= _SHORT and key.removeprefix("sha256:").startswith(bare):
                return table.get(key)
        reference = _parse(name)
        wanted = (
            ("digests", f"{reference.repository}@{reference.digest}")
            if reference.digest
            else ("tags", f"{reference.repository}:{reference.tag}")
        )
        return next((row for row in table.where() if wanted[1] in row[wanted[0]]), None)

    def pull(self, name: str) -> dict[str, Any]:
        """Fetch an image from its registry, as `docker pull` does.

        Raises:
            DaemonError: no such tag, digest or registry, or nobody has logged in to it.
        """
        reference = _parse(name)
        if reference.host in _NEEDS_LOGIN and reference.host not in self._state.logins:
            raise DaemonError(_denied(reference))
        image = self._state.registry.resolve(name)
        if image is None:
            raise DaemonError(self._why_missing(reference))
        return self.add(
            image_id=image.config_digest,
            tag=None if reference.digest else f"{reference.repository}:{reference.tag}",
            digest=f"{image.repository}@{image.digest}",
            labels=image.labels,
            env=image.env,
        )

    def add(
        self,
        *,
        image_id: str,
        tag: str | None,
        digest: str | None,
        labels: Mapping[str, str],
        env: Mapping[str, str],
        healthcheck: bool = False,
    ) -> dict[str, Any]:
        """Put an image into the table; its tag is taken from whatever had it.

        Args:
            image_id: `sha256:…` of the config.
            tag: `host/path:tag`, or `None`.
            digest: `host/path@sha256:…`, `None` for one that was built here.
            labels: of the image config.
            env: variables that it sets.
            healthcheck: whether it has one of its own.
        """
        table = self._state.images
        for key in table:
            row = table.get(key)
            if row and tag in row["tags"] and key != image_id:
                table.patch(key, tags=[other for other in row["tags"] if other != tag])
        known = table.get(image_id) or {"tags": [], "digests": [], "created": self._state.stamp()}
        row = {
            "id": image_id,
            "tags": sorted({*known["tags"], *([tag] if tag else [])}),
            "digests": sorted({*known["digests"], *([digest] if digest else [])}),
            "labels": dict(labels),
            "env": dict(env),
            "healthcheck": healthcheck,
            "created": known["created"],
        }
        table.put(image_id, row)
        return row

    def remove(self, name: str, *, force: bool) -> list[str]:
        """`docker rmi`: take a tag away, and the image with its last one.

        Args:
            name: a reference, an id or the start of an id.
            force: also when a stopped container uses it.

        Returns:
            The lines that Docker prints.

        Raises:
            DaemonError: there is no such image, or a container uses it.
        """
        row = self.find(name)
        if row is None:
            raise DaemonError(f"No such image: {_with_tag(name)}")
        by_id = not _is_tag(name, row)
        users = self._state.containers.where(image_id=row["id"])
        if users and (by_id or len(row["tags"]) == 1):
            self._refuse_unless_forced(name, row, users, by_id=by_id, force=force)
        gone = set(row["tags"]) if by_id else {t for t in row["tags"] if t == _full(name)}
        lines = [f"Untagged: {Reference.parse(t).familiar}" for t in sorted(gone)]
        left = [t for t in row["tags"] if t not in gone]
        if left or users:
            self._state.images.patch(row["id"], tags=left)
        else:
            self._state.images.delete(row["id"])
            lines.append(f"Deleted: {row['id']}")
        return lines

    def rows(self) -> list[dict[str, Any]]:
        """As the engine API lists images."""
        return [
            {
                "Id": row["id"],
                "RepoTags": [Reference.parse(t).familiar for t in row["tags"]],
                "RepoDigests": [Reference.parse(d).familiar for d in row["digests"]],
                "Labels": row["labels"],
                "Created": row["created"],
            }
            for row in self._state.images.where()
        ]

    def listing(self) -> list[dict[str, str]]:
        """As `docker images --format '{{json .}}'` lists them: a line a tag, or a name without one."""
        return [
            {
                "Containers": "N/A",
                "CreatedAt": f"{datetime.fromisoformat(row['created']):%Y-%m-%d %H:%M:%S +0000 UTC}",
                "CreatedSince": f"{since(row['created'], self._state.now)} ago",
                "Digest": "<none>",
                "ID": _short(row["id"]),
                "Repository": repository,
                "SharedSize": "N/A",
                "Size": "1.99MB",
                "Tag": tag,
                "UniqueSize": "N/A",
                "VirtualSize": "1.99MB",
            }
            for row in self._state.images.where()
            for repository, tag in _names(row)
        ]

    def inspect(self, name: str) -> dict[str, Any]:
        """As `docker image inspect` shows one. Raises `DaemonError` when there is none."""
        row = self.find(name)
        if row is None:
            raise DaemonError(f"No such image: {_with_tag(name)}")
        return {
            "Id": row["id"],
            "RepoTags": [Reference.parse(t).familiar for t in row["tags"]],
            "RepoDigests": [Reference.parse(d).familiar for d in row["digests"]],
            "Created": row["created"],
            "Architecture": "amd64",
            "Os": "linux",
            "Config": {"Env": [f"{k}={v}" for k, v in row["env"].items()], "Labels": row["labels"]},
        }

    def _refuse_unless_forced(
        self, name: str, row: Mapping[str, Any], users: list[dict[str, Any]], *, by_id: bool, force: bool
    ) -> None:
        running = [c for c in users if state_of(c, self._state.now).status is not Status.EXITED]
        user = (running or users)[0]["id"][:_SHORT]
        if running and by_id:
            raise DaemonError(
                f"conflict: unable to delete {_short(row['id'])} (cannot be forced) - image is being used by"
                f" running container {user}"
            )
        if force:
            return
        what = (
            f"unable to delete {_short(row['id'])}"
            if by_id
            else f'unable to remove repository reference "{name}"'
        )
        raise DaemonError(
            f"conflict: {what} (must force) - container {user} is using its referenced image"
            f" {_short(row['id'])}"
        )

    def _why_missing(self, reference: Reference) -> str:
        registry = self._state.registry
        if not registry.has_host(reference.host):
            return f'Get "https://{reference.host}/v2/": dial tcp: lookup {reference.host}: no such host'
        if not registry.tags(reference.repository):
            return _denied(reference)
        wanted = f"{reference.familiar_name}@{reference.digest}" if reference.digest else reference.familiar
        return f"manifest for {wanted} not found: manifest unknown: manifest unknown"


def _denied(reference: Reference) -> str:
    return (
        f"pull access denied for {reference.familiar_name}, repository does not exist or may require"
        " 'docker login': denied: requested access to the resource is denied"
    )


def _names(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Repository and tag; one pulled by digest still has a repository, a dangling one has neither."""
    tagged = [Reference.parse(tag) for tag in row["tags"]]
    if tagged:
        return [(reference.familiar_name, str(reference.tag)) for reference in tagged]
    names = {Reference.parse(digest).familiar_name for digest in row["digests"]}
    return [(name, "<none>") for name in sorted(names)] or [("<none>", "<none>")]


def _parse(name: str) -> Reference:
    try:
        return Reference.parse(name)
    except InvalidReference as error:
        raise DaemonError(str(error)) from None


def _full(name: str) -> str:
    reference = _parse(name)
    return f"{reference.repository}:{reference.tag}"


def _is_tag(name: str, row: Mapping[str, Any]) -> bool:
    try:
        return _full(name) in row["tags"]
    except DaemonError:
        return False  # a whole id, which is no reference


def _with_tag(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"


def _short(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:_SHORT]
