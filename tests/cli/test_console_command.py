"""The end of `kiosk console`: it waits for delivery, through whatever happens to the engine."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.desk_script import LEFT_HAND
from support.patience import PATIENCE

from kiosk.cli import asking
from kiosk.cli import console as command
from kiosk.cli.common import OK, CommandError
from kiosk.console import Console
from kiosk.view.messages import Ping, Pong
from kiosk.view.state import Library
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.view.messages import Intent

NOWHERE = Path("/nowhere")
"""A data folder that nobody holds."""
DELIVERED, WAITING = Library(state="online"), Library(state="offline", waiting=1)


class Engine:
    """An engine that does one thing after another when it is asked how the desk stands."""

    def __init__(self, *does: Callable[[Engine], object]) -> None:
        self.up = threading.Event()
        self.up.set()
        self.stopped = threading.Event()
        self.console = Console(Words(), io.StringIO())
        self.console.send = self._take
        self.asked = 0
        self._does = iter(does)

    def _take(self, intent: Intent) -> bool:
        if isinstance(intent, Ping):
            self.asked = intent.number
            next(self._does)(self)
        return self.up.is_set()

    def ends(self) -> int:
        """End a console into which a line was typed; give the exit code."""
        self.console.line(LEFT_HAND)
        return command._drain(self.console, self, NOWHERE, PATIENCE)


def says(library: Library) -> Callable[[Engine], None]:
    return lambda engine: engine.console.on_message(Pong(number=engine.asked, library=library))


def goes(engine: Engine) -> None:
    engine.up.clear()
    engine.console.engine_lost()


def restarts(engine: Engine) -> None:
    goes(engine)
    engine.up.set()
    engine.console.engine_found()


def comes_back_soon(engine: Engine) -> None:
    goes(engine)
    threading.Timer(0.02, engine.up.set).start()


def test_an_engine_that_restarts_while_it_waits_for_delivery_is_asked_again() -> None:
    engine = Engine(says(WAITING), restarts, says(WAITING), comes_back_soon, says(DELIVERED))
    assert engine.ends() == OK


def test_where_it_does_not_come_back_that_is_said_and_that_all_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "GAP", 0.02)
    with pytest.raises(CommandError, match="What was entered is recorded"):
        Engine(says(WAITING), goes).ends()


def test_where_it_restarts_before_all_was_taken_care_of_not_all_may_be_recorded() -> None:
    with pytest.raises(CommandError, match="not everything that was entered was recorded"):
        Engine(restarts).ends()


def test_an_engine_that_says_nothing_is_called_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PATIENCE", 0.02)
    engine = Engine(lambda _: None)
    engine.console.line(LEFT_HAND)
    with pytest.raises(CommandError, match="does not answer"):
        command._drain(engine.console, engine, NOWHERE, 0)
