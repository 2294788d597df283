"""Puts on the disk what a command was told: by the engine where one runs, else by the command.

An engine may start, end or be killed at any moment of it. Then it is tried again from the start, by
whichever of the two can do it; what was recorded meanwhile is not said twice.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from kiosk.cli.asking import OTHER_VERSION, PATIENCE, SILENT, console_on, reached
from kiosk.cli.common import CommandError, become_the_owner

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from kiosk.config import Config
    from kiosk.daybook.facts import Fact
    from kiosk.view.messages import Intent

TRIES = 5
"""So often an engine may go in the middle of it."""
NOT_TAKEN = "it was not taken: the desk records nothing for now. Try again later"
GOES = (
    "the engine ends again and again, so it is not known whether this was taken. Its log says why: "
    "`journalctl -u kiosk-engine`"
)


def put(
    config: Config,
    *,
    intents: Collection[Intent],
    facts: Callable[[datetime], Collection[Fact]],
    is_put: Callable[[], bool] = lambda: False,
) -> None:
    """Have it recorded: as `intents` by the engine, or as `facts` without one.

    `is_put` tells, after an engine has gone, whether the disk has it; without it, it is harmless
    twice. Raises CommandError where it was not taken.
    """
    from kiosk.daybook.journal import JournalBusyError

    become_the_owner(config.data)
    for _ in range(TRIES):
        try:
            _put_here(config, facts)
        except JournalBusyError:
            if _hand_over(config, intents) or is_put():
                return
        else:
            return
    raise CommandError(GOES)


def _put_here(config: Config, facts: Callable[[datetime], Collection[Fact]]) -> None:
    from contextlib import closing
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.lock import FolderLock

    with closing(FolderLock(config.data)), Daybook(config.data) as daybook:
        daybook.commit(facts(datetime.now(config.zone)))


def _hand_over(config: Config, intents: Collection[Intent]) -> bool:
    """Let the engine record it, and wait until it is on the disk; False where it has gone."""
    from kiosk.daybook.lock import is_held

    console, link = console_on(config, io.StringIO(), happenings=False)
    link.start()
    try:
        is_there = reached(link, config.data)
        losses = console.losses
        sent = is_there and all(console.send(intent) for intent in intents)
        desk = console.settled(PATIENCE) if sent else None
    finally:
        link.stop()
    if console.turned_away:
        raise CommandError(OTHER_VERSION)
    if console.losses != losses or (is_there and not sent):
        return False
    if not is_there and not is_held(config.data):
        return False
    if desk is None:
        raise CommandError(SILENT)
    if desk.alarm is not None:
        raise CommandError(NOT_TAKEN)
    return True
