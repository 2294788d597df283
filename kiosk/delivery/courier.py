"""The courier: decides what goes next and by which connection, and when to try again.

    a failure      ends the attempt; the next follows after a pause that grows to five minutes at
                   most, is never the same at two desks, and ends when somebody stands at the desk
    after one      the library is greeted first: an outage of days writes nothing to the disk
    connections    one for all; or two, where the account allows: the first for what the patron at
                   the desk waits for, the second for the backlog
    the second     never tells whether the library can be reached. One that fails again and again
                   while the first does not is given up for a while: the first carries all
    the order      holds for both (kiosk.delivery.order): nothing goes while something is under way
                   with the same patron or item
    no backlog     where the library takes nothing that has already happened (Evergreen's SIP2),
                   what was not sent while its patron stood there waits; what was is asked about
    batches        where there is another way into the library for what has happened, it goes that
                   way, together (kiosk.delivery.loading), and only what the patron waits for here
    the backlog    goes when it may (kiosk.delivery.schedule), in runs (kiosk.delivery.runs)

While the visit of a transaction is open, the library may refuse it (`no block` = N): the patron
still stands there. Later it has already happened, and the library is told so (`no block` = Y).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.daybook import backlogs
from kiosk.daybook.clock import true_time
from kiosk.daybook.facts import BatchClosed, LibraryAway
from kiosk.daybook.journal import JournalError
from kiosk.delivery.ahead import Ahead
from kiosk.delivery.announcing import UNREADABLE, Announcements
from kiosk.delivery.carrying import Carrier, StillWorking
from kiosk.delivery.connection import Connection
from kiosk.delivery.connectivity import Connectivity
from kiosk.delivery.gathering import Gathering
from kiosk.delivery.loading import CONFIRMED, Loading
from kiosk.delivery.order import Queue
from kiosk.delivery.outages import Outages
from kiosk.delivery.runs import Runs
from kiosk.delivery.uploads import Uploads
from kiosk.desk.checks.functions import by_hand
from kiosk.desk.words import say
from kiosk.ils.base import LibraryError
from kiosk.ils.batches import UploadSessions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from kiosk.daybook.batches import KnownBatch
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Batched, Fact
    from kiosk.daybook.pending import Pending
    from kiosk.daybook.writer import Writer
    from kiosk.delivery.loading import FileTiding
    from kiosk.delivery.schedule import Schedule
    from kiosk.delivery.settings import DeliverySettings
    from kiosk.delivery.uploads import Tiding
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.dates.closed_days import Calendar
    from kiosk.desk.transactions import Outcome, PatronAnswer
    from kiosk.desk.words import Phrase
    from kiosk.ils.base import Library
    from kiosk.ils.batches import BatchLibrary

log = logging.getLogger(__name__)

MOST_FAILURES = 3
"""So often the second connection fails, while the first does not, before it is given up.

