"""The desk's scanners and its printer: what they read and print, and what is wrong with them."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.printer.escpos import NetworkPrinter, SerialPrinter
from drivers.printer.status import PrinterError
from drivers.printer.terminal import draw
from drivers.scanner.serial import SerialScanner
from kiosk.desk.visits import Receipt
from kiosk.desk.words import say
from kiosk.receipts.layout import lay_out
from kiosk.view import state as show
from kiosk.view.messages import ReceiptDrawn
from kiosk.view.server import LinkServer
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.printer.document import Document
    from drivers.printer.status import GoesOn, Printer
    from drivers.scanner.serial import Reason, Status
    from drivers.scanner.symbology import Damaged, Scan
    from kiosk.config import Config
    from kiosk.config.settings import PrinterSettings
    from kiosk.desk.words import Phrase
    from kiosk.engine.tasks import Tasks
    from kiosk.receipts.layout import Printed

log = logging.getLogger(__name__)

LONG = 2.0
"""Seconds after which a print-out takes long: a receipt is out by then."""
STEP = 5
"""Per cent between two pictures of how far it is."""


class _Job:
    """What is being printed. One thread sets `share`, the other `stopped`."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self.share = 0
        self.stopped = False

    @property
    def is_long(self) -> bool:
        return time.monotonic() - self._begun >= LONG


class Devices:
    """The devices of one desk. Those who follow its `link` line by line may be its printer."""

    def __init__(
        self,
        config: Config,
        link: LinkServer,
        *,
        on_scan: Callable[[Scan | Damaged], None],
        on_print_failed: Callable[[Phrase, str], None],
    ) -> None:
        self._config = config
        self._link = link
        self._on_scan = on_scan
        self._on_print_failed = on_print_failed
        self._words = Words(config.language)
        self._scanners = [SerialScanner(settings) for settings in config.scanner]
        self._printer = _printer(config.printer, link)
        self._problems: dict[str, Phrase] = {}
        self._to_print: asyncio.Queue[Printed] = asyncio.Queue()
        self._job: _Job | None = None

    def start(self, tasks: Tasks) -> None:
        """Begin to scan and to print."""
        for scanner in self._scanners:
            tasks.start(self._scan(scanner))
        tasks.start(self._print_receipts())

    def print(self, receipt: Printed) -> None:
        """Print a receipt, a staff slip or a report, when those before it are printed."""
        self._to_print.put_nowait(receipt)

    def stop_printing(self) -> None:
        """Break off what is being printed, if anything is; what waits comes next."""
        if self._job is not None:
            self._job.stopped = True

    async def look_at_printer(self) -> None:
        """See whether the printer could print now; `shown` tells. One that prints is left alone."""
        if self._printer is not None and not self.printing:
            await self._check(self._printer)

    @property
    def printing(self) -> bool:
        """Tell whether there are receipts to be printed yet."""
        return self._job is not None or not self._to_print.empty()

    def shown(self) -> tuple[show.Device, ...]:
        """Give how they are."""
        devices = [
            show.Device(name=s.name, kind="scanner", problem=self._problems.get(s.name))
            for s in self._scanners
        ]
        if self._printer is not None:
            name = self._printer.name
            problem, printing = self._problems.get(name), self._shown_printing()
            devices.append(
                show.Device(name=name, kind="printer", problem=problem, printing=printing)
            )
        return tuple(devices)

    def _shown_printing(self) -> show.Printing | None:
        """Give how far a long print-out is."""
        job = self._job
        if job is None or not job.is_long or job.stopped:
            return None
        return show.Printing(share=job.share, behind=self._to_print.qsize())

    async def _scan(self, scanner: SerialScanner) -> None:
        def on_status(status: Status, reason: Reason) -> None:
            log.info("scanner %s is %s %s", scanner.name, status, reason)
            self._problem(scanner.name, say("scanner.missing") if status == "missing" else None)

        await scanner.run(self._on_scan, on_status)

    async def _print_receipts(self) -> None:
        if self._printer is not None:
            await self._check(self._printer)
        while True:
            receipt = await self._to_print.get()
            if self._printer is None:
                self._on_print_failed(say("printer.none"), _whose(receipt))
                continue
            self._job = _Job()
            is_long = asyncio.get_running_loop().call_later(LONG, self._link.show)
            try:
                await self._print(receipt, self._printer, self._job)
            finally:
                is_long.cancel()
                self._job = None
                self._link.show()

    async def _print(self, receipt: Printed, printer: Printer, job: _Job) -> None:
        # A list of a thousand takes a second, in which nobody could scan.
        document = await asyncio.to_thread(
            lay_out, receipt, printer.columns, self._words, self._config.receipt
        )
        try:
            await printer.print(document, self._watch(job))
        except PrinterError as error:
            problem = self._printer_problem(error)
            self._problem(printer.name, problem)
            self._on_print_failed(problem, _whose(receipt))
        else:
            self._problem(printer.name, None)

    def _watch(self, job: _Job) -> GoesOn:
        """Keep in mind how far a print-out is, and show it where that takes long."""
        loop = asyncio.get_running_loop()

        def goes_on(share: float) -> bool:
            before, job.share = job.share, int(share * 100) // STEP * STEP
            if job.is_long and job.share != before:
                loop.call_soon_threadsafe(self._link.show)
            return not job.stopped

        return goes_on

    async def _check(self, printer: Printer) -> None:
        """Look at the printer before it is needed; this also loads its heavy library in time."""
        try:
            await printer.check()
        except PrinterError as error:
            self._problem(printer.name, self._printer_problem(error))
        else:
            self._problem(printer.name, None)

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


def _whose(printed: Printed) -> str:
    """Give the ending of the card of the patron whom it is for; "" where that is none."""
    return printed.card_ending if isinstance(printed, Receipt) else ""


@dataclass(slots=True)
class _TerminalPrinter:
    """Whoever follows the desk line by line: a receipt is drawn there."""

    link: LinkServer
    name: str = "terminal"
    columns: int = 42

    async def print(self, document: Document, goes_on: GoesOn | None = None) -> None:  # noqa: ARG002 - drawn at once
        """Draw on every terminal."""
        text = await asyncio.to_thread(draw, document)
        if not self.link.tell(ReceiptDrawn(text=text)):
            raise PrinterError("unreachable")

    async def check(self) -> None:
        """Find nothing wrong: a terminal may still open."""


def _printer(settings: PrinterSettings, link: LinkServer) -> Printer | None:
    if settings.network is not None:
        return NetworkPrinter(settings.network)
    if settings.serial is not None:
        return SerialPrinter(settings.serial)
    return _TerminalPrinter(link) if settings.terminal else None
