"""The `kiosk` command. Each subcommand loads only what it needs."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import math
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from kiosk import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.scanner.symbology import Damaged, Scan
    from kiosk.config import Config
    from kiosk.console import Console
    from kiosk.daybook.daybook import Daybook
    from kiosk.view.link import LinkThread
    from kiosk.watch import Child

OK, FAILED, USAGE, QUEUED, EXCEPTIONS = range(5)
PATIENCE = 30.0
"""Seconds within which a desk finishes what was begun: a slow printer takes ten."""
ENGINE_STARTS = 10
"""Seconds within which an engine answers."""
LOOKS = 20
"""So often in a second it is looked for."""
LAST_PORT = 65535
LAST_STREAM = 2
"""The descriptor of standard error."""

EPILOG = """\
examples:
  kiosk run --demo                      a kiosk at a demo library, on this machine alone
  kiosk run --config kiosk.toml         the kiosk of your library
  printf '21234000094417\\n31234000579316\\n:done\\n' | kiosk console --config kiosk.toml
  kiosk transactions --state queued     what still waits for the library
  kiosk status --json                   how the desk stands, for a monitoring system

exit codes:
  0  done; for console: everything is delivered
  1  it could not start, or failed: the message says why and what to do
  2  the command line is wrong
  3  console: something is still queued, unknown or waiting
  4  console: all is delivered, but there are exceptions that need a person
  130  ended by Ctrl-C; run and engine end with 0
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit code."""
    _fill_streams()
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except _errors() as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return FAILED


def _fill_streams() -> None:
    """Put nothing in the place of standard streams that were closed.

    Else the next file that is opened gets the number of one, and what is printed lands in it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= LAST_STREAM:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(LAST_STREAM, "w")


def _errors() -> tuple[type[Exception], ...]:
    """Name the errors whose message is fit to show."""
    from kiosk.config import ConfigError
    from kiosk.daybook.journal import JournalError
    from kiosk.engine import EngineError

    return (ConfigError, JournalError, EngineError, CommandError)


