"""Loading: carrying a backlog to a library system that takes it in batches.

    what is so                           what is done
    -----------------------------------  ---------------------------------------------------------
    something waits, and may go          a place is found, the batch put on the disk; then it goes
    one cannot be put into a batch       a person enters it; the rest goes
    the reply is lost, or a restart      looked at first; absent, the same is loaded again
    its place takes nothing (any more)   unloaded: it goes into another batch, at another place;
                                         after a pause, where nobody says why
    not what was sent is there           spoiled: it goes into another batch; the old one is watched
    what was there is gone               looked at once more: one answer may be of an older state;
                                         gone again, the same: somebody may have it all the same
    all of it is there, counted          it rests, as `waiting` or `handed_over`
    it is waiting                        looked at now and then, until it was processed
    it was processed                     its outcomes are written; then it is closed
    somebody says that it was loaded     the same: all that no report says of has been applied
    somebody says that its file is lost  written again, the same; what is there stays
    a spoiled one was processed          all in it need a person: it may have happened twice
    it is for another library system     it was set up anew: what may have arrived there needs a
                                         person, and what rests there goes on resting

One batch is on its way at a time. What is in it holds up its patrons and items until it rests;
from then on it holds up the items alone, and only for the patron at the desk: what follows with
them goes the same way, behind it.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from kiosk.daybook.batches import KnownBatch
from kiosk.daybook.facts import (
    UNREADABLE,
    BatchClosed,
    Batched,
    BatchLoaded,
    BatchUnloaded,
    Reported,
)
from kiosk.delivery.batching import AT_ONCE, Batching, unread
from kiosk.desk.transactions import Outcome, Transaction
from kiosk.desk.words import say
from kiosk.ils.base import Unreachable
from kiosk.ils.batches import Batch, Place, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.gathering import Gathering
    from kiosk.delivery.order import Queue
    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import BatchLibrary

TOLD_AT_ONCE = 50
"""So many outcomes go to the disk together, before others have it."""
CONFIRMED = "confirmed"
"""The code of what was applied by the word of somebody."""
FileTiding = Literal["confirmed", "written", "there", "taken"]
"""What there is to tell of a file: all of it has an outcome now; it was written again; it is there,
as it was; something else has its name."""
WATCHED = timedelta(days=30)
"""So long a spoiled batch is watched; nobody processes what is that old."""
LOOK_AGAIN = {"processing": 2.0, "loaded": 15.0, "stuck": 60.0, "spoiled": 60.0}
"""In how many seconds a batch is looked at again, by how it stands."""
PATIENCE = 600.0
SELDOM = 20
"""What rests is looked at less and less often, because staff may let it wait for days: half as
often after `PATIENCE` seconds, and so on, until it is so many times less."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch that is not over, and how it stood when it was last looked at, if it was."""

    batch: KnownBatch
    progress: Progress | None = None


