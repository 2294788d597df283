"""Housekeeping: a real child process forgets, and the daybook at work follows."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from support.patience import PATIENCE
from support.transactions import INES, MAYA, NOW, OMAR, checkin, checkout, outcome

from kiosk.daybook import housekeeping, visits, whereabouts
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.facts import Answered, Settled, Voided
from kiosk.daybook.housekeeping import Housekeeping
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.journal import JournalError, compaction, places
from kiosk.daybook.rebuild import rebuild
from kiosk.daybook.settings import RetentionSettings
from kiosk.daybook.writer import Writer
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Override
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from kiosk.daybook.facts import Fact

DAY = timedelta(days=1)


class Kept:
    """A daybook at work, and its housekeeping. `now` and `sure` are its clock."""

    def __init__(self, folder: Path, daybook: Daybook, writer: Writer) -> None:
        self.folder = folder
        self.daybook = daybook
        self.writer = writer
        self.now: datetime = NOW
        self.sure = True
        self.keeper = Housekeeping(
            daybook,
            writer,
            RetentionSettings(patron_days=30, transaction_days=400),
            clock=lambda: self.now,
            sure=lambda: self.sure,
        )

    async def record(self, *facts: Fact) -> None:
        await self.writer.write(facts)

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / JOURNAL).iterdir())

    def holds(self, barcode: str) -> bool:
        """Tell whether any byte on the disk still tells of a barcode."""
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        return any(barcode.encode() in path.read_bytes() for path in paths)


@asynccontextmanager
async def keeping(folder: Path) -> AsyncIterator[Kept]:
    with Daybook(folder) as daybook:
        writer = Writer(daybook, asyncio.get_running_loop())
        try:
            yield Kept(folder, daybook, writer)
        finally:
            await asyncio.to_thread(writer.stop)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with keeping(tmp_path) as kept:
        yield kept


async def test_a_patron_is_physically_gone_after_the_term(kept: Kept) -> None:
    maya, omar = checkout("i1", MAYA), checkout("i2", OMAR)
    await kept.record(maya, Standing(visit="v1", patron=MAYA, name="Maya Lind"))
    await kept.record(omar, Standing(visit="v2", patron=OMAR, name="Omar"))
    await kept.record(Answered(outcome=outcome(maya)))
    await kept.record(Standing())
    kept.now = NOW + 29 * DAY
    await kept.keeper.tidy()
    assert kept.holds(MAYA)
    kept.now = NOW + 31 * DAY
    await kept.keeper.tidy()
    assert not kept.holds(MAYA)
    assert not kept.holds("Maya Lind")
    assert kept.holds(OMAR)  # not delivered yet
    assert [x.item for x, _, _ in kept.daybook.history()] == ["i1", "i2"]


async def test_nothing_is_left_of_a_reason_in_own_words_nor_of_who_was_on_duty(kept: Kept) -> None:
    given = Override(supervisor="Tomas", reason="Maya is my niece", against="blocked")
    lent = checkout("i1", MAYA, override=given, staff="Ines Moser", desk_session="d1")
    ines = DutyChange(id="d1", at=NOW, boot="b1", staff="Ines Moser")
    await kept.record(lent, ines)
    await kept.record(Answered(outcome=outcome(lent)))
    await kept.record(checkout("i2"), DutyChange(id="d2", at=NOW, boot="b1", staff="Ruth"))
    kept.now = NOW + 31 * DAY
    await kept.keeper.tidy()
    assert not kept.holds("my niece")
    assert kept.holds("Ines Moser")
    kept.now = NOW + 401 * DAY
    await kept.keeper.tidy()
    assert not kept.holds("Ines Moser")
    assert kept.daybook.duty().staff == "Ruth"  # type: ignore[union-attr]


async def test_a_patron_of_whom_only_the_card_was_scanned_goes_too(kept: Kept) -> None:
    await kept.record(Standing(visit="v1", patron=MAYA, name="Maya Lind"))
    await kept.record(Standing())
    await kept.keeper.tidy()
    assert not kept.holds(MAYA)
    assert not kept.holds("Maya Lind")


async def test_the_indexes_follow(kept: Kept) -> None:
    transactions = [
        checkout("i1", MAYA, visit="v1"),
        checkout("i2", MAYA, visit="v1"),
        checkin("i1", visit="v2"),
        checkout("i3", OMAR, visit="v3"),
        checkout("i4", INES, visit="v4"),
        checkout("i5", MAYA, visit="v5"),
    ]
    await kept.record(*transactions)
    await kept.record(*(Answered(outcome=outcome(x)) for x in transactions[:3]))
    await kept.record(Answered(outcome=outcome(transactions[3], "refused")))
    await kept.record(Voided(transaction=transactions[4].id, at=NOW))
    for days in (31, 401):
        kept.now = NOW + days * DAY
        await kept.keeper.tidy()
        again = Indexes()
        rebuild(again, kept.daybook.journal)
        for name in ("answers", "voided", "last_of_card", "last_lent", "last"):
            assert getattr(kept.daybook.indexes, name) == getattr(again, name), name
        for name in ("of_item", "moved"):
            ours, theirs = kept.daybook.indexes.look_back, again.look_back
            assert getattr(ours, name) == getattr(theirs, name), name
        assert set(kept.daybook.indexes.exceptions) == {transactions[3].id}
        assert set(kept.daybook.indexes.pending) == {transactions[5].id}
    assert whereabouts.holder(kept.daybook, "i2") is None
    assert visits.past_visit(kept.daybook, INES) is None
    assert visits.past_visit(kept.daybook, MAYA).transactions == (transactions[5],)
    assert [x.item for x, _, _ in kept.daybook.history()] == ["i3", "i5"]


async def test_scans_go_on_meanwhile_and_nothing_is_lost(kept: Kept) -> None:
    old = [checkout(f"old{n}", MAYA) for n in range(2000)]
    await kept.record(*old)
    await kept.record(*(Answered(outcome=outcome(x)) for x in old))
    kept.now = NOW + 31 * DAY
    tidying = asyncio.create_task(kept.keeper.tidy())
    new = []
    while not tidying.done():
        new.append(checkout(f"new{len(new)}", OMAR))
        await kept.record(new[-1])
    await tidying
    assert len(new) > 20
    with Daybook(kept.folder, read_only=True) as reader:
        found = [(x.item, x.patron) for x, _, _ in reader.history()]
    assert found == [(x.item, "") for x in old] + [(x.item, OMAR) for x in new]
    assert [x.item for x in kept.daybook.indexes.pending.values()] == [x.item for x in new]
    assert kept.daybook.transaction(2001) == new[0]


async def test_it_all_comes_back_when_opened_again(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        lent = checkout("i1", MAYA)
        await kept.record(lent, Answered(outcome=outcome(lent, "refused")))
        await kept.keeper.tidy()
        await kept.record(Settled(transaction=lent.id, at=NOW))
        before = list(kept.daybook.history())
    async with keeping(tmp_path) as kept:
        assert list(kept.daybook.history()) == before
        await kept.keeper.tidy()
        assert list(kept.daybook.history()) == before
        assert sum(name.endswith(".base") for name in kept.files()) == 1


async def test_with_nothing_new_and_nothing_due_nothing_is_written(kept: Kept) -> None:
    lent = checkout("i1", MAYA)
    await kept.record(lent, Answered(outcome=outcome(lent)))
    await kept.keeper.tidy()
    before = kept.files()
    await kept.keeper.tidy()
    assert kept.files() == before
    kept.now = NOW + 31 * DAY
    await kept.keeper.tidy()
    assert kept.files() != before
    assert not kept.holds(MAYA)


async def test_a_clock_nobody_has_confirmed_does_not_make_years_pass(kept: Kept) -> None:
    lent = checkout("i1", MAYA)
    await kept.record(lent, Answered(outcome=outcome(lent)))
    kept.now, kept.sure = NOW + 5000 * DAY, False
    await kept.keeper.tidy()
    assert kept.holds(MAYA)
    await kept.record(checkout("i2", OMAR, at=NOW + 40 * DAY))  # so much has passed at the desk
    await kept.keeper.tidy()
    assert not kept.holds(MAYA)


async def test_what_was_cut_off_goes_after_the_term_too(kept: Kept) -> None:
    cut = kept.folder / JOURNAL / "cut-00000007"
    cut.write_text(MAYA)
    for days, there in ((29, True), (31, False)):
        await kept.record(Standing(visit=f"v{days}"))
        written = (NOW - days * DAY).timestamp()
        if cut.exists():
            os.utime(cut, (written, written))
        await kept.keeper.tidy()
        assert cut.exists() == there


async def test_a_child_that_fails_is_tried_again_and_nothing_changes(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.record(checkout("i1", MAYA))
    with monkeypatch.context() as patch:
        patch.setattr(
            compaction, "unfinished", lambda folder, _: folder / "no" / "00000001.base.new"
        )
        with pytest.raises(JournalError, match="No such file"):
            await kept.keeper.tidy()
    assert kept.holds(MAYA)
    await kept.record(checkout("i2", MAYA))
    monkeypatch.setattr(housekeeping, "FIRST", 0.0)
    monkeypatch.setattr(housekeeping, "EVERY", 0.01)
    running = asyncio.create_task(kept.keeper.run())
    async with asyncio.timeout(PATIENCE):
        while not any(name.endswith(".base") for name in kept.files()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    running.cancel()
    assert len(list(kept.daybook.history())) == 2


async def test_a_child_that_outlived_its_engine_does_no_harm(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.record(checkout("i1", MAYA))
    orphaned = compaction.unfinished(kept.folder / JOURNAL, 1)  # of before what follows
    compaction.write_base(orphaned)
    stale = orphaned.read_bytes()
    await kept.record(checkout("i2", MAYA))
    publish = compaction.publish

    def late(new: Path) -> None:
        orphaned.write_bytes(stale)
        publish(new)

    monkeypatch.setattr(compaction, "publish", late)
    await kept.keeper.tidy()
    with Daybook(kept.folder, read_only=True) as reader:
        assert [x.item for x, _, _ in reader.history()] == ["i1", "i2"]


async def test_no_base_gets_its_name_once_the_writer_has_stopped(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.record(checkout("i1", MAYA))
    began, ended = threading.Event(), threading.Event()
    publish = compaction.publish

    def slowly(new: Path) -> None:
        began.set()
        time.sleep(0.2)
        publish(new)
        ended.set()

    monkeypatch.setattr(compaction, "publish", slowly)
    tidying = asyncio.create_task(kept.keeper.tidy())
    assert await asyncio.to_thread(began.wait, 20)
    tidying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tidying
    await asyncio.to_thread(kept.writer.stop)
    assert ended.is_set()


async def test_a_base_that_could_not_be_changed_over_to_is_met_again_the_next_time(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = [checkout("i1", MAYA), checkout("i2", MAYA, at=NOW + 390 * DAY)]
    await kept.record(*transactions)
    for one in transactions:
        await kept.record(Answered(outcome=replace(outcome(one), at=one.at)))
    kept.now = NOW + 410 * DAY
    with monkeypatch.context() as patch:
        patch.setattr(places, "move", Mock(side_effect=OSError("too many files")))
        with pytest.raises(OSError, match="too many"):
            await kept.keeper.tidy()
    assert [x.item for x, _, _ in kept.daybook.history()] == ["i1", "i2"]
    await kept.keeper.tidy()
    assert [x.item for x, _, _ in kept.daybook.history()] == ["i2"]
    assert whereabouts.holder(kept.daybook, "i1") is None
    assert sum(name.endswith(".base") for name in kept.files()) == 1


async def test_cancelled_it_leaves_no_child_behind(kept: Kept) -> None:
    others = children()  # such as the library systems of other tests
    await kept.record(*(checkout(f"i{n}", MAYA) for n in range(500)))
    tidying = asyncio.create_task(kept.keeper.tidy())
    async with asyncio.timeout(PATIENCE):
        while not children() - others:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    tidying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tidying
    assert not children() - others
    await kept.record(checkout("after", OMAR))


def children() -> set[str]:
    """Name the processes that this one has started and that still run."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
