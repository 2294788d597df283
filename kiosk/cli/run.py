"""`kiosk run`: the whole kiosk, and the terminal as one more scanner."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from kiosk.cli.asking import ENGINE_STARTS, console_on
from kiosk.cli.common import (
    FAILED,
    OK,
    STANDARD_INPUT,
    CommandError,
    add,
    config_of,
    configured,
    leave_to_the_owner,
)
from kiosk.cli.console import found, take
from kiosk.cli.demo import demo_data

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.console import Console
    from kiosk.console.output import Output
    from kiosk.view.link import LinkThread
    from kiosk.watch import Child

LAST_LINES = 1.0
"""Seconds within which what was printed last has to be taken; a stopped terminal takes nothing."""


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    run = add(commands, "run", _run, "start the kiosk: engine and screen, kept running")
    where = run.add_mutually_exclusive_group()
    configured(run, where)
    where.add_argument("--demo", action="store_true", help="a demo library, to try the kiosk with")


def _run(args: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_run_demo(args) if args.demo else _run_library(args))


async def _run_demo(args: argparse.Namespace) -> int:
    """Run a kiosk and the library it belongs to."""
    from kiosk.config.stored import merged
    from kiosk.demo import staff
    from kiosk.demo.config import demo_config
    from kiosk.watch import Child

    data, port = demo_data(args), _free_port()
    leave_to_the_owner(data)
    _hold(data)
    staff.provide(data)
    state = str(data / "demo-library.json")
    library = Child("library", ["demo-library", "--port", str(port), "--state", state], {})
    options = ["--demo", str(port), "--data", str(data)]
    return await _run_all(merged(demo_config(data, port)), options, library)


def _hold(data: Path) -> None:
    """Make the demo's folder, and hold it until this process ends: it has room for one library.

    The engine's own lock would come too late: the library writes there as well.
    """
    import fcntl

    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = os.open(data / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CommandError(
            f"the data folder {data} cannot be made: {error.strerror}. Name another with --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise CommandError(
            f"another `kiosk run --demo` works in {data}. End that one, or name another folder "
            "with --data"
        ) from error


async def _run_library(args: argparse.Namespace) -> int:
    """Run the kiosk of a real library."""
    named = {"--config": args.config, "--data": args.data}
    options = [x for key, value in named.items() if value for x in (key, str(value))]
    config = config_of(args)
    leave_to_the_owner(config.data)
    return await _run_all(config, options)


async def _run_all(config: Config, options: list[str], library: Child | None = None) -> int:
    """Keep the parts running until told to stop, or until one of them cannot start."""
    import asyncio

    from kiosk.console.output import Output
    from kiosk.console.terminal import echo
    from kiosk.watch import Child, display, on_signals, watch

    screen_env, visible = display(os.environ)
    children = [
        *([library] if library else []),
        Child("engine", ["engine", *options], {}),
        Child("screen", ["screen", *options], screen_env),
    ]
    _refuse_a_second(config.data)
    stopped = asyncio.Event()
    output = Output(sys.stdout.fileno(), sys.stdout.encoding)
    console, link = console_on(config, output)

    def stop() -> None:
        link.stop()  # first, so that it does not report what is stopped on purpose
        stopped.set()

    on_signals(stop)
    _greet(config, console, output, demo=library is not None, visible=visible)
    link.start()
    reading = asyncio.create_task(_read_terminal(console, link, config.data, library, stop))
    try:
        with echo(STANDARD_INPUT) as console.show_typing:
            last_words = await watch(children, config.data / "kiosk.log", until=stopped)
    finally:
        reading.cancel()
        link.stop()
        output.close(LAST_LINES)
    if last_words:
        complaint = Output(sys.stderr.fileno(), sys.stderr.encoding)
        complaint.write(f"{last_words}\n")
        complaint.close(LAST_LINES)
        return FAILED
    return OK


def _refuse_a_second(data: Path) -> None:
    """Raise JournalBusyError where an engine runs already, before a part of this kiosk starts."""
    from contextlib import closing, suppress

    from kiosk.daybook.lock import FolderLock

    with suppress(OSError), closing(FolderLock(data)):  # what else is wrong the engine says better
        pass


def _greet(config: Config, console: Console, output: Output, *, demo: bool, visible: bool) -> None:
    from kiosk.desk.words import say

    if demo:
        from kiosk.demo.holdings import listing

        output.write(listing() + "\n")
        console.say(say("run.demo"))
    console.say(say("run.terminal" if config.printer.terminal else "run.terminal_scanner"))
    if not visible:
        console.say(say("run.no_display"))
    console.say(say("run.data", data=str(config.data)))


async def _read_terminal(
    console: Console,
    link: LinkThread,
    data: Path,
    library: Child | None,
    stop: Callable[[], None],
) -> None:
    """Take lines from the terminal. Its end does not end the kiosk; :quit does."""
    from drivers.scanner.terminal import read_lines
    from kiosk.desk.words import say

    # What was typed, or piped in, before the engine was up is not lost.
    await found(link, data, ENGINE_STARTS)
    async for scan in read_lines(STANDARD_INPUT):
        command = getattr(scan, "text", "").strip()
        if library is not None and command == ":plug":
            library.plug()
            console.say(say("run.plugged"))
        elif library is not None and command == ":unplug":
            await library.unplug()
            console.say(say("run.unplugged"))
        elif not take(console, scan):
            stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
