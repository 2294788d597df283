"""What stands around a courier that loads batches: a real daybook, and what it tells."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from support.patience import PATIENCE
from support.transactions import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, PatronAnswer, Transaction
    from support.batches import ModelBatches
    from support.library import ModelLibrary

HURRIED = DeliverySettings(first_pause=0.001, longest_pause=0.002, keep_alive=0.01, still_working=0)


class Desk:
    """What stands around a courier that loads batches."""

    def __init__(
        self, folder: Path, batches: ModelBatches | None, library: ModelLibrary | None
    ) -> None:
        self.folder = folder
        self.daybook = Daybook(folder)
        self.writer = Writer(self.daybook, asyncio.get_running_loop())
        self.open: set[str] = set()
        self.now = NOW
        self.on_hold = False
        self.outcomes: list[Outcome] = []
        self.runs: list[Run] = []
        self.failures: list[str] = []
        self.told: list[tuple[object, ...]] = []
        """What came of upload sessions, and of batches that somebody has decided about."""
        self._changed = asyncio.Event()
        if library is not None:
            library.takes_backlog = batches is None
        self.courier = Courier(
            HURRIED,
            Schedule("", UTC, ask_first=False),
            library,
            self.daybook,
            self.writer,
            batches=batches,
            clock=lambda: self.now,
            is_open=lambda visit: visit in self.open,
            on_hold=lambda: self.on_hold,
            listener=self,
        )
        self.running = asyncio.create_task(self.courier.run())

    async def stop(self) -> None:
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()

    async def record(self, *transactions: Transaction) -> None:
        await self.writer.write(transactions)
        for transaction in transactions:
            self.courier.recorded(transaction.id)

    async def until(self, so: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not so():
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await self._changed.wait()

    def states(self) -> list[str]:
        with Daybook(self.folder, read_only=True) as daybook:
            return _states(daybook)

    async def come_to(self, *states: str) -> None:
        """Wait until this has become of the transactions, in their order; the disk has it too."""
        with suppress(TimeoutError):
            await self.until(lambda: _states(self.daybook) == list(states))
        assert self.states() == list(states)

    def patron_answered(self, answer: PatronAnswer) -> None: ...

    def outcome_arrived(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._changed.set()

    def recording_failed(self, reason: str) -> None:
        self.failures.append(reason)
        self._changed.set()

    def run_changed(self, run: Run) -> None:
        self.runs.append(run)
        self._changed.set()

    def connectivity_changed(self) -> None:
        self._changed.set()

    def batches_changed(self) -> None:
        self._changed.set()

    def sessions_changed(self) -> None:
        self._changed.set()

    def session_told(self, *tiding: object) -> None:
        self.told.append(tiding)
        self._changed.set()

    def batch_told(self, *tiding: object) -> None:
        self.told.append(tiding)
        self._changed.set()


def _states(daybook: Daybook) -> list[str]:
    return [state for _, state, _ in daybook.history()]


@asynccontextmanager
async def working(
    folder: Path, batches: ModelBatches | None, library: ModelLibrary | None = None
) -> AsyncIterator[Desk]:
    desk = Desk(folder, batches, library)
    try:
        yield desk
    finally:
        await desk.stop()
