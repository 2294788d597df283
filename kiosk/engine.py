"""The engine: wires desk, daybook, delivery and drivers, and owns the tasks.

Everything that happens goes through `_handle`, one event at a time, on one event loop:

    scanner, link, disk, library, clock --event--> desk --effects--> disk, library, printer, link

Nothing here waits for the disk, the network, a printer or a screen: each has its own task or
thread and comes back with an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import sdnotify

from drivers.printer.escpos import NetworkPrinter, SerialPrinter
from drivers.printer.status import PrinterError
from drivers.printer.terminal import draw
from drivers.scanner.serial import SerialScanner
from drivers.scanner.symbology import Damaged
from kiosk import __version__, memory, receipts
from kiosk.clock import Clock, ThisMachine, boot_id
from kiosk.daybook import space, unrecorded
from kiosk.daybook.blocklist.keeper import Keeper
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.facts import Settled, Voided
from kiosk.daybook.housekeeping import Housekeeping
from kiosk.daybook.journal import JournalError
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.desk import events
from kiosk.desk.answers import Answer
from kiosk.desk.desk import Desk
from kiosk.desk.policy import DeskSession
from kiosk.desk.words import say
from kiosk.ils.sip2 import Sip2Library
from kiosk.memory import DeskMemory
from kiosk.view import state as show
from kiosk.view.link import link_path
from kiosk.view.messages import (
    Happened,
    Ping,
    Pong,
    Pressed,
    ReceiptDrawn,
    Screenshot,
    ScreenshotTaken,
    Typed,
)
from kiosk.view.picture import picture
from kiosk.view.server import LinkServer
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from drivers.printer.document import Document
    from drivers.printer.status import Printer
    from drivers.scanner.serial import Reason, Status
    from drivers.scanner.symbology import Scan
    from kiosk.clock import Machine
    from kiosk.config import Config, PrinterSettings
    from kiosk.daybook.facts import Fact
    from kiosk.desk.transactions import Outcome, PatronAnswer
    from kiosk.desk.visits import Receipt
    from kiosk.desk.words import Phrase
    from kiosk.view.messages import Intent

log = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks at the clock."""
WATCHDOG = 10.0
"""Seconds between two signs of life to systemd, which waits 30 (systemd/kiosk-engine.service)."""
LOOK_AT_SPACE = 60.0
"""Seconds between two looks at how much room the disk has."""
LEAST_ROOM = 1 << 16
"""Bytes, some forty transactions, that must fit before the desk records again after an alarm."""
REOPEN = 3.0
"""Seconds between two attempts to write again after the disk refused."""


class EngineError(Exception):
    """The engine cannot start. The message is fit to show to staff."""


