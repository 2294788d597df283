"""Files as delivery knows them: written whole or not at all, read back, and never written over."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.filing import DENVER
from support.patience import PATIENCE
from support.readers import koc as reader
from support.transactions import checkin, checkout, in_house_use, renewal

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place
from kiosk.ils.files import folder, formats, names
from kiosk.ils.files import library as module
from kiosk.ils.files.folder import FolderDisk
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.files.settings import FilesSettings
from kiosk.ils.symphony.settings import SymphonySettings

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=DENVER)
KOC = formats.of_files(FilesSettings(format="koc", to="/"), DENVER)


class Here:
    """A folder, a library that writes into it, and a clock."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "out"
        self.folder.mkdir()
        self.memory = tmp_path / "files-number"
        self.now = NOW
        self.disk = FolderDisk(self.folder)
        self.library = self.start()

    def start(self, **more):
        how = {"terminal": "desk.1", "memory": self.memory, "clock": lambda: self.now}
        return FilesLibrary(more.pop("disk", self.disk), more.pop("form", KOC), **how | more)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    async def batch(self, *transactions):
        return Batch(id="b1", place=await self.library.place(), transactions=transactions)


@pytest.fixture
def here(tmp_path):
    return Here(tmp_path)


class TestAFile:
    async def test_is_there_whole_once_it_is_loaded(self, here):
        batch = await here.batch(checkout("3010", "2010"), checkin("3011"))
        assert (await here.library.load(batch)).stage == "loaded"
        (name,) = here.files()
        assert name == "koc-desk-1-2026-11-22-1-Northside-Branch.koc"
        found = reader.read((here.folder / name).read_bytes())
        assert [action.barcode for action in found] == ["3010", "3011"]

    async def test_is_one_for_each_library(self, here):
        batch = await here.batch(
            checkout("1", library="Main"),
            checkout("2", library="West"),
            checkin("3", library="Main"),
        )
        await here.library.load(batch)
        found = {n: reader.read((here.folder / n).read_bytes()) for n in here.files()}
        assert {name[22:]: [x.barcode for x in actions] for name, actions in found.items()} == {
            "1-Main.koc": ["1", "3"],
            "1-West.koc": ["2"],
        }

    async def test_of_libraries_that_differ_in_their_signs_alone_is_one_each(self, here):
        batch = await here.batch(checkout("1", library="A.B"), checkout("2", library="A-B"))
        await here.library.load(batch)
        assert len(here.files()) == 2

    async def test_has_a_name_that_none_had_before_whatever_the_clock_says(self, here):
        first = await here.batch(checkin("1"))
        await here.library.load(first)
        for path in here.folder.iterdir():
            path.unlink()  # somebody has taken it
        here.now -= timedelta(days=3)
        again = here.start()
        here.now += timedelta(days=3)
        second = await again.place()
        assert second.name == "koc-desk-1-2026-11-22-2"
        assert second.name != first.place.name

    async def test_has_no_name_that_is_to_be_avoided(self, here):
        first = await here.library.place()
        here.memory.unlink()
        assert (await here.library.place(avoid={first.key})).name.endswith("-2")

    async def test_counts_on_from_one_where_the_number_is_lost(self, here):
        here.memory.write_text("")
        assert (await here.library.place()).name.endswith("-1")

    async def test_is_the_same_when_it_is_loaded_again(self, here):
        batch = await here.batch(checkout("3010"))
        await here.library.load(batch)
        (path,) = here.folder.iterdir()
        before = path.stat()
        assert (await here.start().load(batch)).stage == "loaded"
        assert path.stat().st_mtime_ns == before.st_mtime_ns

    async def test_leaves_nothing_else_behind(self, here):
        await here.library.load(await here.batch(checkin("1")))
        assert len(list(here.folder.iterdir())) == 1


class TestLooking:
    async def test_finds_nothing_where_nothing_arrived(self, here):
        assert (await here.library.look(await here.batch(checkin("1")))).stage == "absent"

    async def test_finds_what_was_loaded_after_a_restart_too(self, here):
        batch = await here.batch(checkin("1"))
        await here.library.load(batch)
        assert (await here.start().look(batch)).stage == "loaded"

    async def test_finds_a_file_that_somebody_changed_spoiled(self, here):
        batch = await here.batch(checkin("1"))
        await here.library.load(batch)
        (path,) = here.folder.iterdir()
        path.write_bytes(path.read_bytes() + b"x")
        found = await here.library.look(batch)
        assert found.stage == "spoiled"
        assert found.reason.key == "files.folder_other_file"

    async def test_finds_a_batch_absent_while_one_of_its_files_is(self, here):
        batch = await here.batch(checkin("1", library="Main"), checkin("2", library="West"))
        await here.library.load(batch)
        (here.folder / here.files()[0]).unlink()
        assert (await here.library.look(batch)).stage == "absent"
        assert (await here.library.load(batch)).stage == "loaded"
        assert len(here.files()) == 2


