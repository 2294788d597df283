"""The courier, between a real daybook and a library in which anything can go wrong."""

from __future__ import annotations

import asyncio
import errno
import tempfile
import threading
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.library import FAULTS, Fault, Loan, ModelLibrary
from support.patience import PATIENCE
from support.transactions import (
    DUE,
    INES,
    MAYA,
    NEW,
    NOW,
    OMAR,
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)
from tinydb import where

from kiosk.daybook import backlogs
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Again, Answered, ClockReading, Reported, Settled, Voided
from kiosk.daybook.journal import JournalError
from kiosk.daybook.writer import Writer
from kiosk.delivery.announcing import AHEAD, GROUP
from kiosk.delivery.connection import Connection
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.desk.dates.closed_days import Calendar, ClosedDays
from kiosk.desk.dates.duedates import Length
from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from kiosk.daybook.daybook import Committed
    from kiosk.daybook.facts import Fact
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Kind, Outcome, PatronAnswer, Transaction

HURRIED = DeliverySettings(first_pause=0.001, longest_pause=0.002, keep_alive=0.01, still_working=0)


class Desk:
    """What stands around a courier: a daybook, a library, and who listens."""

    def __init__(
        self,
        folder: Path,
        library: ModelLibrary,
        settings: DeliverySettings,
        loan_calendar: Calendar | None = None,
        second: ModelLibrary | None = None,
    ) -> None:
        self.folder = folder
        self.library = library
        self.daybook = Daybook(folder)
        self.writer = self.new_writer()
        self.open: set[str] = set()
        self.outcomes: list[Outcome] = []
        self.patrons: list[PatronAnswer] = []
        self.connectivity: list[str] = []
        self.failures: list[str] = []
        self.runs: list[Run] = []
        self.now = NOW
        self._changed = asyncio.Event()
        self.courier = Courier(
            settings,
            Schedule(settings.load_at, UTC, ask_first=settings.ask_first),
            library,
            self.daybook,
            self.writer,
            clock=lambda: self.now,
            is_open=lambda visit: visit in self.open,
            listener=self,
            second=second,
            loan_calendar=loan_calendar,
            hide=lambda words: words.replace(INES, "••••"),
            on_hold=lambda: self.on_hold,
        )
        self.on_hold = False
        self.running: asyncio.Task[None] | None = None

    def new_writer(self) -> Writer:
        return Writer(self.daybook, asyncio.get_running_loop())

    def start(self) -> None:
        self.running = asyncio.create_task(self.courier.run())

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()

    async def record(self, *transactions: Transaction) -> None:
        await self.writer.write(transactions)
        for transaction in transactions:
            self.courier.recorded(transaction.id)

    async def until(self, so: Callable[[], Any]) -> None:
        """Wait until something is so, looking whenever the courier tells or the library hears."""
        async with asyncio.timeout(PATIENCE):
            while not so():
                news = [self._changed.wait(), self.library.arrived.wait()]
                tasks = [asyncio.ensure_future(x) for x in news]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
                self._changed.clear()
                self.library.arrived.clear()

    async def delivered(self) -> None:
        """Wait until nothing is left that may go."""
        await self.until(lambda: self._nothing_goes() and self._told())

    def _nothing_goes(self) -> bool:
        return self.courier.queue.idle and self.courier.queue.due(lambda _: True) is None

    def _told(self) -> bool:
        waiting = len(self.courier.queue) == len(self.daybook.indexes.pending)
        return waiting and not self.courier._carrier._unwritten

    def states(self) -> dict[str, str]:
        """Give what each transaction has come to, by its id, as the disk knows it."""
        with Daybook(self.folder, read_only=True) as daybook:
            return {transaction.id: state for transaction, state, _ in daybook.history()}

    def patron_answered(self, answer: PatronAnswer) -> None:
        self.patrons.append(answer)
        self._changed.set()

    def outcome_arrived(self, outcome: Outcome) -> None:
        assert self.daybook.outcome(self._number(outcome.transaction)) == outcome
        self.outcomes.append(outcome)
        self._changed.set()

    def _number(self, transaction: str) -> int:
        numbers = self.daybook.journal.places("transactions")
        return next(x for x in numbers if self.daybook.transaction(x).id == transaction)

    def recording_failed(self, reason: str) -> None:
        self.failures.append(reason)
        self._changed.set()

    def run_changed(self, run: Run) -> None:
        self.runs.append(run)
        self._changed.set()

    def connectivity_changed(self) -> None:
        self.connectivity.append(self.courier.connectivity.state)
        self._changed.set()


@pytest.fixture
def library() -> ModelLibrary:
    return ModelLibrary()


def deliveries(folder: Path, kind: str) -> list[Any]:
    """Read the facts of a kind from the disk."""
    with Daybook(folder, read_only=True) as daybook:
        return daybook.table("deliveries").search(where("type") == kind)


@asynccontextmanager
async def working(
    folder: Path,
    library: ModelLibrary,
    settings: DeliverySettings = HURRIED,
    loan_calendar: Calendar | None = None,
    second: ModelLibrary | None = None,
) -> AsyncIterator[Desk]:
    desk = Desk(folder, library, settings, loan_calendar, second)
    desk.start()
    try:
        yield desk
    finally:
        await desk.stop()


@pytest.fixture
async def desk(tmp_path: Path, library: ModelLibrary) -> AsyncIterator[Desk]:
    async with working(tmp_path, library) as desk:
        yield desk


# -- from the daybook to the library ---------------------------------------------------------------


async def test_a_transaction_is_delivered_once_and_its_outcome_told(desk: Desk) -> None:
    lent = checkout("i1", MAYA)
    await desk.record(lent)
    await desk.delivered()
    assert desk.library.acted == [lent.id]
    assert desk.library.loans == {"i1": Loan(MAYA, DUE)}
    assert [(x.transaction, x.kind, x.title) for x in desk.outcomes] == [
        (lent.id, "applied", "Title of i1")
    ]
    assert desk.states() == {lent.id: "applied"}


async def test_what_the_library_calls_an_item_is_learnt(desk: Desk) -> None:
    lent, other = checkout("i1", MAYA), checkout("i1", OMAR)
    assert desk.daybook.title("i1") == ""
    await desk.record(lent)
    await desk.delivered()
    assert desk.daybook.title("i1") == "Title of i1"
    await desk.record(checkin("i1"), other)
    await desk.delivered()
    assert len(desk.daybook.table("titles")) == 1  # known already: not written again


async def test_how_long_an_item_is_lent_is_learnt_from_what_the_library_says_at_the_desk(
    tmp_path: Path, library: ModelLibrary
) -> None:
    async with working(tmp_path, library, loan_calendar=Calendar(ClosedDays())) as desk:
        desk.open.add("live")
        await desk.writer.write([ClockReading(boot="b1", started=NOW, by="network", at=NOW)])
        for n, visit in enumerate(("live", "live", "later", "later")):
            at, uptime = NOW + timedelta(days=n), n * 86_400.0
            due = at + timedelta(days=7)
            lent = checkout(f"i{n // 2}", visit=visit, at=at, uptime=uptime, due=due)
            await desk.record(lent, checkin(f"i{n // 2}", visit=visit))
            await desk.delivered()
        assert desk.daybook.indexes.lengths.of("i0") == Length(7)
        assert (
            desk.daybook.indexes.lengths.of("i1") is None
        )  # told afterwards, it takes what it is told
    with Daybook(tmp_path, read_only=True) as daybook:
        assert daybook.indexes.lengths.of("i0") == Length(7)
        assert daybook.title("i0") == "Title of i0"