class Engine:
    """One desk's engine. `run` does everything."""

    def __init__(self, config: Config, machine: Machine | None = None) -> None:
        self._config = config
        self._zone = config.zone
        self._words = Words(config.language)
        self._daybook = _open(config.data)
        self._tasks = _Tasks()
        self._problems: dict[str, Phrase] = {}
        self._failed: set[str] = set()
        self._to_print: asyncio.Queue[Receipt] = asyncio.Queue()
        self._printing = False
        self._writing = 0
        self._space: show.Space | None = None
        session = DeskSession(
            id=uuid.uuid4().hex,
            boot=boot_id(),
            terminal=config.library.terminal,
            library=config.library.name,
            zone=self._zone,
            profile=config.library.profile,
            staff=config.library.staff,
            block_list=memory.rules(config.blocklist),
        )
        self._clock = Clock(
            machine or ThisMachine(),
            self._zone,
            session.boot,
            kept=self._daybook.indexes.clocks.get(session.boot),
            latest=self._latest,
        )
        _void_unrecorded(self._daybook, config.data, self._now())
        self._block_list = Keeper(config.blocklist, config.data, self._zone, self._now, self._show)
        remembered = DeskMemory(self._daybook, self._block_list)
        self._desk = Desk(config.desk, session, remembered, lambda: uuid.uuid4().hex)
        standing = self._daybook.standing()
        self._desk.resume(
            standing, self._daybook.open_visit(standing), self._daybook.past_visit("")
        )
        self._link = LinkServer(
            link_path(config.data),
            engine_version=__version__,
            picture=self._picture,
            on_intent=self._intent,
        )
        self._printer = _printer(config.printer, self._link)
        self._scanners = [SerialScanner(settings) for settings in config.scanner]
        self._writer: Writer
        self._courier: Courier | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        self._writer = Writer(self._daybook, asyncio.get_running_loop())
        self._clock.look()
        self._clock_changed()
        await self._open_link()
        self._tasks.start(self._link.keep_open())
        for scanner in self._scanners:
            self._tasks.start(self._scan(scanner))
        self._tasks.start(self._print_receipts())
        await asyncio.sleep(0)  # the scanners are open before a long backlog is put in order
        if self._daybook.journal.set_aside is not None:
            log.error("a damaged last record was kept in %s", self._daybook.journal.set_aside)
            self._handle(events.RecordCut(self._now()))
        self._start_delivery()
        self._start_housekeeping()
        self._tasks.start(self._tick())
        self._tasks.start(self._watch_space())
        self._tasks.start(self._block_list.run())
        self._tasks.start(_signs_of_life())
        log.info("engine %s is ready, data in %s", __version__, self._config.data)
        try:
            await self._tasks.watch()
        finally:
            await self._tasks.stop()
            await self._link.stop()
            await asyncio.to_thread(self._writer.stop)
            self._daybook.close()

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

    def _handle(self, event: events.Event) -> None:
        """Let the desk take an event. What it puts on the disk is there before anything shows."""
        effects = self._desk.handle(event)
        facts = [fact for effect in effects for fact in self._fact(effect, event.at)]
        if facts:
            self._withdraw(facts)
            self._put(facts, partial(self._perform_all, effects, event.at))
        else:
            self._perform_all(effects, event.at)

    def _perform_all(
        self, effects: list[events.Effect], at: datetime, *, recorded: bool = True
    ) -> None:
        """Do what the desk wants done. Nothing is told that did not get onto the disk."""
        for effect in effects:
            if recorded or not isinstance(effect, events.Tell):
                self._perform(effect, at)
        self._link.show()

    def _withdraw(self, facts: list[Fact]) -> None:
        """Keep delivery from sending what is about to be voided."""
        for fact in facts:
            if isinstance(fact, Voided) and self._courier is not None:
                self._courier.withdraw(fact.transaction)

    def _fact(self, effect: events.Effect, at: datetime) -> Iterator[Fact]:
        """Give what an effect puts on the disk at once; all of one event goes in one commit."""
        match effect:
            case events.Record(transaction):
                yield transaction
            case events.Remember(standing):
                yield standing
            case events.Void(transaction_id):
                yield Voided(transaction=transaction_id, at=at)
            case _:
                return

    def _perform(self, effect: events.Effect, at: datetime) -> None:
        match effect:
            case events.Settle(transaction_id):
                settled = Settled(transaction=transaction_id, at=at)
                self._put([settled], lambda **_: self._link.show(), urgent=False)
            case events.AskPatron(card) if self._courier is not None:
                if self._config.ils.live != "none":
                    self._courier.ask_patron(card)
            case events.Print(receipt):
                self._to_print.put_nowait(receipt)
            case events.SetClock(to):
                self._clock.set(to)
                self._clock_changed()
            case events.Tell(answer):
                self._link.tell(Happened(at=at.isoformat(), answer=answer))

    def _put(self, facts: list[Fact], then: Callable[..., None], *, urgent: bool = True) -> None:
        """Have facts written. Then, or when they could not be, tell the desk and do the rest."""
        waited_for = [name for name in map(_waited_for, facts) if name]

        def done(error: JournalError | None) -> None:
            self._writing -= 1
            if error is not None:
                self._not_recorded(set(waited_for), str(error))
            then(recorded=error is None)
            if error is None:
                for transaction in waited_for:
                    if self._courier is not None and transaction in self._daybook.indexes.pending:
                        self._courier.recorded(transaction)
                    self._handle(events.Recorded(self._now(), transaction))

        self._writing += 1
        self._writer.put(facts, done, urgent=urgent)

    def _scanned(self, scan: Scan | Damaged) -> None:
        if isinstance(scan, Damaged):
            log.warning("a damaged scan: %s", scan.reason)  # never the number: it may be a card's
            self._handle(events.DamagedScan(self._now(), scan.sample))
        else:
            self._handle(events.Scanned(self._now(), scan.text))

    def _intent(self, intent: Intent) -> None:
        match intent:
            case Pressed(command=command):
                self._handle(events.Pressed(self._now(), command))
            case Typed(text=text):
                self._handle(events.Scanned(self._now(), text, "typed"))
            case Screenshot(path=path):
                if not self._link.ask_screens(intent):
                    self._link.answer_consoles(ScreenshotTaken(path=path, problem="no screen"))
            case ScreenshotTaken():
                self._link.answer_consoles(intent)
            case Ping(settled=False):
                self._pong(intent)
            case Ping():
                self._writer.put([], lambda _: self._pong_when_settled(intent))

    def _pong_when_settled(self, ping: Ping) -> None:
        """Answer once everything that came before it was taken care of, or has failed."""
        if self._busy():
            again = partial(self._pong_when_settled, ping)
            asyncio.get_running_loop().call_later(TICK / 10, again)
        else:
            self._pong(ping)

    def _pong(self, ping: Ping) -> None:
        self._link.answer_consoles(Pong(number=ping.number, library=self._library()))

    def _busy(self) -> bool:
        """Tell whether disk, desk or printer have yet to finish what staff began."""
        printing = self._printing or not self._to_print.empty()
        return self._writing > 0 or printing or self._desk.state.closing is not None

    # -- the disk ------------------------------------------------------------------------------

    def _not_recorded(self, transactions: set[str], reason: str) -> None:
        """Raise the alarm, once; and try to get the disk back until it is there."""
        first = not self._failed and self._desk.state.alarm is None
        self._failed |= transactions
        unrecorded.remember(self._config.data, self._failed)
        self._handle(events.RecordFailed(self._now(), frozenset(transactions), reason))
        if first:
            log.error("nothing is being recorded: %s", reason)
            self._tasks.start(self._restore())

    async def _restore(self) -> None:
        """Open the daybook again, and again. What was shown as failed must not be delivered."""
        await self._stop_delivery()
        await self._tasks.stop("housekeeping")
        await asyncio.to_thread(self._writer.stop)
        broken = self._daybook
        # The desk goes on reading it.
        await asyncio.to_thread(broken.journal.retire, "the disk does not take it")
        while True:
            await asyncio.sleep(REOPEN)
            try:
                failed, sequence = frozenset(self._failed), broken.journal.sequence
                self._daybook = await asyncio.to_thread(self._reopened, failed, sequence)
                break
            except (JournalError, EngineError, OSError) as error:
                log.warning("still nothing can be recorded: %s", error)
        self._failed.clear()
        self._desk.remember(DeskMemory(self._daybook, self._block_list))
        with contextlib.suppress(OSError):  # of the disk that was
            unrecorded.forget(self._config.data)
            broken.close()
        self._writer = Writer(self._daybook, asyncio.get_running_loop())
        self._start_delivery()
        self._start_housekeeping()
        log.warning("recording again")
        self._handle(events.RecordingRestored(self._now()))

    def _reopened(self, failed: frozenset[str], sequence: int) -> Daybook:
        """Open the daybook and prove that it can be written, by voiding what had failed.

        A commit that failed may be on the disk all the same. Its lines turned red, and staff were
        told to write them down, so they are voided. One without all commits up to `sequence` is
        another daybook, or a new one in the place of one that is gone: that is for a person to
        decide, by starting the kiosk anew.
        """
        journal = self._config.data / JOURNAL
        self._config.data.mkdir(parents=True, exist_ok=True)  # for the link: screens may come back
        if not any(journal.glob("*.segment")):
            raise EngineError(f"the daybook is gone from {journal}. Put it back where it was")
        daybook = _open(self._config.data)
        if daybook.journal.sequence < sequence:
            daybook.close()
            raise EngineError(f"{journal} is another daybook. Put back the one that was there")
        try:
            daybook.journal.make_room(LEAST_ROOM)
            voids = _voids(daybook, failed, self._now())
            reading = [self._clock.reading] if self._clock.reading is not None else []
            daybook.learn(daybook.commit([*voids, *reading, self._desk.standing]))
        except BaseException:
            daybook.close()
            raise
        return daybook

    async def _watch_space(self) -> None:
        """Look now and then how much more the disk takes; reserve what could not be before."""
        while True:
            with contextlib.suppress(JournalError):  # the alarm is up: the disk is looked at there
                await self._writer.do(self._daybook.journal.reserve)
            with contextlib.suppress(OSError):  # a folder that is gone is found by the next write
                disk = await asyncio.to_thread(space.look, self._config.data)
                self._space = self._judge(disk)
                self._link.show()
            await asyncio.sleep(LOOK_AT_SPACE)

    def _judge(self, disk: space.Disk | None) -> show.Space | None:
        if disk is None:
            return None
        journal, indexes = self._daybook.journal, self._daybook.indexes
        room = space.room(disk, reserved=journal.reserved, busiest=indexes.busiest_day())
        if room.state == "ok":
            return None
        if self._space is None or self._space.state != room.state:
            log.warning("the disk has room for %s more transactions", room.transactions)
        return show.Space(
            state=room.state, headline=space.headline(room), lasting=space.lasting(room)
        )

    def _start_housekeeping(self) -> None:
        housekeeping = Housekeeping(
            self._daybook,
            self._writer,
            self._config.retention,
            clock=self._now,
            sure=lambda: self._clock.by_network,  # a slip in a year would erase everything
        )
        self._tasks.start(housekeeping.run(), name="housekeeping")

    # -- the library ---------------------------------------------------------------------------

    def _start_delivery(self) -> None:
        settings = self._config.ils.sip2
        if settings is None or self._config.ils.offline == "none":
            return
        self._courier = Courier(
            self._config.delivery,
            Sip2Library(settings, self._zone, self._now),
            self._daybook,
            self._writer,
            clock=self._now,
            is_open=self._is_open,
            on_hold=lambda: self._clock.behind is not None,
            listener=self,
        )
        self._tasks.start(self._courier.run(), name="delivery")

    async def _stop_delivery(self) -> None:
        await self._tasks.stop("delivery")
        self._courier = None
        self._handle(events.LibraryReached(self._now(), online=False))

    def _is_open(self, visit: str) -> bool:
        """Tell whether a patron still stands there, so that the library may refuse."""
        open_visit = self._desk.state.visit
        live = self._config.ils.live != "none"
        return live and open_visit is not None and open_visit.id == visit

    def patron_answered(self, answer: PatronAnswer) -> None:
        """Take whose card it is (Listener)."""
        self._handle(events.PatronAnswered(self._now(), answer))

    def outcome_arrived(self, outcome: Outcome) -> None:
        """Take what the library said (Listener)."""
        self._handle(events.OutcomeArrived(self._now(), outcome))

    def connectivity_changed(self) -> None:
        """Tell the desk and those who follow it (Listener)."""
        if self._courier is None:
            return
        connectivity = self._courier.connectivity
        online = connectivity.state == "online"
        if online != self._desk.state.online or connectivity.reason is not None:
            headline = say("library.reached" if online else "library.lost")
            answer = Answer(tone="neutral", headline=headline, detail=connectivity.reason)
            self._link.tell(Happened(at=self._now().isoformat(), answer=answer))
        live = self._config.ils.live != "none"
        self._handle(events.LibraryReached(self._now(), online=online and live))

    def recording_failed(self, reason: str) -> None:
        """Take that delivery could not write (Listener)."""
        self._not_recorded(set(), reason)

    # -- devices and clock ---------------------------------------------------------------------

    async def _scan(self, scanner: SerialScanner) -> None:
        def on_status(status: Status, reason: Reason) -> None:
            log.info("scanner %s is %s %s", scanner.name, status, reason)
            self._problem(scanner.name, say("scanner.missing") if status == "missing" else None)

        await scanner.run(self._scanned, on_status)

    async def _print_receipts(self) -> None:
        if self._printer is not None:
            await self._check_printer(self._printer)
        while True:
            self._printing = False
            receipt = await self._to_print.get()
            self._printing = True
            if self._printer is None:
                self._handle(events.PrintFailed(self._now(), say("printer.none")))
                continue
            document = receipts.lay_out(
                receipt, self._printer.columns, self._words, self._config.receipt
            )
            try:
                await self._printer.print(document)
            except PrinterError as error:
                problem = self._printer_problem(error)
                self._problem(self._printer.name, problem)
                self._handle(events.PrintFailed(self._now(), problem))
            else:
                self._problem(self._printer.name, None)

    async def _check_printer(self, printer: Printer) -> None:
        """Look at the printer before it is needed; this also loads its heavy library in time."""
        try:
            await printer.check()
        except PrinterError as error:
            self._problem(printer.name, self._printer_problem(error))

    def _printer_problem(self, error: PrinterError) -> Phrase:
        if self._config.printer.terminal:
            return say("printer.no_terminal")
        return say(f"printer.{error.problem}")

    def _problem(self, device: str, problem: Phrase | None) -> None:
        if problem is None:
            self._problems.pop(device, None)
        else:
            self._problems[device] = problem
        self._link.show()

    async def _tick(self) -> None:
        minute = -1
        while True:
            self._look_at_clock()
            now = self._now()
            if self._desk.state.closing is not None:
                self._handle(events.Tick(now))
            elif now.minute != minute:
                minute = now.minute
                self._link.show()
            await asyncio.sleep(TICK)

    def _look_at_clock(self) -> None:
        """See whether the machine's clock was set."""
        if self._clock.look():
            self._clock_changed()

    def _clock_changed(self) -> None:
        """Keep what is known for certain now, then tell the desk."""
        reading = self._clock.reading
        if reading is not None and reading != self._daybook.indexes.clocks.get(reading.boot):
            self._put([reading], lambda **_: None)
        self._handle(events.ClockChanged(self._now(), self._clock.for_desk))
        if self._courier is not None:
            self._courier.wake()

    def _now(self) -> datetime:
        return self._clock.now()

    def _latest(self) -> datetime | None:
        return self._daybook.latest()

    # -- what is on show -----------------------------------------------------------------------

    def _show(self) -> None:
        self._link.show()

    def _picture(self) -> show.AppState:
        return picture(
            self._desk,
            self._now(),
            library=self._library(),
            block_list=memory.block_list(
                self._block_list, self._config.blocklist, self._now().date()
            ),
            devices=tuple(self._devices()),
            space=self._space,
            support=self._config.support,
        )

    def _library(self) -> show.Library:
        indexes = self._daybook.indexes
        unknown = sum(x.outcome.kind == "unknown" for x in indexes.exceptions.values())
        connectivity = self._courier.connectivity if self._courier is not None else None
        configured = self._config.ils.offline != "none"
        stopped: Literal["none", "offline"] = "offline" if configured else "none"
        return show.Library(
            state=stopped if connectivity is None else connectivity.state,
            waiting=len(indexes.pending),
            to_fix=len(indexes.exceptions),
            unknown=unknown,
            reason=None if connectivity is None else connectivity.reason,
        )

    def _devices(self) -> list[show.Device]:
        devices = [
            show.Device(name=s.name, kind="scanner", problem=self._problems.get(s.name))
            for s in self._scanners
        ]
        if self._printer is not None:
            name = self._printer.name
            devices.append(show.Device(name=name, kind="printer", problem=self._problems.get(name)))
        return devices


