"""`kiosk console`, and what every command needs that is a client of the engine."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.cli.common import (
    ENDED,
    EXCEPTIONS,
    FAILED,
    OK,
    QUEUED,
    STANDARD_INPUT,
    STANDARD_OUTPUT,
    CommandError,
    add,
    config_of,
    configured,
    log_to_stderr,
    seconds,
)

if TYPE_CHECKING:
    import argparse
    import asyncio
    import threading
    from collections.abc import Callable

    from drivers.scanner.symbology import Damaged, Scan
    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.console import Console, Out
    from kiosk.view.link import LinkThread
    from kiosk.view.messages import Pong

PATIENCE = 30.0
"""Seconds in which something comes from an engine that is at work, if only a sign of life."""
NOT_ALL = (
    "not everything that was entered was recorded. What the lines above call recorded is safe; "
    "enter the rest again"
)
SILENT = "the engine holds the daybook but does not answer. Restart the kiosk"
GONE = (
    "the engine has gone before the library had answered for everything. What was entered is "
    "recorded; start the kiosk again, and it is delivered"
)
ENGINE_STARTS = 30
"""Seconds within which an engine answers."""
LOOKS = 20
"""So often in a second it is looked for."""


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
    with suppress(JournalBusyError):
        hosted = asyncio.create_task(Engine(config).run())
    console, link = console_on(config, patient(sys.stdout.fileno(), sys.stdout.encoding))
    console.show_typing = show_typing
    console.forget_typing = lambda: forget_typed(STANDARD_INPUT)
    console.by_hand = os.isatty(STANDARD_INPUT)
    link.start()
    try:
        work = asyncio.create_task(_feed(console, link, drain))
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


async def _feed(console: Console, link: LinkThread, drain: float) -> int:
    import asyncio

    from drivers.scanner.terminal import read_lines

    if not await found(link):
        raise CommandError(SILENT)
    async for scan in read_lines(STANDARD_INPUT):
        # A full link makes the thread wait, and with it whatever writes the lines.
        if not await asyncio.to_thread(take, console, scan):
            break
    return await asyncio.to_thread(_drain, console, link.up, drain)


def _drain(console: Console, up: threading.Event, seconds: float) -> int:
    """Wait for delivery; give the exit code that says how far it came.

    `up` is set while the engine is there. Raises CommandError where not all was recorded.
    """
    end = time.monotonic() + seconds
    while True:
        desk = _settled(console, up, PATIENCE + seconds)
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


def _settled(console: Console, up: threading.Event, timeout: float) -> Pong | None:
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
        if not up.wait(ENGINE_STARTS) and not console.unrecorded:
            raise CommandError(GONE)
        time.sleep(1 / LOOKS)


def console_on(config: Config, out: Out, *, happenings: bool = True) -> tuple[Console, LinkThread]:
    """Make a console and its link to the engine. Without `happenings` it is there to ask only."""
    from kiosk.console import Console
    from kiosk.view.link import LinkThread, link_path
    from kiosk.view.messages import LINK_VERSION, Hello
    from kiosk.words import Words

    console = Console(
        Words(config.screen.language or config.language), out, _columns() if happenings else 0
    )
    link = LinkThread(
        link_path(config.data),
        Hello(link_version=LINK_VERSION, client="console", happenings=happenings),
        on_message=console.on_message,
        on_up=console.engine_found,
        on_down=console.engine_lost,
    )
    console.send = link.send
    return console, link


def _columns() -> int:
    """Give the width of the terminal that lines come from and go to; 0 where there is none."""
    if not (os.isatty(STANDARD_INPUT) and os.isatty(STANDARD_OUTPUT)):
        return 0
    return os.get_terminal_size(STANDARD_OUTPUT).columns


async def found(link: LinkThread) -> bool:
    """Wait for the engine, within reason; tell whether it is there."""
    import asyncio

    for _ in range(ENGINE_STARTS * LOOKS):
        if link.up.is_set():
            return True
        await asyncio.sleep(1 / LOOKS)
    return False


def take(console: Console, scan: Scan | Damaged) -> bool:
    """Hand a line to the console. False when it ends the console."""
    from drivers.scanner.symbology import Damaged
    from kiosk.desk.words import say

    if isinstance(scan, Damaged):
        console.say(say("console.damaged", sample=scan.sample))
        return True
    return console.line(scan.text)
