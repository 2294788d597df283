"""`kiosk ready` and `kiosk practice`: what to do about an outage before there is one."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_args

from kiosk.cli.asking import OTHER_VERSION, SILENT, reached
from kiosk.cli.common import FAILED, OK, CommandError, add, config_of, configured

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.view.messages import FromEngine, Intent
    from kiosk.view.state import AppState, Readiness

PATIENCE = 660.0
"""Seconds within which the engine has looked: a long daybook on an old card takes minutes."""
SHOWS = 30.0
"""Seconds within which an engine that is there shows its state."""
REACHED = 2.0
"""Seconds within which a running engine answers."""
NOT_RUNNING = (
    "the kiosk does not run, so nothing could be lent in an outage. Start it: "
    "`systemctl start kiosk-engine kiosk-screen`"
)


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "check whether the desk is ready for an outage; the exit code is 1 if it is not"
    ready = configured(add(commands, "ready", _ready, text), folder_suffices=True)
    ready.add_argument("--json", action="store_true", help="as one JSON object, for monitoring")

    text = "start a two-minute practice outage at the running kiosk; again to end it"
    configured(add(commands, "practice", _practice, text), folder_suffices=True)


def _ready(args: argparse.Namespace) -> int:
    config = config_of(args)
    readiness = _asked(config)
    if args.json:
        print(json.dumps(_facts(readiness, config)))
    else:
        _print(readiness, config)
    return FAILED if readiness.state == "bad" else OK


def _practice(args: argparse.Namespace) -> int:
    from kiosk.view.messages import Pressed
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    with _engine(config) as engine:
        before = engine.state
        engine.send(Pressed(command="practice"))
        after = engine.sees(lambda x: x.answer != before.answer, REACHED)
    if after is None or after.answer is None:
        raise CommandError("the kiosk runs, but did not begin. Try again")
    parts = (after.answer.headline, after.answer.detail)
    print(" · ".join(words(phrase) for phrase in parts if phrase is not None))
    return OK if after.practice_until != before.practice_until else FAILED


def _asked(config: Config) -> Readiness:
    """Have the engine look, and wait for what it finds."""
    from kiosk.view.messages import LookReady

    with _engine(config) as engine:
        before = engine.state.readiness
        engine.wants(LookReady())
        end = time.monotonic() + PATIENCE
        while not (after := engine.sees(lambda x: _is_over(x.readiness, before), REACHED)):
            if time.monotonic() >= end:
                raise CommandError("the kiosk runs, but did not say in time how it is. Try again")
            engine.mind()  # one that was started again has to be asked again
    if after.readiness.stopped > before.stopped:
        raise CommandError("the look was stopped at the desk. Try again")
    return after.readiness


def _is_over(now: Readiness, before: Readiness) -> bool:
    """Tell whether the desk has looked since, or was stopped while it did."""
    return now.at not in (before.at, "") or now.stopped > before.stopped


class _Engine:
    """The running engine, as a client sees it. `state`: the newest that it has shown."""

    state: AppState

    def __init__(self, config: Config) -> None:
        from kiosk.view.link import LinkThread, link_path
        from kiosk.view.messages import LINK_VERSION, Hello

        self._data = config.data
        self._link = LinkThread(
            link_path(config.data),
            Hello(link_version=LINK_VERSION, client="console"),
            on_message=self.on_message,
            on_up=self._ask,
            on_down=lambda: None,
        )
        self._wanted: Intent | None = None
        self.send = self._link.send
        self.start, self.stop = self._link.start, self._link.stop
        self._changed = threading.Condition()
        self._shown = self._turned_away = False

    def mind(self) -> None:
        """Wait for the engine, while there is hope. Raises CommandError where none is there."""
        from kiosk.daybook.lock import is_held

        is_there = reached(self._link, self._data)
        if self._turned_away:
            raise CommandError(OTHER_VERSION)
        if not is_there:
            raise CommandError(SILENT if is_held(self._data) else NOT_RUNNING)

    def wants(self, intent: Intent) -> None:
        """Send what is harmless twice; to an engine that takes the place of this one, again."""
        self._wanted = intent
        self._ask()

    def _ask(self) -> None:
        if self._wanted is not None:
            self.send(self._wanted)

    def on_message(self, message: FromEngine) -> None:
        """Take what the engine says."""
        from kiosk.view.messages import Picture, TurnedAway

        if isinstance(message, TurnedAway):
            with self._changed:
                self._turned_away = True
                self._changed.notify_all()
        if isinstance(message, Picture):
            with self._changed:
                self.state, self._shown = message.state, True
                self._changed.notify_all()

    def sees(self, check: Callable[[AppState], bool], seconds: float) -> AppState | None:
        """Wait until the state is so; None where it is not in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._turned_away or self._is(check), seconds)
            return self.state if self._is(check) else None

    def _is(self, check: Callable[[AppState], bool]) -> bool:
        return self._shown and check(self.state)


@contextmanager
def _engine(config: Config) -> Iterator[_Engine]:
    """Give the running engine. Raises CommandError where none runs."""
    engine = _Engine(config)
    engine.start()
    try:
        engine.mind()
        if engine.sees(lambda _: True, SHOWS) is None:
            engine.mind()  # it may have turned this command away meanwhile
            raise CommandError(SILENT)
        yield engine
    finally:
        engine.stop()


def _facts(readiness: Readiness, config: Config) -> dict[str, object]:
    from kiosk.words import Words

    words = Words(config.language)
    return {
        "ready": readiness.state,
        "at": readiness.at,
        "checks": [
            {
                "name": check.name,
                "state": check.state,
                "says": words(check.says),
                **({"mend": words(check.mend)} if check.mend is not None else {}),
            }
            for check in readiness.checks
        ],
    }


def _print(readiness: Readiness, config: Config) -> None:
    from kiosk.desk.words import say
    from kiosk.view.state import Readily
    from kiosk.words import Words

    words = Words(config.language)
    marks = words.column(f"ready.mark_{state}" for state in get_args(Readily))
    print(words(readiness.headline))
    for check in readiness.worst_first:
        print(f"{words(say(f'ready.mark_{check.state}')):<{marks}}   {words(check.says)}")
        if check.mend is not None:
            print(f"{'':<{marks}}   {words(check.mend)}")
