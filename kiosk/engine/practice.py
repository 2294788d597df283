"""The desk to practise on: real cards and items, the block list, a daybook that is thrown away.

The library is away for it, as in an outage. What happens at it goes through the same desk, daybook
and receipts as ever; only the place is another one, a folder within the data folder that is gone
when the practice ends. What a power cut leaves of it is thrown away at the next start: only the
engine that holds the data folder practises in it. The staff are the real ones with their PINs,
because an override wants practice, too.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.journal import JournalError
from kiosk.desk import effects, events
from kiosk.desk.desk import Desk
from kiosk.desk.words import say
from kiosk.engine.facts import facts_of, waited_for
from kiosk.memory import DeskMemory
from kiosk.view import state as show

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from pathlib import Path

    from kiosk.desk.dates.duedates import Length
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.session.sessions import Roster
    from kiosk.desk.transactions import Kind, Transaction

log = logging.getLogger(__name__)

FOLDER = "practice"
"""Within the data folder."""


def throw_away(data: Path) -> bool:
    """Remove what was practised; say whether there was anything.

    What the disk keeps of it is removed another time.
    """
    found = (data / FOLDER).exists()
    shutil.rmtree(data / FOLDER, ignore_errors=True)
    return found


@dataclass(frozen=True, slots=True)
class _Memory(DeskMemory):
    """Remembers what was practised, and knows of the items what the real desk has learnt."""

    real: DeskMemory = field(kw_only=True)

    def title(self, item: str) -> str:
        return self.real.title(item)

    def loan_length(self, item: str) -> Length | None:
        return self.real.loan_length(item)

    def knows(self, item: str) -> bool:
        return DeskMemory.knows(self, item) or self.real.knows(item)

    def longer(self, number: str) -> str:
        return self.real.longer(number)


class Practice:
    """A desk to practise on, until `until`. Opening it takes a moment: it writes to a disk.

    `data`: the folder that the engine holds. `perform` does what the desk wants beside recording,
    and marks what others see of it.
    """

    def __init__(
        self,
        data: Path,
        *,
        settings: DeskSettings,
        session: DeskSession,
        roster: Roster,
        memory: DeskMemory,
        carries: frozenset[Kind],
        perform: Callable[[effects.Effect, datetime], None],
    ) -> None:
        throw_away(data)
        self._data = data
        (data / FOLDER).mkdir(mode=0o700)
        self._daybook = Daybook(data / FOLDER)
        self._roster = roster
        self._perform = perform
        self._done: dict[str, Transaction] = {}
        session = replace(session, id=uuid.uuid4().hex, practice=True)
        self.desk = Desk(
            settings,
            session,
            _Memory(self._daybook, memory.block_list, real=memory),
            lambda: uuid.uuid4().hex,
            carries,
        )
        self.until: datetime
        self._began: datetime

    def begun(self, now: datetime) -> tuple[events.Event, ...]:
        """Begin the two minutes; give the events that tell the desk."""
        self._began, self.until = now, now + show.PRACTICE
        staff = events.StaffChanged(now, self._roster)
        return staff, events.PracticeBegun(now, until=self.until)

    def is_over(self, now: datetime) -> bool:
        """Tell whether the time is up. A clock that was set back has been set: no time is left."""
        return not self._began <= now < self.until

    def handle(self, event: events.Event) -> None:
        """Let the desk take an event, and do what it wants at once."""
        wanted = self.desk.handle(event)
        facts = [fact for effect in wanted for fact in facts_of(effect, event.at)]
        if facts:
            self._daybook.learn(self._daybook.commit(facts))
        for effect in wanted:
            self._perform(effect, event.at)
        for effect in wanted:
            if isinstance(effect, effects.Record):
                self._done[effect.transaction.id] = effect.transaction
            elif isinstance(effect, effects.Void):
                self._done.pop(effect.transaction, None)
        for name in waited_for(wanted):
            self.handle(events.Recorded(event.at, name))

    @property
    def library(self) -> show.Library:
        """How delivery stands: it is cut off."""
        waiting = len(self._daybook.indexes.pending)
        return show.Library(state="offline", waiting=waiting, reason=say("practice.cable"))

    def end(self) -> tuple[Transaction, ...]:
        """Throw the daybook away; give what was in it, without what was undone."""
        self._daybook.close()
        throw_away(self._data)
        return tuple(self._done.values())


class PracticeRoom:
    """Where somebody practises, or nobody.

    `make` makes a desk to practise on, in a thread; what staff do meanwhile waits for it. `ended`
    is given what was done at it. Where it cannot be made, `failed` is called, and what had waited
    goes to `real`.
    """

    def __init__(
        self,
        make: Callable[[], Practice],
        *,
        ended: Callable[[tuple[Transaction, ...]], None],
        failed: Callable[[], None],
        real: Callable[[events.Event], None],
    ) -> None:
        self.practice: Practice | None = None
        self._make = make
        self._ended = ended
        self._failed = failed
        self._real = real
        self._waiting: list[events.Event] | None = None

    @property
    def busy(self) -> bool:
        """Whether something at it is yet to finish."""
        if self.practice is None:
            return self._waiting is not None
        state = self.practice.desk.state
        return state.closing is not None or state.checking is not None

    def begin(self, now: Callable[[], datetime]) -> Coroutine[None, None, None]:
        """Begin to practise, as soon as everything is ready for it."""
        self._waiting = []
        return self._begin(now)

    async def _begin(self, now: Callable[[], datetime]) -> None:
        try:
            self.practice = await asyncio.to_thread(self._make)
        except (OSError, JournalError) as error:
            self._fail(error)
        waiting, self._waiting = self._waiting or [], None
        if self.practice is not None:
            for event in self.practice.begun(now()):
                self.take(event)
        for event in waiting:
            if not self.take(event):
                self._real(event)

    def take(self, event: events.Event) -> bool:
        """Take what staff did, while somebody practises. False: it is for the real desk."""
        if self._waiting is not None:
            self._waiting.append(event)
            return True
        if self.practice is None:
            return False
        try:
            self.practice.handle(event)
        except (OSError, JournalError) as error:
            self._fail(error)
            self.end()  # so that it is on show last what does not count
        return True

    def tick(self, now: datetime) -> None:
        """Let time pass; it ends by itself."""
        if self.practice is None:
            return
        if self.practice.is_over(now):
            self.end()
        else:
            self.take(events.Tick(now))

    def end(self) -> None:
        """Throw the desk away, and tell what was done at it."""
        practice, self.practice = self.practice, None
        if practice is not None:
            self._ended(practice.end())

    def _fail(self, error: Exception) -> None:
        log.warning("practising is not possible: %s", error)
        self._failed()
