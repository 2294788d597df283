"""Looking ahead: while the library is at work on one, the next of a backlog is made ready.

So between a reply and the next request nothing is read from the disk, nor written out.

It decides nothing. Which transaction goes next, whether it still may, that its announcement is on
the disk, and its time: all that is found out once its turn has come. What was made ready for
another one, or under another time, is not used.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.order import Queue
    from kiosk.desk.transactions import Transaction
    from kiosk.ils.base import Library


class Ahead:
    """Keeps one transaction ready: as it was recorded, and as it will be sent.

    `may_go` tells of a transaction whether it may be sent together with others.
    """

    def __init__(self, daybook: Daybook, queue: Queue, may_go: Callable[[Pending], bool]) -> None:
        self._daybook = daybook
        self._queue = queue
        self._may_go = may_go
        self._ready: tuple[Transaction, Transaction] | None = None

    def look(self, pending: Pending, library: Library) -> None:
        """Make ready what follows `pending`, as soon as that one's reply is waited for."""
        asyncio.get_running_loop().call_soon(self._make_ready, pending, library)

    def _make_ready(self, pending: Pending, library: Library) -> None:
        following = self._queue.group(pending, 2, self._may_go)[-1]
        if following is pending or following.sent_at is None:
            return
        with suppress(Exception):  # whatever it is, it is met again when its turn comes
            recorded = self._daybook.transaction(following.number)
            sent = replace(recorded, at=following.sent_at)
            self._ready = recorded, sent
            library.prepare(sent, no_block=True)

    def recorded(self, pending: Pending) -> Transaction:
        """Give a transaction as it was recorded. Raises what reading the daybook raises."""
        if self._ready is not None and self._ready[0].id == pending.id:
            return self._ready[0]
        return self._daybook.transaction(pending.number)

    def sent(self, transaction: Transaction, at: datetime) -> Transaction:
        """Give a transaction as it is sent, under its time."""
        if self._ready is not None and self._ready[0] is transaction and self._ready[1].at == at:
            return self._ready[1]
        return replace(transaction, at=at)