@dataclass(slots=True)
class _TerminalPrinter:
    """Whoever follows the desk line by line: a receipt is drawn there."""

    link: LinkServer
    name: str = "terminal"
    columns: int = 42

    async def print(self, document: Document) -> None:
        """Draw on every terminal."""
        if not self.link.tell(ReceiptDrawn(text=draw(document))):
            raise PrinterError("unreachable")

    async def check(self) -> None:
        """Find nothing wrong: a terminal may still open."""


class _Tasks:
    """The engine's tasks. One that fails ends the engine, which is then started again."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def start(self, work: Coroutine[None, None, None], name: str = "") -> None:
        task = asyncio.create_task(work, name=name or None)
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._changed.set())

    async def watch(self) -> None:
        """Wait for ever, or raise what a task has failed with."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for task in [task for task in self._tasks if task.done()]:
                self._tasks.discard(task)
                if not task.cancelled():
                    task.result()

    async def stop(self, name: str = "") -> None:
        """Stop the tasks of this name, or all of them."""
        tasks = [task for task in self._tasks if not name or task.get_name() == name]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _signs_of_life() -> None:
    """Tell systemd that the engine is ready, and then that its loop still turns."""
    notifier = sdnotify.SystemdNotifier()
    notifier.notify("READY=1")
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(WATCHDOG)