async def test_a_file_of_somebody_else_is_never_written_over(here):
    batch = await here.batch(checkin("1", library="Main"), checkin("2", library="West"))
    theirs = here.folder / f"{batch.place.name}-West.koc"
    theirs.write_bytes(b"theirs")
    assert (await here.library.load(batch)).stage == "spoiled"
    assert theirs.read_bytes() == b"theirs"
    assert here.files() == [theirs.name]  # nor half of the batch beside it


async def test_two_kiosks_of_one_name_do_not_write_into_each_others_file(
    here, monkeypatch, tmp_path
):
    """As many as are called raspberrypi, and bring their files to one share."""
    other = Here.__new__(Here)
    other.folder, other.memory, other.now, other.disk = here.folder, tmp_path / "2", NOW, here.disk
    other.library = other.start()
    mine, theirs = [
        Batch(id=each, place=await x.library.place(), transactions=(checkin(each),))
        for each, x in (("first-batch", here), ("other-batch", other))
    ]
    assert mine.place == theirs.place
    prepared, both = folder.prepared, threading.Barrier(2)

    def at_once(*arguments):
        found = prepared(*arguments)
        both.wait(PATIENCE)
        return found

    monkeypatch.setattr(folder, "prepared", at_once)
    outcomes = await asyncio.gather(
        here.library.load(mine), other.library.load(theirs), return_exceptions=True
    )
    monkeypatch.undo()
    stages = [(await here.library.look(mine)).stage, (await other.library.look(theirs)).stage]
    assert sorted(stages) == ["loaded", "spoiled"]
    assert sum(isinstance(x, ReplyLost) for x in outcomes) == 1
    assert len(here.files()) == 1


@pytest.mark.parametrize(("folders", "files"), [(0o755, 0o644), (0o2770, 0o640), (0o700, 0o600)])
async def test_whoever_may_read_the_folder_may_read_its_files(here, folders, files):
    """Somebody else loads them; and as a service the kiosk makes nothing that others can read."""
    here.folder.chmod(folders)
    before = os.umask(0o077)
    try:
        await here.library.load(await here.batch(checkin("1")))
    finally:
        os.umask(before)
    [file] = here.folder.iterdir()
    assert file.stat().st_mode & 0o777 == files


async def test_one_that_comes_between_is_never_written_over(here, monkeypatch):
    batch = await here.batch(checkin("1"))
    theirs = here.folder / f"{batch.place.name}-Northside-Branch.koc"
    prepared = folder.prepared

    def and_meanwhile(*arguments):
        found = prepared(*arguments)
        theirs.write_bytes(b"theirs")
        return found

    monkeypatch.setattr(folder, "prepared", and_meanwhile)
    with pytest.raises(ReplyLost):
        await here.library.load(batch)
    assert theirs.read_bytes() == b"theirs"
    assert (await here.library.look(batch)).stage == "spoiled"


async def test_what_is_not_writable_is_told_before_and_goes_to_a_person(here):
    assert here.library.unfit(checkout("3010")) is None
    assert here.library.unfit(renewal("3010", "")).key == "files.unfit_no_card"
    assert here.library.unfit(in_house_use("3010")).key == "files.unfit_not_carried"
    assert here.library.unfit(checkout("30\t10")).args["text"] == "30?10"


async def test_a_batch_that_cannot_be_written_any_more_is_spoiled_and_says_why(here):
    batch = await here.batch(checkout("3010"), in_house_use("3011"))
    progress = await here.library.load(batch)
    assert (progress.stage, progress.reason.key) == ("spoiled", "files.unfit_not_carried")
    assert here.files() == []
    assert (await here.library.look(batch)).stage == "absent"


async def test_symphonys_log_goes_the_same_way(here):
    settings = SymphonySettings(to=str(here.folder), access="OFFLINE")
    library = here.start(form=formats.of_symphony(settings, DENVER))
    batch = Batch(
        id="b1",
        place=await library.place(),
        transactions=(checkout("1", library="WASHINGTON"), checkin("2", library="JEFFERSON")),
    )
    assert (await library.load(batch)).stage == "loaded"
    assert here.files() == [
        "symphony-desk-1-2026-11-22-1-JEFFERSON.log",
        "symphony-desk-1-2026-11-22-1-WASHINGTON.log",
    ]
    assert library.carries == {"checkout", "checkin"}


