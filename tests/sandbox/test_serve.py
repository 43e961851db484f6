import asyncio
from pathlib import Path

import pytest

from sandbox.errors import NotRunning
from sandbox.folder import Folder
from sandbox.serve import removed, run


def test_a_daemon_ends_when_its_folder_was_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()

    async def remove_it() -> bool:
        watching = asyncio.create_task(removed(folder, step=0.001))
        await asyncio.sleep(0)
        ended_before = watching.done()
        folder.erase()
        await asyncio.wait_for(watching, timeout=5)
        return ended_before

    assert asyncio.run(remove_it()) is False


def test_a_folder_that_up_has_not_prepared_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()

    with pytest.raises(NotRunning, match="make sandbox"):
        run(folder)
    assert not folder.pid.exists()