async def test_by_a_clock_that_nobody_has_confirmed_no_length_is_learnt(
    tmp_path: Path, library: ModelLibrary
) -> None:
    async with working(tmp_path, library, loan_calendar=Calendar(ClosedDays())) as desk:
        desk.open.add("v1")
        await desk.record(checkout("i0"))
        await desk.delivered()
        assert desk.daybook.learnt("i0").days is None


async def test_a_backlog_is_announced_in_groups_and_each_is_sent_under_its_own_time(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(GROUP + 5)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    groups = deliveries(tmp_path, "sending")
    assert [len(group["transactions"]) for group in groups] == [GROUP, 5]
    times = [time for group in groups for time in group["times"]]
    assert times == sorted(set(times))
    assert library.acted == [x.id for x in lent]


async def test_the_next_group_is_announced_before_the_last_one_is_sent(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(GROUP + 5)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    with Daybook(tmp_path, read_only=True) as daybook:
        facts = [x["type"] for x in daybook.table("deliveries").all()]
    assert GROUP - AHEAD <= facts.index("sending", 1) < GROUP


async def test_what_was_announced_ahead_is_taken_back_too_when_the_library_goes_away(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(GROUP + 5)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    library.faults.extend([None] * (GROUP - 1) + ["unreachable"])
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert deliveries(tmp_path, "not_sent")[0]["transactions"] == [x.id for x in lent[GROUP - 1 :]]
    assert library.acted == [x.id for x in lent]


async def test_the_answers_to_a_backlog_go_to_the_disk_a_few_at_a_time(
    tmp_path: Path, library: ModelLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(GROUP)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    commits = []
    real = Daybook.commit

    def commit(daybook: Daybook, facts: Sequence[Fact]) -> Committed:
        commits.append(len(facts))
        return real(daybook, facts)

    monkeypatch.setattr(Daybook, "commit", commit)
    async with working(tmp_path, library) as desk:
        await desk.delivered()
        assert len(desk.outcomes) == GROUP
    assert len(commits) < GROUP / 2


async def test_what_is_gathered_is_written_when_delivery_stops(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = checkout("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent])
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: not len(desk.courier.queue))
        assert desk.outcomes == []
    assert deliveries(tmp_path, "answered")[0]["outcome"]["transaction"] == lent.id


async def test_before_more_goes_out_about_an_item_the_answer_before_is_on_the_disk(
    tmp_path: Path, library: ModelLibrary
) -> None:
    """A line from paper goes before what was announced already, with the same item."""
    lent, back = checkout("i1"), checkin("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkout("i0"), back])
    library.going_on.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.requests)
        assert desk.daybook.indexes.pending[back.id].announced
        await desk.record(replace(lent, source="paper", at=back.at - timedelta(hours=1)))
        on_disk: list[str] = []
        arrived = library.send

        async def send(transaction: Transaction, *, no_block: bool) -> Outcome:
            if transaction.id == back.id:
                on_disk.append(desk.states()[lent.id])
            return await arrived(transaction, no_block=no_block)

        library.send = send  # type: ignore[method-assign] # to look at the disk meanwhile
        library.going_on.set()
        await desk.delivered()
    assert on_disk == ["applied"]


async def test_of_a_group_that_could_not_be_sent_nothing_is_asked_about_later(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(3)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    library.faults.append("unreachable")
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert deliveries(tmp_path, "not_sent")[0]["transactions"] == [x.id for x in lent]
    assert not any("item" in request for request in library.requests if "check" not in request)


async def test_a_transaction_whose_sector_has_gone_bad_is_left_to_a_person_and_holds_up_nothing(
    tmp_path: Path, library: ModelLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(3)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    real = Daybook.transaction

    def read(daybook: Daybook, number: int) -> Transaction:
        if number == 1:
            raise OSError(errno.EIO, "Input/output error")
        return real(daybook, number)

    with monkeypatch.context() as patch:
        patch.setattr(Daybook, "transaction", read)
        patch.setattr(Desk, "_number", lambda _, id_: [x.id for x in lent].index(id_) + 1)
        async with working(tmp_path, library) as desk:
            await desk.delivered()
            assert {x.transaction: x.code for x in desk.outcomes}[lent[0].id] == "unreadable"
    assert library.acted == [x.id for x in lent[1:]]


async def test_what_is_announced_but_not_sent_yet_can_be_voided(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(3)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    library.going_on.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.requests)
        assert [desk.daybook.under_way(x.id) for x in lent] == [True, False, False]


async def test_what_is_voided_although_it_was_made_ready_to_be_sent_next_is_not_sent(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(3)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    library.going_on.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.requests)
        await asyncio.sleep(0)
        assert [x.id for x in library.prepared] == [lent[1].id]
        desk.courier.withdraw(lent[1].id)
        await desk.writer.write([Voided(transaction=lent[1].id, at=NOW)])
        library.going_on.set()
        await desk.delivered()
    assert library.acted == [lent[0].id, lent[2].id]


async def test_sending_is_on_the_disk_before_the_first_byte_goes_out(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = checkout("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent])
    seen: list[dict[str, str]] = []

    async def look() -> None:
        with Daybook(tmp_path, read_only=True) as daybook:
            seen.append({x.id: state for x, state, _ in daybook.history()})

    library.point = look
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert seen[:2] == [{lent.id: "sending"}] * 2  # before and after the library acted


async def test_what_is_sent_again_carries_the_same_time_as_before(
    tmp_path: Path, library: ModelLibrary
) -> None:
    returned = checkin("i1", uptime=60.0)
    library.loans["i1"] = Loan(MAYA, DUE)
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned])
    library.faults.append("lost before")
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.times)
    with Daybook(tmp_path) as daybook:  # meanwhile the network has set the clock
        started = NOW - timedelta(days=1)
        daybook.commit([ClockReading(boot=returned.boot, started=started, by="network", at=NOW)])
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert len(library.times[returned.id]) > 1
    assert set(library.times[returned.id]) == {returned.at}


async def test_what_a_wrong_clock_recorded_is_sent_with_the_true_time(desk: Desk) -> None:
    lent = checkout("i1", uptime=60.0)
    started = NOW + timedelta(hours=15)
    reading = ClockReading(boot=lent.boot, started=started, by="network", at=NOW)
    await desk.writer.write([reading])
    await desk.record(lent)
    await desk.delivered()
    assert library_times(desk) == [started + timedelta(seconds=60)]
    assert desk.library.loans == {"i1": Loan(MAYA, DUE)}  # what the patron was told never shifts


def library_times(desk: Desk) -> list[datetime]:
    return [at for times in desk.library.times.values() for at in times]


async def test_what_is_about_to_be_sent_can_no_longer_be_voided(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = checkout("i1")
    await desk.writer.write([lent])
    commit, busy, go_on = desk.daybook.commit, threading.Event(), threading.Event()

    def slow(facts: Sequence[Fact]) -> Committed:
        busy.set()
        assert go_on.wait(PATIENCE)
        return commit(facts)

    monkeypatch.setattr(desk.daybook, "commit", slow)
    assert not desk.daybook.under_way(lent.id)
    desk.courier.recorded(lent.id)
    assert await asyncio.to_thread(busy.wait, PATIENCE)
    assert desk.daybook.under_way(lent.id)  # although the disk does not know it yet
    go_on.set()
    await desk.delivered()


async def test_on_hold_it_sends_nothing_but_stays_in_touch(desk: Desk) -> None:
    desk.on_hold = True
    await desk.record(checkout("i1"))
    await desk.until(lambda: len(desk.library.requests) > 3)
    assert set(desk.library.requests) == {"hello"}
    desk.on_hold = False
    desk.courier.wake()
    await desk.delivered()
    assert len(desk.library.acted) == 1


async def test_what_waits_from_yesterday_is_delivered_in_order(
    tmp_path: Path, library: ModelLibrary
) -> None:
    day = [checkout("i1", MAYA), checkin("i1"), checkout("i1", OMAR), checkin("i2")]
    with Daybook(tmp_path) as daybook:
        daybook.commit(day)
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert library.acted == [x.id for x in day]
    assert library.loans == {"i1": Loan(OMAR, DUE)}


async def test_the_library_may_refuse_while_the_visit_is_open_and_not_after(desk: Desk) -> None:
    desk.open = {"now"}
    desk.library.refuses = {"i1", "i2"}
    here, gone = checkout("i1", visit="now"), checkout("i2", visit="before")
    await desk.record(gone, here)
    await desk.delivered()
    assert desk.library.blocks == {here.id: False, gone.id: True}
    assert desk.states() == {here.id: "refused", gone.id: "applied"}
    (refusal,) = [x for x in desk.outcomes if x.kind == "refused"]
    assert refusal.words == "On hold for another patron"


async def test_of_what_the_library_says_nothing_is_kept_that_nobody_shall_read(desk: Desk) -> None:
    desk.open = {"now"}
    desk.library.refuses, desk.library.words = {"i1"}, f"On loan to {INES}"
    desk.library.greeting = f"Shares an account with {INES}"
    desk.courier.ask_patron(MAYA)
    await desk.record(checkout("i1", visit="now"))
    await desk.delivered()
    assert [x.words for x in desk.outcomes] == ["On loan to ••••"]
    [kept] = desk.daybook.indexes.exceptions.values()
    assert kept.outcome.words == "On loan to ••••"
    assert [x.words for x in desk.patrons] == ["Shares an account with ••••"]


class TestALibraryThatTakesNoBacklog:
    """Evergreen's over SIP2: nothing may be sent that has already happened."""

    @pytest.fixture(autouse=True)
    def _takes_none(self, library: ModelLibrary) -> None:
        library.takes_backlog = False

    async def test_what_the_patron_waits_for_goes_and_the_rest_waits(self, desk: Desk) -> None:
        desk.open = {"now"}
        gone, here = checkout("i1", "p1", visit="before"), checkout("i2", "p2", visit="now")
        await desk.record(gone, here)
        await desk.until(lambda: desk.outcomes)
        await settled(desk)

        assert desk.library.blocks == {here.id: False}
        assert desk.states() == {gone.id: "queued", here.id: "applied"}
        assert desk.runs == []

    async def test_what_is_behind_something_that_waits_waits_too(self, desk: Desk) -> None:
        desk.open = {"now"}
        lent, returned = checkout("i1", "p1", visit="before"), checkin("i1", visit="now")
        other = checkout("i2", "p2", visit="now")
        await desk.record(lent, returned, other)
        await desk.until(lambda: desk.outcomes)
        await settled(desk)

        assert desk.library.acted == [other.id]

    async def test_what_was_lost_is_asked_about_after_the_visit(self, desk: Desk) -> None:
        desk.open = {"now"}
        older = checkout("i9", "p9", visit="before")
        desk.library.faults.append("lost after")
        here = checkout("i1", "p1", visit="now")
        await desk.record(older, here)
        await desk.until(lambda: desk.library.acted)
        desk.open = set()
        await desk.until(lambda: desk.outcomes)

        assert desk.states() == {older.id: "queued", here.id: "applied"}
        assert desk.library.acted == [here.id]

    async def test_what_did_not_arrive_then_is_not_sent_again_and_may_be_undone(
        self, desk: Desk
    ) -> None:
        desk.open = {"now"}
        desk.library.faults.append("lost before")
        here = checkout("i1", "p1", visit="now")
        await desk.record(here)
        await desk.until(lambda: desk.library.blocks)
        desk.open = set()
        desk.courier.wake()
        await desk.until(lambda: "charged p1" in desk.library.requests)
        await settled(desk)

        assert desk.library.acted == []
        assert desk.states() == {here.id: "queued"}
        assert not desk.daybook.indexes.pending[here.id].sent

    async def test_when_the_patron_leaves_while_it_is_greeted_nothing_is_sent(
        self, desk: Desk
    ) -> None:
        desk.open = {"now"}
        desk.library.down = True
        here = checkout("i1", visit="now")
        await desk.record(here)
        await greeted_again(desk)
        desk.open = set()
        desk.library.going_on.set()
        await settled(desk)

        assert desk.library.acted == []
        assert desk.states() == {here.id: "queued"}


async def settled(desk: Desk) -> None:
    """Wait until the courier has been idle twice."""
    greeted = desk.library.requests.count("hello")
    await desk.until(lambda: desk.library.requests.count("hello") > greeted + 1)


async def test_a_refusal_is_final_and_holds_up_nothing(desk: Desk) -> None:
    desk.open = {"now"}
    desk.library.refuses = {"i1"}
    refused, returned = checkout("i1", visit="now"), checkin("i1", visit="now")
    await desk.record(refused, returned)
    await desk.delivered()
    assert desk.states() == {refused.id: "refused", returned.id: "applied"}
    assert desk.library.requests.count("checkout i1") == 1


async def test_what_is_voided_while_it_waits_is_never_sent(desk: Desk) -> None:
    desk.library.down = True
    undone, kept = checkout("i1"), checkout("i2")
    await desk.record(undone, kept)
    desk.courier.withdraw(undone.id)
    await desk.writer.write([Voided(transaction=undone.id, at=NOW)])
    desk.library.down = False
    await desk.delivered()
    assert desk.library.acted == [kept.id]
    assert desk.states() == {undone.id: "voided", kept.id: "applied"}


async def greeted_again(desk: Desk) -> None:
    """Wait until after an outage the library is being greeted: it hangs in the middle of that."""
    await desk.until(lambda: desk.library.requests.count("hello") > 2)
    desk.library.going_on.clear()
    desk.library.down = False
    before = len(desk.library.requests)
    await desk.until(lambda: len(desk.library.requests) > before)
    assert len(desk.courier.queue)  # something's turn has come


async def test_what_is_voided_while_the_library_is_greeted_for_it_is_never_sent(desk: Desk) -> None:
    desk.library.down = True
    undone, kept = checkout("i1"), checkout("i2", OMAR)
    await desk.record(undone, kept)
    await greeted_again(desk)
    assert not desk.daybook.under_way(undone.id)  # so it may be undone
    desk.courier.withdraw(undone.id)
    await desk.writer.write([Voided(transaction=undone.id, at=NOW)])
    desk.library.going_on.set()
    await desk.delivered()
    await settled(desk)
    assert desk.library.acted == [kept.id]
    assert desk.states() == {undone.id: "voided", kept.id: "applied"}


async def test_what_happened_before_goes_first_where_it_is_entered_while_the_library_is_greeted(
    desk: Desk,
) -> None:
    desk.library.down = True
    lent = checkout("i1")
    await desk.record(lent)
    await greeted_again(desk)
    back = checkin("i1", source="paper", at=lent.at - timedelta(hours=1))
    await desk.record(back)
    desk.library.going_on.set()
    await desk.delivered()
    assert desk.library.acted == [back.id, lent.id]


async def test_what_a_report_from_elsewhere_says_has_failed_is_not_sent_by_itself(
    desk: Desk,
) -> None:
    desk.library.down = True
    lent, other = checkout("i1"), checkout("i2", OMAR)
    await desk.record(lent, other)
    number = desk.daybook.indexes.pending[lent.id].number
    failed = Reported(id="report", transaction=lent.id, number=number, at=NOW, words="no such card")
    await desk.writer.write([failed])
    desk.courier.settled()
    desk.library.down = False
    await desk.delivered()
    assert desk.library.acted == [other.id]
    assert desk.states() == {lent.id: "refused", other.id: "applied"}


async def test_the_card_at_the_desk_goes_before_all_that_waits(desk: Desk) -> None:
    desk.library.going_on.clear()
    await desk.record(checkout("i1"), checkout("i2"), checkout("i3"))
    await desk.until(lambda: desk.library.requests)
    under_way = len(desk.library.requests)
    desk.courier.ask_patron(OMAR)
    desk.courier.ask_patron(MAYA)  # who came after takes the place
    desk.library.going_on.set()
    await desk.delivered()
    assert desk.library.requests[under_way] == f"patron {MAYA}"
    assert [x.patron for x in desk.patrons] == [MAYA]


async def test_an_idle_library_is_greeted_now_and_then(desk: Desk) -> None:
    await desk.until(lambda: desk.library.requests == ["hello"] * 3)
    assert desk.connectivity == ["online"]


# -- when it cannot be reached ---------------------------------------------------------------------


async def test_what_did_not_arrive_waits_and_is_sent_when_the_library_is_back(desk: Desk) -> None:
    desk.library.down = True
    lent = checkout("i1")
    await desk.record(lent)
    await desk.until(lambda: desk.library.requests.count("hello") > 3)
    assert desk.library.requests.count("checkout i1") <= 1  # then a greeting finds out
    assert desk.courier.connectivity.state == "offline"
    assert desk.courier.connectivity.reason == say("library.no_network")
    desk.library.down = False
    await desk.delivered()
    assert desk.library.acted == [lent.id]
    assert "item i1" not in desk.library.requests  # nothing was lost, so nothing is asked
    await desk.until(lambda: desk.connectivity[-1] == "online")
    assert desk.connectivity[-2:] == ["offline", "online"]


async def test_what_certainly_did_not_arrive_may_be_undone_again(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = checkout("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent])
    library.down = True
    patient = DeliverySettings(first_pause=60, longest_pause=60, keep_alive=60)
    async with working(tmp_path, library, patient) as desk:
        await desk.until(lambda: desk.connectivity == ["offline"])
        assert not desk.daybook.under_way(lent.id)
        assert lent.id in desk.courier.queue._all
        assert desk.states() == {lent.id: "queued"}


async def test_pauses_grow_to_the_longest_and_begin_anew_after_a_reply(
    tmp_path: Path, library: ModelLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.delivery.connection.random.uniform", lambda _, most: most)
    patience = DeliverySettings(first_pause=0.001, longest_pause=0.02, keep_alive=60)
    desk = Desk(tmp_path, library, patience)
    pauses: list[float] = []

    async def sleep(connection: Connection, seconds: float) -> None:
        pauses.append(seconds)
        connection._heard_at -= seconds  # as if that time had passed
        library.down = len(pauses) not in (7, 8)
        if len(pauses) == 10:
            raise asyncio.CancelledError

    library.down = True
    monkeypatch.setattr(Connection, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await desk.courier.run()
    await desk.stop()
    doubled = [0.001, 0.002, 0.004, 0.008, 0.016, 0.02, 0.02]
    assert pauses == pytest.approx([*doubled, 0.001, 60, 0.001], rel=0.4)


async def test_an_outage_of_days_does_not_wear_the_courier_out(
    tmp_path: Path, library: ModelLibrary
) -> None:
    no_pause = DeliverySettings(first_pause=1e-9, longest_pause=1e-9, keep_alive=60)
    library.down = True
    async with working(tmp_path, library, no_pause) as desk:
        await desk.until(lambda: len(library.requests) > 1200)
        library.down = False
        lent = checkout("i1")
        await desk.record(lent)
        await desk.delivered()
    assert library.acted == [lent.id]


async def test_who_stands_at_the_desk_is_not_kept_waiting_by_a_pause(
    tmp_path: Path, library: ModelLibrary
) -> None:
    patient = DeliverySettings(first_pause=0.01, longest_pause=3600, keep_alive=3600)
    library.down = True
    async with working(tmp_path, library, patient) as desk:
        desk.courier.connections.first.failures = 30  # the next pause would be an hour
        await desk.until(lambda: library.requests)
        library.down = False
        desk.courier.ask_patron(MAYA)
        await desk.record(checkout("i1"))
        await desk.delivered()
        assert [x.patron for x in desk.patrons] == [MAYA]


async def test_a_card_is_asked_about_again_when_the_library_is_back(desk: Desk) -> None:
    desk.library.down = True
    desk.courier.ask_patron(MAYA)
    await desk.until(lambda: desk.library.requests.count("hello") > 3)
    desk.library.down = False
    await desk.until(lambda: desk.patrons)
    assert [x.patron for x in desk.patrons] == [MAYA]
    assert desk.library.requests.count(f"patron {MAYA}") <= 2  # greetings found the outage out


async def test_a_card_whose_patron_has_left_is_not_asked_about_again(desk: Desk) -> None:
    desk.library.down = True
    desk.courier.ask_patron(MAYA)
    await desk.until(lambda: f"patron {MAYA}" in desk.library.requests)
    desk.courier.patron_left(MAYA)
    desk.library.down = False
    await desk.until(lambda: f"end {MAYA}" in desk.library.requests)
    assert desk.library.requests.count(f"patron {MAYA}") == 1
    assert desk.patrons == []


async def test_a_card_at_which_the_library_trips_does_not_hold_up_what_is_lent_on_it(
    desk: Desk,
) -> None:
    desk.library.cannot_read.add(MAYA)
    desk.open = {"now"}
    desk.courier.ask_patron(MAYA)
    await desk.record(checkout("i1", MAYA, visit="now"))
    await desk.delivered()
    assert desk.library.requests.count(f"patron {MAYA}") == 3


# -- when a reply is lost --------------------------------------------------------------------------


@pytest.mark.parametrize("lists_loans", [True, False])
@pytest.mark.parametrize("fault", ["lost before", "lost after", "unforeseen"])
async def test_after_a_lost_reply_the_library_is_asked_and_acts_once(
    desk: Desk, fault: Fault, lists_loans: bool
) -> None:
    desk.library.lists_loans = lists_loans
    desk.library.faults.extend([fault, None, fault])
    lent, returned = checkout("i1"), checkin("i1")
    await desk.record(lent, returned)
    await desk.delivered()
    assert desk.library.acted == [lent.id, returned.id]
    assert set(desk.states().values()) == {"applied"}
    assert desk.library.loans == {}


async def test_what_a_slow_library_may_be_working_on_yet_is_not_sent_again_before(
    tmp_path: Path, library: ModelLibrary
) -> None:
    library.faults.append("lost before")
    lent = checkout("i1")
    async with working(tmp_path, library, replace(HURRIED, still_working=3600)) as desk:
        await desk.record(lent)
        await desk.until(lambda: f"charged {MAYA}" in library.requests)
        library.loans["i1"] = Loan(MAYA, DUE)  # it was slow
        desk.courier.wake()
        await desk.until(lambda: desk.outcomes)
    assert [x.kind for x in desk.outcomes] == ["applied"]
    assert library.requests.count("checkout i1") == 1


async def test_its_patience_begins_when_the_reply_is_given_up_however_long_that_took(
    tmp_path: Path, library: ModelLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [1000.0]
    monkeypatch.setattr("kiosk.delivery.carrying.monotonic", lambda: times[-1])

    send = library.send

    async def for_a_minute(transaction: Transaction, *, no_block: bool) -> Outcome:
        times.append(times[-1] + 60)
        return await send(transaction, no_block=no_block)

    monkeypatch.setattr(library, "send", for_a_minute)
    library.faults.append("lost before")
    lent = checkout("i1")
    async with working(tmp_path, library, replace(HURRIED, still_working=15)) as desk:
        await desk.record(lent)
        await desk.until(lambda: f"charged {MAYA}" in library.requests)
        for _ in range(100):
            await asyncio.sleep(0)
        assert library.requests.count("checkout i1") == 1
        times.append(times[-1] + 15)
        desk.courier.wake()
        await desk.until(lambda: desk.outcomes)
    assert library.acted == [lent.id]


async def test_a_question_is_put_again_until_it_is_answered(desk: Desk) -> None:
    desk.library.faults.append("lost after")
    lent = checkout("i1")
    await desk.record(lent)
    await desk.until(lambda: desk.library.acted)
    desk.library.down = True
    await desk.until(lambda: desk.library.requests.count("hello") >= 3)
    assert desk.states() == {lent.id: "sending"}
    desk.library.down = False
    await desk.delivered()
    assert desk.library.acted == [lent.id]


async def test_what_the_library_never_answers_for_is_left_to_a_person_and_the_rest_goes_on(
    desk: Desk,
) -> None:
    desk.library.faults.append("lost after")
    desk.library.never_answers_for_patrons = True
    lent, returned = checkout("i1"), checkin("i2")
    await desk.record(lent, returned)
    await desk.delivered()
    assert desk.states() == {lent.id: "unknown", returned.id: "applied"}
    assert desk.daybook.indexes.exceptions[lent.id].outcome.code == "no-reply"


async def test_an_unknown_fate_holds_its_item_until_a_person_has_looked(
    tmp_path: Path, library: ModelLibrary
) -> None:
    library.cannot_read.add("i1")
    lent, returned, other = checkout("i1"), checkin("i1"), checkout("i2")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent, returned, other])
    for _ in range(2):  # also after a restart
        async with working(tmp_path, library) as desk:
            await desk.delivered()
            assert desk.states() == {
                lent.id: "unknown",
                returned.id: "queued",
                other.id: "applied",
            }
        library.cannot_read.clear()
    assert library.acted == [other.id]


async def test_a_return_that_did_not_arrive_is_sent_again_and_the_loan_that_waits_behind_it_follows(
    tmp_path: Path, library: ModelLibrary
) -> None:
    library.loans["i1"] = Loan(OMAR, DUE)
    library.faults.append("lost before")
    returned, lent_again = checkin("i1"), checkout("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned, lent_again])
    async with working(tmp_path, library) as desk:
        await desk.delivered()
        assert desk.states() == {returned.id: "applied", lent_again.id: "applied"}
    assert library.acted == [returned.id, lent_again.id]


async def test_a_return_that_did_not_arrive_never_takes_back_a_loan_delivered_after_it(
    tmp_path: Path, library: ModelLibrary
) -> None:
    returned, lent_again = checkin("i1"), checkout("i1")
    library.loans["i1"] = Loan(MAYA, DUE)
    library.faults.append("lost before")
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned, lent_again])
        refused, lent = outcome(returned, "refused"), outcome(lent_again)
        daybook.commit([Answered(outcome=refused), Answered(outcome=lent)])
        daybook.commit([Again(id="again", transaction=returned.id, at=NOW)])
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: desk.outcomes)
        assert desk.states() == {returned.id: "unknown", lent_again.id: "applied"}
    assert library.loans["i1"].patron == MAYA


async def test_it_holds_its_item_also_while_the_disk_has_yet_to_hear_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, busy, go_on = desk.daybook.commit, threading.Event(), threading.Event()

    def slow(facts: Sequence[Fact]) -> Committed:
        if any(isinstance(fact, Answered) for fact in facts):
            busy.set()
            assert go_on.wait(PATIENCE)
        return commit(facts)

    monkeypatch.setattr(desk.daybook, "commit", slow)
    desk.library.cannot_read.add("i1")
    lent, returned = checkout("i1"), checkin("i1")
    await desk.record(lent, returned)
    assert await asyncio.to_thread(busy.wait, PATIENCE)
    desk.library.cannot_read.clear()
    desk.courier.settled()  # another one was dealt with
    go_on.set()
    await desk.until(lambda: desk.outcomes)
    await settled(desk)
    assert desk.states() == {lent.id: "unknown", returned.id: "queued"}


# -- when something unforeseen happens -------------------------------------------------------------


async def test_a_transaction_that_never_gets_a_reply_is_left_to_a_person_and_the_rest_goes_on(
    desk: Desk,
) -> None:
    desk.library.faults.extend(["lost before"] * 3)
    never, other = checkout("i1"), checkout("i2", patron=OMAR)
    await desk.record(never, other)
    await desk.delivered()
    assert desk.states() == {never.id: "unknown", other.id: "applied"}
    assert desk.library.acted == [other.id]


async def test_a_transaction_at_which_the_library_trips_is_left_to_a_person(desk: Desk) -> None:
    desk.library.cannot_read = {"i1"}
    strange, other = checkin("i1"), checkout("i2")
    await desk.record(strange, other)
    await desk.delivered()
    assert desk.states() == {strange.id: "unknown", other.id: "applied"}
    assert desk.daybook.indexes.exceptions[strange.id].outcome.code == "unforeseen"
    assert desk.running is not None
    assert not desk.running.done()


async def test_a_daybook_that_cannot_be_written_ends_delivery_before_anything_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = checkout("i1")
    await desk.until(lambda: desk.library.requests)
    await desk.writer.write([lent])

    def fail(_: Sequence[Fact]) -> None:
        raise JournalError("No space left on device")

    monkeypatch.setattr(desk.daybook, "commit", fail)
    desk.courier.recorded(lent.id)
    assert desk.running is not None
    async with asyncio.timeout(PATIENCE):
        await desk.running
    assert desk.library.acted == []
    assert "checkout i1" not in desk.library.requests
    assert desk.library.closed == 1
    assert desk.failures == ["No space left on device"]


async def test_stopped_it_hangs_up(tmp_path: Path, library: ModelLibrary) -> None:
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.requests)
    assert library.closed == 1


async def test_stopped_while_the_library_hangs_it_asks_first_the_next_time(
    tmp_path: Path, library: ModelLibrary
) -> None:
    lent = checkout("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent])
    library.going_on.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: "checkout i1" in library.requests)
    library.going_on.set()
    library.requests.clear()
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert library.requests[:2] == [f"charged {MAYA}", "checkout i1"]
    assert library.acted == [lent.id]


# -- what a person enters by hand ------------------------------------------------------------------

LOANS: frozenset[Kind] = frozenset({"checkout", "checkin", "renewal"})


async def test_what_the_library_cannot_carry_is_on_the_list_at_once_and_never_sent(
    tmp_path: Path,
) -> None:
    library = ModelLibrary(LOANS)
    library.down = True
    by_hand = [in_house_use("i1"), noncat_checkout(OMAR), guest_checkout("i2"), registration()]
    async with working(tmp_path, library) as desk:
        await desk.record(*by_hand)
        await desk.until(lambda: len(desk.outcomes) == len(by_hand))
        assert {(x.kind, x.code) for x in desk.outcomes} == {("by_hand", "by-hand")}
        assert len(desk.daybook.indexes.exceptions) == len(by_hand)
        assert desk.daybook.indexes.pending == {}
    assert library.acted == []
    assert deliveries(tmp_path, "sending") == []


async def test_what_was_recorded_for_another_library_system_is_found_at_the_start(
    tmp_path: Path,
) -> None:
    used, lent = in_house_use("i1"), checkout("i2")
    with Daybook(tmp_path) as daybook:
        daybook.commit([used, lent])
    library = ModelLibrary(LOANS)
    async with working(tmp_path, library) as desk:
        await desk.delivered()
    assert desk.states() == {used.id: "by_hand", lent.id: "applied"}
    assert library.acted == [lent.id]


async def test_all_kinds_are_delivered_in_order_where_the_library_carries_them(
    desk: Desk,
) -> None:
    """Evergreen's upload: registrations go before what their cards borrow."""
    new = registration(NEW)
    kinds = [new, checkout("i1", NEW), noncat_checkout(NEW), renewal("i1", NEW), in_house_use("i9")]
    await desk.record(*kinds)
    await desk.delivered()
    assert desk.library.acted == [x.id for x in kinds]
    assert set(desk.states().values()) == {"applied"}


async def test_loans_wait_for_their_card_and_returns_for_their_loan_until_a_person_has_entered_it(
    tmp_path: Path,
) -> None:
    library = ModelLibrary(LOANS)
    new, lent, back = registration(NEW), checkout("i1", NEW), checkin("i2")
    with Daybook(tmp_path) as daybook:
        daybook.commit([new, guest_checkout("i2"), lent, back, checkout("i3")])
    async with working(tmp_path, library) as desk:
        await desk.delivered()
        assert library.loans.keys() == {"i3"}
    async with working(tmp_path, library) as desk:  # a restart changes nothing
        await desk.delivered()
        assert library.loans.keys() == {"i3"}
        settled = Settled(transaction=new.id, at=NOW)
        await desk.writer.write([settled])
        desk.courier.settled()
        await desk.delivered()
    assert library.loans.keys() == {"i1", "i3"}
    assert back.id not in library.acted


async def test_what_was_lent_by_hand_and_undone_holds_nothing_up(tmp_path: Path) -> None:
    library = ModelLibrary(LOANS)
    by_hand, lent = guest_checkout("i1"), checkout("i1")
    async with working(tmp_path, library) as desk:
        await desk.record(by_hand)
        await desk.record(lent)
        await desk.delivered()
        assert library.acted == []
        await desk.writer.write([Voided(transaction=by_hand.id, at=NOW)])
        desk.courier.settled()
        await desk.delivered()
    assert library.acted == [lent.id]


async def test_undone_before_the_disk_knows_of_the_list_it_holds_nothing_up(
    tmp_path: Path,
) -> None:
    library = ModelLibrary(LOANS)
    by_hand, lent = guest_checkout("i1"), checkout("i1")
    async with working(tmp_path, library) as desk:
        await desk.writer.write([by_hand])
        desk.courier.recorded(by_hand.id)  # its outcome is on its way to the disk
        desk.courier.withdraw(by_hand.id)
        voided = desk.writer.write([Voided(transaction=by_hand.id, at=NOW)])
        desk.courier.settled()
        await voided
        await desk.record(lent)
        await desk.delivered()
    assert library.acted == [lent.id]


# -- two connections -------------------------------------------------------------------------------


async def test_the_patron_at_the_desk_does_not_stand_behind_a_backlog_that_hangs(
    tmp_path: Path, library: ModelLibrary
) -> None:
    second = library.another_connection()
    second.going_on = asyncio.Event()  # it hangs
    waiting = [checkin("i1"), checkin("i2")]
    with Daybook(tmp_path) as daybook:
        daybook.commit(waiting)
    async with working(tmp_path, library, second=second) as desk:
        await desk.until(lambda: "checkin i1" in library.requests)
        desk.open.add("now")
        lent = replace(checkout("i3"), visit="now")
        await desk.record(lent)
        await desk.until(lambda: desk.outcomes)
        assert library.acted == [lent.id]
        second.going_on.set()
        await desk.delivered()
    assert library.acted == [lent.id, waiting[0].id, waiting[1].id]


async def test_a_backlog_on_the_second_connection_has_the_first_greet_no_more_than_usual(
    tmp_path: Path, library: ModelLibrary
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkin(f"i{n}") for n in range(20)])
    second, patient = library.another_connection(), replace(HURRIED, keep_alive=60)
    second.point = lambda: asyncio.sleep(0.001)  # time enough for the first to be woken
    async with working(tmp_path, library, patient, second=second) as desk:
        await desk.delivered()
    assert library.requests.count("hello") <= 2  # as many as it takes to be sure


async def test_what_is_under_way_by_the_other_connection_is_waited_for(
    tmp_path: Path, library: ModelLibrary
) -> None:
    second = library.another_connection()
    second.going_on = asyncio.Event()
    returned = checkin("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned])
    async with working(tmp_path, library, second=second) as desk:
        await desk.until(lambda: "checkin i1" in library.requests)
        desk.open.add("now")
        again = replace(checkout("i1"), visit="now")
        await desk.record(again)
        await desk.until(lambda: library.requests.count("hello") > 3)
        assert library.acted == []
        second.going_on.set()
        await desk.delivered()
    assert library.acted == [returned.id, again.id]


async def test_a_second_connection_that_nobody_answers_is_given_up_for_a_while(
    tmp_path: Path, library: ModelLibrary
) -> None:
    second = library.another_connection()
    second.down = True
    returned = checkin("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned])
    async with working(tmp_path, library, second=second) as desk:
        await desk.delivered()
        assert desk.states() == {returned.id: "applied"}
        assert desk.connectivity == ["online"]


async def test_two_connections_that_wait_for_a_slow_library_do_not_keep_asking_it(
    tmp_path: Path, library: ModelLibrary
) -> None:
    second = library.another_connection()
    library.faults.extend(["lost before", "lost before"])
    patient = replace(HURRIED, still_working=3600, keep_alive=3600)
    async with working(tmp_path, library, patient, second=second) as desk:
        desk.open = {"now"}
        await desk.record(checkout("i1", OMAR, visit="before"), checkout("i2", visit="now"))
        await desk.until(lambda: {f"charged {OMAR}", f"charged {MAYA}"} <= {*library.requests})
        for _ in range(100):
            await asyncio.sleep(0)
    asked = Counter(library.requests)
    assert asked[f"charged {OMAR}"] <= 2
    assert asked[f"charged {MAYA}"] <= 2


async def test_once_the_library_is_back_the_second_connection_ends_its_pause(
    tmp_path: Path, library: ModelLibrary
) -> None:
    second = library.another_connection()
    second.down = library.down = True
    returned = checkin("i1")
    with Daybook(tmp_path) as daybook:
        daybook.commit([returned])
    slow = replace(HURRIED, longest_pause=3600)
    async with working(tmp_path, library, slow, second=second) as desk:
        connection = desk.courier.connections.second
        assert connection is not None
        connection.failures = 20  # the next pause takes half a minute at least
        await desk.until(lambda: connection.failures > 20)
        second.down = library.down = False
        desk.courier.ask_patron(MAYA)
        await desk.until(lambda: desk.outcomes)
        assert desk.states() == {returned.id: "applied"}


# -- who has gone ----------------------------------------------------------------------------------


async def test_a_patron_who_is_done_is_told_of_after_what_they_wait_for(
    tmp_path: Path, library: ModelLibrary
) -> None:
    library.going_on.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: library.requests)
        desk.open.add("now")
        desk.courier.ask_patron(OMAR)
        desk.courier.patron_left(MAYA)
        await desk.record(replace(checkout("i1", OMAR), visit="now"))
        library.going_on.set()
        await desk.until(lambda: f"end {MAYA}" in library.requests)
    told = [x for x in library.requests if x != "hello"]
    assert told == [f"patron {OMAR}", "checkout i1", f"end {MAYA}"]


async def test_during_an_outage_that_is_no_sign_of_the_library(
    tmp_path: Path, library: ModelLibrary
) -> None:
    library.down = True
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: desk.connectivity)
        desk.courier.patron_left(MAYA)
        await desk.until(lambda: f"end {MAYA}" in library.requests)
        await settled(desk)

        assert desk.courier.connectivity.results == (False,) * len(
            desk.courier.connectivity.results
        )


# -- runs, and when they begin ---------------------------------------------------------------------


async def test_a_backlog_is_told_of_as_a_whole(tmp_path: Path, library: ModelLibrary) -> None:
    library.cannot_read.add("i2")
    waiting = [checkin("i1"), checkout("i2"), checkin("i3"), checkin("i2")]
    with Daybook(tmp_path) as daybook:
        daybook.commit(waiting)
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: len(desk.runs) == 2)
        began, ended = desk.runs
        assert (began.why, began.waiting, began.ended) == ("start", 4, None)
        assert (ended.id, ended.applied, ended.unknown, ended.left) == (began.id, 2, 1, 1)
        assert ended.to_fix == (waiting[1].id,)
        assert backlogs.runs(desk.daybook) == [ended]


async def test_what_is_delivered_while_all_is_well_is_no_run(desk: Desk) -> None:
    await desk.until(lambda: desk.connectivity == ["online"])
    await desk.record(checkin("i1"))
    await desk.delivered()
    assert desk.runs == []


async def test_after_an_outage_it_is_a_run(desk: Desk) -> None:
    await desk.until(lambda: desk.connectivity == ["online"])
    desk.library.down = True
    await desk.until(lambda: desk.connectivity[-1] == "offline")
    await desk.record(checkin("i1"), checkin("i2"))
    desk.library.down = False
    await desk.until(lambda: len(desk.runs) == 2)
    assert desk.runs[1].why == "outage"
    assert desk.runs[1].applied == 2


async def test_what_is_sent_again_in_an_outage_takes_nothing_out_of_its_run(desk: Desk) -> None:
    desk.open = {"now"}
    desk.library.refuses = {"i1"}
    refused = checkout("i1", visit="now")
    await desk.record(refused)
    await desk.until(lambda: desk.outcomes)
    desk.library.refuses.clear()
    desk.library.down = True
    await desk.until(lambda: desk.connectivity[-1] == "offline")
    await desk.record(checkout("i2", OMAR, visit="now"))
    await desk.writer.write([Again(id="again", transaction=refused.id, at=NOW)])
    desk.courier.recorded(refused.id)
    desk.library.down = False
    await desk.until(lambda: desk.runs and desk.runs[-1].ended)
    assert desk.runs[-1].applied == 2


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=2)], ids=["right", "ahead"])
async def test_a_run_goes_on_where_a_power_cut_has_left_it_whatever_the_clock_said(
    tmp_path: Path, library: ModelLibrary, ahead: timedelta
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkin("i1"), checkin("i2"), checkin("i3")])
    library.cannot_read.add("i2")
    patient = replace(HURRIED, first_pause=3600, longest_pause=3600)
    async with working(tmp_path, library, patient) as desk:
        desk.now = NOW + ahead
        await desk.until(lambda: "checkin i2" in library.requests and desk.runs)
        (began,) = desk.runs
    library.cannot_read.clear()
    async with working(tmp_path, library) as desk:
        await desk.until(lambda: desk.runs)
        (ended,) = desk.runs
    assert (ended.id, ended.began, ended.applied) == (began.id, began.began, 3)


async def test_paused_it_sends_nothing_until_staff_say_so(
    tmp_path: Path, library: ModelLibrary
) -> None:
    async with working(tmp_path, library) as desk:
        desk.courier.schedule.paused = True
        await desk.record(checkin("i1"))
        await desk.until(lambda: library.requests.count("hello") > 3)
        assert library.acted == []
        desk.courier.send_now()
        await desk.until(lambda: len(desk.runs) == 2)
        assert desk.runs[1].why == "staff"
        assert desk.runs[1].applied == 1


async def test_what_was_recorded_during_an_outage_waits_for_staff_where_they_want_to_look_first(
    tmp_path: Path, library: ModelLibrary
) -> None:
    async with working(tmp_path, library, replace(HURRIED, ask_first=True)) as desk:
        await desk.until(lambda: desk.connectivity == ["online"])
        library.down = True
        await desk.until(lambda: desk.connectivity[-1] == "offline")
        await desk.record(checkin("i1"))
        await settled(desk)
        library.down = False
        await desk.until(lambda: desk.connectivity[-1] == "online")
        await settled(desk)
        assert library.acted == []
        desk.courier.send_now()
        await desk.delivered()
        assert len(library.acted) == 1


async def test_at_its_time_of_the_day_the_backlog_goes_and_the_patron_at_the_desk_before(
    tmp_path: Path, library: ModelLibrary
) -> None:
    later = (NOW + timedelta(minutes=1)).strftime("%H:%M")
    async with working(tmp_path, library, replace(HURRIED, load_at=later)) as desk:
        desk.open.add("now")
        lent = replace(checkout("i1"), visit="now")
        returned = replace(checkin("i2"), at=NOW)
        await desk.record(returned, lent)
        await desk.until(lambda: library.requests.count("hello") > 3)
        assert library.acted == [lent.id]
        desk.now = NOW + timedelta(minutes=2)
        await desk.until(lambda: len(desk.runs) == 2)
        assert library.acted == [lent.id, returned.id]
        assert desk.runs[1].why == "time"


async def test_what_is_not_to_go_before_tomorrow_waits_for_nobody_in_the_report(
    tmp_path: Path, library: ModelLibrary
) -> None:
    later = (NOW + timedelta(minutes=1)).strftime("%H:%M")
    async with working(tmp_path, library, replace(HURRIED, load_at=later)) as desk:
        desk.now = NOW + timedelta(minutes=2)
        await desk.record(replace(checkin("i1"), at=NOW), replace(checkin("i2"), at=desk.now))
        await desk.until(lambda: len(desk.runs) == 2)
        assert (desk.runs[1].applied, desk.runs[1].left) == (1, 0)


# -- killed anywhere -------------------------------------------------------------------------------


class Killed:
    """Stands still at the nth point of a life, as a process that is killed there does."""

    def __init__(self, at: int | None) -> None:
        self.left = at
        self.here = asyncio.Event()

    async def point(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.here.set()
        if self.here.is_set():
            await asyncio.Event().wait()
        await asyncio.sleep(0)


class FragileWriter:
    """A writer without a thread: what was put is on the disk a moment later, unless killed."""

    def __init__(self, daybook: Daybook, killed: Killed) -> None:
        self._daybook = daybook
        self._killed = killed
        self._put: list[tuple[Sequence[Fact], Callable[[None], None]]] = []

    def put(self, facts: Sequence[Fact], done: Callable[[None], None], *, urgent: bool) -> None:
        self._put.append((facts, done))
        asyncio.get_running_loop().call_soon(self._write_all)

    async def write(self, facts: Sequence[Fact], *, urgent: bool = True) -> None:
        written = asyncio.Event()
        self._put.append((facts, lambda _: written.set()))
        await self._killed.point()
        self._write_all()
        await self._killed.point()
        await written.wait()

    def stop(self) -> None:
        self._put.clear()

    def _write_all(self) -> None:
        group, self._put = self._put, []
        if not group or self._killed.here.is_set():
            return
        self._daybook.learn(self._daybook.commit([x for facts, _ in group for x in facts]))
        for _, done in group:
            done(None)


class FragileDesk(Desk):
    def __init__(
        self, folder: Path, library: ModelLibrary, killed: Killed, *, connections: int
    ) -> None:
        self.killed = killed
        library.point = killed.point
        second = library.another_connection() if connections == 2 else None
        super().__init__(folder, library, HURRIED, second=second)
        self.open.add(STANDS_THERE)

    def new_writer(self) -> Any:
        return FragileWriter(self.daybook, self.killed)


async def live(
    folder: Path, library: ModelLibrary, killed_at: int | None, connections: int
) -> bool:
    """Deliver until all is done, or until killed; tell which."""
    desk = FragileDesk(folder, library, Killed(killed_at), connections=connections)
    desk.start()
    killed = asyncio.ensure_future(desk.killed.here.wait())
    done = asyncio.ensure_future(desk.delivered())
    await asyncio.wait([killed, done], return_when=asyncio.FIRST_COMPLETED)
    for task in (killed, done):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await done
    was_killed = desk.killed.here.is_set()
    await desk.stop()
    return not was_killed


STANDS_THERE = "open"
"""The visit whose patron still stands at the desk, at the end of the day."""

DAY = [
    checkout("i1", MAYA),
    checkout("i2", MAYA),
    checkin("i1"),
    checkin("i3"),
    registration(NEW),
    checkout("i1", OMAR),
    noncat_checkout(NEW),
    renewal("i2", MAYA, due=DUE + timedelta(days=7)),
    in_house_use("i4"),
    guest_checkout("i5"),
    replace(checkout("i6", NEW), visit=STANDS_THERE),
    replace(checkout("i7", OMAR), visit=STANDS_THERE),
    replace(checkout("i2", OMAR), visit=STANDS_THERE),
]


def fresh_library() -> ModelLibrary:
    library = ModelLibrary()
    library.loans["i3"] = Loan(OMAR, DUE)
    return library


async def lives(
    faults: Sequence[Fault | None], kills: Sequence[int], *, lists: bool, connections: int
) -> int:
    """Live through a day, killed again and again; check what became of it. Give the lives."""
    library = fresh_library()
    library.faults.extend(faults)
    library.lists_loans = lists
    count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Daybook(folder) as daybook:
            daybook.commit(DAY)
        for killed_at in [*kills, None]:
            count += 1
            if await live(folder, library, killed_at, connections):
                break
        check(folder, library)
        check_order(library)
    return count


def check(folder: Path, library: ModelLibrary) -> None:
    """Everything was applied exactly once, or waits for a person, or behind one that does."""
    with Daybook(folder, read_only=True) as daybook:
        states = {x.id: (x, state) for x, state, _ in daybook.history()}
        to_fix = daybook.indexes.exceptions.values()
        held = {x.item for x in to_fix} - {""}
        cards = {x.patron for x in to_fix if x.kind == "registration"}
    times = Counter(library.acted)
    expected = fresh_library().loans
    for transaction, state in states.values():
        assert times[transaction.id] <= 1
        if state == "applied":
            assert times[transaction.id] == 1
            if isinstance(transaction, Checkout):
                expected[transaction.item] = Loan(transaction.patron, transaction.due)
            elif isinstance(transaction, Renewal) and transaction.item in expected:
                expected[transaction.item] = replace(
                    expected[transaction.item], due=transaction.due
                )
            elif isinstance(transaction, Checkin):
                expected.pop(transaction.item, None)
        elif state == "queued":
            assert transaction.item in held or getattr(transaction, "patron", "") in cards
        else:
            assert state == ("by_hand" if getattr(transaction, "guest", None) else "unknown")
    for item, loan in expected.items():
        assert item in held or library.loans[item] == loan
    assert set(library.loans) - held <= set(expected)


def check_order(library: ModelLibrary) -> None:
    """What one patron did, and what happened with one item, came in its order."""
    numbers = {transaction.id: number for number, transaction in enumerate(DAY)}
    came = [DAY[numbers[x]] for x in library.acted]
    for earlier, later in combinations(came, 2):
        if numbers[earlier.id] > numbers[later.id]:
            assert earlier.item != later.item or not earlier.item
            cards = [getattr(x, "patron", "") for x in (earlier, later)]
            assert cards[0] != cards[1] or not cards[0]


@pytest.mark.parametrize(
    ("faults", "connections"),
    [((), 2), *(((fault,) * 2, 1) for fault in FAULTS)],
    ids=str,
)
async def test_killed_at_any_point_everything_is_applied_exactly_once(
    faults: tuple[Fault, ...], connections: int
) -> None:
    points = 1
    while await lives(faults, [points], lists=True, connections=connections) > 1:
        points += 1
    assert points > 15


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([*FAULTS, None]), max_size=8),
    st.lists(st.integers(1, 20), max_size=6),
    st.booleans(),
    st.sampled_from([1, 2]),
)
@example(["lost before"] * 2 + ["unreachable"] + ["lost before"] * 3, [18], True, 2)
def test_killed_again_and_again_under_any_faults_everything_is_applied_exactly_once(
    faults: list[Fault | None], kills: list[int], lists: bool, connections: int
) -> None:
    asyncio.run(lives(faults, kills, lists=lists, connections=connections))
