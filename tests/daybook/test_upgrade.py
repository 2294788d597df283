"""A daybook of an earlier version is brought up to date, with everything in it."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path

import pytest
from support.journals import Disk, files
from support.transactions import DUE, INES, NOW, OMAR

from kiosk.daybook import visits
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.journal import JournalBusyError, JournalDamagedError, JournalError
from kiosk.daybook.upgrade import SCHEMA
from kiosk.desk.transactions import Checkin
from kiosk.desk.visits import Standing

VERSIONS = Path(__file__).parent / "versions"
EARLIER = sorted(path.name for path in VERSIONS.iterdir())

BELOVED, HOBBIT, PARABLE = "31234000381408", "31234000668382", "31234000765105"
STATES = [
    (BELOVED, "applied"),
    (HOBBIT, "refused"),
    (PARABLE, "unknown"),
    ("31234000149144", "queued"),
    ("31234000212652", "sending"),
    ("31234000648103", "voided"),
    ("31234000863876", "queued"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder of version 1."""
    shutil.copytree(VERSIONS / "1", tmp_path / "data")
    return tmp_path / "data"


def states(daybook: Daybook) -> list[tuple[str, str]]:
    return [(transaction.item, state) for transaction, state, _ in daybook.history()]


def test_there_is_one_of_each_earlier_version() -> None:
    expected = [str(version) for version in range(1, SCHEMA)]
    assert expected == EARLIER


@pytest.mark.parametrize("version", EARLIER)
def test_all_of_it_is_there_and_it_goes_on(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "data"
    shutil.copytree(VERSIONS / version, folder)
    for _ in range(2):  # brought up to date, and then as one of now
        with Daybook(folder) as daybook:
            assert daybook.schema == SCHEMA
            assert states(daybook) == STATES
            assert [x.item for x in daybook.indexes.exceptions.values()] == [PARABLE]
            assert (daybook.title(BELOVED), daybook.title(HOBBIT)) == ("Beloved", "The Hobbit")
            here = Standing(visit="v4", opened=NOW, patron=INES, name="Ines Ö.", due=DUE)
            assert daybook.standing() == here
            assert daybook.outcome(2).words == "On hold for another patron"
            assert daybook.transaction(1).due == DUE
            assert visits.past_visit(daybook, OMAR).voided == {daybook.transaction(6).id}
            returned = daybook.transaction(3)
            assert isinstance(returned, Checkin)
            assert returned.returned == NOW.date()
    assert [path.name for path in folder.iterdir()] == [JOURNAL]


def test_a_command_that_only_reads_says_that_the_kiosk_has_to_be_started(folder: Path) -> None:
    before = files(folder)
    with pytest.raises(JournalError, match=r"earlier version\. Start the kiosk once"):
        Daybook(folder, read_only=True)
    assert files(folder) == before


@pytest.mark.parametrize("cut", [3, 10, 400, -5])
def test_a_torn_one_is_read_up_to_its_last_whole_commit(folder: Path, cut: int) -> None:
    file = folder / "daybook.journal"
    file.write_bytes(file.read_bytes()[:cut])
    with Daybook(folder) as daybook:
        found = states(daybook)
    expected = {3: [], 10: [], 400: [(BELOVED, "queued")], -5: STATES[:-1]}
    assert found == expected[cut]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (0, "not a daybook of version 1"),
        (200, "damaged between byte 10 and byte 357"),
        (-20, "damaged between byte"),  # in the last commit, all of which is there
    ],
)
def test_a_damaged_one_is_refused_and_left_as_it_is(folder: Path, place: int, reason: str) -> None:
    file = folder / "daybook.journal"
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    with pytest.raises(JournalDamagedError, match=reason):
        Daybook(folder)
    assert files(folder) == {"daybook.journal": bytes(data)}


def test_one_that_an_earlier_version_still_writes_to_is_refused(folder: Path) -> None:
    with (folder / "daybook.journal").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(JournalBusyError):
            Daybook(folder)


def test_a_disk_that_fails_on_the_way_changes_nothing_and_it_can_be_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (folder / "daybook.journal").read_bytes()
    for call in ("pwrite", "fsync"):
        with monkeypatch.context() as patch:
            Disk(patch).fail(call, errno.ENOSPC)
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                Daybook(folder)
        assert (folder / "daybook.journal").read_bytes() == old
    with Daybook(folder) as daybook:
        assert states(daybook) == STATES


def test_what_a_power_cut_left_half_done_is_done_again(folder: Path) -> None:
    (folder / "journal.new").mkdir()
    (folder / "journal.new" / "00000001.base").write_bytes(b"half")
    with Daybook(folder) as daybook:
        assert states(daybook) == STATES
    shutil.copy(VERSIONS / "1" / "daybook.journal", folder)  # its removal did not reach the disk
    with Daybook(folder) as daybook:
        assert states(daybook) == STATES
    assert [path.name for path in folder.iterdir()] == [JOURNAL]


def test_one_of_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.table("meta").update({"schema": SCHEMA + 1})
    before = files(tmp_path / JOURNAL)
    for read_only in (False, True):
        with pytest.raises(JournalError, match="later version of Daybook"):
            Daybook(tmp_path, read_only=read_only)
    assert files(tmp_path / JOURNAL) == before
