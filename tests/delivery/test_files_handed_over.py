"""Files between a real daybook and a real folder: each transaction is in one of them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, timedelta
from unittest.mock import Mock

from support.filing import DENVER
from support.patience import PATIENCE
from support.readers import koc as reader
from support.transactions import NOW, checkin, checkout, renewal

from kiosk.daybook import batches
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.ils.files import formats
from kiosk.ils.files.folder import FolderDisk
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.files.settings import FilesSettings

HURRIED = DeliverySettings(first_pause=0.001, longest_pause=0.002, keep_alive=0.01, still_working=0)
LATER = NOW + timedelta(days=1)


@asynccontextmanager
async def a_kiosk(tmp_path):
    """Run a courier that hands files over; gives what records transactions."""
    library = FilesLibrary(
        FolderDisk(tmp_path / "out"),
        formats.of_files(FilesSettings(format="koc", to="/"), DENVER),
        terminal="desk-1",
        memory=tmp_path / "number",
        clock=lambda: LATER,
    )
    (tmp_path / "daybook").mkdir(exist_ok=True)
    library.gather = 0.0  # as if staff said send each time
    daybook = Daybook(tmp_path / "daybook")
    writer = Writer(daybook, asyncio.get_running_loop())
    courier = Courier(
        HURRIED,
        Schedule("", UTC, ask_first=False),
        None,
        daybook,
        writer,
        batches=library,
        clock=lambda: LATER,
        is_open=lambda _: False,
        listener=Mock(),
    )
    running = asyncio.create_task(courier.run())

    async def record(*transactions):
        await writer.write(transactions)
        for transaction in transactions:
            courier.recorded(transaction.id)

    try:
        yield record
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await asyncio.to_thread(writer.stop)
        daybook.close()


async def come_to(tmp_path, *states):
    async with asyncio.timeout(PATIENCE):
        while found(tmp_path) != states:  # noqa: ASYNC110 - the disk tells nobody
            await asyncio.sleep(0.02)


def found(tmp_path):
    with Daybook(tmp_path / "daybook", read_only=True) as daybook:
        return tuple(state for _, state, _ in daybook.history())


def handed_over(tmp_path):
    files = (tmp_path / "out").glob("[!.]*")
    return sorted(action.barcode for file in files for action in reader.read(file.read_bytes()))


async def test_what_waits_is_handed_over_and_what_no_file_can_say_is_a_persons(tmp_path):
    (tmp_path / "out").mkdir()
    async with a_kiosk(tmp_path) as record:
        await record(checkout("1"), renewal("2", ""), checkin("3"))
        await come_to(tmp_path, "handed_over", "by_hand", "handed_over")
    assert handed_over(tmp_path) == ["1", "3"]


async def test_it_is_listed_by_the_names_that_its_files_have(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    elsewhere = replace(checkin("2"), library="Southside")
    async with a_kiosk(tmp_path) as record:
        await record(checkout("1"), elsewhere)
        await come_to(tmp_path, "handed_over", "handed_over")
    with Daybook(tmp_path / "daybook", read_only=True) as daybook:
        [told] = batches.handed_over(daybook)
    assert sorted(told.name.split(", ")) == sorted(file.name for file in out.iterdir())
    assert len(list(out.iterdir())) == 2
    assert told.where == str(out)
    assert told.stem == f"koc-desk-1-{LATER.date()}-1"


async def test_what_was_handed_over_does_not_come_again_though_its_file_is_taken(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    async with a_kiosk(tmp_path) as record:
        await record(checkout("1"))
        await come_to(tmp_path, "handed_over")
    for file in out.iterdir():
        file.unlink()
    async with a_kiosk(tmp_path) as record:
        await record(checkin("2"))
        await come_to(tmp_path, "handed_over", "handed_over")
    assert handed_over(tmp_path) == ["2"]


async def test_a_folder_that_is_missing_holds_it_back_until_it_is_there(tmp_path):
    async with a_kiosk(tmp_path) as record:
        await record(checkout("1"))
        await asyncio.sleep(0.1)
        assert "handed_over" not in found(tmp_path)
        (tmp_path / "out").mkdir()
        await come_to(tmp_path, "handed_over")
    assert handed_over(tmp_path) == ["1"]


async def test_a_name_that_is_taken_is_left_alone_and_all_goes_into_another_file(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    theirs = out / f"koc-desk-1-{LATER.date()}-1-Northside-Branch.koc"
    theirs.write_bytes(b"theirs")
    async with a_kiosk(tmp_path) as record:
        await record(checkout("1"))
        await come_to(tmp_path, "handed_over")
    assert theirs.read_bytes() == b"theirs"
    theirs.unlink()
    assert handed_over(tmp_path) == ["1"]
