"""`kiosk ready` and `kiosk practice`: what to do about an outage before there is one."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_args

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
REACHED = 2.0
"""Seconds within which a running engine answers."""


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
        before = engine.state.readiness.at
        engine.send(LookReady())
        after = engine.sees(lambda x: x.readiness.at != before, PATIENCE)
    if after is None:
        raise CommandError("the kiosk runs, but did not say in time how it is. Try again")
    return after.readiness


class _Engine:
    """The running engine, as a client sees it. `state`: the newest that it has shown."""

    state: AppState

    def __init__(self) -> None:
        self.send: Callable[[Intent], bool] = lambda _: False
        self._changed = threading.Condition()
        self._shown = False

    def on_message(self, message: FromEngine) -> None:
        """Take what the engine says."""
        from kiosk.view.messages import Picture

        if isinstance(message, Picture):
            with self._changed:
                self.state, self._shown = message.state, True
                self._changed.notify_all()

    def sees(self, check: Callable[[AppState], bool], seconds: float) -> AppState | None:
        """Wait until the state is so; None where it is not in time."""
        with self._changed:
            seen = self._changed.wait_for(lambda: self._shown and check(self.state), seconds)
            return self.state if seen else None


@contextmanager
def _engine(config: Config) -> Iterator[_Engine]:
    """Give the running engine. Raises CommandError where none runs."""
    from kiosk.view.link import LinkThread, link_path
    from kiosk.view.messages import LINK_VERSION, Hello

    engine = _Engine()
    link = LinkThread(
        link_path(config.data),
        Hello(link_version=LINK_VERSION, client="console"),
        on_message=engine.on_message,
        on_up=lambda: None,
        on_down=lambda: None,
    )
    engine.send = link.send
    link.start()
    try:
        if engine.sees(lambda _: True, REACHED) is None:
            raise CommandError(
                "the kiosk does not run, so nothing could be lent in an outage. Start it: "
                "`systemctl start kiosk-engine kiosk-screen`"
            )
        yield engine
    finally:
        link.stop()


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
