"""The courier: has what goes next brought to the library, and decides when to try again.

    a failure      ends the attempt; the next follows after a pause that grows to five minutes at
                   most, is never the same at two desks, and ends when somebody stands at the desk
    after one      the library is greeted first: an outage of days writes nothing to the disk
    connections    one for all; or two (kiosk.delivery.connection): one for what the patron at the
                   desk waits for, one for the backlog. The first tells whether the library can be
                   reached, the other never does
    the order      holds for both (kiosk.delivery.order): nothing goes while something is under way
                   with the same patron or item
    no backlog     where the library takes nothing that has already happened (Evergreen's SIP2),
                   what was not sent while its patron stood there waits; what was is asked about
    batches        where there is another way into the library for what has happened, it goes that
                   way, together (kiosk.delivery.loading), and only what the patron waits for here
    the backlog    goes when it may (kiosk.delivery.schedule), in runs (kiosk.delivery.runs)

What goes next, kiosk.delivery.choice says; kiosk.delivery.carrying brings it there. What is asked
and told of the patron at the desk is in kiosk.delivery.patrons.

While the visit of a transaction is open, the library may refuse it (`no block` = N): the patron
still stands there. Later it has already happened, and the library is told so (`no block` = Y).
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.daybook import backlogs
from kiosk.daybook.facts import BatchClosed
from kiosk.daybook.journal import JournalError
from kiosk.delivery.ahead import Ahead
from kiosk.delivery.announcing import Announcements
from kiosk.delivery.batching import Batching
from kiosk.delivery.carrying import Carrier, StillWorking
from kiosk.delivery.choice import Choice
from kiosk.delivery.connection import Connections
from kiosk.delivery.gathering import Gathering
from kiosk.delivery.loading import CONFIRMED, Loading
from kiosk.delivery.order import Queue
from kiosk.delivery.patrons import Patrons
from kiosk.delivery.reach import Reach
from kiosk.delivery.reckoning import Reckoning
from kiosk.delivery.runs import Runs
from kiosk.delivery.uploads import Uploads
from kiosk.desk.checks.functions import by_hand
from kiosk.desk.words import say
from kiosk.ils.base import LibraryError
from kiosk.ils.batches import UploadSessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.batches import KnownBatch
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.daybook.pending import Pending
    from kiosk.daybook.writer import Writer
    from kiosk.delivery.connection import Connection
    from kiosk.delivery.connectivity import Connectivity
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
        self.queue = Queue(daybook.indexes.batches.has)
        self.schedule = schedule
        self._settings = settings
        self._daybook = daybook
        self._writer = Gathering(writer)
        self._clock = clock
        self._is_open = is_open
        self._listener = listener
        self.connections = Connections(library, second, batches)
        self.choice = Choice(
            self.connections,
            self.queue,
            schedule,
            clock=clock,
            is_open=is_open,
            on_hold=on_hold,
        )
        self._patrons = Patrons(listener.patron_answered, hide)
        self._carrier = self._new_carrier(loan_calendar, hide)
        self._carrier.hold_up()
        for pending in daybook.indexes.pending.values():
            self.queue.add(pending)
        self._reach = Reach(
            self.connections,
            schedule,
            daybook.indexes,
            clock=clock,
            uptime=uptime,
            put=lambda fact: self._put(fact, lambda: None),
            changed=self._reach_changed,
        )
        self.runs = Runs(
            self._put_run,
            self._reach.outages,
            *backlogs.unfinished_run(daybook),
            usual="time" if settings.load_at else None,
        )
        self._reckoning = Reckoning(daybook, self.runs, clock=clock, held_up=self.choice.held_up)
        self.loading = None if batches is None else self._new_loading(batches)
        self.uploads: Uploads | None = None
        if self.loading is not None and isinstance(batches, UploadSessions):
            self.uploads = self._new_uploads(batches, self.loading)
        self.runs.expect("start")

    def _new_carrier(self, loan_calendar: Calendar | None, hide: Callable[[str], str]) -> Carrier:
        return Carrier(
            self._daybook,
            self._writer,
            self.queue,
            Announcements(
                self._daybook,
                self._writer,
                self.queue,
                clock=self._clock,
                may_go=self.choice.may_go,
            ),
            Ahead(self._daybook, self.queue, self.choice.may_go),
            clock=self._clock,
            written=self._written,
            loan_calendar=loan_calendar,
            still_working=self._settings.still_working,
            hide=hide,
        )

    def _new_loading(self, batches: BatchLibrary) -> Loading:
        batching = Batching(
            self._daybook,
            self._writer,
            self.queue,
            batches,
            self.schedule,
            clock=self._clock,
            may_go=self.choice.may_go,
            answered=self._answered,
        )
        return Loading(
            self._daybook,
            self._writer,
            self.queue,
            batches,
            batching,
            clock=self._clock,
            answered=self._answered,
            loaded=self._reckoning.loaded,
            told=self._listener.batch_told,
            processed=self._reckoning.processed,
            changed=self._listener.batches_changed,
        )

    def _new_uploads(self, sessions: UploadSessions, loading: Loading) -> Uploads:
        return Uploads(
            self._daybook,
            self._writer,
            sessions,
            loading,
            clock=self._clock,
            listener=self._listener,
            wake=self.wake,
        )

    @property
    def connectivity(self) -> Connectivity:
        """Whether the library can be reached."""
        return self._reach.connectivity

    @property
    def loading_trouble(self) -> Phrase | None:
        """Say why the connection for batches fails, where another one tells of the library."""
        loads = self.connections.loads
        return None if loads is None or loads is self.connections.first else loads.trouble

    @property
    def untold(self) -> bool:
        """Whether the daybook holds something that the library said, and nobody was told yet."""
        return self._carrier.untold

    # -- what others tell it -------------------------------------------------------------------

    def recorded(self, transaction: str) -> None:
        """Take a transaction that has just been recorded."""
        pending = self._daybook.indexes.pending[transaction]
        if by_hand(pending.kind, pending, self.connections.carries):
            self._carrier.leave_to_a_person(pending)
        else:
            self.queue.add(pending)
            self._reach.recorded(pending)
            self.wake()

    def settled(self) -> None:
        """Take that something for a person was dealt with, or undone: what it held up may go."""
        self.queue.release()
        self._carrier.hold_up()
        self.wake()

    def wake(self) -> None:
        """Look again whether something can be sent: it may be on hold no longer."""
        self.connections.wake()

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
        self._patrons.came(card)
        self.connections.first.wake.set()

    def patron_left(self, card: str) -> None:
        """Tell the library that a patron is done, once nothing else of the desk waits for it.

        What was not sent by now is backlog.
        """
        self._patrons.left(card)
        self.wake()

    # -- the loop ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Deliver until cancelled, or until the daybook cannot be written any more."""
        tasks: list[asyncio.Task[None]] = []
        try:
            self._take_over()
            tasks = [asyncio.create_task(self._serve(x)) for x in self.connections]
            await asyncio.gather(*tasks)
        except JournalError as error:
            log.warning("delivery stops: %s", error)
            self._listener.recording_failed(str(error))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._writer.put_gathered()
            for connection in self.connections:
                await connection.library.close()

    def _take_over(self) -> None:
        """Leave to a person what was recorded before the library system was changed.

        That is what this one does not carry; and what may have arrived by a way that is there no
        more: nobody can be asked about it. Of a batch the library may not have it yet, and will.
        """
        batches = self._daybook.indexes.batches
        for pending in list(self._daybook.indexes.pending.values()):
            ways = self.connections
            way = ways.loads if batches.of(pending.id) is not None else ways.talk
            if pending.sent and way is None:
                self._carrier.give_up(pending)
            elif not pending.sent and by_hand(pending.kind, pending, ways.carries):
                self._carrier.leave_to_a_person(pending)
        if self.connections.loads is None:
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
            self._reach.count(connection, error.reason)
            await self._try_later(connection)
        except StillWorking as it:
            self._reach.count(connection, None)
            await connection.sleep(it.seconds)
        except (JournalError, asyncio.CancelledError):
            raise
        except Exception:
            # A reply nobody foresaw must not end the delivery of everything else.
            log.exception("delivery met something unforeseen")
            self._reach.count(connection, say("library.unforeseen"))
            await self._try_later(connection)
        else:
            self._reach.count(connection, None)

    async def _do_one(self, connection: Connection[Any]) -> bool:
        """Answer a card, or deliver one transaction; tell whether there was something to do."""
        if connection is self.connections.loads:
            return await self._load(connection)
        talks = connection is self.connections.talk
        if talks and self._patrons.is_asked_about:
            await self._patrons.ask(connection)
            return True
        pending = self.choice.next(connection)
        waits = pending is not None and self._is_open(pending.visit)
        if talks and self._patrons.has_left and not waits:
            await self._patrons.say_goodbye(connection)
            return await self._do_one(connection)  # it says nothing about the library, nor pending
        if pending is not None and connection.failures:
            await connection.library.hello()
            pending = self.choice.next(connection)  # meanwhile another may have to go before it
            if pending is None:
                return True
        if pending is None:
            return False
        self.queue.begin(pending)
        try:
            await self._deliver(pending, connection)
        finally:
            self.queue.end(pending)
        self.connections.wake_others(connection)
        return True

    async def _load(self, connection: Connection[Any]) -> bool:
        """Do one thing about batches, unless nothing may be sent."""
        if self.uploads is not None and await self.uploads.wishes.do_one():
            return True
        if self.loading is None or not await self._do_one_of(self.loading):
            return False
        self.connections.wake_others(connection)
        if self._reckoning.is_sending:
            self._look_whether_all_is_sent(connection)  # many batches to look at leave no idle time
        return True

    async def _do_one_of(self, loading: Loading) -> bool:
        """Do one thing about batches that is due, unless nothing may be sent."""
        if await loading.do_decided():
            return True
        if self.choice.is_stopped:
            return self.uploads is not None and await self.uploads.look_if_due()
        return (self.uploads is not None and await self.uploads.do_one()) or await loading.do_one()

    async def _deliver(self, pending: Pending, connection: Connection[Any]) -> None:
        live = self._is_open(pending.visit)
        waited = self.connections.takes_backlog and (not live or self._reach.has_waited(pending))
        reckon = self._reckoning.begin(pending, waited=waited)
        reckon(await self._carrier.carry(pending, connection.library, live=live))

    def _answered(self, pending: Pending, outcome: Outcome) -> None:
        """Take what became of a transaction in a batch; what staff say of it is of no run."""
        if outcome.code != CONFIRMED:
            self._reckoning.answered(pending, outcome)
        self._carrier.answered(pending, outcome)

    async def _be_idle(self, connection: Connection[Any]) -> None:
        """Keep in touch, or hang up where the connection is not needed, until there is news."""
        ways = self.connections
        if connection is ways.second:
            await connection.library.close()
            if connection is not ways.backlog:
                await connection.sleep(connection.given_up)
                return
        if connection is not ways.first or not connection.failures:
            self._look_whether_all_is_sent(connection)
        if connection is ways.second:
            await connection.sleep(self._until_load(self._settings.keep_alive))
        elif connection.failures or (connection is ways.first and self._until_greeting() <= 0):
            await connection.library.hello()
            self._reach.count(connection, None)
        elif connection is ways.loads and self.loading is not None:
            pauses: list[float | None] = [self._until_load(self._until_greeting_or_load())]
            if not self.choice.is_stopped:
                both = (self.loading, self.uploads)
                pauses += [each.until_next() for each in both if each is not None]
            elif self.uploads is not None:
                pauses.append(self.uploads.until_look())
            await connection.sleep(min(each for each in pauses if each is not None))
        else:
            await connection.sleep(self._until_load(self._until_greeting()))

    def _until_greeting_or_load(self) -> float:
        """Give in how many seconds to look again whether a batch is to go."""
        talks = self.connections.talk is not None
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
        return most - self.connections.first.unheard

    def _look_whether_all_is_sent(self, connection: Connection[Any]) -> None:
        """End the run where all was sent that may be: what is held up does not keep it going."""
        carries = connection is self.connections.backlog
        if self.choice.is_stopped or not carries or not self.queue.idle:
            return
        if not (self.choice.anything() if self.loading is None else self.loading.is_ripe()):
            self._reach.all_is_sent()
            self._reckoning.nothing_left()

    # -- failures ------------------------------------------------------------------------------

    def _reach_changed(self) -> None:
        """Take that the library can be reached, or no longer."""
        if self.connectivity.state == "offline":
            self.runs.expect("outage")
        elif self.connections.second is not None:
            self.connections.second.wake.set()  # it may be in the middle of a long pause
        self._listener.connectivity_changed()

    async def _try_later(self, connection: Connection[Any]) -> None:
        self.connections.wake_others(connection)  # they may fare better
        await connection.back_off(self._settings)

    # -- what is on the disk -------------------------------------------------------------------

    def _written(self, outcome: Outcome, error: JournalError | None) -> None:
        if error is None:
            self._listener.outcome_arrived(outcome)
        else:  # what the library said is lost; it is asked again later
            self._listener.recording_failed(str(error))

    def _put_run(self, fact: Fact, run: Run) -> None:
        self._put(fact, lambda: self._listener.run_changed(run))

    def _put(self, fact: Fact, tell: Callable[[], None]) -> None:
        """Have a fact written that is about no transaction; then tell."""

        def written(error: JournalError | None) -> None:
            if error is None:
                tell()
            else:
                self._listener.recording_failed(str(error))

        self._writer.put([fact], written)
