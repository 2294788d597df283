"""Delivery to the library that is configured, where one is; and what it tells the desk."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.desk import events
from kiosk.desk.answers import Answer, look, news
from kiosk.desk.checks.hiding import without_cards
from kiosk.desk.dates.closed_days import Calendar
from kiosk.desk.words import say
from kiosk.engine import tidings
from kiosk.engine.account import Account
from kiosk.engine.ways import ways
from kiosk.ils.base import LibraryError, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from kiosk.clock import Clock
    from kiosk.config import Config
    from kiosk.daybook.batches import KnownBatch
    from kiosk.delivery.loading import FileTiding
    from kiosk.delivery.uploads import Tiding, Uploads
    from kiosk.desk.afterwards.reports import Report
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.batches.standing import Session
    from kiosk.desk.desk import Desk
    from kiosk.desk.transactions import Outcome, PatronAnswer
    from kiosk.desk.words import Phrase
    from kiosk.engine.recording import Recording
    from kiosk.engine.tasks import Tasks
    from kiosk.view import state as show

TASK = "delivery"
PATIENCE = 60.0
"""Seconds that staff wait for what they have asked about upload sessions."""


class Delivery:
    """Delivers what is recorded while it is started.

    `handle` lets the desk take an event, `tell` tells those who follow it line by line.
    """

    def __init__(
        self,
        config: Config,
        desk: Desk,
        recording: Recording,
        clock: Clock,
        *,
        tell: Callable[[Answer, datetime], None],
        handle: Callable[[events.Event], None],
    ) -> None:
        self._config = config
        self._desk = desk
        self._recording = recording
        self._clock = clock
        self._tell = tell
        self._handle = handle
        self._live = config.ils.live != "none"
        self._account = Account(config, desk, recording, clock)
        self._courier: Courier | None = None
        self._reached = False
        """Whether it was told last that the library answers."""

    def _awaited(self) -> list[str]:
        """Name the batches that are not over."""
        return [known.fact.name for known in self._recording.daybook.indexes.batches]

    def start(self, tasks: Tasks) -> None:
        """Begin with what is pending in the daybook."""
        into = ways(self._config, self._clock.now, self._awaited)
        if into is None:
            return
        desk = self._config.desk
        delivery, daybook = self._config.delivery, self._recording.daybook
        schedule = Schedule(delivery.load_at, self._config.zone, ask_first=delivery.ask_first)
        schedule.paused = daybook.indexes.runs.paused is not None
        self._courier = Courier(
            delivery,
            schedule,
            into.live,
            daybook,
            self._recording.writer,
            second=into.second,
            batches=into.batches,
            clock=self._clock.now,
            is_open=self._is_open,
            on_hold=lambda: self._clock.behind is not None,
            loan_calendar=Calendar(desk.closed) if desk.learn_loans else None,
            hide=lambda words: without_cards(words, desk.barcodes),
            uptime=self._clock.uptime,
            listener=self,
        )
        tasks.start(self._courier.run(), name=TASK)

    async def stop(self, tasks: Tasks) -> None:
        """Send nothing more."""
        await tasks.stop(TASK)
        self._courier = None
        self._reached = False
        self._tell_desk_of_library()

    def recorded(self, transaction: str) -> None:
        """Take a transaction that has just been recorded, or voided."""
        pending = self._recording.daybook.indexes.pending
        if self._courier is not None and transaction in pending:
            self._courier.recorded(transaction)

    def withdraw(self, transaction: str) -> None:
        """Leave out a transaction that is being voided."""
        if self._courier is not None:
            self._courier.withdraw(transaction)

    def ask_patron(self, card: str) -> None:
        """Ask whose card this is, where the library answers at once."""
        if self._courier is not None and self._live:
            self._courier.ask_patron(card)

    def patron_left(self, card: str) -> None:
        """Tell the library that a patron is done, where it answers at once."""
        if self._courier is not None and self._live:
            self._courier.patron_left(card)

    def settled(self) -> None:
        """Let go what waited for a person."""
        if self._courier is not None:
            self._courier.settled()

    def pause(self, *, paused: bool) -> None:
        """Send nothing for now; or go on, and send all that was recorded so far."""
        if self._courier is None:
            return
        if paused:
            self._courier.schedule.paused = True
        else:
            self._courier.send_now()
        self._tell_desk_of_library()

    def _tell_desk_of_library(self) -> None:
        """Tell the desk whether answers are to be expected: while paused, none are."""
        courier = self._courier
        online = courier is not None and courier.connectivity.state == "online"
        paused = courier is not None and courier.schedule.paused
        answers = online and self._live and not paused
        self._handle(events.LibraryReached(self._clock.now(), online=answers))

    async def sessions(self) -> tuple[tuple[Session, ...], str]:
        """List the upload sessions; and say what a new one is usually called.

        Raises LibraryError.
        """
        uploads = self._uploads()
        async with _patience():
            return await uploads.listed(), uploads.suggested_title

    async def make_session(self, title: str, by: str) -> Session:
        """Make an upload session. Raises LibraryError."""
        uploads = self._uploads()
        async with _patience():
            return await uploads.create(title, by)

    async def process_session(self, key: str, title: str) -> None:
        """Have an upload session processed, if it is on the disk that it shall be; then tell."""
        if key in self._recording.daybook.indexes.runs.uploads.asked:
            with suppress(LibraryError):  # none is there any more
                await self._uploads().process(key, title)

    def session_chosen(self) -> None:
        """Take that staff have chosen where the next uploads go."""
        if self._courier is not None and self._courier.uploads is not None:
            self._courier.uploads.chosen()

    def _uploads(self) -> Uploads:
        if self._courier is None or self._courier.uploads is None:
            raise Unreachable(say("delivery.is_connecting"))
        return self._courier.uploads

    def wake(self) -> None:
        """Look again whether something can be sent."""
        if self._courier is not None:
            self._courier.wake()

    def shown(self) -> show.Library:
        """Give how it stands."""
        return self._account.shown(self._courier)

    @property
    def untold(self) -> bool:
        """Whether the desk is yet to be told of something that the library said."""
        return self._courier is not None and self._courier.untold

    def report(self, most: int) -> Report:
        """Report the run under way, or else the last one; `most` troubles in full."""
        return self._account.report(self._courier, most)

    def _is_open(self, visit: str) -> bool:
        """Tell whether a patron still stands there, so that the library may refuse."""
        open_visit = self._desk.state.visit
        asks = self._live and self._desk.state.paper is None
        return asks and open_visit is not None and open_visit.id == visit

    # -- what the courier tells (its Listener) -------------------------------------------------

    def patron_answered(self, answer: PatronAnswer) -> None:
        """Take whose card it is."""
        self._handle(events.PatronAnswered(self._clock.now(), answer))

    def outcome_arrived(self, outcome: Outcome) -> None:
        """Take what the library said."""
        self._handle(events.OutcomeArrived(self._clock.now(), outcome))

    def connectivity_changed(self) -> None:
        """Tell the desk and those who follow it."""
        if self._courier is None:
            return
        connectivity, now = self._courier.connectivity, self._clock.now()
        online = connectivity.state == "online"
        if online != self._reached or connectivity.reason is not None:
            if online:
                said = say("library.files_reached" if self._account.by_files else "library.reached")
                answer = news(said, connectivity.reason)
            elif self.shown().lets_in:
                said = say("library.files_lost" if self._account.by_files else "library.lost")
                answer = news(said, connectivity.reason)
            else:
                answer = look(say("library.not_let_in"), connectivity.reason)
            self._tell(answer, now)
        self._reached = online
        self._tell_desk_of_library()

    def run_changed(self, run: Run) -> None:
        """Tell that a backlog is being delivered, or was."""
        now = self._clock.now()
        self._tell(tidings.of_run(run), now)
        if run in self._recording.daybook.indexes.runs.untold and (
            telling := self._account.to_tell()
        ):
            self._tell(tidings.of_outage(telling[-1]), now)

    def batches_changed(self) -> None:
        """Show how the batches stand."""
        self._tell_desk_of_library()

    def sessions_changed(self) -> None:
        """Show how the upload sessions stand."""
        self._tell_desk_of_library()

    def session_told(self, tiding: Tiding, title: str, reason: Phrase | None) -> None:
        """Tell what became of an upload session."""
        self._tell(tidings.of_session(tiding, title, reason), self._clock.now())

    def batch_told(self, tiding: FileTiding, known: KnownBatch, reason: Phrase | None) -> None:
        """Tell what became of a file."""
        self._tell(tidings.of_file(tiding, known, reason), self._clock.now())

    def recording_failed(self, reason: str) -> None:
        """Take that delivery could not write."""
        self._recording.fail(set(), reason)


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Wait no longer than staff do. Raises Unreachable."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError as error:
        raise Unreachable(say("sessions.no_answer")) from error
