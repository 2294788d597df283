"""The settings, closed and open: those that there really are, with what kiosk.toml decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.config import Config
from kiosk.config.settings import LibrarySettings
from kiosk.engine.settings import SettingsRoom
from kiosk.engine.tasks import Tasks
from kiosk.view.state import AppState, Support
from tests.screens import states


def _room() -> SettingsRoom:
    config = Config(
        data=Path("data"),
        library=LibrarySettings(name="Northside Branch", terminal="desk-1", profile="Circulation"),
        support=Support(name="Library IT", phone="555 0142", email="help@northside.example"),
        fixed=frozenset({"screen.volume", "library.name"}),
    )
    return SettingsRoom(
        config,
        Tasks(),
        now=lambda: datetime.now(ZoneInfo("UTC")),
        show=lambda: None,
        busy=lambda: False,
        at_rest=lambda: False,
    )


def _opened() -> AppState:
    room = _room()
    room.open("Ada Lindqvist")
    return replace(states.IDLE, display=room.display, settings=room.shown)


CLOSED = replace(states.IDLE, display=_room().display)
OPENED = _opened()
CHANGED = replace(OPENED, settings=replace(OPENED.settings, restart=True))
DAMAGED = replace(CLOSED, display=replace(CLOSED.display, damaged=True))

STATES: dict[str, AppState] = {
    "settings": CLOSED,
    "settings-open": OPENED,
    "settings-changed": CHANGED,
    "settings-damaged": DAMAGED,
}
