"""What has happened, into Koha by the service alone: with nobody to be asked what became of it.

So it is where there is no SIP2, and with Koha's queue, where staff process it: that cannot be asked
from here at all. The service recognises nothing it gets twice. So a batch is one transaction:
whatever goes wrong, no other is in doubt; and one whose reply was lost is never sent again, it ends
as unknown. Into the queue loans and returns go the same way, because a return that overtook its
loan would leave the item lent for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha import results
from kiosk.ils.koha.operations import ahead, unfit
from kiosk.ils.koha.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime, timedelta, tzinfo

    from kiosk.desk.transactions import Kind, Outcome, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.koha.settings import KohaSettings


class ServiceBatches:
    """A `kiosk.ils.batches.BatchLibrary` by the service.

    `zone` is where the library is; `clock` gives the time, with its offset.
    """

    system = "koha: service"
    carries: frozenset[Kind] = CARRIED_BY["koha"]
    most = 1
    item_once = False
    gather: float = 0.0
    rests_as: Literal["waiting", "handed_over"] = "handed_over"

    def __init__(self, settings: KohaSettings, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._service = Service(settings, zone)

    async def hello(self) -> None:
        """Log in, and see that the service lets one in."""
        await self._service.hello()

    def unfit(self, transaction: Transaction) -> Phrase | None:
        """Say why a transaction cannot be told; None where it can."""
        return unfit(transaction)

    async def clock_offset(self) -> timedelta:
        """Measure how far Koha's clock is ahead. Raise `Unreachable`."""
        return ahead(await self._service.time(), self._clock())

    async def place(self, avoid: Collection[str] = ()) -> Place:  # noqa: ARG002
        """Name the branch: Koha has no other places."""
        return Place(key=self._settings.branchcode, title=self._settings.branchcode)

    async def load(self, batch: Batch) -> Progress:
        """Have a transaction processed or queued. Raise `Unreachable` or `ReplyLost`."""
        (transaction,) = batch.transactions
        words = await self._service.tell(transaction, pending=self._settings.pending)
        outcome = results.of_words(transaction, words, self._clock())
        return Progress(stage="loaded", total=1) if outcome is None else _done(outcome)

    async def look(self, batch: Batch) -> Progress:
        """Say that nobody knows what became of it."""
        (transaction,) = batch.transactions
        return _done(results.unknown(transaction, self._clock()))

    async def close(self) -> None:
        """Hang up."""
        await self._service.close()


def _done(outcome: Outcome) -> Progress:
    return Progress(stage="done", outcomes=(outcome,), processed=1, total=1)