class CommandError(Exception):
    """A command cannot do what was asked. The message is fit to show."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk",
        description="Daybook: an offline-first circulation kiosk for libraries.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Daybook {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> Any:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    run = add("run", _run, "start the kiosk: engine and screen, kept running")
    where = run.add_mutually_exclusive_group()
    _configured(run, where)
    where.add_argument("--demo", action="store_true", help="at a demo library on this machine")
    for name, function, text in (
        ("engine", _engine, "the desk without a screen (one of the two parts of run)"),
        ("screen", _screen, "the touchscreen (the other part of run)"),
    ):
        command = _configured(add(name, function, text))
        command.add_argument("--demo", metavar="PORT", type=int, help=argparse.SUPPRESS)
    console = _configured(
        add("console", _console, "the same desk in plain text: lines are scans or :commands")
    )
    console.add_argument(
        "--drain",
        metavar="SECONDS",
        type=_seconds,
        default=10.0,
        help="at end of input, go on delivering for at most so long (default: 10)",
    )
    library = add("demo-library", _demo_library, "a small library system that speaks SIP2")
    library.add_argument("--host", default="127.0.0.1", help="(default: 127.0.0.1)")
    library.add_argument("--port", type=_port, default=6001, help="(default: 6001)")
    library.add_argument(
        "--state", metavar="FILE.json", type=_path, help="keep its loans in this file"
    )
    listing = _configured(add("transactions", _transactions, "list what was recorded"))
    listing.add_argument("--json", action="store_true", help="whole records, one JSON line each")
    listing.add_argument(
        "--state",
        choices=["queued", "sending", "voided", "applied", "noticed", "refused", "unknown"],
        help="only those that have come to this",
    )
    status = _configured(add("status", _status, "tell how the desk stands"))
    status.add_argument("--json", action="store_true", help="as one JSON object")
    return parser


def _configured(command: Any, where: Any = None) -> Any:
    """Let a command be told its configuration; `where` is the group to which --config belongs."""
    where = where or command
    where.add_argument("--config", metavar="FILE", type=_path, help="the kiosk's kiosk.toml")
    command.add_argument(
        "--data", metavar="FOLDER", type=_path, help="keep the daybook here, whatever the file says"
    )
    return command


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return Path(text).expanduser().absolute()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"give a number from 0 (any free port) to {LAST_PORT}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError("give 0 or more seconds")
    return value


def _config(args: argparse.Namespace) -> Config:
    """Load the configuration that was named, or the installed one."""
    from dataclasses import replace

    from kiosk import config

    port = getattr(args, "demo", None)
    if port and not isinstance(port, bool):
        return config.demo(_demo_data(args), port)
    path = args.config or Path(os.environ.get("KIOSK_CONFIG", "/etc/daybook/kiosk.toml"))
    if args.config is None and not path.exists():
        if args.data and args.run in (_transactions, _status):
            return config.Config(data=args.data)  # to read a daybook, its folder is enough
        raise CommandError(
            "no configuration: name one with --config FILE, or try `kiosk run --demo`"
        )
    loaded = config.load(path)
    return replace(loaded, data=args.data) if args.data else loaded


def _demo_data(args: argparse.Namespace) -> Path:
    data: Path = args.data or platformdirs.user_data_path("daybook-demo")
    return data


# -- run -----------------------------------------------------------------------------------------


def _run(args: argparse.Namespace) -> int:
    return asyncio.run(_run_all(args))


async def _run_all(args: argparse.Namespace) -> int:
    from kiosk.watch import Child, display, on_signals, watch

    options: list[str] = []
    children: list[Child] = []
    library: Child | None = None
    if args.demo:
        data = _demo_data(args)
        port = _free_port()
        state = str(data / "demo-library.json")
        library = Child("library", ["demo-library", "--port", str(port), "--state", state], {})
        children.append(library)
        options = ["--demo", str(port), "--data", str(data)]
        args.demo = port
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(
                f"the data folder {data} cannot be made: {error.strerror}. Name another with --data"
            ) from error
    elif args.config or args.data:
        named = {"--config": args.config, "--data": args.data}
        options = [x for key, v in named.items() if v for x in (key, str(v))]
    config = _config(args)
    screen_env, visible = display(os.environ)
    children.append(Child("engine", ["engine", *options], {}))
    children.append(Child("screen", ["screen", *options], screen_env))
    stopped = asyncio.Event()
    console, link = _console_on(config)

    def stop() -> None:
        link.stop()  # first, so that it does not report what is stopped on purpose
        stopped.set()

    on_signals(stop)
    _greet(config, demo=bool(library), visible=visible, console=console)
    link.start()
    reading = asyncio.create_task(_read_terminal(console, link, library, stop))
    try:
        last_words = await watch(children, config.data / "kiosk.log", until=stopped)
    finally:
        reading.cancel()
        link.stop()
    if last_words:
        print(last_words, file=sys.stderr)
        return FAILED
    return OK


def _greet(config: Config, *, demo: bool, visible: bool, console: Console) -> None:
    from kiosk.desk.words import say

    if demo:
        from kiosk.demo.library import listing

        print(listing())
        console.say(say("run.demo"))
    console.say(say("run.terminal" if config.printer.terminal else "run.terminal_scanner"))
    if not visible:
        console.say(say("run.no_display"))
    console.say(say("run.data", data=str(config.data)))


async def _read_terminal(
    console: Console, link: LinkThread, library: Child | None, stop: Callable[[], None]
) -> None:
    """Take lines from the terminal. Its end does not end the kiosk; :quit does."""
    from drivers.scanner.terminal import read_lines
    from kiosk.desk.words import say

    await _found(link)  # what was typed, or piped in, before the engine was up is not lost
    async for scan in read_lines(0):
        command = getattr(scan, "text", "").strip()
        if library is not None and command == ":plug":
            library.plug()
            console.say(say("run.plugged"))
        elif library is not None and command == ":unplug":
            await library.unplug()
            console.say(say("run.unplugged"))
        elif not _take(console, scan):
            stop()


async def _found(link: LinkThread) -> bool:
    """Wait for the engine, within reason; tell whether it is there."""
    for _ in range(ENGINE_STARTS * LOOKS):
        if link.up.is_set():
            return True
        await asyncio.sleep(1 / LOOKS)
    return False


def _take(console: Console, scan: Scan | Damaged) -> bool:
    """Hand a line to the console. False when it ends the console."""
    from drivers.scanner.symbology import Damaged
    from kiosk.desk.words import say

    if isinstance(scan, Damaged):
        console.say(say("console.damaged", sample=scan.sample))
        return True
    return console.line(scan.text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- engine, screen, console -----------------------------------------------------------------------


def _engine(args: argparse.Namespace) -> int:
    _log()
    return asyncio.run(_run_engine(_config(args)))


async def _run_engine(config: Config) -> int:
    from kiosk.engine import Engine
    from kiosk.watch import on_signals

    running = asyncio.ensure_future(Engine(config).run())
    on_signals(running.cancel)
    with suppress(asyncio.CancelledError):
        await running
    return OK


def _screen(args: argparse.Namespace) -> int:
    _log()
    config = _config(args)
    from kiosk.screens.app import run_screen
    from kiosk.view.link import link_path

    size = (config.screen.width, config.screen.height) if config.screen.width else None
    run_screen(
        link_path(config.data),
        size=size,
        fullscreen=size is None,
        language=config.language,
        theme=config.screen.theme,
    )
    return OK


def _console(args: argparse.Namespace) -> int:
    _log(logging.WARNING)
    return asyncio.run(_run_console(_config(args), args.drain))


async def _run_console(config: Config, drain: float) -> int:
    """Be a client of the running engine; with none running, host one."""
    from kiosk.daybook.journal import JournalBusyError
    from kiosk.engine import Engine

    hosted: asyncio.Task[None] | None = None
    with suppress(JournalBusyError):
        hosted = asyncio.create_task(Engine(config).run())
    console, link = _console_on(config)
    link.start()
    try:
        work = asyncio.create_task(_feed(console, link, drain))
        await asyncio.wait([work, *([hosted] if hosted else [])], return_when="FIRST_COMPLETED")
        if hosted is not None and hosted.done():
            work.cancel()
            hosted.result()
        return await work
    finally:
        link.stop()
        if hosted is not None:
            hosted.cancel()
            with suppress(asyncio.CancelledError):
                await hosted


async def _feed(console: Console, link: LinkThread, drain: float) -> int:
    from drivers.scanner.terminal import read_lines

    if not await _found(link):
        raise CommandError("the engine holds the daybook but does not answer. Restart the kiosk")
    async for scan in read_lines(0):
        # A full link makes the thread wait, and with it whatever writes the lines.
        if not await asyncio.to_thread(_take, console, scan):
            break
    return await asyncio.to_thread(_drain, console, drain)


def _drain(console: Console, seconds: float) -> int:
    """Wait for delivery; give the exit code that says how far it came."""
    end = time.monotonic() + seconds
    while True:
        library = console.settled(timeout=PATIENCE + seconds)
        if console.turned_away or library is None:
            return FAILED
        open_ = library.waiting + library.unknown
        if not library.waiting or time.monotonic() >= end:
            break
        time.sleep(0.05)
    return QUEUED if open_ else EXCEPTIONS if library.to_fix else OK


def _console_on(config: Config) -> tuple[Console, LinkThread]:
    """Make a console and its link to the engine."""
    from kiosk.console import Console
    from kiosk.view.link import LinkThread, link_path
    from kiosk.view.messages import LINK_VERSION, Hello
    from kiosk.words import Words

    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr] # a text file, always
    console = Console(Words(config.language), sys.stdout)
    link = LinkThread(
        link_path(config.data),
        Hello(link_version=LINK_VERSION, client="console", happenings=True),
        on_message=console.on_message,
        on_up=console.engine_found,
        on_down=console.engine_lost,
    )
    console.send = link.send
    return console, link


# -- the rest --------------------------------------------------------------------------------------


def _demo_library(args: argparse.Namespace) -> int:
    from kiosk.demo.library import serve

    def ready(port: int) -> None:
        print(f"demo library: SIP2 on {args.host} port {port}", flush=True)

    if args.state is not None and not args.state.parent.is_dir():
        raise CommandError(f"there is no folder {args.state.parent} for --state: make it first")
    try:
        asyncio.run(serve(args.host, args.port, args.state, ready))
    except ValueError as error:
        raise CommandError(f"{error}. Name another file with --state") from error
    except OSError as error:
        raise CommandError(
            f"the demo library cannot listen on {args.host} port {args.port}: "
            f"{error.strerror or error}. Choose others with --host and --port"
        ) from error
    return OK


def _read_only(config: Config) -> Daybook:
    from kiosk.daybook.daybook import Daybook

    try:
        return Daybook(config.data, read_only=True)
    except OSError as error:
        message = f"no daybook to read in {config.data}: {error.strerror}"
        raise CommandError(message) from error


def _transactions(args: argparse.Namespace) -> int:
    import msgspec

    from kiosk.console import one_line
    from kiosk.daybook.facts import document
    from kiosk.desk.words import ending

    daybook = _read_only(_config(args))
    for transaction, state, outcome in daybook.history():
        if args.state and state != args.state:
            continue
        record = document(transaction)
        if args.json:
            answer = msgspec.to_builtins(outcome) if outcome is not None else None
            print(json.dumps({**record, "state": state, "outcome": answer}))
            continue
        card = ending(record.get("patron", ""))
        day = str(record.get("due") or record.get("returned") or "")[:10]
        at = transaction.at.strftime("%Y-%m-%d %H:%M:%S")
        words = " · ".join(x for x in (outcome.title, outcome.words) if x) if outcome else ""
        words = one_line(words)
        row = f"{at}  {state:<8}  {transaction.kind:<8}  {transaction.item:<14}"
        print(f"{row}  {'card ' + card if card else '':<9}  {day:<10}  {words}".rstrip())
    return OK


def _status(args: argparse.Namespace) -> int:
    config = _config(args)
    daybook = _read_only(config)
    indexes = daybook.indexes
    facts = {
        "version": __version__,
        "library": config.library.name,
        "data": str(config.data),
        "transactions": len(daybook.table("transactions")),
        "waiting": len(indexes.pending),
        "to_fix": len(indexes.exceptions),
        **_engine_facts(config),
    }
    if args.json:
        print(json.dumps(facts))
        return OK
    for key, value in facts.items():
        print(f"{key.replace('_', ' '):<13} {value}")
    return OK


def _engine_facts(config: Config) -> dict[str, object]:
    """Ask the engine, if it runs, how the library's connection is."""
    console, link = _console_on(config)
    link.start()
    library = console.standing(2.0) if link.up.wait(0.5) else None
    link.stop()
    if library is None:
        return {"engine": "not running"}
    return {"engine": "running", "connection": library.state}


def _log(level: int = logging.INFO) -> None:
    """Log to standard error; systemd and `kiosk run` put the time and a file to it."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
