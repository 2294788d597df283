"""Runs: what became of a backlog, told as a whole.

    a run begins     with the first transaction of a backlog that arrives after the kiosk has
                     started, the library was away, its time of the day (`load_at`) has come, or
                     staff said "send"
    it goes on       through outages, and after a power cut: its beginning is on the disk
    it ends          when nothing is left that may be sent; then its report is on the disk

What is delivered while all is well, a few at a time, is no backlog and no run. There is one run at
a time.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.daybook.facts import RunBegan, RunEnded
from kiosk.desk.afterwards.runs import Run, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.daybook.facts import Fact
    from kiosk.desk.transactions import Outcome


class Runs:
    """Counts what a run brings. `put` has a fact written, and tells of the run when it is there.

    `unfinished`: a run whose end is not on the disk, with what came of it so far. `usual`: what
    begins a run although nothing has happened.
    """

    def __init__(
        self,
        put: Callable[[Fact, Run], None],
        unfinished: Run | None = None,
        outcomes: Iterable[Outcome] = (),
        usual: Why | None = None,
    ) -> None:
        self.now = unfinished
        """The run under way, if there is one."""
        self._put = put
        self._usual = usual
        self._expected = usual
        for outcome in outcomes:
            self.answered(outcome)

    def expect(self, why: Why) -> None:
        """Take that what is sent next is a backlog, if it is one at all."""
        self._expected = why

    def sent(self, at: datetime, since: datetime, waiting: int) -> None:
        """Take that something of a backlog was sent, which began `at` a moment, and arrived."""
        if self.now is None and self._expected is not None:
            self.now = Run(
                id=uuid.uuid4().hex, why=self._expected, began=at, since=since, waiting=waiting
            )
            self._put(RunBegan(run=self.now), self.now)
        self._expected = self._usual

    def answered(self, outcome: Outcome) -> None:
        """Count an outcome for which nobody stands at the desk."""
        if self.now is None:
            return
        counted = {outcome.kind: getattr(self.now, outcome.kind) + 1}
        to_fix = self.now.to_fix
        if outcome.kind != "applied":
            to_fix = (*to_fix, outcome.transaction)
        self.now = replace(self.now, **counted, to_fix=to_fix)

    def nothing_left(self, at: datetime, held: int) -> None:
        """Take that nothing may be sent any more; `held` transactions wait for a person."""
        self._expected = self._usual
        if self.now is not None:
            ended, self.now = replace(self.now, ended=at, left=held), None
            self._put(RunEnded(run=ended), ended)
