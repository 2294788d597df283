"""What the commands share that ask the engine: how long they wait for one, and what they say then.

An engine that starts holds its data folder before it answers, for seconds with a long daybook. One
that was killed is started again by systemd, or by `kiosk run`; meanwhile nobody holds the folder.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from kiosk.cli.common import STANDARD_INPUT, STANDARD_OUTPUT

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Protocol

    from kiosk.config import Config
    from kiosk.console import Console, Out
    from kiosk.view.link import LinkThread

    class Link(Protocol):
        """A way to the engine: `up` while it is there, `stopped` once it is not looked for."""

        up: threading.Event
        stopped: threading.Event


PATIENCE = 30.0
"""Seconds in which something comes from an engine that is at work, if only a sign of life."""
ENGINE_STARTS = 30.0
"""Seconds within which an engine that holds the folder answers."""
GAP = 2.0
"""Seconds after which an engine that nobody misses is not about to start."""
COMES_BACK = 8.0
"""Seconds within which one that was killed, and has left its socket, is started again."""
LOOKS = 20
"""So often in a second it is looked for."""
SILENT = "the engine holds the daybook but does not answer. Restart the kiosk"
OTHER_VERSION = (
    "the kiosk that runs is of another version than this command. Restart the kiosk: it then runs "
    "what is installed"
)


def hope(link: Link, data: Path, gap: float = 0.0) -> Iterator[None]:
    """Go on for as long as it is worth to wait for the engine of a data folder; wait in between.

    `gap`: seconds without one, where it is known to be started.
    """
    from kiosk.daybook.lock import is_held

    began = time.monotonic()
    held = began
    while not (link.up.is_set() or link.stopped.is_set()):
        now = time.monotonic()
        if is_held(data):
            held = now
        if now - began >= ENGINE_STARTS or now - held >= (gap or _gap(data)):
            return
        yield


def reached(link: Link, data: Path) -> bool:
    """Wait for the engine of a data folder, while there is hope; tell whether it is there."""
    for _ in hope(link, data):
        link.up.wait(1 / LOOKS)
    return link.up.is_set()


def _gap(data: Path) -> float:
    from kiosk.view.link import link_path

    return COMES_BACK if link_path(data).exists() else GAP


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