And so often a card is asked about in vain."""


class Listener(Protocol):
    """Who wants to know what the courier learns."""

    def patron_answered(self, answer: PatronAnswer) -> None:
        """Take whose card this is."""

    def outcome_arrived(self, outcome: Outcome) -> None:
        """Take what the library said of a transaction; it is on the disk."""

    def connectivity_changed(self) -> None:
        """Look at `Courier.connectivity` again."""

    def run_changed(self, run: Run) -> None:
        """Take that a run has begun or ended; it is on the disk."""

    def batches_changed(self) -> None:
        """Look at `Courier.loading` again: a batch stands in another way."""

    def sessions_changed(self) -> None:
        """Look at `Courier.uploads` again."""

    def session_told(self, tiding: Tiding, title: str, reason: Phrase | None) -> None:
        """Take what became of an upload session (kiosk.delivery.uploads.Listener)."""

    def batch_told(self, tiding: FileTiding, known: KnownBatch, reason: Phrase | None) -> None:
        """Take what became of a batch that somebody has decided about."""

    def recording_failed(self, reason: str) -> None:
        """Take that the disk does not take what delivery has to write; it has stopped."""


class Courier:
    """Delivers what is pending in a daybook to one library system.

    `library` is talked with, `batches` takes what has happened; one of the two has to be there.
    `second`: another connection to it, for the backlog. `is_open` tells of a visit whether its
    patron still stands there; `on_hold` whether nothing may be sent for now. `loan_calendar`: on
    which days the library is closed, where it is to be learnt how long items are lent. `hide` takes
    out of the library's words what nobody shall read. `uptime`: which boot of the machine this is,
    and for how many seconds it has gone on.
    """

    def __init__(
        self,
        settings: DeliverySettings,
        schedule: Schedule,
        library: Library | None,
        daybook: Daybook,
        writer: Writer,
        *,
        batches: BatchLibrary | None = None,
        clock: Callable[[], datetime],
        is_open: Callable[[str], bool],
        listener: Listener,
        second: Library | None = None,
        on_hold: Callable[[], bool] = lambda: False,
        loan_calendar: Calendar | None = None,
        hide: Callable[[str], str] = lambda words: words,
        uptime: Callable[[], tuple[str, float | None]] = lambda: ("", None),
    ) -> None:
        self.connectivity = Connectivity()
        self.queue = Queue(daybook.indexes.batches.has)
        self.schedule = schedule
        self._settings = settings
        self._daybook = daybook
        self._writer = Gathering(writer)
        self._clock = clock
        self._uptime = uptime
        self._is_open = is_open
        self._on_hold = on_hold
        self._listener = listener
        self._hide = hide
        self._card = ""
        """Of the patron at the desk, where the library has not said yet whose it is."""
        self._asked = 0
        """How often it was asked about."""
        self._goodbyes: deque[str] = deque(maxlen=1)
        self._talk = Connection(library) if library is not None else None
        self._second = Connection(second) if second is not None else None
        self._loads = Connection(batches) if batches is not None else None
        self._connections = tuple(
            each for each in (self._talk, self._second, self._loads) if each is not None
        )
        self._first = self._connections[0]
        """The one that tells whether the library can be reached."""
        self._carries = self._connections[-1].library.carries
        self._carrier = Carrier(
            daybook,
            self._writer,
            self.queue,
            Announcements(daybook, self._writer, self.queue, clock=clock, may_go=self._may_go),
            Ahead(daybook, self.queue, self._may_go),
            clock=clock,
            written=self._written,
            loan_calendar=loan_calendar,
            still_working=settings.still_working,
            hide=hide,
        )
        self._carrier.hold_up()
        for pending in daybook.indexes.pending.values():
            self.queue.add(pending)
        self.loading: Loading | None = None
        if batches is not None:
            self.loading = Loading(
                daybook,
                self._writer,
                self.queue,
                batches,
                schedule,
                clock=clock,
                may_go=self._may_go,
                answered=self._answered,
                loaded=self._loaded,
                told=listener.batch_told,
                processed=self._processed,
                changed=listener.batches_changed,
            )
        self.uploads: Uploads | None = None
        if self.loading is not None and isinstance(batches, UploadSessions):
            self.uploads = Uploads(
                daybook,
                self._writer,
                batches,
                self.loading,
                clock=clock,
                listener=listener,
                wake=self.wake,
            )
        indexes = daybook.indexes
        self.outages = Outages(
            self._put_outage, indexes.runs.away, indexes.runs.outages, self._true_time
        )
        self._waited = indexes.last if indexes.runs.away is not None else 0
        """The last transaction that was recorded while the library was away, by number."""
        self.runs = Runs(
            self._put_run,
            self.outages,
            *backlogs.unfinished_run(daybook),
            usual="time" if settings.load_at else None,
        )
        self.runs.expect("start")
        schedule.outage(daybook.indexes.last)

    @property
    def loading_trouble(self) -> Phrase | None:
        """Say why the connection for batches fails, where another one tells of the library."""
        apart = self._loads is not None and self._loads is not self._first
        return self._loads.trouble if apart and self._loads is not None else None

    # -- what others tell it -------------------------------------------------------------------

    def recorded(self, transaction: str) -> None:
        """Take a transaction that has just been recorded."""
        pending = self._daybook.indexes.pending[transaction]
        if by_hand(pending.kind, pending, self._carries):
            self._carrier.leave_to_a_person(pending)
        else:
            self.queue.add(pending)
            if self._first.failures:
                self.outages.away(self._stamp(), waiting=True)
                self._waited = max(self._waited, pending.number)  # one sent again is an old one
            self.wake()

    def settled(self) -> None:
        """Take that something for a person was dealt with, or undone: what it held up may go."""
        self.queue.release()
        self._carrier.hold_up()
        self.wake()

    def wake(self) -> None:
        """Look again whether something can be sent: it may be on hold no longer."""
        for connection in self._connections:
            connection.wake.set()

    def send_now(self) -> None:
        """Take that staff want all sent that was recorded so far, at once."""
        self.schedule.send(self._daybook.indexes.last)
        self.runs.expect("staff")
        self.wake()

    def withdraw(self, transaction: str) -> None:
        """Leave out a transaction that is being voided."""
        self.queue.discard(transaction)
        self._carrier.forget(transaction)

    def ask_patron(self, card: str) -> None:
        """Ask whose card this is, before anything else. A newer card takes an older one's place."""
        self._card, self._asked = card, 0
        self._first.wake.set()

    def patron_left(self, card: str) -> None:
        """Tell the library that a patron is done, once nothing else of the desk waits for it.

        What was not sent by now is backlog.
        """
        self._know_card(card)
        self._goodbyes.append(card)
        self.wake()

    # -- the loop ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Deliver until cancelled, or until the daybook cannot be written any more."""
        tasks: list[asyncio.Task[None]] = []
        try:
            self._take_over()
            tasks = [asyncio.create_task(self._serve(x)) for x in self._connections]
            await asyncio.gather(*tasks)
        except JournalError as error:
            log.warning("delivery stops: %s", error)
            self._listener.recording_failed(str(error))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._writer.put_gathered()
            for connection in self._connections:
                await connection.library.close()

    def _take_over(self) -> None:
        """Leave to a person what was recorded before the library system was changed.

        That is what this one does not carry; and what may have arrived by a way that is there no
        more: nobody can be asked about it. Of a batch the library may not have it yet, and will.
        """
        batches = self._daybook.indexes.batches
        for pending in list(self._daybook.indexes.pending.values()):
            way = self._loads if batches.of(pending.id) is not None else self._talk
            if pending.sent and way is None:
                self._carrier.give_up(pending)
            elif not pending.sent and by_hand(pending.kind, pending, self._carries):
                self._carrier.leave_to_a_person(pending)
        if self._loads is None:
            for batch in [each.fact.id for each in batches if each.stage == "begun"]:
                self._put(BatchClosed(batch=batch, at=self._clock()), lambda: None)

    async def _serve(self, connection: Connection[Any]) -> None:
        while True:
            await self._step(connection)

    async def _step(self, connection: Connection[Any]) -> None:
        """Do one thing by a connection; then pause, if it was in vain."""
        connection.wake.clear()
        try:
            if not await self._do_one(connection):
                await self._be_idle(connection)
                return
        except LibraryError as error:
            log.info("the library did not answer: %s", error)
            self._count(connection, error.reason)
            await self._try_later(connection)
        except StillWorking as it:
            self._count(connection, None)
            await connection.sleep(it.seconds)
        except (JournalError, asyncio.CancelledError):
            raise
        except Exception:
            # A reply nobody foresaw must not end the delivery of everything else.
            log.exception("delivery met something unforeseen")
            self._count(connection, say("library.unforeseen"))
            await self._try_later(connection)
        else:
            self._count(connection, None)

    async def _do_one(self, connection: Connection[Any]) -> bool:
        """Answer a card, or deliver one transaction; tell whether there was something to do."""
        if connection is self._loads:
            return await self._load(connection)
        first = connection is self._talk
        if self._card and first:
            await self._answer_card(connection)
            return True
        pending = self._next(connection)
        if self._goodbyes and first and not (pending and self._is_open(pending.visit)):
            await connection.library.end_session(self._goodbyes.popleft())
            return await self._do_one(connection)  # it says nothing about the library, nor pending
        if pending is not None and connection.failures:
            await connection.library.hello()
            pending = self._next(connection)  # meanwhile another may have to go before it
            if pending is None:
                return True
        if pending is None:
            return False
        self.queue.begin(pending)
        try:
            await self._deliver(pending, connection)
        finally:
            self.queue.end(pending)
        self._wake_other(connection)
        return True

    async def _load(self, connection: Connection[Any]) -> bool:
        """Do one thing about batches, unless nothing may be sent."""
        if self.uploads is not None and await self.uploads.do_wish():
            return True
        if self.loading is None or not await self._do_one_of(self.loading):
            return False
        self._wake_other(connection)
        if self.runs.now is not None and self.runs.now.why != "processed":
            self._look_whether_all_is_sent(connection)  # many batches to look at leave no idle time
        return True

    async def _do_one_of(self, loading: Loading) -> bool:
        """Do one thing about batches that is due, unless nothing may be sent."""
        if await loading.do_decided():
            return True
        if self._is_stopped:
            return False
        return (self.uploads is not None and await self.uploads.do_one()) or await loading.do_one()

    async def _answer_card(self, connection: Connection[Any]) -> None:
        """Tell whose card it is. After a failure it is asked about again, while it is at the desk.

        Greeted first: what is asked in vain of a library that answers is no outage, and given up.
        """
        if connection.failures:
            await connection.library.hello()
        card, self._asked = self._card, self._asked + 1
        is_last = self._asked == MOST_FAILURES
        try:
            answer = await connection.library.patron(card)
        except Exception:
            if is_last:
                self._know_card(card)
            raise
        self._know_card(card)
        self._listener.patron_answered(replace(answer, words=self._hide(answer.words)))

    def _know_card(self, card: str) -> None:
        """Ask about a card no more."""
        if self._card == card:
            self._card = ""

    def _next(self, connection: Connection[Any]) -> Pending | None:
        if self._is_stopped:
            return None
        if not self._takes_backlog:
            return self._next_live() if connection is self._talk else None
        fresh = self.queue.fresh(self._is_open) if connection is self._talk else None
        if fresh is None and connection is self._backlogs:
            return self.queue.due(self._may_go)
        return fresh

    @property
    def _is_stopped(self) -> bool:
        """Whether nothing may be sent for now."""
        return self._on_hold() or self.schedule.paused

    @property
    def _takes_backlog(self) -> bool:
        """Whether what has happened goes the same way as what the patron waits for."""
        return self._talk is not None and self._talk.library.takes_backlog

    def _next_live(self) -> Pending | None:
        """Give what goes next where no backlog goes this way: what is lost is asked about."""
        fresh = self.queue.fresh(self._is_open, lambda x: x.sent or self._goes_live(x))
        return fresh or self.queue.lost()

    def _goes_live(self, pending: Pending) -> bool:
        """Tell whether the library can answer for a transaction while its patron waits."""
        carried = self._talk is not None and pending.kind in self._talk.library.carries
        return carried and self._is_open(pending.visit)

    @property
    def _backlogs(self) -> Connection[Any] | None:
        """The connection that carries the backlog; None: it waits."""
        if self._loads is not None:
            return self._loads
        if not self._takes_backlog:
            return None
        second = self._second
        return self._talk if second is None or second.given_up else second

    def _may_go(self, pending: Pending) -> bool:
        """Tell whether a transaction of the backlog may go."""
        is_backlog = self._backlogs is not None and not self._is_open(pending.visit)
        return is_backlog and self.schedule.may_go(pending, self._clock())

    async def _deliver(self, pending: Pending, connection: Connection[Any]) -> None:
        live = self._is_open(pending.visit)
        waiting = self._daybook.indexes.pending
        oldest = next(iter(waiting.values()), pending)
        began, count = self._clock(), len(waiting)
        waited = not live or pending.number <= self._waited
        waited = waited and self._takes_backlog
        pending.run = self.runs.coming if waited else ""
        begins = bool(pending.run) and not self.runs.begun
        since = self._recorded_at(oldest) if begins else oldest.at
        outcome = await self._carrier.carry(pending, connection.library, live=live)
        if outcome is not None and pending.run:
            self.runs.sent(began, since, count)
            self.runs.answered(pending.kind, outcome)

    def _recorded_at(self, pending: Pending) -> datetime:
        """Tell when something was recorded, as well as that is known by now."""
        try:
            return self._daybook.indexes.true_time(self._daybook.transaction(pending.number))
        except UNREADABLE:
            return pending.at

    def _loaded(self, batch: Batched, some: Sequence[Pending]) -> str:
        """Take that a batch is there; give the run to which it belongs."""
        run = self.runs.coming
        if some:
            self._sent(some[0], len(self._daybook.indexes.pending))
            self.runs.loaded(batch, (pending.kind for pending in some))
        return run

    def _processed(self, some: Sequence[Pending]) -> None:
        """Take that these, which rested, were processed: that is a run of its own."""
        if self.runs.now is not None and self.runs.now.why != "processed":
            self.runs.nothing_left(self._clock(), self.queue.held_up(self._may_go))
        self.runs.expect("processed")
        self._sent(some[0], len(some))

    def _sent(self, pending: Pending, waiting: int) -> None:
        since = pending.at if self.runs.begun else self._recorded_at(pending)
        self.runs.sent(self._clock(), since, waiting)

    def _answered(self, pending: Pending, outcome: Outcome) -> None:
        """Take what became of a transaction in a batch; what staff say of it is of no run."""
        if outcome.code == CONFIRMED:
            self._carrier.answered(pending, outcome)
            return
        pending.run = self.runs.coming
        self._sent(pending, len(self._daybook.indexes.pending))
        self.runs.answered(pending.kind, outcome)
        self._carrier.answered(pending, outcome)

    async def _be_idle(self, connection: Connection[Any]) -> None:
        """Keep in touch, or hang up where the connection is not needed, until there is news."""
        if connection is self._second:
            await connection.library.close()
            if connection is not self._backlogs:
                await connection.sleep(connection.given_up)
                return
        if connection is not self._first or not connection.failures:
            self._look_whether_all_is_sent(connection)
        if connection is self._second:
            await connection.sleep(self._until_load(self._settings.keep_alive))
        elif connection.failures or (connection is self._first and self._until_greeting() <= 0):
            await connection.library.hello()
            self._count(connection, None)
        elif connection is self._loads and self.loading is not None:
            pauses: list[float | None] = [self._until_load(self._until_greeting_or_load())]
            if not self._is_stopped:
                ways = (self.loading, self.uploads)
                pauses += [way.until_next() for way in ways if way is not None]
            await connection.sleep(min(each for each in pauses if each is not None))
        else:
            await connection.sleep(self._until_load(self._until_greeting()))

    def _until_greeting_or_load(self) -> float:
        """Give in how many seconds to look again whether a batch is to go."""
        talks = self._first is not self._loads
        return self._settings.keep_alive if talks else self._until_greeting()

    def _until_load(self, most: float) -> float:
        """Give in how many seconds the backlog is to go, or so many where that is sooner."""
        now = self._clock().astimezone(UTC)  # or the change of the clocks would not be counted
        load = self.schedule.next_load(now)
        return most if load is None else min(most, (load - now).total_seconds())

    def _until_greeting(self) -> float:
        """Give in how many seconds the library is to be greeted, if nothing else is said to it.

        Not whenever the first connection is woken: a backlog on the second does that all the time.
        """
        sure = self.connectivity.state == "online"  # else one more answer may end the outage
        most = self._settings.keep_alive if sure else self._settings.first_pause
        return most - self._first.unheard

    def _look_whether_all_is_sent(self, connection: Connection[Any]) -> None:
        """End the run where all was sent that may be: what is held up does not keep it going."""
        if self._is_stopped or connection is not self._backlogs or not self.queue.idle:
            return
        if not self._something_goes():
            if not self._first.failures:
                self.outages.back(self._clock())
            self.runs.nothing_left(self._clock(), self.queue.held_up(self._may_go))

    def _something_goes(self) -> bool:
        """Tell whether anything is left that may be sent."""
        if self.loading is not None:
            return self.loading.is_ripe()
        return any((self.queue.due(self._may_go), self.queue.fresh(self._is_open)))

    # -- failures ------------------------------------------------------------------------------

    def _count(self, connection: Connection[Any], failure: Phrase | None) -> None:
        if failure is None:
            connection.succeeded()
        else:
            connection.failed(failure)
        if connection is self._second:
            self._judge_second(connection)
            return
        before = (self.connectivity.state, self.connectivity.reason)
        if failure is None:
            self.connectivity.succeeded()
        else:
            self.connectivity.failed(failure)
            self.schedule.outage(self._daybook.indexes.last)
        self._follow_outage()
        if (self.connectivity.state, self.connectivity.reason) != before:
            if self.connectivity.state == "offline":
                self.runs.expect("outage")
            elif self._second is not None:
                self._second.wake.set()  # it may be in the middle of a long pause
            self._listener.connectivity_changed()

    def _stamp(self) -> LibraryAway:
        boot, uptime = self._uptime()
        return LibraryAway(at=self._clock(), boot=boot, uptime=uptime)

    def _true_time(self, away: LibraryAway) -> datetime:
        """Tell when it went away, by the clock as it is now, or by what is known of its boot."""
        boot, uptime = self._uptime()
        if away.boot == boot and away.uptime is not None and uptime is not None:
            now = self._clock()
            began = now.astimezone(UTC) - timedelta(seconds=uptime - away.uptime)
            return began.astimezone(now.tzinfo)
        return true_time(away, self._daybook.indexes.clocks.get(away.boot))

    def _follow_outage(self) -> None:
        if self._first.failures:
            self.outages.away(self._stamp(), waiting=bool(self._daybook.indexes.pending))
        elif self.connectivity.state == "online":
            self.outages.back(self._clock())

    def _judge_second(self, second: Connection[Any]) -> None:
        """Give the second connection up for a while, if it fails while the first does not."""
        if second.failures >= MOST_FAILURES and self.connectivity.state == "online":
            log.warning("the second connection fails: the first carries all for a while")
            second.give_up()
            self._first.wake.set()

    async def _try_later(self, connection: Connection[Any]) -> None:
        self._wake_other(connection)  # it may fare better
        await connection.back_off(self._settings)

    def _wake_other(self, connection: Connection[Any]) -> None:
        """Let the other connection look again: what was under way is so no more."""
        for other in self._connections:
            if other is not connection and not other.failures:
                other.wake.set()

    # -- what is on the disk -------------------------------------------------------------------

    def _written(self, outcome: Outcome, error: JournalError | None) -> None:
        if error is None:
            self._listener.outcome_arrived(outcome)
        else:  # what the library said is lost; it is asked again later
            self._listener.recording_failed(str(error))

    def _put_run(self, fact: Fact, run: Run) -> None:
        self._put(fact, lambda: self._listener.run_changed(run))

    def _put_outage(self, fact: Fact) -> None:
        self._put(fact, lambda: None)

    def _put(self, fact: Fact, tell: Callable[[], None]) -> None:
        """Have a fact written that is about no transaction; then tell."""

        def written(error: JournalError | None) -> None:
            if error is None:
                tell()
            else:
                self._listener.recording_failed(str(error))

        self._writer.put([fact], written)
