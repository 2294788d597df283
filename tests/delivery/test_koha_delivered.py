"""A backlog between a real daybook and a Koha that lies: done once, or for a person to see."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager, suppress
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from support.patience import IMPATIENT, PATIENCE, PATIENT, patience_with
from support.transactions import NOW, checkin, checkout, renewal

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.library import koha_library
from kiosk.ils.koha.settings import KohaSettings
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.fake_koha.client import FakeKoha


HURRIED = DeliverySettings(first_pause=0.001, longest_pause=0.01, keep_alive=5, still_working=0)
LATER = NOW + timedelta(days=1)
ITEMS = 8
WAYS: dict[str, dict[str, Any]] = {
    "plugin": {"method": "plugin"},
    "plugin, queue": {"method": "plugin", "pending": True},
    "service": {"method": "service"},
    "service, queue": {"method": "service", "pending": True},
    "service and SIP2": {"method": "service", "with_sip2": True},
}
ALONE = ("service", "service, queue")
LOST = ["lost-before", "lost-after", "close-after", "502-after", "html-after", "cut", "401", "503"]


@pytest.fixture
def koha(fake_koha: FakeKoha) -> FakeKoha:
    fake_koha.world(
        patrons=[{"card": "P1", "name": "Maya"}, {"card": "P2", "name": "Omar"}],
        items=[{"item": f"B{number}", "days": 21} for number in range(ITEMS)],
    )
    return fake_koha


@asynccontextmanager
async def a_kiosk(
    folder: Path, koha: FakeKoha, *, with_sip2: bool = False, **more: Any
) -> AsyncIterator[Daybook]:
    """Run a courier, as the engine does; give the daybook from which it delivers."""
    known = {"staff_url": koha.url, "branchcode": "CPL"}
    login = {"login": "kiosk", "password": "kiosk"}
    sip2 = Sip2Settings(
        host="127.0.0.1", port=koha.sip_port, server="koha", login="kiosk", password="kiosk"
    )
    beside = Sip2Library(sip2, UTC, lambda: LATER) if with_sip2 else None
    library = koha_library(
        KohaSettings(**known | PATIENT | login | more), UTC, lambda: LATER, beside
    )
    talks = isinstance(library, ServiceLibrary)
    daybook = Daybook(folder)
    writer = Writer(daybook, asyncio.get_running_loop())
    courier = Courier(
        HURRIED,
        Schedule("", UTC, ask_first=False),
        library if talks else None,
        daybook,
        writer,
        batches=None if talks else library,
        clock=lambda: LATER,
        is_open=lambda _: False,
        listener=Mock(),
    )
    running = asyncio.create_task(courier.run())
    try:
        yield daybook
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await asyncio.to_thread(writer.stop)
        daybook.close()


def is_over(daybook: Daybook) -> bool:
    """Tell whether nothing is on its way: what is behind something in doubt waits for a person."""
    found = [(transaction, state) for transaction, state, _ in daybook.history()]
    doubtful = {transaction.item for transaction, state in found if state == "unknown"}
    return all(
        transaction.item in doubtful
        for transaction, state in found
        if state in ("queued", "sending")
    )


async def over(at_work: Daybook) -> list[str]:
    """Wait until nothing is on its way; tell what became of all, as the disk has it."""
    async with asyncio.timeout(PATIENCE):
        while not is_over(at_work):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    with Daybook(at_work.journal.folder.parent, read_only=True) as on_disk:
        assert is_over(on_disk)
        return [state for _, state, _ in on_disk.history()]


def backlog(folder: Path) -> int:
    """Record what happened in an outage; each item is lent and most come back."""
    lent = [checkout(f"B{number}", "P1") for number in range(ITEMS)]
    back = [checkin(f"B{number}") for number in range(ITEMS - 2)]
    day = [*lent, *back, checkout("B0", "P2"), renewal("B7", "P1"), renewal("B6", "")]
    with Daybook(folder) as daybook:
        daybook.commit(day)
    return len(day)


def done(koha: FakeKoha) -> list[tuple[str, str]]:
    koha.do("quiet")
    if koha.queue():
        koha.process()
    return [(entry["op"], entry["item"]) for entry in koha.ledger()]


DAY = sorted(
    [
        *(("checkout", f"B{number}") for number in range(ITEMS)),
        *(("checkin", f"B{number}") for number in range(ITEMS - 2)),
        ("checkout", "B0"),
        ("renewal", "B7"),
    ]
)


@pytest.mark.parametrize("way", WAYS)
async def test_a_backlog_is_delivered_and_what_koha_cannot_be_told_is_a_persons(
    tmp_path: Path, koha: FakeKoha, way: str
) -> None:
    backlog(tmp_path)

    async with a_kiosk(tmp_path, koha, **WAYS[way]) as daybook:
        found = await over(daybook)

    fate = "handed_over" if WAYS[way].get("pending") else "applied"
    assert found == [fate] * (len(found) - 1) + ["by_hand"]
    assert sorted(done(koha)) == DAY
    assert koha.loans()["B0"]["patron"] == "P2"


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("way", WAYS)
async def test_after_a_fault_all_was_done_once_or_a_person_looks(
    tmp_path: Path, koha: FakeKoha, way: str, fault: str
) -> None:
    backlog(tmp_path)
    on = "transactions" if way.startswith("plugin") else "service.issue"
    koha.fault(fault, on=on, times=2)

    async with a_kiosk(tmp_path, koha, **WAYS[way], **patience_with(fault)) as daybook:
        found = await over(daybook)

    assert found.count("unknown") <= (2 if way in ALONE else 0)
    carried_out = Counter(done(koha))
    assert carried_out <= Counter(DAY)  # nothing twice
    assert (carried_out == Counter(DAY)) is ("unknown" not in found)


async def test_a_return_in_vain_that_is_tried_anew_does_not_take_back_the_loan_behind_it(
    tmp_path: Path, koha: FakeKoha
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkin("B0"), checkout("B0", "P1"), checkout("B1", "P1")])
    koha.fault("lost-after", on="transactions", skip=1)  # the first is the greeting

    async with a_kiosk(tmp_path, koha, **WAYS["plugin"], **IMPATIENT) as daybook:
        found = await over(daybook)

    assert found == ["refused", "applied", "applied"]
    assert set(koha.loans()) == {"B0", "B1"}


@pytest.mark.parametrize("way", WAYS)
async def test_a_kiosk_that_is_killed_before_the_reply_does_nothing_twice(
    tmp_path: Path, koha: FakeKoha, way: str
) -> None:
    backlog(tmp_path)
    on = "transactions" if way.startswith("plugin") else "service.issue"
    koha.fault("lost-after", on=on, skip=1 if on == "transactions" else 3)
    async with a_kiosk(tmp_path, koha, **WAYS[way]):
        async with asyncio.timeout(PATIENCE):
            while len(koha.ledger() or koha.queue()) < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async with a_kiosk(tmp_path, koha, **WAYS[way]) as daybook:
        found = await over(daybook)

    assert found.count("unknown") <= (1 if way in ALONE else 0)
    assert Counter(done(koha)) <= Counter(DAY)
