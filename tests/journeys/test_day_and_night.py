"""Midnight, a desk left alone, and the change of the clocks: a real engine, while time passes.

The engine is the real one with its disk, its delivery and a library over TCP; the machine's clock
is the test's own, so that an hour takes no time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.kiosk import kiosk_in
from support.shift import BELOVED, BRAIDING, LEFT_HAND, MAYA, PARABLE, TOMAS

from kiosk.daybook.daybook import Daybook
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.policy import DeskSettings
from kiosk.desk.transactions import Checkout
from kiosk.staff import changes, file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.kiosk import Kiosk

MINUTE = 60.0


@pytest.fixture
async def kiosk(tmp_path: Path) -> AsyncIterator[Kiosk]:
    """A kiosk whose staff say who they are."""
    staff = changes.add(file.Staff(), "Ada", "administrator", "5093")
    file.write(tmp_path, changes.add(staff, "Ines", "staff", "2741"))
    async with kiosk_in(tmp_path) as opened:
        opened.desk = DeskSettings()
        yield opened


def recorded(kiosk: Kiosk) -> list[Checkout]:
    """Give what was lent; nothing else is in the daybook."""
    with Daybook(kiosk.folder, read_only=True) as daybook:
        known = [transaction for transaction, _, _ in daybook.history()]
    lent = [x for x in known if isinstance(x, Checkout)]
    assert lent == known
    return lent


async def ines_goes_on_duty(kiosk: Kiosk) -> None:
    await kiosk.types("2", "2741", ":yes")
    await kiosk.until(lambda state: state.locked is None)


async def test_midnight_waits_for_the_patron_at_the_desk_and_then_begins_a_new_day(
    kiosk: Kiosk,
) -> None:
    kiosk.machine.is_at(datetime(2027, 1, 15, 22, 55, tzinfo=UTC))
    async with kiosk.working():
        await ines_goes_on_duty(kiosk)
        await kiosk.types(MAYA, LEFT_HAND)
        kiosk.machine.runs(8 * MINUTE)
        state = await kiosk.until(lambda state: state.due.day == "2027-02-06")
        assert state.patron is not None
        await kiosk.types(BRAIDING, ":done")
        kiosk.machine.runs(MINUTE)
        state = await kiosk.until(lambda state: state.locked is not None)
        assert state.locked is not None
        assert state.locked.key == "duty.locked.new_day"
        await kiosk.types(":no", TOMAS, PARABLE)
        await kiosk.types(":login")
        await ines_goes_on_duty(kiosk)
        await kiosk.types(TOMAS, BELOVED, ":done")
        await kiosk.library_comes()
        await kiosk.delivered()
    lent = recorded(kiosk)
    assert [(x.item, x.due.date().isoformat()) for x in lent] == [
        (LEFT_HAND, "2027-02-05"),
        (BRAIDING, "2027-02-06"),
        (BELOVED, "2027-02-06"),
    ]
    assert lent[0].desk_session == lent[1].desk_session != lent[2].desk_session
    assert [entry.item for entry in kiosk.library.log] == [LEFT_HAND, BRAIDING, BELOVED]


async def test_a_desk_left_alone_closes_the_visit_and_keeps_what_was_lent(kiosk: Kiosk) -> None:
    await kiosk.library_comes()
    async with kiosk.working():
        await ines_goes_on_duty(kiosk)
        await kiosk.until(lambda state: state.library.state == "online")
        await kiosk.types(MAYA, LEFT_HAND)
        await kiosk.delivered()
        kiosk.machine.runs(31 * MINUTE)
        state = await kiosk.until(lambda state: state.locked is not None)
        assert state.patron is None
        await kiosk.types(":no", BRAIDING)
        await kiosk.types(":login")
        await kiosk.types("2", "2741")
        await kiosk.until(lambda state: state.locked is None)
        await kiosk.types(TOMAS, BELOVED)
        await kiosk.delivered()
    lent = recorded(kiosk)
    assert [(x.patron, x.item) for x in lent] == [(MAYA, LEFT_HAND), (TOMAS, BELOVED)]
    assert lent[0].desk_session == lent[1].desk_session
    assert lent[0].visit != lent[1].visit
    assert {item: loan.patron for item, loan in kiosk.library.loans.items()} == {
        LEFT_HAND: MAYA,
        BELOVED: TOMAS,
    }


@pytest.mark.parametrize(
    ("before", "told", "laptop_back", "due"),
    [
        (datetime(2027, 3, 28, 0, 50, tzinfo=UTC), ["01:50", "03:10"], "05:10", "2027-04-18"),
        (datetime(2027, 10, 31, 0, 50, tzinfo=UTC), ["02:50", "02:10"], "04:10", "2027-11-21"),
    ],
    ids=["to summer time", "to winter time"],
)
async def test_where_the_hour_changes_under_a_patron_every_loan_has_its_length_and_its_place(
    kiosk: Kiosk, before: datetime, told: list[str], laptop_back: str, due: str
) -> None:
    kiosk.desk = DeskSettings(loans=(LoanRule(kind="laptop", hours=2),))
    kiosk.machine.is_at(before)
    async with kiosk.working():
        await ines_goes_on_duty(kiosk)
        await kiosk.types(MAYA, LEFT_HAND)
        kiosk.machine.runs(20 * MINUTE)
        await kiosk.types(":kind:laptop", BRAIDING, ":done")
        await kiosk.library_comes()
        await kiosk.delivered()
    book, laptop = recorded(kiosk)
    assert laptop.at - book.at == timedelta(minutes=20)
    assert [x.at.strftime("%H:%M") for x in (book, laptop)] == told
    assert laptop.due - laptop.at == timedelta(hours=2)
    assert [(x.item, x.at[11:16], x.date[:16]) for x in kiosk.library.log] == [
        (LEFT_HAND, told[0], f"{due}T23:59"),
        (BRAIDING, told[1], f"{before.date()}T{laptop_back}"),
    ]
