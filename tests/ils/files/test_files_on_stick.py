"""Files onto USB sticks: fake ones that fail, and real file systems on loop devices."""

from __future__ import annotations

import math
import os
from datetime import datetime

import pytest
from support import loops
from support.filing import DENVER
from support.readers import koc as reader
from support.transactions import checkin

from drivers.stick import Stick
from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.batches import Batch
from kiosk.ils.files import folder, formats
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.files.settings import FilesSettings

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=DENVER)
NAME = "koc-desk-1-2026-11-22-1-Northside-Branch.koc"


@pytest.fixture
def library(tmp_path):
    return FilesLibrary(
        Stick(),
        formats.of_files(FilesSettings(format="koc", to="usb"), DENVER),
        terminal="desk-1",
        memory=tmp_path / "number",
        clock=lambda: NOW,
    )


def names_in(place):
    return sorted(path.name for path in place.iterdir())


async def a_batch(library, count=1):
    transactions = tuple(checkin(str(n)) for n in range(count))
    return Batch(id="b1", place=await library.place(), transactions=transactions)


@pytest.fixture
def real(sticks, tmp_path):
    """Put in a stick that is a real file system, really mounted."""
    with loops.file_system(tmp_path) as device:
        sticks.plug(device="/dev/loop1p1", image=device)
        yield device


async def test_a_file_is_read_from_the_stick_before_it_gets_its_name(sticks, library):
    content = sticks.plug()
    batch = await a_batch(library)
    assert (await library.load(batch)).stage == "loaded"
    assert sticks.calls() == ["mount rw", "unmount", "mount ro", "unmount", "mount rw", "unmount"]
    assert names_in(content) == [NAME]
    assert (await library.look(batch)).stage == "loaded"


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ({"fstype": None}, "files.stick_no_filesystem"),
        ({"read_only": True}, "files.stick_read_only"),
        ({"fails": {"mount": "NotAuthorized"}}, "files.stick_not_allowed"),
        ({"fails": {"mount": "oops"}}, "files.stick_broke"),
    ],
)
async def test_a_stick_that_does_not_do_is_said(sticks, library, what, key):
    sticks.plug()
    batch = await a_batch(library)
    sticks.change(**what)
    with pytest.raises(Unreachable) as raised:
        await library.load(batch)
    assert raised.value.reason.key == key


def test_nothing_goes_onto_a_stick_that_is_in_by_chance(library):
    assert library.gather == math.inf


async def test_without_a_stick_or_with_two_no_batch_is_made(sticks, library):
    with pytest.raises(Unreachable) as raised:
        await library.place()
    assert raised.value.reason.key == "files.stick_none"
    sticks.plug()
    sticks.plug(device="/dev/sdy1")
    with pytest.raises(Unreachable) as raised:
        await library.place()
    assert raised.value.reason.key == "files.stick_several"


async def test_pulled_out_while_it_is_written_it_has_no_file(sticks, library, monkeypatch):
    content = sticks.plug()
    batch = await a_batch(library)
    prepare = folder.prepare

    def and_out(*arguments):
        prepare(*arguments)
        sticks.pull()

    monkeypatch.setattr(folder, "prepare", and_out)
    with pytest.raises(Unreachable) as raised:
        await library.load(batch)
    assert raised.value.reason.key == "files.stick_broke"
    assert NAME not in names_in(content)
    with pytest.raises(Unreachable) as raised:
        await library.look(batch)
    assert raised.value.reason.key == "files.stick_none"


async def test_pulled_out_when_the_name_was_given_it_may_have_it(sticks, library, monkeypatch):
    sticks.plug()
    batch = await a_batch(library)
    publish = folder.publish

    def and_out(*arguments):
        publish(*arguments)
        sticks.pull()

    monkeypatch.setattr(folder, "publish", and_out)
    with pytest.raises(ReplyLost):
        await library.load(batch)
    sticks.plug()  # in again
    assert (await library.look(batch)).stage == "loaded"


async def test_another_stick_gets_the_same_file_after_the_first_was_lost(sticks, library):
    sticks.plug(device="/dev/sdx1")
    batch = await a_batch(library)
    sticks.pull()
    with pytest.raises(Unreachable):
        await library.load(batch)
    other = sticks.plug(device="/dev/sdy1")
    assert (await library.look(batch)).stage == "absent"
    assert (await library.load(batch)).stage == "loaded"
    assert names_in(other) == [NAME]


class TestARealFileSystem:
    async def test_has_the_file_after_it_was_mounted_anew(self, real, sticks, library, tmp_path):
        batch = await a_batch(library, 500)
        assert (await library.load(batch)).stage == "loaded"
        there = tmp_path / "there"
        there.mkdir()
        loops.run("mount", "-o", "ro", real, str(there))
        try:
            found = reader.read((there / NAME).read_bytes())
            assert [action.barcode for action in found] == [str(n) for n in range(500)]
            assert names_in(there) == [NAME, "lost+found"]
        finally:
            loops.run("umount", str(there))
        assert (await library.look(batch)).stage == "loaded"

    async def test_that_is_full_has_no_file(self, real, sticks, library):
        batch = await a_batch(library, 500)
        with Stick().opened(to_write=True) as root, (root / "holiday.avi").open("wb") as film:
            room = os.statvfs(root)
            film.write(bytes(room.f_bavail * room.f_frsize - 2 * room.f_frsize))
        with pytest.raises(Unreachable) as raised:
            await library.load(batch)
        assert raised.value.reason.key == "files.stick_full"
        with Stick().opened(to_write=True) as root:
            assert names_in(root) == ["holiday.avi", "lost+found"]
            (root / "holiday.avi").unlink()
        assert (await library.load(batch)).stage == "loaded"

    async def test_that_is_spoiled_by_somebody_is_seen(self, real, sticks, library):
        batch = await a_batch(library)
        await library.load(batch)
        with Stick().opened(to_write=True) as root:
            (root / NAME).write_bytes(b"edited")
        assert (await library.look(batch)).stage == "spoiled"
        assert (await library.load(batch)).stage == "spoiled"
        with Stick().opened(to_write=False) as root:
            assert (root / NAME).read_bytes() == b"edited"


async def test_a_write_protected_disk_gets_nothing(sticks, library, tmp_path):
    with loops.file_system(tmp_path, read_only=True) as device:
        sticks.plug(image=device)  # of which nobody says that it is write-protected
        batch = await a_batch(library)
        with pytest.raises(Unreachable) as raised:
            await library.load(batch)
        assert raised.value.reason.key == "files.stick_read_only"


async def test_a_disk_that_breaks_in_the_middle_has_no_file(sticks, library, tmp_path):
    with (
        loops.little_room(tmp_path / "memory", 1200) as memory,
        loops.file_system(memory, megabytes=32) as device,
    ):
        sticks.plug(image=device)
        batch = await a_batch(library, 40_000)  # more than it has room for, which it does not know
        with pytest.raises(Unreachable) as raised:
            await library.load(batch)
        assert raised.value.reason.key in ("files.stick_broke", "files.stick_full")
