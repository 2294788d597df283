"""Set Kivy up, in the one place that does, before anything of Kivy is imported."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from platformdirs import user_cache_path

from kiosk.screens.theme import MOTION

DEFAULT_SIZE = (1024, 600)


def prepare(
    size: tuple[int, int] | None = None, *, fullscreen: bool = False, home: Path | None = None
) -> None:
    """Prepare Kivy's environment and configuration.

    `home` is where Kivy keeps its own files; without it, a directory of our own in the user's
    cache, so that a `~/.kivy` of somebody's cannot change how the kiosk behaves.
    """
    home = home or user_cache_path("daybook") / "kivy"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["KIVY_HOME"] = str(home)
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_NO_CONSOLELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    # What SDL does anyway; Kivy would load every other library that it finds as well.
    os.environ["KIVY_WINDOW"] = os.environ["KIVY_TEXT"] = os.environ["KIVY_IMAGE"] = "sdl2"
    os.environ["KIVY_AUDIO"] = "sdl2"

    from kivy.config import Config  # noqa: PLC0415 - it reads the environment when imported

    # Kivy's log goes where ours goes, and its chatter stays out of it.
    logging.getLogger("kivy").setLevel(logging.WARNING)
    width, height = size or DEFAULT_SIZE
    for section, key, value in (
        ("graphics", "width", width),
        ("graphics", "height", height),
        ("graphics", "fullscreen", "auto" if fullscreen else 0),
        ("graphics", "resizable", 1),
        ("graphics", "multisamples", 0),
        ("graphics", "min_state_time", MOTION.press),
        ("kivy", "exit_on_escape", 0),
        # Without this, a right click leaves red dots, as if it were a second finger.
        ("input", "mouse", "mouse,multitouch_on_demand"),
    ):
        Config.set(section, key, str(value))
    _style()


STYLE = Path(__file__).parent / "style"
"""Holds the file that is read in the place of Kivy's own."""


def _style() -> None:
    """Have Kivy read how its widgets look from our few lines, not from its own 1,340.

    It reads them when its language is imported, and takes longer over them than over all of ours.
    """
    import kivy  # noqa: PLC0415 - only now may it be imported
    import kivy.resources  # noqa: PLC0415 - finds everything else where it has always been

    theirs, kivy.kivy_data_dir = kivy.kivy_data_dir, str(STYLE)
    import kivy.lang  # noqa: PLC0415

    kivy.kivy_data_dir = theirs
