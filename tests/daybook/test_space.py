"""How much more the disk takes: told early enough, and in numbers that people can use."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journals import ends
from support.transactions import MAYA, NOW, checkout, outcome

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Sending
from kiosk.daybook.space import (
    FILES_A_DAY,
    PER_TRANSACTION,
    QUIET_DAY,
    Disk,
    Room,
    headline,
    lasting,
    look,
    room,
)
from kiosk.desk.visits import Standing
from kiosk.words import Words

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
EMPTY = Disk(free=28 * GIB, total=30 * GIB, files_free=1_900_000, files=1_950_000)
A_DAY = QUIET_DAY * PER_TRANSACTION

sizes = st.integers(0, 1 << 45)


@st.composite
def disks(draw: st.DrawFn) -> Disk:
    total, files = draw(st.integers(1, 1 << 45)), draw(st.integers(0, 1 << 32))
    free, files_free = draw(st.integers(0, total)), draw(st.integers(0, files))
    return Disk(free=free, total=total, files_free=files_free, files=files)


def judged(disk: Disk, reserved: int = 0, busiest: int = 0) -> Room:
    return room(disk, reserved=reserved, busiest=busiest)


def test_a_disk_with_room_says_nothing() -> None:
    assert judged(EMPTY).state == "ok"


def test_less_than_a_fifth_is_low_and_less_than_a_day_is_short() -> None:
    assert judged(replace(EMPTY, free=6 * GIB)).state == "ok"
    assert judged(replace(EMPTY, free=6 * GIB - 1)).state == "low"
    assert judged(replace(EMPTY, free=A_DAY)).state == "low"
    assert judged(replace(EMPTY, free=A_DAY - 1)).state == "short"


def test_a_busy_desk_is_told_earlier() -> None:
    disk = replace(EMPTY, free=3 * A_DAY)
    assert judged(disk, busiest=3 * QUIET_DAY).state == "low"
    assert judged(disk, busiest=3 * QUIET_DAY + 1).state == "short"


def test_what_the_journal_has_reserved_lasts_when_nothing_else_is_free() -> None:
    full = replace(EMPTY, free=0)
    assert judged(full, reserved=4 * A_DAY) == Room(
        state="low", percent=0, transactions=4 * QUIET_DAY, days=4
    )
    assert judged(full).state == "short"


def test_files_can_run_out_before_bytes_do() -> None:
    few = judged(replace(EMPTY, files_free=EMPTY.files // 10))
    assert (few.state, few.of_files, few.percent) == ("low", True, 10)
    none = replace(EMPTY, files_free=FILES_A_DAY - 1)
    assert judged(none).state == "short"
    assert judged(none, reserved=2 * A_DAY).state == "low"


def test_a_file_system_without_a_limit_of_files_is_judged_by_its_bytes() -> None:
    assert judged(replace(EMPTY, files=0, files_free=0)).state == "ok"


@given(disks(), sizes, st.integers(0, 100_000))
def test_it_is_never_silent_about_less_than_a_day(disk: Disk, reserved: int, busiest: int) -> None:
    told = judged(disk, reserved, busiest)
    day = max(busiest, QUIET_DAY) * PER_TRANSACTION
    assert (told.state == "short") == (told.days == 0)
    assert told.state == "short" or disk.free + reserved >= day
    assert told.state != "ok" or disk.free * 5 >= disk.total
    assert 0 <= told.percent <= 100


@given(disks(), sizes, sizes, st.integers(0, 100_000))
def test_more_room_is_never_told_as_less(
    disk: Disk, reserved: int, more: int, busiest: int
) -> None:
    worse = ("short", "low", "ok")
    before, after = judged(disk, reserved, busiest), judged(disk, reserved + more, busiest)
    assert worse.index(after.state) >= worse.index(before.state)
    assert after.transactions >= before.transactions


# -- in words --------------------------------------------------------------------------------------


def said(disk: Disk, reserved: int = 0) -> str:
    words, told = Words(), judged(disk, reserved)
    return f"{words(headline(told))}. {words(lasting(told))}"


def test_it_says_how_many_transactions_and_days() -> None:
    almost = replace(EMPTY, total=100 * A_DAY, free=0)
    assert said(almost, 4 * A_DAY + 345 * PER_TRANSACTION) == (
        "The disk is filling up: 0% is free. Room for about 4,300 more transactions, about 4 days."
    )
    assert said(almost, A_DAY).endswith("about 1,000 more transactions, about 1 day.")
    assert said(almost, A_DAY - 1) == (
        "The disk is almost full. Room for about 990 more transactions, less than a busy day."
    )
    assert said(EMPTY) == "93% of the disk is free. Room for more than a year's work."
    assert said(replace(EMPTY, files_free=1000)).startswith("The disk can hold few more files: 0%")


@given(disks(), sizes)
def test_every_disk_has_its_sentence(disk: Disk, reserved: int) -> None:
    assert not {"space.", "…", "{"} & set(said(disk, reserved).split())


def test_what_is_on_show_does_not_change_with_every_transaction() -> None:
    many = [judged(replace(EMPTY, free=0), 5 * A_DAY + n * PER_TRANSACTION) for n in range(90)]
    assert len({str(lasting(told)) for told in many}) == 1


# -- measured --------------------------------------------------------------------------------------


def test_the_system_is_asked_about_the_disk_of_the_folder(tmp_path: Path) -> None:
    disk = look(tmp_path)
    assert disk is not None
    assert 0 < disk.free <= disk.total
    with pytest.raises(OSError, match="nowhere"):
        look(tmp_path / "nowhere")


def test_a_file_system_that_does_not_tell_is_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = os.statvfs_result((4096, 4096, 0, 0, 0, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: told)
    assert look(tmp_path) is None


def test_a_transaction_comes_to_what_is_reckoned_with(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        before = used(tmp_path)
        for number in range(50):
            lent = checkout(f"312340{number:08}", visit=f"{number:032}", id=f"{number:032x}")
            at_the_desk = Standing(visit=lent.visit, opened=NOW, patron=MAYA, name="Maya Okafor")
            daybook.commit([lent, at_the_desk])
            daybook.commit([at_the_desk])
            daybook.commit([Sending(transactions=(lent.id,), no_block=False, at=NOW)])
            title = "The Left Hand of Darkness / Ursula K. Le Guin"
            daybook.commit([Answered(outcome(lent, title=title, due=lent.due))])
            daybook.commit([Standing()])
        each = (used(tmp_path) - before) / 50
    assert PER_TRANSACTION / 2 < each < PER_TRANSACTION


def used(folder: Path) -> int:
    return max(ends(folder / "journal" / "00000001.segment"), default=0)


def test_the_busiest_of_the_last_days_is_known_also_after_reopening(tmp_path: Path) -> None:
    def day(number: int) -> list[object]:
        return [checkout(f"3123400{n:07}", at=NOW.replace(day=number)) for n in range(number)]

    with Daybook(tmp_path) as daybook:
        assert daybook.indexes.busiest_day() == 0
        for number in (3, 7, 5):
            daybook.learn(daybook.commit(day(number)))
        assert daybook.indexes.busiest_day() == 7
    with Daybook(tmp_path) as daybook:
        assert daybook.indexes.busiest_day() == 7
        for month in range(1, 13):
            for number in (10, 11, 12):
                at = NOW.replace(month=month, day=number)
                daybook.learn(daybook.commit([checkout("31234000094417", at=at)]))
        assert daybook.indexes.busiest_day() == 1
