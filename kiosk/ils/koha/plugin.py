"""What has happened, into Koha in batches, by its companion plugin (ByWater Solutions).

The plugin remembers what it has processed or queued, and says of that `skipped`. So where a reply
was lost, the same batch is loaded once more: nobody has to be asked, and nothing is done twice.

Only what was an error it tries anew. So an item should be in a batch once: a return of what was not
on loan, tried anew, would take back the loan that came after it. Where that has happened, it is
seen (`results.overtaken`), and a person looks.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.ils.base import Unreachable
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha import results
from kiosk.ils.koha.compared import with_due
from kiosk.ils.koha.operations import operation, unsendable
from kiosk.ils.koha.rest import Rest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Kind, Outcome, Transaction
    from kiosk.ils.base import Library
    from kiosk.ils.koha.settings import KohaSettings


class PluginLibrary:
    """A `kiosk.ils.batches.BatchLibrary` by the plugin.

    `sip2` is the same library by SIP2, or None: then nobody says until when it has lent. `zone` is
    where the library is; `clock` gives the time, with its offset.
    """

    carries: frozenset[Kind] = CARRIED_BY["koha"]
    most = 50  # Koha takes about a tenth of a second for each, and a proxy waits for a minute
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
        self._queued: set[str] = set()

    async def hello(self) -> None:
        """Log in, and see that the plugin is there."""
        await self._rest.hello()

    async def place(self) -> Place:
        """Name the branch: Koha has no other places."""
        return Place(key=self._settings.branchcode, title=self._settings.branchcode)

    async def load(self, batch: Batch) -> Progress:
        """Have a batch processed, or put into the queue. Raise `Unreachable` or `ReplyLost`."""
        codes = {each.id: unsendable(each) for each in batch.transactions}
        said = await self._said([each for each in batch.transactions if not codes[each.id]])
        at = self._clock()
        outcomes = [
            results.by_hand(each, codes[each.id], at) if codes[each.id] else said[each.id]
            for each in batch.transactions
        ]
        await self._compare(batch, outcomes)
        return self._progress(batch, outcomes)

    async def look(self, batch: Batch) -> Progress:
        """Say that a batch can be loaded, unless it was just now: what is there already is skipped.

        What becomes of it in the queue cannot be seen from here.
        """
        return Progress(stage="loaded" if batch.id in self._queued else "absent")

    async def close(self) -> None:
        """Hang up."""
        await self._rest.close()
        if self._sip2 is not None:
            await self._sip2.close()

    async def _said(self, sent: list[Transaction]) -> dict[str, Outcome | None]:
        """Send transactions; give what came of each by its id, None for what is in the queue."""
        if not sent:
            return {}
        found = await self._rest.tell([operation(each, self._zone) for each in sent])
        statuses = [(each, status) for each, (status, _) in zip(sent, found, strict=True)]
        doubtful = frozenset() if self._settings.pending else results.overtaken(statuses)
        at = self._clock()
        return {
            each.id: results.unknown(each, at, "out-of-order")
            if each.id in doubtful
            else results.of_plugin(each, status, words, at, pending=self._settings.pending)
            for each, (status, words) in zip(sent, found, strict=True)
        }

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

    def _progress(self, batch: Batch, outcomes: list[Outcome | None]) -> Progress:
        """Say how a batch stands. One that is in the queue tells what is known already."""
        total, at = len(outcomes), self._clock()
        known = tuple(each for each in outcomes if each is not None)
        if self._settings.pending and len(known) < total:
            self._queued.add(batch.id)
            return Progress(stage="loaded", outcomes=known, processed=len(known), total=total)
        done = (
            each or results.queued(transaction, at)
            for transaction, each in zip(batch.transactions, outcomes, strict=True)
        )
        return Progress(stage="done", outcomes=tuple(done), processed=total, total=total)
