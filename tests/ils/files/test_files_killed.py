"""A kiosk that dies while it writes a file, at each step of it: the file is whole, or not there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from support.filing import DENVER
from support.readers import koc as reader
from support.transactions import checkin

from kiosk.ils.batches import Batch, Place
from kiosk.ils.files import formats
from kiosk.ils.files.folder import FolderDisk
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.files.settings import FilesSettings

KILLED = 42
NAMES = ["b-Main.koc", "b-West.koc"]


def the_batch() -> Batch:
    at = datetime(2026, 11, 22, 9, 0, tzinfo=DENVER)
    return Batch(
        id="b1",
        place=Place(key="b", name="b"),
        transactions=(
            checkin("1", id="t1", at=at, library="Main"),
            checkin("2", id="t2", at=at, library="West"),
        ),
    )


def the_library(folder: Path) -> FilesLibrary:
    return FilesLibrary(
        FolderDisk(folder),
        formats.of_files(FilesSettings(format="koc", to="/"), DENVER),
        terminal="desk-1",
        memory=folder.parent / "number",
        clock=lambda: datetime.now(DENVER),
    )


def load_until_killed(folder: Path, step: int) -> None:
    """Load the batch, and die before this step of those that the disk hears of."""
    left = step

    def counted(action):
        def instead(*arguments, **more):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(KILLED)
            return action(*arguments, **more)

        return instead

    for owner, name in ((os, "fsync"), (Path, "open"), (Path, "rename"), (Path, "exists")):
        setattr(owner, name, counted(getattr(owner, name)))
    asyncio.run(the_library(folder).load(the_batch()))
    os._exit(0)


def die_at_each_step(folder: Path) -> None:
    """Load the batch again and again, each time into a folder of its own, until one survives."""
    for step in range(1, 100):
        out = folder / str(step) / "out"
        out.mkdir(parents=True)
        child = os.fork()
        if child == 0:
            load_until_killed(out, step)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != KILLED:
            return


def test_after_each_step_the_file_is_whole_or_absent_and_comes_once(tmp_path):
    # In a process of its own, because one that has threads must not be forked.
    here = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, str(tmp_path)]
    subprocess.run(command, check=True, timeout=300, env=os.environ | here)
    found = [each / "out" for each in tmp_path.iterdir()]
    assert len(found) > 8  # so it did die at many steps
    stages = {asyncio.run(live_on(folder)) for folder in found}
    assert stages == {"absent", "loaded"}


async def live_on(folder: Path) -> str:
    """Look what became of the batch, as after a restart, and load it again."""
    stage = (await the_library(folder).look(the_batch())).stage
    for name in NAMES:
        if (folder / name).exists():
            assert len(reader.read((folder / name).read_bytes())) == 1
    assert (await the_library(folder).load(the_batch())).stage == "loaded"
    assert sorted(os.listdir(folder)) == NAMES  # noqa: PTH208 - nobody waits here
    return stage


if __name__ == "__main__":
    die_at_each_step(Path(sys.argv[1]))
