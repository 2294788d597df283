"""The face of a library system that takes what has happened in batches, and how a batch stands.

It may process a batch much later, when a person there says so: until then nobody can tell what
becomes of its transactions. What goes into a batch, and when, is delivery's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from kiosk.desk.transactions import Outcome, Transaction
from kiosk.desk.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk.desk.transactions import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a batch goes.

    `key` is the library system's own: of an upload session, or the path of a file. `title` is what
    people call that, `name` what the batch is called there: no other batch of any desk has it.
    """

    key: str
    title: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Transactions that go to a library system together, in the order of the daybook.

    It is on the disk before its first byte goes out, and never changes: what is loaded again is
    the same, byte for byte. `transactions` bear the times under which they are sent.
    """

    id: str
    place: Place
    transactions: tuple[Transaction, ...]


Stage = Literal["absent", "loaded", "processing", "stuck", "spoiled", "done"]
"""How a batch stands. `absent`: nothing of it arrived, it can be loaded. `loaded`: all of it is
there, counted, and waits. `processing`: the library system is at it. `stuck`: it has been at it for
long, and nothing moves. `spoiled`: not what was sent is there; it must not be processed. `done`: it
was processed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How a batch stands, and why. `outcomes` are those of a batch that is done: one for each.

    One that is `absent` after it was loaded, without a `reason`, was not taken for no reason known.

    `processed` counts what the library system has dealt with, of `total`, of all desks.
    """

    stage: Stage
    outcomes: tuple[Outcome, ...] = ()
    reason: Phrase | None = None
    processed: int = 0
    total: int = 0


class BatchLibrary(Protocol):
    """One way into a library system that takes what has happened, in batches.

    Every method may raise `Unreachable`; `load` also `ReplyLost`: then `look` finds out.
    """

    system: str
    """What tells it, and the way into it, from others: those know nothing of its batches."""

    carries: frozenset[Kind]
    """What it can be sent. The rest a person enters there by hand."""

    most: int
    """So many transactions a batch may hold."""

    item_once: bool
    """Whether an item may be in a batch but once: where what failed in a batch that is loaded again
    is tried anew, a return would take back the loan behind it."""

    gather: float
    """So many seconds the oldest of a batch waits for others, unless staff want it sent at once;
    `math.inf`: until they do, or until its time of the day has come."""

    rests_as: Literal["waiting", "handed_over"]
    """What its transactions are called while it is `loaded`: `waiting` where their fate will be
    seen from here, `handed_over` where somebody has to tell."""

    async def hello(self) -> None:
        """Reach it and log in; doubles as a keep-alive."""

    def unfit(self, transaction: Transaction) -> Phrase | None:
        """Say why a transaction cannot be put into a batch; None where it can."""

    async def clock_offset(self) -> timedelta:
        """Measure how far its clock is ahead of ours; 0 where nobody can tell."""

    async def place(self, avoid: Collection[str] = ()) -> Place:
        """Find where the next batch goes; make that, where there is none yet.

        `avoid`: the keys of places that hold what must not be processed.
        """

    async def load(self, batch: Batch) -> Progress:
        """Have a batch taken, and see that all of it is there."""

    async def look(self, batch: Batch) -> Progress:
        """Find out how a batch stands that was sent before, or may have been."""

    async def close(self) -> None:
        """Hang up. Harmless when not connected."""


@runtime_checkable
class WritesFiles(Protocol):
    """A way out by files, whose names depend on what is in them."""

    def files_of(self, place: Place, transactions: Collection[Transaction]) -> Collection[str]:
        """Name the files that a batch becomes at a place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """What one desk has put into an upload session. `count` is in lines; `name` that of a batch.

    A batch's name begins with that of its desk, up to a dot.
    """

    name: str
    count: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadSession:
    """Many desks' transactions, to be processed together.

    `processed` counts what was dealt with so far; `began` and `ended` say when, or None.
    """

    key: str
    title: str
    created: datetime
    uploads: tuple[Upload, ...] = ()
    began: datetime | None = None
    ended: datetime | None = None
    processed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether desks may still upload into it."""
        return self.began is None and self.ended is None

    @property
    def total(self) -> int:
        """How many lines are in it."""
        return sum(upload.count for upload in self.uploads)


@runtime_checkable
class UploadSessions(Protocol):
    """What a library system with upload sessions lets staff do with them."""

    def suggested_title(self) -> str:
        """Name a new one as is usual, for staff to change."""

    def missing(self, session: UploadSession) -> tuple[str, ...]:
        """Name the desks that should have uploaded into one, and have not."""

    def is_ours_to_process(self, session: UploadSession) -> bool:
        """Whether this desk shall have one processed by itself: all desks are in."""

    async def sessions(self) -> tuple[UploadSession, ...]:
        """List those of this library that can still be seen, the oldest first."""

    async def create(self, title: str) -> UploadSession:
        """Make a new one. Where the reply is lost, it is looked for before another is made."""

    async def join(self, key: str) -> None:
        """Let the next batches go into this one; "": into today's open one, as is usual."""

    async def process(self, key: str) -> None:
        """Have all of it processed; of one that is being, or was, do nothing.

        Raises Refused where the account may not, ReplyLost where it may have begun.
        """
