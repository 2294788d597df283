"""A kiosk that dies while it uploads to an Evergreen, and goes on from its disk."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.evergreen_script import ITEMS, ZONE, at
from support.patience import PATIENCE
from support.transactions import MAYA, checkout, in_house_use, noncat_checkout

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery import loading
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.ils.evergreen.library import EvergreenLibrary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.fake_evergreen.client import FakeEvergreen

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, PatronAnswer, Transaction

HURRIED = DeliverySettings(first_pause=0.01, longest_pause=0.05, keep_alive=1.0, still_working=0)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", {})


class Life:
    """One life of a desk's delivery, from the files of a folder until it is killed."""

    def __init__(self, folder: Path, fake: FakeEvergreen) -> None:
        def clock() -> datetime:
            return datetime.now(ZONE)

        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.daybook = Daybook(folder)
        self.writer = Writer(self.daybook, asyncio.get_running_loop())
        self.library = EvergreenLibrary(at(fake), ZONE, clock, "desk-1", settling=0.0, poll=0.1)
        self.outcomes: list[Outcome] = []
        self.courier = Courier(
            HURRIED,
            Schedule("", UTC, ask_first=False),
            None,
            self.daybook,
            self.writer,
            batches=self.library,
            clock=clock,
            is_open=lambda _: False,
            listener=self,
        )
        self.running = asyncio.create_task(self.courier.run())

    async def record(self, *transactions: Transaction) -> None:
        await self.writer.write(transactions)
        for transaction in transactions:
            self.courier.recorded(transaction.id)

    async def until(self, so: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not so():  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)

    async def kill(self, beside: Path) -> None:
        """Die as by a power cut: what is on the disk at this moment is found at `beside`."""
        shutil.copytree(self.folder, beside, ignore=shutil.ignore_patterns("*.new"))
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running
        await self.library.close()
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()

    @property
    def rests(self) -> bool:
        """Whether all of it is there, and waits to be processed."""
        batches = self.daybook.indexes.batches
        return not self.daybook.indexes.pending and len(batches.resting) > 0

    def patron_answered(self, answer: PatronAnswer) -> None: ...

    def outcome_arrived(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def recording_failed(self, reason: str) -> None: ...

    def run_changed(self, run: Run) -> None: ...

    def connectivity_changed(self) -> None: ...

    def batches_changed(self) -> None: ...

    def sessions_changed(self) -> None: ...

    def session_told(self, *_: object) -> None: ...

    def batch_told(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("fault", "call"),
    [
        ("lost-before", "load"),
        ("lost-after", "load"),
        ("500-after", "load"),
        ("half-and-hang", "load"),
        ("no-file", "load"),
        ("part-stored", "load"),
        ("late", "load"),
        ("lost-after", "create"),
        ("lost-after", "status.scripts"),
    ],
)
async def test_a_kiosk_killed_while_it_uploads_has_everything_carried_out_once(
    fake_evergreen: FakeEvergreen, tmp_path: Path, fault: str, call: str
) -> None:
    fake_evergreen.world(patrons=[{"card": MAYA}], items=[{"item": item} for item in ITEMS])
    transactions = in_house_use(ITEMS[0]), noncat_checkout(), checkout(ITEMS[1])
    fake_evergreen.fault(fault, on=call)

    first = Life(tmp_path / "first", fake_evergreen)
    await first.record(*transactions)
    await first.until(lambda: fake_evergreen.do("struck").get(fault))
    await first.kill(tmp_path / "second")
    second = Life(tmp_path / "second", fake_evergreen)
    await second.until(lambda: second.rests)
    newest = next(reversed(list(second.daybook.indexes.batches)))
    fake_evergreen.process(newest.fact.key)
    await second.until(lambda: len(second.outcomes) == len(transactions))
    await second.kill(tmp_path / "third")

    assert fake_evergreen.applied() == {x.id: 1 for x in transactions}
    assert Counter(x.kind for x in second.outcomes) == {"applied": 3}


async def test_a_kiosk_killed_while_it_waits_learns_what_became_of_it(
    fake_evergreen: FakeEvergreen, tmp_path: Path
) -> None:
    fake_evergreen.world(patrons=[{"card": MAYA}], items=[{"item": ITEMS[0]}])
    lent, mistyped = checkout(ITEMS[0]), checkout("nothing")
    first = Life(tmp_path / "first", fake_evergreen)
    await first.record(lent, mistyped)
    await first.until(lambda: first.rests)
    await first.kill(tmp_path / "second")

    fake_evergreen.process()

    second = Life(tmp_path / "second", fake_evergreen)
    await second.until(lambda: len(second.outcomes) == 2)
    await second.kill(tmp_path / "third")
    assert [(x.transaction, x.kind, x.code) for x in second.outcomes] == [
        (lent.id, "applied", ""), (mistyped.id, "refused", "ASSET_COPY_NOT_FOUND"),
    ]  # fmt: skip