class Loading:
    """Carries the batches that `batching` makes, and follows them.

    `answered` has an outcome put on the disk. `loaded` takes what a batch has brought there, and
    gives the run to which that belongs; `processed` takes what rested and will have its outcomes
    now. `told` takes what came of what people decide about a batch, `changed` that one stands in
    another way than before.
    """

    def __init__(
        self,
        daybook: Daybook,
        writer: Gathering,
        queue: Queue,
        library: BatchLibrary,
        batching: Batching,
        *,
        clock: Callable[[], datetime],
        answered: Callable[[Pending, Outcome], None],
        loaded: Callable[[Batched, Sequence[Pending]], str],
        processed: Callable[[Sequence[Pending]], None],
        told: Callable[[FileTiding, KnownBatch, Phrase | None], None],
        changed: Callable[[], None],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._queue = queue
        self._library = library
        self._clock = clock
        self._answered = answered
        self._loaded = loaded
        self._processed = processed
        self._told = told
        self._changed = changed
        self._batching = batching
        self._carries = False
        self._is_sure = False
        """Whether nothing of the batch under way can have arrived."""
        self._read: dict[str, Batch] = {}
        """The batches as they were put on the disk, as far as they were needed."""
        self._looked: dict[str, Progress] = {}
        self._next_look: dict[str, float] = {}
        self._missed: set[str] = set()
        """The batches that rested there, and were not there when they were looked at last."""
        for known in daybook.indexes.batches:
            if known.stage == "begun":
                for pending in self._of(known, daybook.indexes.pending):
                    queue.begin(pending)

    async def do_one(self) -> bool:
        """Do one thing; tell whether there was one to do. Raises LibraryError, JournalError."""
        batches = self._daybook.indexes.batches
        begun = self._begun()
        if begun is not None or self.is_ripe():
            with self._carrying():
                await self._carry(begun)
            return True
        followed = filter(self._is_followed, batches)
        known = min(followed, key=self._look_at, default=None)
        if known is None or self._look_at(known) > _now():
            return False
        await self._follow(known)
        return True

    async def _carry(self, begun: KnownBatch | None) -> None:
        """Bring the batch that is on its way; or a new one."""
        if begun is None:
            if not await self._batching.begin():  # a person takes care of all of it
                return
            self._is_sure = True
            self._changed()
            begun = self._begun()
        if begun is not None:
            await (self._bring(begun) if self._is_here(begun) else self._give_up(begun))

    @contextmanager
    def _carrying(self) -> Iterator[None]:
        """Let it be seen that a batch is on its way: over a slow line that takes minutes."""
        self._carries = True
        self._changed()
        try:
            yield
        finally:
            self._carries = False
            self._changed()

    @property
    def carried(self) -> int | None:
        """Count what is on its way in a batch; 0 while that is made, None where nothing goes."""
        if not self._carries:
            return None
        begun = self._begun()
        return 0 if begun is None else len(begun.fact.transactions)

    def _begun(self) -> KnownBatch | None:
        """Give the batch that is on its way."""
        batches = self._daybook.indexes.batches
        return next((known for known in batches if known.stage == "begun"), None)

    def _look_at(self, known: KnownBatch) -> float:
        """Give when a batch is to be looked at next."""
        return self._next_look.get(known.fact.id, 0.0)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Tell how the batches stand that are not over, the oldest first."""
        batches = self._daybook.indexes.batches
        return tuple(Standing(known, self._looked.get(known.fact.id)) for known in batches)

    def until_next(self) -> float | None:
        """Give in how many seconds there is something to do; None: when something comes."""
        followed = filter(self._is_followed, self._daybook.indexes.batches)
        times = [self._look_at(known) - _now() for known in followed]
        ripe = self._batching.until_ripe()
        if ripe is not None:
            times.append(ripe)
        return max(min(times), 0.0) if times else None

    def is_ripe(self) -> bool:
        """Tell whether something waits that goes now."""
        return self._batching.is_ripe()

    def look_now(self) -> None:
        """Look at all batches again at once: somebody wants to know."""
        self._next_look.clear()

    # -- one on its way ------------------------------------------------------------------------

    async def _bring(self, known: KnownBatch) -> None:
        """Have a batch taken that is on the disk."""
        batch = await self._batch(known)
        if not self._is_sure:
            progress = await self._library.look(batch)
            if progress.stage != "absent":
                await self._take(known, progress)
                return
            self._is_sure = True
        try:
            progress = await self._library.load(batch)
        except Unreachable:
            raise
        except BaseException:
            self._is_sure = False
            raise
        await self._take(known, progress)
        if progress.stage == "absent" and progress.reason is None:
            raise Unreachable(say("library.took_nothing"))  # again and again, but with a pause

    async def _batch(self, known: KnownBatch) -> Batch:
        """Give a batch as it was put on the disk."""
        fact = known.fact
        if fact.id not in self._read:
            times = dict(zip(fact.transactions, fact.times, strict=True))
            found = list[Transaction]()
            for turn, number in enumerate(fact.numbers, 1):
                if turn % AT_ONCE == 0:
                    await asyncio.sleep(0)
                with suppress(KeyError, *UNREADABLE):  # a person looks, once the rest is there
                    found.append(self._daybook.transaction(number))
            self._read[fact.id] = Batch(
                id=fact.id,
                place=Place(key=fact.key, title=fact.title, name=fact.name),
                transactions=tuple(replace(each, at=times[each.id]) for each in found),
            )
        return self._read[fact.id]

    # -- how it stands -------------------------------------------------------------------------

    def _is_followed(self, known: KnownBatch) -> bool:
        rests = known.stage != "begun" and known.fact.rests_as == "waiting"
        return rests and self._is_here(known)

    def _is_here(self, known: KnownBatch) -> bool:
        return known.fact.system == self._library.system

    async def _give_up(self, known: KnownBatch) -> None:
        """Leave to a person what may have arrived in a library system that is set up no more."""
        nobody_knows = Progress(stage="done")
        await self._close(known, nobody_knows)

    async def _follow(self, known: KnownBatch) -> None:
        """Look at a batch that rests. Where that fails, the others have their turn before it."""
        self._next_look[known.fact.id] = _now() + LOOK_AGAIN.get("loaded", 0.0)
        progress = await self._library.look(await self._batch(known))
        if self._may_be_back(known, progress):
            return
        await self._take(known, progress)
        if known.fact.id in self._daybook.indexes.batches:
            pause = LOOK_AGAIN.get(progress.stage, 0.0)
            if progress.stage in ("loaded", "spoiled"):
                rested = (self._clock() - known.since).total_seconds()
                pause *= min(1 + max(rested, 0.0) / PATIENCE, SELDOM)
            self._next_look[known.fact.id] = _now() + pause

    def _may_be_back(self, known: KnownBatch, progress: Progress) -> bool:
        """Tell whether a batch is missed for the first time.

        To load it elsewhere because of one wrong answer would have it processed twice.
        """
        batch = known.fact.id
        if known.stage == "loaded" and progress.stage == "absent" and batch not in self._missed:
            self._missed.add(batch)
            return True
        self._missed.discard(batch)
        return False

    async def _take(self, known: KnownBatch, progress: Progress) -> None:
        """Take in how a batch stands."""
        self._looked[known.fact.id] = progress
        if known.stage == "spoiled":
            await self._take_spoiled(known, progress)
        elif progress.stage == "done":
            await self._close(known, progress)
        elif progress.stage in ("absent", "spoiled"):
            # A file under its name is somebody else's, and nothing of ours to be watched.
            arrived = progress.stage == "spoiled" or known.stage == "loaded"
            watched = arrived and known.fact.rests_as == "waiting"
            await self._unload(known, spoiled=watched)
        elif known.stage == "begun":
            await self._put_loaded(known)
        if known.fact.id not in self._daybook.indexes.batches:
            self._forget(known.fact.id)
        self._changed()

    def _forget(self, batch: str) -> None:
        """Keep nothing of a batch that is over, or went into another."""
        self._read.pop(batch, None)
        self._looked.pop(batch, None)
        self._next_look.pop(batch, None)
        self._missed.discard(batch)

    async def _put_loaded(self, known: KnownBatch) -> None:
        there = {each.id for each in (await self._batch(known)).transactions}
        begun = self._of(known, self._daybook.indexes.pending)
        resting = [pending for pending in begun if pending.id in there]
        for pending in begun:
            if pending.id not in there:  # it went without this one
                self._queue.end(pending)
                self._answered(pending, unread(pending, self._clock()))
        run = self._loaded(known.fact, resting)
        await self._put(BatchLoaded(batch=known.fact.id, at=self._clock(), run=run))
        for pending in resting:
            self._queue.end(pending)
            self._queue.discard(pending.id)
        if not self._is_followed(known):  # nobody asks about it for days
            self._read.pop(known.fact.id, None)

    async def _unload(self, known: KnownBatch, *, spoiled: bool) -> None:
        """Let the transactions of a batch go into another one."""
        rested = self._of(known, self._daybook.indexes.batches.resting)
        begun = self._of(known, self._daybook.indexes.pending)
        fact = BatchUnloaded(batch=known.fact.id, at=self._clock(), spoiled=spoiled)
        await self._put(fact)
        for pending in begun:
            pending.sent = False
            self._queue.end(pending)
        waiting = self._daybook.indexes.pending
        self._queue.add_again(waiting[each.id] for each in rested)

    async def _take_spoiled(self, known: KnownBatch, progress: Progress) -> None:
        """See whether somebody has a batch processed that must not be."""
        waiting = self._daybook.indexes.pending
        if any(waiting[x].sent for x in known.fact.transactions if x in waiting):
            return  # a report of what is under way would not be heard
        facts: list[Fact] = []
        if progress.stage in ("processing", "done", "stuck"):
            facts += self._doubts(known)
            for transaction in known.fact.transactions:
                self._queue.discard(transaction)
        if facts or self._clock() - known.since > WATCHED:
            await self._put(*facts, BatchClosed(batch=known.fact.id, at=self._clock()))

    def _doubts(self, known: KnownBatch) -> Iterable[Reported]:
        """Say of all in a spoiled batch that it may have happened twice."""
        fact = known.fact
        for transaction, number in zip(fact.transactions, fact.numbers, strict=True):
            yield Reported(
                id=uuid.uuid4().hex,
                transaction=transaction,
                number=number,
                at=self._clock(),
                code="processed-twice",
                words=fact.title or fact.key,
            )

    async def _close(self, known: KnownBatch, progress: Progress) -> None:
        """Write the outcomes of a batch that was processed."""
        told = {outcome.transaction: outcome for outcome in progress.outcomes}
        indexes = self._daybook.indexes
        rested = self._of(known, indexes.batches.resting)
        if rested:
            self._processed(rested)
        for turn, pending in enumerate([*self._of(known, indexes.pending), *rested], 1):
            at = self._clock()
            untold = Outcome(transaction=pending.id, kind="unknown", at=at, code="untold")
            self._queue.end(pending)
            self._answered(pending, told.get(pending.id, untold))
            if turn % TOLD_AT_ONCE == 0:
                await self._put()  # what is told all at once holds up whoever scans just then
        await self._put(BatchClosed(batch=known.fact.id, at=self._clock()))  # behind all of these

    # -- what people decide --------------------------------------------------------------------

    async def do_decided(self) -> bool:
        """Do what somebody has decided about a batch that was handed over, if anything.

        Raises LibraryError, JournalError.
        """
        for known in self._daybook.indexes.batches:
            if known.stage == "loaded" and known.confirmed is not None:
                await self._confirm(known)
                return True
            if known.stage == "loaded" and known.wanted is not None and self._is_here(known):
                await self._write_again(known)
                return True
        return False

    async def _confirm(self, known: KnownBatch) -> None:
        """Take that all that no error report says of was applied."""
        rested = self._of(known, self._daybook.indexes.batches.resting)
        for turn, pending in enumerate(rested, 1):
            at = self._clock()
            self._answered(
                pending, Outcome(transaction=pending.id, kind="applied", at=at, code=CONFIRMED)
            )
            if turn % TOLD_AT_ONCE == 0:
                await self._put()
        await self._put(BatchClosed(batch=known.fact.id, at=self._clock()))
        self._told("confirmed", known, None)
        self._changed()

    async def _write_again(self, known: KnownBatch) -> None:
        """Write a batch that is lost once more; what has its name by now is left as it is."""
        batch = await self._batch(known)
        progress = await self._library.look(batch)
        tiding: FileTiding = "there"
        if progress.stage == "absent":
            progress = await self._library.load(batch)
            tiding = "written"
        if progress.stage != "loaded":
            tiding = "taken"
        anew = tiding == "written"
        await self._put(BatchLoaded(batch=known.fact.id, at=self._clock(), anew=anew))
        self._told(tiding, known, progress.reason)
        self._changed()

    # -- reading and writing -------------------------------------------------------------------

    def _of(self, known: KnownBatch, where: dict[str, Pending]) -> list[Pending]:
        """Give those of a batch that are there, and in no later batch."""
        batches = self._daybook.indexes.batches
        mine = (x for x in known.fact.transactions if x in where and batches.of(x) is known)
        return [where[transaction] for transaction in mine]

    async def _put(self, *facts: Fact) -> None:
        await self._writer.write(facts)


def _now() -> float:
    return asyncio.get_running_loop().time()
