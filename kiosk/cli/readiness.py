"""`kiosk ready` tells whether everything is there that an outage needs."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from kiosk.cli.common import FAILED, OK, CommandError, add, config_of, configured

if TYPE_CHECKING:
    import argparse

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.view.messages import FromEngine
    from kiosk.view.state import AppState, Readiness

PATIENCE = 660.0
"""Seconds within which the engine has looked: a long daybook on an old card takes minutes."""
REACHED = 2.0
"""Seconds within which a running engine answers."""


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "look whether the desk is ready for an outage; the exit code is 1 where it is not"
    ready = configured(add(commands, "ready", _ready, text), folder_suffices=True)
    ready.add_argument("--json", action="store_true", help="as one JSON object, for monitoring")


def _ready(args: argparse.Namespace) -> int:
    config = config_of(args)
    readiness = _asked(config)
    if args.json:
        print(json.dumps(_facts(readiness, config)))
    else:
        _print(readiness, config)
    return FAILED if readiness.state == "bad" else OK


def _asked(config: Config) -> Readiness:
    """Have the engine look, and wait for what it finds."""
    from kiosk.view.link import LinkThread, link_path
    from kiosk.view.messages import LINK_VERSION, Hello, LookReady, Picture

    states: list[AppState] = []
    changed = threading.Condition()

    def on_message(message: FromEngine) -> None:
        if isinstance(message, Picture):
            with changed:
                states.append(message.state)
                changed.notify_all()

    link = LinkThread(
        link_path(config.data),
        Hello(link_version=LINK_VERSION, client="console"),
        on_message=on_message,
        on_up=lambda: None,
        on_down=lambda: None,
    )
    link.start()
    try:
        with changed:
            if not changed.wait_for(lambda: states, REACHED):
                raise CommandError(
                    "the kiosk does not run, so nothing could be lent in an outage. Start it: "
                    "`systemctl start kiosk-engine kiosk-screen`"
                )
            before = states[-1].readiness.at
            link.send(LookReady())
            if not changed.wait_for(lambda: states[-1].readiness.at != before, PATIENCE):
                raise CommandError("the kiosk runs, but did not say in time how it is. Try again")
            return states[-1].readiness
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
    from kiosk.words import Words

    words = Words(config.language)
    print(words(readiness.headline))
    for check in readiness.worst_first:
        print(f"{words(say(f'ready.mark_{check.state}')):<6} {words(check.says)}")
        if check.mend is not None:
            print(f"{'':<6} {words(check.mend)}")
