"""The disk fills up while the desk works: it is told before anything stops."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE
from support.shift import LEFT_HAND, MAYA, Shift, kiosk, shift

from kiosk.demo.config import demo_config
from kiosk.engine import Engine, room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.view.state import Space

MIB = 1 << 20
SIZE = 32 * MIB


# -- the engine, on a disk that says what the test wants ------------------------------------------


class Disk:
    """What statvfs tells: blocks of 4 KiB, of which `free` percent are free."""

    def __init__(self) -> None:
        self.free = 80.0
        self.lost = False

    def statvfs(self, _: object) -> os.statvfs_result:
        if self.lost:
            raise FileNotFoundError
        free = int(10_000_000 * self.free / 100)
        return os.statvfs_result((4096, 4096, 10_000_000, free, free, 0, 0, 0, 0, 255))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(os, "statvfs", disk.statvfs)
    monkeypatch.setattr(room, "LOOK", 0.01)
    return disk


async def shows(running: Engine, state: str | None) -> Space | None:
    async with asyncio.timeout(PATIENCE):
        while True:
            space = running._picture().space
            if (space.state if space else None) == state:
                return space
            await asyncio.sleep(0.01)


async def test_the_engine_goes_on_looking(tmp_path: Path, disk: Disk) -> None:
    running = Engine(demo_config(tmp_path, port=1))
    task = asyncio.create_task(running.run())
    await shows(running, None)
    disk.free = 19
    space = await shows(running, "low")
    assert space is not None
    assert space.headline.args == {"percent": 19}
    disk.free = 0
    disk.lost = True
    await asyncio.sleep(0.1)
    await shows(running, "low")  # what cannot be told does not change what is on show
    disk.lost = False
    disk.free = 50
    await shows(running, None)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


# -- a real file system, real processes ------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 32 MiB. Only root may."""
    folder = tmp_path / "data"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=False)


def leave(disk: Path, size: int) -> None:
    """Fill a disk but for so many bytes."""
    (disk / "ballast").unlink(missing_ok=True)
    told = os.statvfs(disk)
    with (disk / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, told.f_bavail * told.f_frsize - size)


def status(desk: Shift) -> dict[str, object]:
    code, out, err = kiosk("status", "--json", "--config", str(desk.config))
    assert code == 0, err
    found: dict[str, object] = json.loads(out)["space"]
    return found


def test_a_disk_that_fills_up_is_told_at_the_start_and_by_status(
    tmp_path: Path, small_disk: Path
) -> None:
    leave(small_disk, 4 * MIB)
    with shift(tmp_path) as desk:
        state = desk.sees(lambda s: s.space is not None, "word of the disk")
        assert state.space is not None
        assert state.space.state == "low"
        told = status(desk)
        assert (told["state"], told["of_files"]) == ("low", False)
        assert "The disk is filling up" in kiosk("status", "--config", str(desk.config))[1]
        assert "The disk is filling up" in kiosk("console", "--config", str(desk.config))[1]
        desk.scan(MAYA, LEFT_HAND)
        desk.sees(lambda s: s.items == 1, "work as usual")
        (small_disk / "ballast").unlink()
        assert status(desk)["state"] == "ok"
