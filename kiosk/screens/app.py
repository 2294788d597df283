"""Start the screen. Nothing of Kivy is imported before it has been set up."""

from __future__ import annotations

import ctypes
import gc
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.screens.inbox import Inbox
from kiosk.screens.setup import prepare
from kiosk.screens.sound import Player
from kiosk.view.link import LinkThread
from kiosk.view.messages import LINK_VERSION, Hello

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.screens.window import KioskApp

log = logging.getLogger("kiosk.screens")

NEW_OBJECTS = 200_000
"""So many of them, and Python looks for garbage without waiting for a rest of the desk."""


def run_screen(
    link_path: Path,
    size: tuple[int, int] | None = None,
    *,
    fullscreen: bool = False,
    language: str = "en",
    theme: str = "light",
    volume: int = 0,
    home: Path | None = None,
    is_recording: Callable[[], bool] = lambda: False,
) -> bool:
    """Show the desk of the engine at `link_path` until the window is closed.

    Say whether an administrator has closed the kiosk. `is_recording` tells whether an engine that
    cannot be reached records all the same.

    `size` is in pixels; None leaves it to the default, or to the display where `fullscreen`.
    Which display it is, is the environment's business (`SDL_VIDEODRIVER`), as is the loudspeaker
    (`SDL_AUDIODRIVER`, `AUDIODEV`). `volume` goes from 0, silent, to 100.
    """
    gc.set_threshold(NEW_OBJECTS)
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

    app = KioskApp(
        link,
        inbox,
        language=language,
        theme=theme,
        player=Player(volume),
        is_recording=is_recording,
        stays=fullscreen,
    )
    _end_when_told(app)
    log.info("the screen is drawn through SDL's video driver %s", video_driver() or "unknown")
    app.run()
    return bool(app.closed)


def _end_when_told(app: KioskApp) -> None:
    """End the app when the system asks for it.

    SDL would take that for a wish to close the window, which a full screen does not grant.
    """

    def told(*_: object) -> None:
        app.told_to_end = True  # no more: anything may be half done at this moment

    signal.signal(signal.SIGTERM, told)


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
