"""What has happened, into Koha in batches, by its companion plugin (ByWater Solutions).

The plugin remembers what it has processed or queued, and says of that `skipped`. So where a reply
was lost, the same batch is loaded once more: nobody has to be asked, and nothing is done twice.

Only what was an error it tries anew. So an item is in a batch once: a return of what was not on
loan, tried anew, would take back the loan that came after it. Where that has happened all the same,
it is seen (`results.overtaken`), and a person looks.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.ils.base import Unreachable
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha import results
from kiosk.ils.koha.compared import with_due
from kiosk.ils.koha.operations import ahead, operation, unfit
from kiosk.ils.koha.rest import Rest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime, timedelta, tzinfo

    from kiosk.desk.transactions import Kind, Outcome, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.base import Library
    from kiosk.ils.koha.settings import KohaSettings


class PluginLibrary:
    """A `kiosk.ils.batches.BatchLibrary` by the plugin.

    `sip2` is the same library by SIP2, or None: then nobody says until when it has lent. `zone` is
    where the library is; `clock` gives the time, with its offset.
    """

    system = "koha: plugin"
    carries: frozenset[Kind] = CARRIED_BY["koha"]
    most = 50  # Koha takes about a tenth of a second for each, and a proxy waits for a minute
    item_once = True
    gather: float = 5.0
    rests_as: Literal["waiting", "handed_over"] = "handed_over"

    def __init__(
        self,
        settings: KohaSettings,
        zone: tzinfo,
        clock: Callable[[], datetime],
        sip2: Library | None = None,
    ) -> None:
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._sip2 = sip2
        self._rest = Rest(settings)

    async def hello(self) -> None:
        """Log in, and see that the plugin is there."""
        await self._rest.hello()

    def unfit(self, transaction: Transaction) -> Phrase | None:
        """Say why a transaction cannot be told; None where it can."""
        return unfit(transaction)

    async def clock_offset(self) -> timedelta:
        """Measure how far Koha's clock is ahead. Raise `Unreachable`."""
        return ahead(await self._rest.time(), self._clock())

    async def place(self, avoid: Collection[str] = ()) -> Place:  # noqa: ARG002
        """Name the branch: Koha has no other places."""
        return Place(key=self._settings.branchcode, title=self._settings.branchcode)

    async def load(self, batch: Batch) -> Progress:
        """Have a batch processed, or put into the queue. Raise `Unreachable` or `ReplyLost`."""
        outcomes = await self._outcomes(batch.transactions)
        if self._settings.pending and not any(outcomes):
            return Progress(stage="loaded", total=len(outcomes))
        await self._compare(batch, outcomes)
        at = self._clock()
        done = (
            outcome or results.queued(transaction, at)
            for transaction, outcome in zip(batch.transactions, outcomes, strict=True)
        )
        total = len(outcomes)
        return Progress(stage="done", outcomes=tuple(done), processed=total, total=total)

    async def look(self, batch: Batch) -> Progress:  # noqa: ARG002 - it skips what it has
        """Say that a batch can be loaded, again too. What is in the queue cannot be seen."""
        return Progress(stage="absent")

    async def close(self) -> None:
        """Hang up."""
        await self._rest.close()
        if self._sip2 is not None:
            await self._sip2.close()

    async def _outcomes(self, transactions: Sequence[Transaction]) -> list[Outcome | None]:
        """Tell what has happened; give what came of each, None for what is in the queue."""
        pending = self._settings.pending
        found = await self._rest.tell([operation(each, self._zone) for each in transactions])
        said = list(zip(transactions, found, strict=True))
        statuses = [(each, status) for each, (status, _) in said]
        doubtful = frozenset() if pending else results.overtaken(statuses)
        at = self._clock()
        return [
            results.unknown(each, at, "out-of-order")
            if each.id in doubtful
            else results.of_plugin(each, status, words, at, pending=pending)
            for each, (status, words) in said
        ]

    async def _compare(self, batch: Batch, outcomes: list[Outcome | None]) -> None:
        """Compare due dates, of items that were not lent or returned once more in the batch."""
        if self._sip2 is None:
            return
        last = {each.item: number for number, each in enumerate(batch.transactions)}
        with suppress(Unreachable):
            for number in last.values():
                transaction, outcome = batch.transactions[number], outcomes[number]
                if outcome is not None:
                    outcomes[number] = await with_due(self._sip2, transaction, outcome, self._zone)
