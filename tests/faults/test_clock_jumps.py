"""The clock is wrong, jumps, or is set while the desk works: a real engine on a false machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from support.kiosk import kiosk_in
from support.machine import BOOTED
from support.shift import BELOVED, LEFT_HAND, MAYA

from kiosk.daybook.daybook import Daybook
from kiosk.engine import recording, session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from support.kiosk import Kiosk

VIENNA = ZoneInfo("Europe/Vienna")
NIGHT, DAY = timedelta(hours=-15), timedelta(days=1)


@pytest.fixture
async def kiosk(tmp_path: Path) -> AsyncIterator[Kiosk]:
    async with kiosk_in(tmp_path) as opened:
        yield opened


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Name the boot of the machine."""

    def name(boot: str) -> None:
        monkeypatch.setattr(session, "boot_id", lambda: boot)

    name("first")
    return name


def vienna(moment: datetime) -> str:
    return moment.astimezone(VIENNA).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.usefixtures("boot")
async def test_a_morning_by_last_evenings_clock_is_delivered_with_its_true_times(
    kiosk: Kiosk,
) -> None:
    kiosk.machine.is_set(NIGHT)
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND)
        assert kiosk.engine._picture().clock.state == "unconfirmed"
        lent_at = kiosk.machine.true_time
        kiosk.machine.runs(3600)
        kiosk.machine.is_synchronised()
        state = await kiosk.until(lambda state: state.clock.state == "fine")
        assert state.answer is not None
        assert state.answer.headline.key == "clock.set"
        await kiosk.library_comes()
        await kiosk.delivered()
    due = (BOOTED + NIGHT).astimezone(VIENNA) + timedelta(days=21)
    assert kiosk.heard() == [(LEFT_HAND, vienna(lent_at), due.date().isoformat())]


@pytest.mark.usefixtures("boot")
async def test_an_unconfirmed_clock_holds_nothing_up(kiosk: Kiosk) -> None:
    await kiosk.library_comes()
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND)
        await kiosk.delivered()
        assert kiosk.engine._picture().clock.state == "unconfirmed"


async def test_a_machine_that_wakes_in_the_past_asks_and_lends_and_sends_nothing_until_told(
    kiosk: Kiosk, boot: Callable[[str], None]
) -> None:
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, ":done")
    boot("second")
    kiosk.machine.is_set(-400 * DAY)
    kiosk.machine.seconds = 0.0
    await kiosk.library_comes()
    async with kiosk.working():
        state = kiosk.engine._picture()
        assert state.clock.state == "wrong"
        assert state.now[:16] == state.clock.latest[:16]  # time goes on from the last transaction
        await kiosk.types(":checkin", BELOVED, MAYA, LEFT_HAND)
        assert kiosk.engine._picture().items == 0
        await kiosk.until(lambda state: state.library.state == "online")
        assert kiosk.heard() == []
        kiosk.machine.runs(600)
        await kiosk.types(f":time {vienna(kiosk.machine.true_time)[:16]}")
        await kiosk.until(lambda state: state.clock.state == "fine")
        await kiosk.types(BELOVED)
        await kiosk.delivered()
    assert [item for item, *_ in kiosk.heard()] == [LEFT_HAND, BELOVED, BELOVED]
    last = datetime.fromisoformat(kiosk.heard()[-1][1]).replace(tzinfo=VIENNA)
    assert abs(last - kiosk.machine.true_time) < timedelta(seconds=61)


@pytest.mark.usefixtures("boot")
async def test_what_staff_have_said_outlives_the_engine(kiosk: Kiosk) -> None:
    kiosk.machine.is_set(NIGHT)
    async with kiosk.working():
        await kiosk.types(f":time {vienna(kiosk.machine.true_time)[:16]}")
        before = kiosk.engine._now()
    async with kiosk.working():
        state = kiosk.engine._picture()
        assert (state.clock.state, state.clock.by) == ("fine", "staff")
        assert abs(kiosk.engine._now() - before) < timedelta(seconds=1)


@pytest.mark.usefixtures("boot")
async def test_a_clock_set_back_behind_the_daybook_while_a_visit_is_open_is_not_followed(
    kiosk: Kiosk,
) -> None:
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND)
        kiosk.machine.is_set(-DAY)
        state = await kiosk.until(lambda state: state.clock.state == "wrong")
        assert state.now[:10] == BOOTED.date().isoformat()
        assert state.patron is not None
        await kiosk.types(":yes", BELOVED)
        assert kiosk.engine._picture().items == 2
    with Daybook(kiosk.folder, read_only=True) as daybook:
        first, second = (x for x, _, _ in daybook.history())
        assert first.at <= second.at


@pytest.mark.usefixtures("boot")
async def test_at_midnight_the_day_changes_and_nothing_else(kiosk: Kiosk) -> None:
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND)
        first = kiosk.engine._picture()
        kiosk.machine.runs(DAY.total_seconds() - 3600)
        second = await kiosk.until(lambda state: state.now[:10] != first.now[:10])
        assert second.due.day > first.due.day
        assert second.clock == first.clock
        assert second.lines == first.lines


@pytest.mark.usefixtures("boot")
async def test_a_disk_that_fails_while_the_clock_is_set_keeps_it_when_it_is_back(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "REOPEN", 0.01)
    kiosk.machine.is_set(NIGHT)
    async with kiosk.working():
        kiosk.engine._daybook.journal.retire("the disk does not take it")
        kiosk.machine.is_synchronised()
        await kiosk.until(lambda state: state.clock.state == "fine")
        await kiosk.until(lambda _: kiosk.engine._daybook.indexes.clocks)  # it was opened again
        await kiosk.until(lambda state: state.alarm is None)
        await kiosk.types(MAYA, LEFT_HAND)
    with Daybook(kiosk.folder, read_only=True) as daybook:
        reading = daybook.indexes.clocks["first"]
        assert (reading.by, abs(reading.started - BOOTED) < timedelta(seconds=1)) == (
            "network",
            True,
        )
