"""Runs: what became of a backlog, told as a whole.

    a run begins     with the first transaction of a backlog that arrives after the kiosk has
                     started, the library was away, its time of the day (`load_at`) has come, or
                     staff said "send"
    it goes on       through outages, and after a power cut: its beginning is on the disk
    it ends          when nothing is left that may be sent; then its report is on the disk

What was put into a batch counts as loaded; its outcomes are a run of their own, once it was
processed. What is delivered while all is well, a few at a time, is no backlog and no run. What was
recorded while the library was away belongs to the run even where its patron still stands at the
desk. There is one run at a time.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.daybook.facts import RunBegan, RunEnded
from kiosk.desk.afterwards.runs import Run, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.daybook.facts import Batched, Fact
    from kiosk.delivery.outages import Outages
    from kiosk.desk.transactions import Outcome


class Runs:
    """Counts what a run brings. `put` has a fact written, and tells of the run when it is there.

    `unfinished`: a run whose end is not on the disk, with what came of it so far, each outcome with
    the kind of its transaction. `usual`: what begins a run although nothing has happened.
    """

    def __init__(
        self,
        put: Callable[[Fact, Run], None],
        outages: Outages,
        unfinished: Run | None = None,
        outcomes: Iterable[tuple[str, Outcome]] = (),
        usual: Why | None = None,
    ) -> None:
        self._now = None if unfinished is None else counted(unfinished, outcomes)
        self._uncounted: list[tuple[str, Outcome]] = []
        """Outcomes of the run under way that are not in it yet: counted when it is looked at."""
        self._put = put
        self._outages = outages
        self._usual = usual
        self._expected = usual
        self._next = _new_id()

    @property
    def coming(self) -> str:
        """The id of the run to which what is sent now will belong; "" where that is to none."""
        if self._now is not None:
            return self._now.id
        return self._next if self._expected is not None else ""

    @property
    def begun(self) -> bool:
        """Whether there is a run under way."""
        return self._now is not None

    @property
    def now(self) -> Run | None:
        """The run under way, if there is one."""
        run = self._now = self._counted()
        return None if run is None else replace(run, outages=self._outages.of(run.since))

    def expect(self, why: Why) -> None:
        """Take that what is sent next is a backlog, if it is one at all."""
        self._expected = why

    def sent(self, at: datetime, since: datetime, waiting: int) -> None:
        """Take that something which had waited was sent, which began `at` a moment, and arrived."""
        if self._now is None and self._expected is not None:
            self._now = Run(
                id=self._next, why=self._expected, began=at, since=since, waiting=waiting
            )
            self._next = _new_id()
            self._put(RunBegan(run=self._now), self._now)
        self._expected = self._usual

    def answered(self, kind: str, outcome: Outcome) -> None:
        """Count an outcome of something that had waited, by the kind of its transaction."""
        if self._now is not None:
            self._uncounted.append((kind, outcome))

    def loaded(self, batch: Batched, kinds: Iterable[str]) -> None:
        """Count what was put into a batch, by the kinds of the transactions."""
        if self._now is not None:
            self._now = self._now.with_loaded(batch.title or batch.key, kinds, batch.rests_as)

    def nothing_left(self, at: datetime, held: int) -> None:
        """Take that nothing may be sent any more; `held` transactions wait for a person."""
        self._expected = self._usual
        run = self.now
        if run is not None:
            ended, self._now = replace(run, ended=at, left=held), None
            self._put(RunEnded(run=ended), ended)
            self._outages.told()

    def _counted(self) -> Run | None:
        outcomes, self._uncounted = self._uncounted, []
        return None if self._now is None else counted(self._now, outcomes)


def _new_id() -> str:
    return uuid.uuid4().hex


def counted(run: Run, outcomes: Iterable[tuple[str, Outcome]]) -> Run:
    """Count outcomes into a run, each with the kind of its transaction."""
    kinds, counts, to_fix = Counter(run.kinds), Counter[str](), list[str]()
    for kind, outcome in outcomes:
        kinds[kind] += 1
        counts[outcome.kind] += 1
        to_fix += [outcome.transaction] if outcome.kind != "applied" else []
    sums = {kind: getattr(run, kind) + count for kind, count in counts.items()}
    return replace(run, **sums, kinds=dict(kinds), to_fix=run.to_fix + tuple(to_fix))
