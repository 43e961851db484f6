"""The state after seeding, kept so that a test (or a curious person) can start from it again."""

import json
import shutil
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.errors import UnfitAnswer
from sandbox.folder import Folder, read_json, write_private
from sandbox.openbao import MOUNT, OpenBao
from sandbox.world import Pace, World


class Baseline:
    """What `reset` comes back to: the store's tables, the git refs, Vault's secrets at version 1.

    Vault's policies and tokens are left as they are: the operator's and Dokploy's must stay good.

    Args:
        folder: of the sandbox; the baseline is kept in it.
        world: its store, faults and pace.
        openbao: the server with the secrets.
        refs: the git repository's refs, `refs/heads/main` to commit.
        set_refs: makes the repository have these refs and no others.
        stop: ends what still runs in the emulator and the engine.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        world: World,
        openbao: OpenBao,
        refs: Callable[[], dict[str, str]],
        set_refs: Callable[[dict[str, str]], None],
        stop: Callable[[], Awaitable[None]],
    ) -> None:
        self._folder = folder
        self._world = world
        self._openbao = openbao
        self._refs = refs
        self._set_refs = set_refs
        self._stop = stop

    async def keep(self) -> None:
        """Make the present state the one to come back to."""
        content = {
            "store": self._world.store.dump(),
            "refs": self._refs(),
            "secrets": {path: await self._secret(path) for path in await self._paths()},
        }
        write_private(self._folder.baseline, json.dumps(content))

    async def restore(self) -> None:
        """Come back to it.

        Raises:
            UnfitAnswer: no baseline was kept, because seeding has not ended.
        """
        content = read_json(self._folder.baseline)
        if content is None:
            raise UnfitAnswer("There is no baseline yet: the sandbox was never seeded. `strata sandbox up`.")
        await self._stop()
        self._world.faults.clear()
        fresh = Pace()
        for name in vars(fresh):
            setattr(self._world.pace, name, getattr(fresh, name))
        self._world.store.restore(content["store"])
        self._empty_folders()
        self._set_refs(content["refs"])
        await self._restore_secrets(content["secrets"])

    def _empty_folders(self) -> None:
        for place in self._folder.dokploy.iterdir():
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink()

    async def _restore_secrets(self, secrets: dict[str, Any]) -> None:
        for path in await self._paths():
            await self._openbao.call("DELETE", f"{MOUNT}/metadata/{path}")
        for path, values in secrets.items():
            await self._openbao.call("POST", f"{MOUNT}/data/{path}", {"data": values})

    async def _secret(self, path: str) -> Any:
        answer = await self._openbao.call("GET", f"{MOUNT}/data/{path}")
        return (answer or {}).get("data", {}).get("data", {})

    async def _paths(self, below: str = "") -> list[str]:
        """All secrets' paths under the mount."""
        answer = await self._openbao.call("LIST", f"{MOUNT}/metadata/{below}")
        found: list[str] = []
        for name in (answer or {}).get("data", {}).get("keys", []):
            path = below + name
            found += await self._paths(path) if name.endswith("/") else [path]
        return found