class TestADisk:
    async def test_that_is_not_there_is_said_before_anything_is_named(self, here):
        here.folder.rmdir()
        for ask in (here.library.hello, here.library.place):
            with pytest.raises(Unreachable) as raised:
                await ask()
            assert raised.value.reason.key == "files.folder_gone"
        assert not here.memory.exists()
        assert not here.folder.exists()

    async def test_that_is_a_file_is_called_that(self, here):
        here.folder.rmdir()
        here.folder.write_text("a list")
        with pytest.raises(Unreachable) as raised:
            await here.library.place()
        assert raised.value.reason.key == "files.folder_is_file"

    async def test_that_goes_away_has_nothing(self, here):
        batch = await here.batch(checkin("1"))
        here.folder.rmdir()
        for ask in (here.library.load, here.library.look):
            with pytest.raises(Unreachable) as raised:
                await ask(batch)
            assert raised.value.reason.key == "files.folder_gone"

    @pytest.mark.parametrize(
        ("number", "key"),
        [
            (errno.ENOSPC, "files.folder_full"),
            (errno.EROFS, "files.folder_read_only"),
            (errno.EACCES, "files.folder_no_right"),
            (errno.EIO, "files.folder_broke"),
            (errno.ENODEV, "files.folder_broke"),
            (errno.ENOMEDIUM, "files.folder_broke"),
        ],
    )
    async def test_that_fails_while_it_is_written_has_nothing(self, here, monkeypatch, number, key):
        batch = await here.batch(checkin("1"))

        def fails(_):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(Unreachable) as raised:
            await here.library.load(batch)
        assert raised.value.reason.key == key
        assert here.files() == []
        monkeypatch.undo()
        assert (await here.library.load(batch)).stage == "loaded"

    async def test_that_fails_once_a_name_is_given_may_have_it(self, here, monkeypatch):
        batch = await here.batch(checkin("1"))

        def fails(_):
            raise OSError(errno.EIO, "pulled out")

        monkeypatch.setattr(folder, "sync_folder", fails)
        with pytest.raises(ReplyLost) as raised:
            await here.library.load(batch)
        assert raised.value.reason.key == "files.folder_broke"
        assert (await here.library.look(batch)).stage == "loaded"

    async def test_that_keeps_something_else_than_was_written_gets_no_file(self, here, monkeypatch):
        batch = await here.batch(checkin("1"))
        read = folder.read

        def forgets(path):
            found = read(path)
            return found and found[:-1] + b"?"

        monkeypatch.setattr(folder, "read", forgets)
        with pytest.raises(Unreachable) as raised:
            await here.library.load(batch)
        assert raised.value.reason.key == "files.folder_damaged"
        assert here.files() == []

    async def test_that_hangs_holds_up_nobody_for_ever(self, here, monkeypatch):
        batch = await here.batch(checkin("1"))
        let_go = threading.Event()
        monkeypatch.setattr(module, "PATIENCE", 0.05)
        monkeypatch.setattr(here.disk, "check", lambda: let_go.wait(PATIENCE))
        with pytest.raises(Unreachable) as raised:
            await here.library.hello()
        assert raised.value.reason.key == "files.folder_slow"
        with pytest.raises(Unreachable):  # and nothing is begun beside it
            await here.library.look(batch)
        let_go.set()

    async def test_that_hangs_when_a_name_is_given_may_have_it(self, here, monkeypatch):
        batch = await here.batch(checkin("1"))
        let_go = threading.Event()
        publish = folder.publish

        def slowly(*arguments):
            let_go.wait(PATIENCE)
            publish(*arguments)

        monkeypatch.setattr(folder, "publish", slowly)
        monkeypatch.setattr(module, "PATIENCE", 0.3)
        with pytest.raises(ReplyLost):
            await here.library.load(batch)
        let_go.set()

    async def test_from_which_somebody_takes_a_file_at_once_is_believed(self, here, monkeypatch):
        """A program that waits for files may be faster than whoever looks again."""
        batch = await here.batch(checkin("1"))
        publish = folder.publish

        def and_it_is_taken(place, names, mark):
            publish(place, names, mark)
            for name in names:
                (place / name).unlink()

        monkeypatch.setattr(folder, "publish", and_it_is_taken)
        assert (await here.library.load(batch)).stage == "loaded"


class TestOldFiles:
    async def test_stay_unless_the_library_wants_them_gone(self, here):
        old = here.folder / "koc-desk-1-2020-01-01-7-Main.koc"
        old.write_text("")
        await here.library.place()
        assert old.exists()

    async def test_of_this_desk_go_after_their_days(self, here):
        gone = here.folder / "koc-desk-1-2026-11-14-7-Main.koc"
        stay = [
            here.folder / name
            for name in (
                "koc-desk-1-2026-11-15-8-Main.koc",  # seven days ago
                "koc-desk-2-2020-01-01-7-Main.koc",  # of another desk
                "koc-desk-1-2020-99-01-7-Main.koc",  # no day
                "list.txt",
            )
        ]
        for path in (gone, *stay):
            path.write_text("")
        await here.start(keep=7).place()
        assert not gone.exists()
        assert all(path.exists() for path in stay)

    async def test_of_which_nobody_has_said_that_they_were_loaded_stay(self, here):
        """Nor does a clock that staff have set to the wrong year remove them."""
        first, second = (
            here.folder / f"koc-desk-1-2020-01-01-{number}-Main.koc" for number in (7, 71)
        )
        for path in (first, second):
            path.write_text("")
        await here.start(keep=7, awaited=lambda: ["koc-desk-1-2020-01-01-7"]).place()
        assert first.exists()
        assert not second.exists()


def test_a_place_is_named_in_words_that_every_file_system_takes():
    assert names.safe('Münster: "Desk" 1/2.') == "M-nster-Desk-1-2"
    assert names.safe("???") == "x"
    assert len(names.safe(99 * "a")) == 40
    assert Place(key="k").name == ""