def _open(data: Path) -> Daybook:
    try:
        data.mkdir(parents=True, exist_ok=True)
        return Daybook(data)
    except PermissionError as error:
        raise EngineError(
            f"the data folder {data} cannot be written: {error.strerror}. Give the kiosk's user "
            "the right to write there, or set `data` in kiosk.toml to another folder"
        ) from error
    except OSError as error:
        message = f"the data folder {data} cannot be used: {error.strerror or error}"
        raise EngineError(message) from error


def _void_unrecorded(daybook: Daybook, data: Path, at: datetime) -> None:
    """Void what had failed when the engine ended in the middle of an alarm."""
    failed = unrecorded.recall(data)
    if failed:
        daybook.learn(daybook.commit(_voids(daybook, failed, at)))
        unrecorded.forget(data)


def _voids(daybook: Daybook, failed: Iterable[str], at: datetime) -> list[Fact]:
    """Give voids for those transactions that are on the disk although their commit failed."""
    return [Voided(transaction=x, at=at) for x in failed if x in daybook.indexes.pending]


def _printer(settings: PrinterSettings, link: LinkServer) -> Printer | None:
    if settings.network is not None:
        return NetworkPrinter(settings.network)
    if settings.serial is not None:
        return SerialPrinter(settings.serial)
    return _TerminalPrinter(link) if settings.terminal else None


def _waited_for(fact: Fact) -> str:
    """Name the transaction whose fact the desk waits for, if it does."""
    if isinstance(fact, Voided):
        return fact.transaction
    return getattr(fact, "id", "")
