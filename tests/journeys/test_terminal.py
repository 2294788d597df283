"""`kiosk console` on a real terminal: a PIN is not shown, whatever ends the console."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from kiosk.view.link import LinkThread, link_path
from kiosk.view.messages import LINK_VERSION, Hello, Pressed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIN = "4711"


class Terminal:
    """A terminal with a console on it."""

    def __init__(self, config: Path) -> None:
        self._outer, self.inner = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "console", "--config", str(config)],
            stdin=self.inner,
            stdout=self.inner,
            stderr=subprocess.DEVNULL,
        )
        self.seen = ""

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.inner)[3] & termios.ECHO)

    def types(self, text: str) -> None:
        os.write(self._outer, text.encode() + b"\n")

    def begins_with(self, text: str) -> None:
        """Type the beginning of a line."""
        os.write(self._outer, text.encode())

    def sees(self, text: str) -> None:
        """Read until this stands there."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} never came: {self.seen}"
            if select.select([self._outer], [], [], 0.1)[0]:
                self.seen += os.read(self._outer, 65536).decode()

    def waits_for_echo(self, *, on: bool) -> None:
        end = time.monotonic() + PATIENCE
        while self.echoes != on:
            assert time.monotonic() < end, self.seen
            time.sleep(0.02)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._outer)
        os.close(self.inner)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    data = tmp_path / "data"
    config = tmp_path / "kiosk.toml"
    config.write_text(f'data = "{data}"\n')
    data.mkdir()
    make_staff(config)
    it = Terminal(config)
    yield it
    it.close()


def make_staff(config: Path) -> None:
    """Give the desk one of the staff, as an administrator does."""
    add = [sys.executable, "-m", "kiosk", "staff", "add", "Ines"]
    subprocess.run(
        [*add, "--role", "administrator", "--config", str(config)],
        input=f"{PIN}\n",
        text=True,
        check=True,
        timeout=300,
    )


def test_a_pin_is_not_shown_while_it_is_typed_and_everything_else_is(terminal: Terminal) -> None:
    terminal.sees("Who is on duty?")
    assert terminal.echoes
    terminal.types("1")
    terminal.waits_for_echo(on=False)
    terminal.types(PIN)
    terminal.waits_for_echo(on=True)
    assert PIN not in terminal.seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_console_that_is_ended_while_a_pin_is_asked_leaves_the_terminal_as_it_was(
    terminal: Terminal, number: signal.Signals
) -> None:
    terminal.sees("Who is on duty?")
    terminal.types("1")
    terminal.waits_for_echo(on=False)
    terminal.process.send_signal(number)
    assert terminal.process.wait(PATIENCE) == 130
    assert terminal.echoes


def test_half_a_pin_is_forgotten_when_somebody_else_has_answered(
    terminal: Terminal, tmp_path: Path
) -> None:
    """The rest of the line would be an answer to what is asked next, which may be shown."""
    terminal.sees("Who is on duty?")
    terminal.types("1")
    terminal.waits_for_echo(on=False)
    terminal.begins_with(PIN[:2])
    other = LinkThread(
        link_path(tmp_path / "data"),
        Hello(link_version=LINK_VERSION, client="screen"),
        on_message=lambda _: None,
        on_up=lambda: other.send(Pressed(command="no")),
        on_down=lambda: None,
    )
    other.start()
    terminal.waits_for_echo(on=True)
    other.stop()
    terminal.seen = ""
    terminal.types(":session")
    terminal.sees("Usually due")
