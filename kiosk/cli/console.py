"""`kiosk console`: lines to the desk, and what became of them."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.cli.asking import LOOKS, PATIENCE, SILENT, console_on, hope, reached
from kiosk.cli.common import (
    ENDED,
    EXCEPTIONS,
    FAILED,
    OK,
    QUEUED,
    STANDARD_INPUT,
    CommandError,
    add,
    become_the_owner,
    config_of,
    configured,
    log_to_stderr,
    seconds,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from drivers.scanner.symbology import Damaged, Scan
    from kiosk.cli.asking import Link
    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.console import Console
    from kiosk.view.link import LinkThread
    from kiosk.view.messages import Pong

DESCRIPTION = """\
The same desk in plain text. Each line is a scan, or a :command (:help lists
them); :quit or the end of input ends it. It is one more client of the kiosk
that runs; where none does, it is the desk itself. Output that nobody reads for
a while holds it back: nothing is lost.
"""
ENDS = """\
example:
  printf '21234000094417\\n31234000579316\\n:done\\n' | kiosk console

exit codes:
  0  all is recorded, and the library has answered for all of it
  1  a line was not taken (nobody was on duty, or a question was open) and not
     entered again since; or something may not have been recorded; or nothing is
     being recorded for now. What was scanned elsewhere counts for nothing
  3  something still waits for the library, or its fate is unknown
  4  all is delivered, but there are exceptions that need a person
"""
NOT_ALL = (
    "not everything that was entered was recorded. What the lines above call recorded is safe; "
    "enter the rest again"
)
GONE = (
    "the engine has gone before the library had answered for everything. What was entered is "
    "recorded; start the kiosk again, and it is delivered"
)
ENDED_FIRST = "the engine ended before this could begin. Nothing was entered: try again"


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "the same desk in plain text: lines are scans or :commands"
    console = configured(add(commands, "console", _console, text))
    console.add_argument(
        "--drain",
        metavar="SECONDS",
        type=seconds,
        default=10.0,
        help="at end of input, go on delivering for at most so long (default: 10)",
    )
    console.description, console.epilog = DESCRIPTION, ENDS
    console.formatter_class = argparse.RawDescriptionHelpFormatter


def _console(args: argparse.Namespace) -> int:
    import asyncio

    from kiosk.console.terminal import echo

    log_to_stderr(logging.WARNING)
    with echo(STANDARD_INPUT) as show_typing:
        try:
            return asyncio.run(_run_console(config_of(args), args.drain, show_typing))
        except asyncio.CancelledError:
            return ENDED


async def _run_console(config: Config, drain: float, show_typing: Callable[[bool], None]) -> int:
    """Be a client of the running engine; with none running, host one."""
    import asyncio

    from kiosk.console.output import patient
    from kiosk.console.terminal import forget_typed
    from kiosk.daybook.journal import JournalBusyError
    from kiosk.engine import Engine
    from kiosk.watch import on_signals

    hosted: asyncio.Task[None] | None = None
    become_the_owner(config.data)  # what root made there, the kiosk could not open
    with suppress(JournalBusyError):
        hosted = asyncio.create_task(Engine(config).run())
    console, link = console_on(config, patient(sys.stdout.fileno(), sys.stdout.encoding))
    console.show_typing = show_typing
    console.forget_typing = lambda: forget_typed(STANDARD_INPUT)
    console.by_hand = os.isatty(STANDARD_INPUT)
    link.start()
    try:
        work = asyncio.create_task(_feed(console, link, config.data, drain))
        on_signals(work.cancel)
        await asyncio.wait([work, *([hosted] if hosted else [])], return_when="FIRST_COMPLETED")
        if hosted is not None and hosted.done():
            work.cancel()
            hosted.result()
        return await work
    finally:
        console.leave()
        link.stop()
        if hosted is not None:
            hosted.cancel()
            with suppress(asyncio.CancelledError):
                await hosted


async def _feed(console: Console, link: LinkThread, data: Path, drain: float) -> int:
    import asyncio

    from drivers.scanner.terminal import read_lines
    from kiosk.daybook.lock import is_held

    if not await found(link, data) and not console.turned_away:
        raise CommandError(SILENT if is_held(data) else ENDED_FIRST)
    async for scan in read_lines(STANDARD_INPUT):
        # A full link makes the thread wait, and with it whatever writes the lines.
        if not await asyncio.to_thread(take, console, scan):
            break
    return await asyncio.to_thread(_drain, console, link, data, drain)


def _drain(console: Console, link: Link, data: Path, seconds: float) -> int:
    """Wait for delivery; give the exit code that says how far it came.

    Raises CommandError where not all was recorded.
    """
    end = time.monotonic() + seconds
    while True:
        desk = _settled(console, link, data, PATIENCE + seconds)
        if console.turned_away:
            return FAILED
        if desk is None or desk.alarm is not None:
            raise CommandError(NOT_ALL)
        library = desk.library
        open_ = library.waiting + library.unknown + library.uploaded + library.handed_over
        if not library.waiting or time.monotonic() >= end:
            break
        time.sleep(0.05)
    return QUEUED if open_ else EXCEPTIONS if library.to_fix else OK


def _settled(console: Console, link: Link, data: Path, timeout: float) -> Pong | None:
    """Ask how the desk stands once all is taken care of; an engine that was restarted, again.

    None where something was not recorded, or is not known to be. Raises CommandError where the
    engine says nothing, or does not come back.
    """
    while True:
        began, losses = time.monotonic(), console.losses
        desk = console.settled(timeout)
        if console.leaving or console.turned_away or console.unrecorded:
            return None
        if desk is not None:
            return desk
        if console.losses == losses and time.monotonic() - began >= timeout:
            raise CommandError(SILENT)
        if not reached(link, data) and not console.unrecorded:
            raise CommandError(GONE)
        time.sleep(1 / LOOKS)


async def found(link: LinkThread, data: Path, gap: float = 0.0) -> bool:
    """Wait for the engine, while there is hope; tell whether it is there."""
    import asyncio

    for _ in hope(link, data, gap):
        await asyncio.sleep(1 / LOOKS)
    return link.up.is_set()


def take(console: Console, scan: Scan | Damaged) -> bool:
    """Hand a line to the console. False when it ends the console."""
    from drivers.scanner.symbology import Damaged
    from kiosk.desk.words import say

    if isinstance(scan, Damaged):
        console.say(say("console.damaged", sample=scan.sample))
        return True
    return console.line(scan.text)
