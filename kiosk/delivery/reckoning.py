"""What is delivered is counted into runs (kiosk.delivery.runs): alone, or in batches.

What arrived alone counts with its outcome. What arrived in a batch counts as loaded; once it was
processed, its outcomes are a run of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Batched
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.runs import Runs
    from kiosk.desk.transactions import Outcome


class Reckoning:
    """Counts into runs. `held_up` counts what waits for a person although its time has come."""

    def __init__(
        self,
        daybook: Daybook,
        runs: Runs,
        *,
        clock: Callable[[], datetime],
        held_up: Callable[[], int],
    ) -> None:
        self._daybook = daybook
        self._runs = runs
        self._clock = clock
        self._held_up = held_up

    def begin(self, pending: Pending, *, waited: bool) -> Callable[[Outcome | None], None]:
        """Take that one is about to be sent alone; give what takes its outcome.

        `waited`: it is of a backlog.
        """
        waiting = self._daybook.indexes.pending
        oldest = next(iter(waiting.values()), pending)
        began, count = self._clock(), len(waiting)
        pending.run = self._runs.coming if waited else ""
        begins = bool(pending.run) and not self._runs.begun
        since = self._recorded_at(oldest) if begins else oldest.at

        def take(outcome: Outcome | None) -> None:
            if outcome is not None and pending.run:
                self._runs.sent(began, since, count)
                self._runs.answered(pending.kind, outcome)

        return take

    def answered(self, pending: Pending, outcome: Outcome) -> None:
        """Take what became of one in a batch; it is not on the disk yet."""
        pending.run = self._runs.coming
        self._sent(pending, len(self._daybook.indexes.pending))
        self._runs.answered(pending.kind, outcome)

    def loaded(self, batch: Batched, some: Sequence[Pending]) -> str:
        """Take that a batch is there; give the run to which it belongs."""
        run = self._runs.coming
        if some:
            self._sent(some[0], len(self._daybook.indexes.pending))
            self._runs.loaded(batch, (pending.kind for pending in some))
        return run

    def processed(self, some: Sequence[Pending]) -> None:
        """Take that these, which rested, were processed: that is a run of its own."""
        if self.is_sending:
            self.nothing_left()
        self._runs.expect("processed")
        self._sent(some[0], len(some))

    @property
    def is_sending(self) -> bool:
        """Whether a run is under way in which something is sent."""
        return self._runs.now is not None and self._runs.now.why != "processed"

    def nothing_left(self) -> None:
        """Take that nothing may be sent any more."""
        self._runs.nothing_left(self._clock(), self._held_up())

    def _sent(self, pending: Pending, waiting: int) -> None:
        since = pending.at if self._runs.begun else self._recorded_at(pending)
        self._runs.sent(self._clock(), since, waiting)

    def _recorded_at(self, pending: Pending) -> datetime:
        """Tell when something was recorded, as well as that is known by now."""
        try:
            return self._daybook.indexes.true_time(self._daybook.transaction(pending.number))
        except UNREADABLE:
            return pending.at
