"""How backlogs were delivered, the outages between, and whether staff have paused delivery."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.daybook.facts import (
    DeliveryPaused,
    LibraryAway,
    LibraryBack,
    OutageTold,
    ProcessAsked,
    ProcessNotAsked,
    RunBegan,
    SessionChosen,
)
from kiosk.daybook.uploads import Uploads
from kiosk.desk.afterwards.runs import Outage, Run

if TYPE_CHECKING:
    from kiosk.daybook.facts import RunFact

MOST_UNTOLD = 20
"""So many outages are kept in mind to be told of, the newest; the reports of all are on the disk.
"""


@dataclass(slots=True)
class Runs:
    """What is kept in mind of them; the reports of all are on the disk."""

    unfinished: Run | None = None
    """As it began: a run whose end is not on the disk."""
    last: Run | None = None
    """The report of the newest run that has ended."""
    away: LibraryAway | None = None
    """Since when the library is away, where something waits because of it."""
    outages: list[Outage] = field(default_factory=list)
    """Those that are over, and in no report of a run yet."""
    untold: deque[Run] = field(default_factory=lambda: deque(maxlen=MOST_UNTOLD))
    """The runs after an outage of which nobody has said yet that it was told of."""
    paused: DeliveryPaused | None = None
    """Since when delivery is paused, where it is."""
    uploads: Uploads = field(default_factory=Uploads)

    def learn(self, fact: RunFact) -> None:
        """Take in how a run goes, or that staff have paused delivery."""
        match fact:
            case DeliveryPaused():
                self.paused = fact if fact.paused else None
            case SessionChosen() | ProcessAsked() | ProcessNotAsked():
                self.uploads.learn(fact)
            case LibraryAway():
                self.away = fact
            case LibraryBack():
                if self.away is not None:
                    self.outages.append(Outage(fact.since or self.away.at, fact.at))
                self.away = None
            case OutageTold():
                self.untold.clear()
            case RunBegan():
                self.unfinished = fact.run
            case _:
                self._end(fact.run)

    def _end(self, run: Run) -> None:
        self.unfinished, self.last = None, run
        self.outages.clear()
        if run.outages:
            self.untold.append(run)
