"""Wires desk, daybook, delivery and drivers.

Everything that happens goes through `_handle`, one event at a time, on one event loop:

    scanner, link, disk, library, clock --event--> desk --effects--> disk, library, printer, link

Nothing here waits for the disk, the network, a printer or a screen: each has its own task or
thread and comes back with an event.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from drivers.scanner.symbology import Damaged
from kiosk import __version__, memory
from kiosk.clock import Clock, ThisMachine
from kiosk.daybook import visits
from kiosk.daybook.blocklist.keeper import Keeper
from kiosk.daybook.facts import Voided
from kiosk.daybook.housekeeping import Housekeeping
from kiosk.daybook.lock import Sign
from kiosk.desk import effects, events
from kiosk.desk.desk import Desk
from kiosk.engine import trials
from kiosk.engine.clients import Clients
from kiosk.engine.delivery import Delivery
from kiosk.engine.devices import Devices
from kiosk.engine.facts import facts_of, waited_for
from kiosk.engine.listlogin import list_login
from kiosk.engine.lookups import Lookups
from kiosk.engine.performing import Performing
from kiosk.engine.practice import Practice, PracticeRoom, throw_away
from kiosk.engine.readiness import ReadinessWatch
from kiosk.engine.recording import EngineError, Recording
from kiosk.engine.room import Room
from kiosk.engine.session import first_session
from kiosk.engine.settings import SettingsRoom
from kiosk.engine.staff import StaffRoom
from kiosk.engine.tasks import Tasks, signs_of_life
from kiosk.engine.telling import Telling
from kiosk.memory import DeskMemory
from kiosk.view.link import link_path
from kiosk.view.messages import (
    Happened,
)
from kiosk.view.picture import picture, reminders
from kiosk.view.server import LinkServer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from drivers.scanner.symbology import Scan
    from kiosk.clock import Machine
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.desk.answers import Answer
    from kiosk.desk.policy import DeskSession
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase
    from kiosk.engine.telling import Turn
    from kiosk.view.messages import Intent
    from kiosk.view.state import AppState

log = logging.getLogger(__name__)

QUIET = timedelta(seconds=5)
"""Staff have done nothing for so long: they are not in the middle of something."""
TICK = 0.25
"""Seconds between two looks at the clock."""


class Engine:
    """One desk's engine. `run` does everything; it raises EngineEnds where it was told to end."""

    def __init__(self, config: Config, machine: Machine | None = None) -> None:
        self._config = config
        self._tasks = Tasks()
        self._recording = Recording(config.data, self._now)
        self._sign = Sign(config.data)
        machine = machine or ThisMachine()
        session = first_session(config)
        self._staff = StaffRoom(config.data, session.boot, machine.uptime)
        self._clock = Clock(
            machine,
            config.zone,
            session.boot,
            kept=self._daybook.indexes.clocks.get(session.boot),
            latest=lambda: self._daybook.latest(),  # noqa: PLW0108 - of the one that is open
        )
        self._recording.void_unrecorded()
        self._practice_cut = throw_away(config.data)
        self._block_list = Keeper(
            config.blocklist,
            config.data,
            config.zone,
            self._now,
            self._show,
            log_in=list_login(config),
        )
        self._desk = self._desk_as_it_stood(session)
        self._telling = Telling(lambda happened: self._link.tell(happened))  # noqa: PLW0108
        self._link = LinkServer(
            link_path(config.data),
            engine_version=__version__,
            picture=self._picture,
            on_intent=self._from_client,
            telling=self._telling.follows,
        )
        self._devices = Devices(
            config,
            self._link,
            on_scan=self._scanned,
            on_print_failed=self._print_failed,
        )
        self._settings = SettingsRoom(
            config,
            self._tasks,
            now=self._now,
            show=self._show,
            busy=self._busy,
            at_rest=self._at_rest,
        )
        self._room = Room(config.data, self._recording, self._show)
        self._readiness = self._make_readiness()
        self._practice = PracticeRoom(
            self._practice_desk,
            ended=self._practice_ended,
            failed=self._practice_failed,
            real=self._handle,
        )
        self._delivery = Delivery(
            config,
            self._desk,
            self._recording,
            self._clock,
            tell=self._tell,
            handle=self._handle,
        )
        self._lookups = self._make_lookups()
        self._performing = self._make_performing()
        self._clients = self._make_clients()

    def _make_readiness(self) -> ReadinessWatch:
        return ReadinessWatch(
            self._config.data,
            receipts=self._config.desk.receipts != "none",
            now=self._now,
            state=self._picture,
            roster=lambda: self._staff.roster,
            look_at_printer=self._devices.look_at_printer,
            look_at_library=lambda: trials.problems(self._config, self._now),
            changed=self._show,
        )

    def _make_lookups(self) -> Lookups:
        return Lookups(
            self._desk,
            self._recording,
            self._tasks,
            block_list=self._block_list,
            readiness=self._readiness,
            devices=self._devices,
            delivery=self._delivery,
            now=self._now,
            handle=self._handle,
        )

    def _make_performing(self) -> Performing:
        return Performing(
            self._tasks,
            self._link,
            delivery=self._delivery,
            devices=self._devices,
            lookups=self._lookups,
            practice=self._practice,
            settings=self._settings,
            staff=self._staff,
            now=self._now,
            handle=self._handle,
            set_clock=self._set_clock,
        )

    def _make_clients(self) -> Clients:
        return Clients(
            self._desk,
            self._link,
            self._recording,
            self._tasks,
            settings=self._settings,
            readiness=self._readiness,
            delivery=self._delivery,
            now=self._now,
            staff_did=self._staff_did,
            busy=self._busy,
        )

    def _desk_as_it_stood(self, session: DeskSession) -> Desk:
        """Make the desk, and have it take up where it stood before a restart."""
        desk = Desk(
            self._config.desk,
            session,
            self._memory(),
            lambda: uuid.uuid4().hex,
            self._config.ils.carries,
            system=self._config.ils.system,
        )
        standing = self._daybook.standing()
        desk.resume(
            standing,
            visits.open_visit(self._daybook, standing),
            visits.past_visit(self._daybook, ""),
        )
        return desk

    async def run(self) -> None:
        """Run until cancelled."""
        self._recording.start(self._tasks, self)
        self._clock.look()
        self._clock_changed()
        self._handle(events.Started(self._now(), self._staff.roster, self._daybook.duty()))
        await self._open_link()
        self._tasks.start(self._link.keep_open())
        self._tasks.start(self._link.give_signs())
        self._devices.start(self._tasks)
        self._sign.put_up()
        await asyncio.sleep(0)  # the scanners are open before a long backlog is put in order
        if self._daybook.journal.set_aside is not None:
            log.error("a damaged last record was kept in %s", self._daybook.journal.set_aside)
            self._handle(events.RecordCut(self._now()))
        if self._practice_cut:
            self._handle(events.PracticeCut(self._now()))
        self._start_writers()
        self._tasks.start(self._tick())
        self._tasks.start(self._room.watch())
        self._tasks.start(self._block_list.run())
        self._tasks.start(self._staff.watch(self._staff_changed))
        self._tasks.start(self._readiness.watch())
        self._tasks.start(signs_of_life())
        log.info("engine %s is ready, data in %s", __version__, self._config.data)
        try:
            await self._tasks.watch()
        finally:
            self._sign.take_down()
            await self._tasks.stop()
            self._practice.end()
            await self._link.stop()
            await self._recording.stop()

    async def _open_link(self) -> None:
        try:
            await self._link.start()
        except OSError as error:
            path = link_path(self._config.data)
            raise EngineError(
                f"the link to the screen cannot be opened at {path}: {error.strerror}. The data "
                "folder has to be on a disk of Linux's own (ext4, not FAT or a network share)"
            ) from error

    # -- events in, effects out ----------------------------------------------------------------

    def _handle(self, event: events.Event, turn: Turn | None = None) -> None:
        """Let the desk take an event. What it puts on the disk is there before anything shows.

        While nothing can be recorded, that is only where the desk stands: nobody waits for it.
        `turn`: that of the event from which this one follows, where it is told with that.
        """
        turn = turn or self._telling.turn()
        wanted = self._desk.handle(event)
        facts = [fact for effect in wanted for fact in facts_of(effect, event.at)]
        self._withdraw(facts)
        if not facts:
            self._perform_all(wanted, event.at, turn)
        elif self._desk.state.alarm is None:
            turn.waits += 1
            self._recording.put(facts, partial(self._written, wanted, event.at, turn))
        else:
            self._perform_all(wanted, event.at, turn)
            self._recording.put(facts, self._shown_later)

    def _written(
        self,
        wanted: list[effects.Effect],
        at: datetime,
        turn: Turn,
        recorded: Collection[str] | None,
    ) -> None:
        """Go on with an event whose facts were written; or could not be, where it is None."""
        if recorded is None:
            wanted = [effect for effect in wanted if not isinstance(effect, effects.Tell)]
        self._carry_out(wanted, at, turn)
        for name in () if recorded is None else waited_for(wanted):
            self._delivery.recorded(name)
            self._handle(events.Recorded(self._now(), name), turn)
        turn.waits -= 1
        self._go_on()

    def _perform_all(self, wanted: list[effects.Effect], at: datetime, turn: Turn) -> None:
        self._carry_out(wanted, at, turn)
        self._go_on()

    def _carry_out(self, wanted: list[effects.Effect], at: datetime, turn: Turn) -> None:
        for effect in wanted:
            if isinstance(effect, effects.Tell):
                turn.told.append(self._happened(effect.answer, at, turn.number))
            else:
                self._performing.perform(effect)

    def _go_on(self) -> None:
        self._telling.go_on()
        self._link.show()

    def _withdraw(self, facts: list[Fact]) -> None:
        """Keep delivery from sending what is about to be voided."""
        for fact in facts:
            if isinstance(fact, Voided):
                self._delivery.withdraw(fact.transaction)

    def _tell(self, answer: Answer, at: datetime) -> None:
        """Tell those who follow the desk line by line, when it is its turn."""
        self._telling.turn().told.append(self._happened(answer, at))
        self._telling.go_on()

    def _happened(self, answer: Answer, at: datetime, number: int = 0) -> Happened:
        standing = reminders(self._desk.state)
        return Happened(at=at.isoformat(), answer=answer, reminders=standing, number=number)

    def _scanned(self, scan: Scan | Damaged) -> None:
        if isinstance(scan, Damaged):
            log.warning("a damaged scan: %s", scan.reason)  # never the number: it may be a card's
            self._staff_did(events.DamagedScan(self._now(), scan.sample))
        else:
            self._staff_did(events.Scanned(self._now(), scan.text))

    def _print_failed(self, problem: Phrase, card_ending: str) -> None:
        # Of a receipt of the practice, too: at the desk that is on show.
        self._staff_did(events.PrintFailed(self._now(), problem, card_ending))

    def _from_client(self, intent: Intent) -> None:
        """Take what a client sends. A fault ends the engine: its desk may have stopped half-way."""
        try:
            self._clients.take(intent)
        except Exception as error:  # noqa: BLE001 - whatever it is, what is on the disk is right
            self._tasks.fail(error)

    def _busy(self) -> bool:
        """Tell whether disk, desk or printer have yet to finish what staff began.

        An answer of the library that the daybook holds, and the desk is about to settle, counts
        too: it would be taken for an exception that nobody has seen.
        """
        writing = self._recording.under_way > 0 or self._delivery.untold
        state = self._desk.state
        waiting = state.closing is not None or state.checking is not None
        return writing or waiting or self._devices.printing or self._practice.busy

    def _at_rest(self) -> bool:
        """Tell whether nobody would miss the desk for a few seconds."""
        state = self._desk.state
        served = state.alarm or not (state.locked or (state.idle and state.listing is None))
        quiet = state.last_act is None or self._now() - state.last_act >= QUIET
        return quiet and not served and self._practice.practice is None

    # -- practice ------------------------------------------------------------------------------

    def _staff_did(self, event: events.Event, number: int = 0) -> None:
        """Take what staff did: at the desk to practise on, while there is one.

        `number`: of the line that it was.
        """
        if self._practice.take(event):
            self._link.show()
        else:
            self._handle(event, self._telling.turn(number))

    def _practice_desk(self) -> Practice:
        return Practice(
            self._config.data,
            settings=self._config.desk,
            session=self._desk.session,
            roster=self._staff.roster,
            memory=self._memory(),
            carries=self._config.ils.carries,
            perform=self._performing.perform_practised,
        )

    def _practice_ended(self, transactions: tuple[Transaction, ...]) -> None:
        self._handle(events.PracticeEnded(self._now(), transactions))

    def _practice_failed(self) -> None:
        self._handle(events.PracticeFailed(self._now()))

    # -- the disk (Listener of the recording) --------------------------------------------------

    @property
    def _daybook(self) -> Daybook:
        return self._recording.daybook

    def _memory(self) -> DeskMemory:
        library = self._config.ils.system != "none"
        return DeskMemory(self._daybook, self._block_list, library=library)

    def not_recorded(self, transactions: frozenset[str], reason: str) -> None:
        """Raise the alarm; nobody practises then."""
        self._sign.take_down()
        self._practice.end()
        self._telling.wait_no_more()  # nothing comes before the alarm
        self._handle(events.RecordFailed(self._now(), transactions, reason))

    async def recording_stopped(self) -> None:
        """Stop delivery and housekeeping."""
        await self._delivery.stop(self._tasks)
        await self._tasks.stop("housekeeping")

    def reopened(self) -> None:
        """Read from the daybook that was opened again, and write to it."""
        self._desk.remember(self._memory())
        self._start_writers()

    def recording_again(self) -> None:
        """Go on; what changed since the daybook was opened again is kept now."""
        self._sign.put_up()
        self._handle(events.RecordingRestored(self._now()))
        self._recording.put(self.certain(), self._shown_later)

    def certain(self) -> list[Fact]:
        """Give what is known of the clock, who is on duty, and where the desk stands."""
        known = self._clock.reading, self._desk.duty
        return [*(fact for fact in known if fact is not None), self._desk.standing]

    def _start_writers(self) -> None:
        """Start those who write beside the desk."""
        self._delivery.start(self._tasks)
        housekeeping = Housekeeping(
            self._daybook,
            self._recording.writer,
            self._config.retention,
            clock=self._now,
            sure=lambda: self._clock.by_network,  # a slip in a year would erase everything
        )
        self._tasks.start(housekeeping.run(), name="housekeeping")

    # -- staff ---------------------------------------------------------------------------------

    def _staff_changed(self) -> None:
        self._handle(events.StaffChanged(self._now(), self._staff.roster))

    # -- the clock -----------------------------------------------------------------------------

    async def _tick(self) -> None:
        minute = -1
        while True:
            if self._clock.look():  # the machine's was set
                self._clock_changed()
            now = self._now()
            if self._desk.state.closing is not None or now.minute != minute:
                minute = now.minute
                self._handle(events.Tick(now))
            if self._settings.tick(now):
                self._link.show()
            if self._practice.practice is not None:
                self._practice.tick(now)
                self._link.show()
            await asyncio.sleep(TICK)

    def _set_clock(self, to: datetime) -> None:
        self._clock.set(to)
        self._clock_changed()

    def _clock_changed(self) -> None:
        """Keep what is known for certain now, then tell the desk."""
        reading = self._clock.reading
        if reading is not None and reading != self._daybook.indexes.clocks.get(reading.boot):
            self._recording.put([reading], self._shown_later)
        self._handle(events.ClockChanged(self._now(), self._clock.for_desk))
        self._readiness.judge_again()
        self._delivery.wake()

    def _now(self) -> datetime:
        return self._clock.now()

    # -- what is on show -----------------------------------------------------------------------

    def _show(self) -> None:
        self._link.show()

    def _shown_later(self, _: Collection[str] | None) -> None:
        """Show what has been written, or failed."""
        self._link.show()

    def _picture(self) -> AppState:
        practice = self._practice.practice
        return picture(
            self._desk if practice is None else practice.desk,
            self._now(),
            library=self._delivery.shown() if practice is None else practice.library,
            block_list=memory.block_list(
                self._block_list, self._config.blocklist, self._now().date()
            ),
            devices=self._devices.shown(),
            space=self._room.shown,
            support=self._config.support,
            readiness=self._readiness.shown,
            display=self._settings.display,
            settings=self._settings.shown,
            leaving=self._settings.leaving,
            practice_until="" if practice is None else practice.until.isoformat(),
        )
