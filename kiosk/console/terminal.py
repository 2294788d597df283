"""What a terminal shows and keeps of what is typed: a PIN is not shown."""

from __future__ import annotations

import os
import termios
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCAL_MODES = 3
"""Where `termios.tcgetattr` keeps the flags of which ECHO is one."""


@contextmanager
def echo(descriptor: int) -> Iterator[Callable[[bool], None]]:
    """Give a function that turns the echo of a terminal on and off; at the end it is as it was.

    Of what is no terminal nothing is shown, so there is nothing to turn off.
    """
    if not os.isatty(descriptor):
        yield lambda _: None
        return
    before = termios.tcgetattr(descriptor)

    def show(on: bool) -> None:
        with suppress(termios.error):  # it hung up
            now = termios.tcgetattr(descriptor)
            echoed = now[_LOCAL_MODES] | termios.ECHO
            now[_LOCAL_MODES] = echoed if on else echoed & ~termios.ECHO
            termios.tcsetattr(descriptor, termios.TCSANOW, now)

    try:
        yield show
    finally:
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


def forget_typed(descriptor: int) -> None:
    """Drop what was typed at a terminal and has not been read yet; also the half of a line."""
    with suppress(termios.error):  # it hung up, or is no terminal
        termios.tcflush(descriptor, termios.TCIFLUSH)
