"""A shift at a desk: real processes, a real scanner line, a real SIP2 server, a simulated printer.

Nothing of the kiosk is replaced; at most it waits less long. What a test sees is what a person
would: the picture that the engine shows (over the link, as the screen gets it), the receipts that
come out of the printer, the loans in the library system, and the `kiosk` command.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import random
import signal
import socket
import subprocess
import sys
import termios
import threading
import tty
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.view.link import LinkThread, link_path
from kiosk.view.messages import (
    LINK_VERSION,
    Happened,
    Hello,
    Picture,
    Pressed,
    Typed,
    answering,
)
from kiosk.view.state import AppState
from support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kiosk.view.messages import Intent
    from kiosk.view.state import Prompt


MAYA, TOMAS, INGRID, BLOCKED = (
    "21234000094417",
    "21234000524454",
    "21234000297721",
    "21234000194944",
)
LEFT_HAND, BRAIDING, SPIRITED = "31234000579316", "31234000863876", "31234000176022"
PARABLE, BELOVED, HOBBIT = "31234000765105", "31234000381408", "31234000668382"
ON_HOLD, WESTSIDE = "31234000856425", "31234000867489"

TWO_PLACES = """[[desk.places]]
library = "Libby City Library"
library_code = "LIBR1"
profile = "City"
profile_code = "LIBR1CIRC"
[[desk.places]]
library = "Libby High School"
library_code = "LIBRHS"
profile = "High School"
profile_code = "LIBRHSCIRC"
"""
"""A desk that serves two libraries, in kiosk.toml."""

Sooner = Mapping[str, float]
"""Seconds that a kiosk takes instead of usual ones: see `support.hurried`."""
TESTS = str(Path(__file__).parents[1])


def environment() -> dict[str, str]:
    """Give the variables of this process, and where `support` is found."""
    places = (TESTS, os.environ.get("PYTHONPATH"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}


def command(arguments: Sequence[str], sooner: Sooner) -> list[str]:
    """Give the words that run the `kiosk` command."""
    hurried = ["support.hurried", json.dumps(sooner)] if sooner else ["kiosk"]
    return [sys.executable, "-m", *hurried, *arguments]


def kiosk(
    *arguments: str, lines: str | bytes = "", timeout: float = 60, sooner: Sooner | None = None
) -> tuple[int, str, str]:
    """Run the `kiosk` command to its end: exit code, output, errors."""
    raw = lines.encode() if isinstance(lines, str) else lines
    done = subprocess.run(
        command(arguments, sooner or {}),
        env=environment(),
        input=raw,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def free_port() -> int:
    """Find a port to listen at, now and again later.

    Others, from 32768 on, may be given to anybody's connection meanwhile (ip(7)).
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Process:
    """A `kiosk` command that runs until it is ended."""

    def __init__(
        self, *arguments: str, env: dict[str, str] | None = None, sooner: Sooner | None = None
    ) -> None:
        self._arguments = command(arguments, sooner or {})
        self._env = {**environment(), **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.errors = b""

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._env,
        )
        threading.Thread(target=self._read_errors, args=(self._process,), daemon=True).start()

    def _read_errors(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.errors += line

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would: it gets no chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class DemoLibrary(Process):
    """The demo library as its own process; what it holds can be read while it runs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.state_file = folder / "library.json"
        super().__init__("demo-library", "--port", str(self.port), "--state", str(self.state_file))

    def start(self) -> None:
        super().start()
        wait_for(self._listens, "the demo library to listen")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def state(self) -> dict[str, Any]:
        """Have it write its state, and read that."""
        self.state_file.unlink(missing_ok=True)
        self.signal(signal.SIGHUP)
        wait_for(self.state_file.exists, "the demo library's state")
        state: dict[str, Any] = json.loads(self.state_file.read_text())
        return state

    def loans(self) -> dict[str, str]:
        """Give who has what: item -> card."""
        return {loan["item"]: loan["patron"] for loan in self.state()["loans"]}

    def entries(self, item: str) -> list[dict[str, Any]]:
        """Give all that the library was sent about an item, in order."""
        return [e for e in self.state()["log"] if e["item"] == item]

    def carried_out(self, item: str) -> list[str]:
        """Give what the library did with an item, in order: "11" or "09"."""
        return [e["message"] for e in self.state()["log"] if e["item"] == item and e["ok"]]


class ConsoleAtWork:
    """`kiosk console` into which lines are typed one after another, as long as a shift lasts.

    `drain`: seconds for which it goes on delivering at its end.
    """

    def __init__(self, config: str, drain: int = 5) -> None:
        self._process = subprocess.Popen(
            command(["console", "--config", config, "--drain", str(drain)], {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._printed = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def enters(self, *lines: str) -> None:
        """Type lines; what is printed from now on is what `says` looks at."""
        assert self._process.stdin is not None
        with self._more:
            self._printed = ""
        for line in lines:
            self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def says(self, *texts: str) -> str:
        """Wait until all of these were printed since the last lines; give all that was."""
        with self._more:
            said = self._more.wait_for(lambda: all(x in self._printed for x in texts), PATIENCE)
            assert said, f"{texts} expected; the console says {self._printed}"
            return self._printed

    def ends(self) -> int:
        """End the input; give the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(PATIENCE)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._more:
                self._printed += line
                self._more.notify_all()


class Scanner:
    """A scanner's end of a serial line."""

    def __init__(self) -> None:
        self._hand, self._line = pty.openpty()
        tty.setraw(self._line, termios.TCSANOW)
        self.port = os.ttyname(self._line)

    def scan(self, barcode: str) -> None:
        self.write(barcode.encode() + b"\r")

    def write(self, data: bytes) -> None:
        os.write(self._hand, data)

    def close(self) -> None:
        for end in (self._hand, self._line):
            with contextlib.suppress(OSError):
                os.close(end)


@dataclass
class Shift:
    """One desk with all that belongs to it."""

    folder: Path
    library: DemoLibrary
    scanner: Scanner
    config: Path
    engine: Process
    state: AppState | None = None
    happened: list[Happened] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _link: LinkThread | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def follow(self) -> None:
        """Look at the desk from now on, as the screen does."""
        self._link = LinkThread(
            link_path(self.data),
            Hello(link_version=LINK_VERSION, client="console", happenings=True),
            on_message=self._take,
            on_up=lambda: None,
            on_down=self._lost,
        )
        self._link.start()

    @contextlib.contextmanager
    def beside(self) -> Iterator[Shift]:
        """Look at the same desk from another window."""
        other = replace(self, state=None, happened=[], _changed=threading.Condition(), _link=None)
        other.follow()
        try:
            other.sees(lambda _: True, "the desk")
            yield other
        finally:
            assert other._link is not None
            other._link.stop()

    def scan(self, *barcodes: str) -> None:
        for barcode in barcodes:
            self.scanner.scan(barcode)

    def press(self, command: str) -> None:
        self._send(Pressed(command=command))

    def type(self, text: str, prompt: Prompt | None = None) -> None:
        self._send(Typed(text=text, prompt=prompt))

    def answers(self, intent: Intent) -> None:
        """Answer what is on show, as a window does."""
        self._send(answering(intent, self.state))

    def _send(self, intent: Intent) -> None:
        """Send it to the engine, once that has shown itself."""
        self.sees(lambda _: True, "the desk")
        assert self._link is not None
        assert self._link.send(intent)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Have the engine see only afterwards, and all at once, what is done meanwhile."""
        os.kill(self.engine.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.engine.pid, signal.SIGCONT)

    def sees(self, check: Callable[[AppState], object], what: str) -> AppState:
        """Wait until the picture is as expected."""
        with self._changed:
            seen = self._changed.wait_for(
                lambda: self.state is not None and check(self.state), PATIENCE
            )
            assert seen, f"{what} was expected; the desk shows {self.state}"
            assert self.state is not None
            return self.state

    def hears(self, key: str) -> Happened:
        """Wait until something happened whose headline or detail has this key."""
        with self._changed:

            def found() -> Happened | None:
                return next((h for h in self.happened if key in _keys(h)), None)

            heard = self._changed.wait_for(found, PATIENCE)
            assert heard, f"{key} was expected; heard {[_keys(h) for h in self.happened]}"
            return heard

    def stages(self) -> list[str]:
        """Give the stages of the lines on show, oldest first."""
        assert self.state is not None
        return [line.stage for line in reversed(self.state.lines)]

    def kill_engine(self) -> None:
        self.engine.kill()
        self.sees_nothing()

    def sees_nothing(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.state is None, PATIENCE)

    def transactions(self, *arguments: str) -> list[dict[str, Any]]:
        """List what the daybook holds, with the `kiosk` command."""
        code, out, err = kiosk("transactions", "--json", "--config", str(self.config), *arguments)
        assert code == 0, err
        return [json.loads(line) for line in out.splitlines()]

    def close(self) -> None:
        if self._link is not None:
            self._link.stop()
        self.engine.stop()
        self.library.stop()
        self.scanner.close()

    def _take(self, message: object) -> None:
        with self._changed:
            if isinstance(message, Picture):
                self.state = message.state
            elif isinstance(message, Happened):
                self.happened.append(message)
            self._changed.notify_all()

    def _lost(self) -> None:
        with self._changed:
            self.state = None
            self._changed.notify_all()


def _keys(happened: Happened) -> set[str]:
    answer = happened.answer
    return {p.key for p in (answer.headline, answer.detail) if p is not None}


def write_config(
    path: Path, data: Path, *, library_port: int, scanner: str = "", printer: str = ""
) -> None:
    """Write a kiosk.toml. `printer` is TOML for [printer]."""
    secret = path.with_suffix(".password")
    secret.write_text("kiosk\n")
    scanners = f'[[scanner]]\nport = "{scanner}"\ngap = 0.2\n' if scanner else ""
    path.write_text(
        f"""
data = "{data}"
[library]
name = "Northside Branch Library"
timezone = "America/Chicago"
terminal = "desk-1"
[printer]
{printer}
[receipt]
footer = ["Renew by phone:", "555 0142"]
{scanners}
[ils]
live = "sip2"
offline = "sip2"
[ils.sip2]
host = "127.0.0.1"
port = {library_port}
login = "kiosk"
password_file = "{secret}"
timeout = 2.0
connect_timeout = 1.0
[delivery]
first_pause = 0.1
longest_pause = 0.5
keep_alive = 0.5
still_working = 0.5
"""
    )


@contextlib.contextmanager
def shift(
    folder: Path,
    *,
    through_port: int | None = None,
    printer: str = "terminal = true",
    more: str = "",
    sooner: Sooner | None = None,
) -> Iterator[Shift]:
    """Open a desk: the library, the engine, a scanner; look at it as the screen does.

    `more` is TOML that goes into its kiosk.toml too; `sooner`, what the engine waits less for.
    """
    library, scanner = DemoLibrary(folder), Scanner()
    config = folder / "kiosk.toml"
    write_config(
        config,
        folder / "data",
        library_port=through_port or library.port,
        scanner=scanner.port,
        printer=printer,
    )
    config.write_text(config.read_text() + more)
    engine = Process("engine", "--config", str(config), sooner=sooner)
    desk = Shift(folder, library, scanner, config, engine)
    try:
        library.start()
        desk.engine.start()
        desk.follow()
        yield desk
    finally:
        desk.close()


@contextlib.contextmanager
def desk_before(
    folder: Path, change: Callable[[str], str], *, library_port: int = 1
) -> Iterator[Shift]:
    """Open a desk whose library is the test's own: its kiosk.toml is as `change` makes it.

    The desk's `library` is nowhere.
    """
    scanner, config = Scanner(), folder / "kiosk.toml"
    write_config(config, folder / "data", library_port=library_port, scanner=scanner.port)
    config.write_text(change(config.read_text()))
    engine = Process("engine", "--config", str(config))
    desk = Shift(folder, DemoLibrary(folder), scanner, config, engine)
    try:
        engine.start()
        desk.follow()
        desk.sees(lambda s: s.library.state == "online", "the library online")
        yield desk
    finally:
        desk.close()


def with_check_digit(digits: str) -> str:
    """Give a number of a card or label, whose last digit fits (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def wait_for(check: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    event, clock = threading.Event(), PATIENCE
    while not check():
        assert clock > 0, f"{what} was expected"
        event.wait(0.02)
        clock -= 0.02
