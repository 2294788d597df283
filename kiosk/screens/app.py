"""Start the screen. Nothing of Kivy is imported before it has been set up."""

from __future__ import annotations

import ctypes
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.screens.inbox import Inbox
from kiosk.screens.setup import prepare
from kiosk.view.link import LinkThread
from kiosk.view.messages import LINK_VERSION, Hello

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("kiosk.screens")


def run_screen(
    link_path: Path,
    size: tuple[int, int] | None = None,
    *,
    fullscreen: bool = False,
    language: str = "en",
    theme: str = "light",
    home: Path | None = None,
) -> None:
    """Show the desk of the engine at `link_path` until the window is closed.

    `size` is in pixels; None leaves it to the default, or to the display where `fullscreen`.
    Which display it is, is the environment's business (`SDL_VIDEODRIVER`).
    """
    inbox = Inbox()
    link = LinkThread(
        link_path,
        Hello(link_version=LINK_VERSION, client="screen"),
        on_message=inbox.heard,
        on_up=inbox.link_up,
        on_down=inbox.link_down,
    )
    link.start()
    prepare(size, fullscreen=fullscreen, home=home)

    from kiosk.screens.window import KioskApp  # noqa: PLC0415 - imports Kivy

    app = KioskApp(link, inbox, language, theme)
    log.info("the screen is drawn through SDL's video driver %s", video_driver() or "unknown")
    app.run()


def show_mistake(find: Callable[[], str], *, home: Path | None = None) -> None:
    """Show what is wrong with the settings, as `find` says it, until it says "".

    The display would stay dark otherwise, and the reason in a log that nobody at a desk reads.
    """
    prepare(None, fullscreen=True, home=home)

    from kiosk.screens.mistake import MistakeApp  # noqa: PLC0415 - imports Kivy

    MistakeApp(find).run()


def video_driver() -> str:
    """Ask SDL which video driver it uses. "" where that cannot be told.

    Without a display SDL picks `offscreen` by itself: everything runs, and nobody sees it.
    """
    with Path("/proc/self/maps").open() as maps:
        library = next((row.split()[-1] for row in maps if "libSDL2-2" in row), "")
    if not library:
        return ""
    current = ctypes.CDLL(library).SDL_GetCurrentVideoDriver
    current.restype = ctypes.c_char_p
    name: bytes | None = current()
    return name.decode() if name else ""
