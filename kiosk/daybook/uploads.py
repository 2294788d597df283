"""Upload sessions: which one staff have chosen, and which the library was asked to process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.daybook.facts import ProcessAsked, SessionChosen

if TYPE_CHECKING:
    from kiosk.daybook.facts import UploadFact


@dataclass(slots=True)
class Uploads:
    """What is kept in mind of them."""

    chosen: SessionChosen | None = None
    """Where the next uploads go, by the word of staff; None: where they usually go."""
    asked: dict[str, ProcessAsked] = field(default_factory=dict)
    """Which the library was asked to process, or may have been, by their keys."""

    def learn(self, fact: UploadFact) -> None:
        """Take a fact in."""
        if isinstance(fact, SessionChosen):
            self.chosen = fact if fact.key else None
        elif isinstance(fact, ProcessAsked):
            self.asked[fact.key] = fact
        else:
            self.asked.pop(fact.key, None)
