"""What the benchmarks share: a desk with a history, a table, and numbers that can be compared."""

from __future__ import annotations

import atexit
import contextlib
import os
import pty
import statistics
import subprocess
import sys
import threading
import time
import tty
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Fact
from kiosk.desk.transactions import Checkout, Outcome
from kiosk.view.link import LinkThread, link_path
from kiosk.view.messages import LINK_VERSION, Happened, Hello, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE = 60.0


def with_check_digit(digits: str) -> str:
    """Add the digit that makes a library number valid (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def item(number: int) -> str:
    return with_check_digit(f"312340{number:07d}")


def card(number: int) -> str:
    return with_check_digit(f"212340{number:07d}")


def fill(data: Path, transactions: int) -> None:
    """Give a desk a history of delivered checkouts, ten a visit."""
    data.mkdir(parents=True, exist_ok=True)
    daybook = Daybook(data)
    start = datetime.now(UTC) - timedelta(days=30)
    session = uuid.uuid4().hex
    for first in range(0, transactions, 10):
        visit = uuid.uuid4().hex
        at = start + timedelta(seconds=first)
        checkouts = [
            Checkout(
                id=uuid.uuid4().hex,
                visit=visit,
                position=n + 1,
                at=at,
                boot=session,
                terminal="desk-1",
                library="Northside Branch Library",
                profile="Circulation",
                staff="Ines",
                desk_session=session,
                source="scan",
                item=item(first + n),
                patron=card(first // 10),
                due=at + timedelta(days=21),
            )
            for n in range(10)
        ]
        answers: list[Fact] = [
            Answered(outcome=Outcome(transaction=x.id, kind="applied", at=at, title="A title"))
            for x in checkouts
        ]
        # One commit for each answer and each checkout, as a real shift leaves them.
        with unsynced():
            for fact in (*checkouts, *answers):
                daybook.learn(daybook.commit([fact]))
    daybook.close()


@contextlib.contextmanager
def unsynced() -> Iterator[None]:
    """Sync nothing: a history is made once, not measured."""
    syncs = os.fdatasync, os.fsync
    os.fdatasync = os.fsync = lambda _: None
    try:
        yield
    finally:
        os.fdatasync, os.fsync = syncs


class Desk:
    """An engine on a data folder with a scanner, seen as the screen sees it.

    `config`: what else stands in its configuration.
    """

    def __init__(self, folder: Path, transactions: int, config: str = "") -> None:
        self.data = folder / "data"
        fill(self.data, transactions)
        self._hand, self._line = pty.openpty()
        tty.setraw(self._line)
        self.config = folder / "kiosk.toml"
        self.config.write_text(
            f'data = "{self.data}"\n[library]\nname = "Northside Branch Library"\n'
            f'[[scanner]]\nport = "{os.ttyname(self._line)}"\n'
            f"[screen]\nwidth = 1024\nheight = 600\n{config}"
        )
        self.recorded: dict[str, int] = {}
        self.answered: dict[str, int] = {}
        self.waiting = 0
        self.looked_over = False
        """The engine has looked for the first time whether all is ready for an outage."""
        self.line_ids: dict[str, str] = {}
        self._changed = threading.Condition()
        self.engine = self._start_engine()

    def _start_engine(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "engine", "--config", str(self.config)],
            stderr=subprocess.PIPE,
        )
        atexit.register(process.kill)  # an interrupted run leaves no engine behind
        self.link = LinkThread(
            link_path(self.data),
            Hello(link_version=LINK_VERSION, client="console", happenings=True),
            on_message=self._take,
            on_up=lambda: None,
            on_down=lambda: None,
        )
        self.link.start()
        assert self.link.up.wait(PATIENCE)
        return process

    def _take(self, message: object) -> None:
        now = time.monotonic_ns()
        with self._changed:
            if isinstance(message, Happened) and message.answer.tone == "recorded":
                self.recorded.setdefault(message.answer.item, now)
            elif isinstance(message, Picture):
                lines = message.state.lines[:20]
                self.line_ids.update((line.item, line.id) for line in lines)
                for line in lines:
                    if line.stage == "applied":
                        self.answered.setdefault(line.item, now)
                self.waiting = message.state.library.waiting
                self.looked_over = bool(message.state.readiness.at)
            self._changed.notify_all()

    def scan(self, text: str) -> int:
        """Write a scan into the scanner's line; give when its first byte went in."""
        at = time.monotonic_ns()
        os.write(self._hand, text.encode() + b"\r")
        return at

    def wait_recorded(self, barcode: str) -> int:
        with self._changed:
            assert self._changed.wait_for(lambda: barcode in self.recorded, PATIENCE), barcode
            return self.recorded[barcode]

    def wait_answered(self, barcode: str) -> int:
        with self._changed:
            assert self._changed.wait_for(lambda: barcode in self.answered, PATIENCE), barcode
            return self.answered[barcode]

    def wait_looked_over(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.looked_over, PATIENCE)

    def close_engine(self) -> None:
        self.link.stop()
        self.engine.terminate()
        self.engine.wait()

    def restart(self) -> None:
        self.engine = self._start_engine()

    def close(self) -> None:
        self.close_engine()
        os.close(self._hand)
        os.close(self._line)


@contextlib.contextmanager
def until_line(process: subprocess.Popen[bytes], text: bytes) -> Iterator[int]:
    """Read a process's errors until a line holds this text; give when that was."""
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            break
    else:
        raise AssertionError(f"{text!r} never came")
    now = time.monotonic_ns()
    threading.Thread(target=process.stderr.read, daemon=True).start()
    yield now


def environment(folder: Path) -> dict[str, str]:
    """Give what a start on a device has: compiled modules, which Kivy has here in any case."""
    here = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**here, "SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(folder / "kivy")}


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def resident(pid: int) -> float:
    """Give the resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    cells = [list(map(str, head)), *[[_cell(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        first, *rest = row
        numbers = (c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *numbers)))


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
