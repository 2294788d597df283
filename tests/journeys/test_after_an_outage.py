"""The morning after an outage: what went, what is left to a person, and who must be told.

The engine is the real one with its disk, its delivery and a library over TCP; the machine's clock
is the test's own, so that an outage of hours takes no time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.kiosk import kiosk_in
from support.shift import BELOVED, BRAIDING, LEFT_HAND, MAYA, PARABLE, TOMAS

from kiosk.daybook import backlogs
from kiosk.daybook.daybook import Daybook
from kiosk.desk import effects
from kiosk.desk.afterwards.reports import headline, parts
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.kiosk import Kiosk

    from kiosk.desk.afterwards.runs import Run
    from kiosk.view.state import AppState

HOUR = 3600.0


@pytest.fixture
async def kiosk(tmp_path: Path) -> AsyncIterator[Kiosk]:
    async with kiosk_in(tmp_path) as opened:
        opened.machine.is_at(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
        yield opened


def runs(kiosk: Kiosk) -> list[Run]:
    with Daybook(kiosk.folder, read_only=True) as daybook:
        return backlogs.runs(daybook)


def over(state: AppState) -> bool:
    return state.library.last_run is not None


def reported(kiosk: Kiosk) -> list[str]:
    """Give what the desk reports, line by line."""
    words, report = Words(), kiosk.engine._delivery.report(10)
    told = (words(x.phrase) for x in parts(report) if x.phrase is not None)
    return [words(headline(report)), *filter(None, told)]


def text_to_read_out(state: AppState) -> list[str]:
    (telling,) = state.library.to_tell
    assert telling.who == ("Westside Consortium · 555 0123",)
    return list(map(Words(), telling.text))


async def the_library_goes_away(kiosk: Kiosk) -> None:
    await kiosk.library_comes()
    await kiosk.until(lambda state: state.library.state == "online")
    await kiosk.library_goes()
    await kiosk.until(lambda state: state.library.state == "offline")


async def test_an_outage_of_a_morning_is_told_as_one_though_the_kiosk_was_started_anew_in_it(
    kiosk: Kiosk,
) -> None:
    async with kiosk.working():
        await the_library_goes_away(kiosk)
        kiosk.machine.runs(HOUR / 2)
        await kiosk.types(MAYA, LEFT_HAND, BRAIDING, ":done")
        state = await kiosk.until(lambda state: bool(state.library.away_since))
        assert state.library.away_since.startswith("2027-01-15T10:00")
    kiosk.machine.runs(HOUR)
    async with kiosk.working():
        await kiosk.types(TOMAS, PARABLE, ":done", ":checkin", LEFT_HAND, BELOVED, ":done")
        kiosk.machine.runs(HOUR)
        state = await kiosk.until(lambda state: state.library.state == "offline")
        assert state.library.away_since.startswith("2027-01-15T10:00")
        await kiosk.library_comes()
        state = await kiosk.until(over)
        assert reported(kiosk) == [
            "Report: what was sent",
            "Northside Branch",
            "Desk demo-desk · Fri 15 Jan 2027 12:30",
            "Sent after an outage",
            "Recorded since Fri 15 Jan 10:30",
            "Library offline Fri 15 Jan 10:00 to 12:30",
            "Sending began Fri 15 Jan 12:30",
            "Sending ended Fri 15 Jan 12:30",
            "4 taken by the library",
            "1 refused",
            "In all 3 checkouts, 2 returns",
            "To be done: 1 (say exceptions)",
            "Refused  Fri 15 Jan 11:30",
            "Checked in Beloved · as of Fri 15 Jan",
            BELOVED,
            "The library says: “Item not checked out”.",
            "There it was not lent to anybody.",
            "Nothing is left to do but to settle it.",
            "MUST BE TOLD of the outage:",
            "Westside Consortium · 555 0123",
            "Read this out on the phone, or mail it:",
            *text_to_read_out(state),
            "When you have told them, give the command told.",
        ]
        assert text_to_read_out(state) == [
            "This is desk demo-desk at Northside Branch.",
            (
                "The library system could not be reached from here on Fri 15 Jan 2027 "
                "from 10:00 to 12:30."
            ),
            "5 transactions were sent afterwards: 3 checkouts, 2 returns.",
            "1 of them needs a person; we see to it here.",
            "To call us back: Northside IT · 555 0199",
        ]


@pytest.mark.parametrize(
    ("wrong", "known"),
    [
        (timedelta(days=2), "network"),
        (timedelta(days=2), "staff"),
        (-timedelta(hours=3), "network"),
        (-timedelta(hours=3), "staff"),
        (-timedelta(hours=3), "machine"),
    ],
)
async def test_an_outage_is_as_long_as_it_was_though_the_clock_was_set_in_it(
    kiosk: Kiosk, known: str, wrong: timedelta
) -> None:
    kiosk.machine.network = False
    kiosk.machine.wrong = wrong
    async with kiosk.working():
        await the_library_goes_away(kiosk)
        await kiosk.types(MAYA, LEFT_HAND, ":done")
        await kiosk.until(lambda state: bool(state.library.away_since))
        kiosk.machine.runs(HOUR)
        if known == "network":
            kiosk.machine.is_synchronised()
        elif known == "staff":
            kiosk.engine._performing.perform(effects.SetClock(kiosk.machine.true_time))
        else:
            kiosk.machine.is_set(timedelta())
        await asyncio.sleep(0.6)
        await kiosk.library_comes()
        await kiosk.until(over)
    [run] = runs(kiosk)
    [outage] = run.outages
    assert timedelta(hours=1) <= outage.length < timedelta(hours=1, minutes=1)
    if known == "network":
        assert outage.began.astimezone(UTC).hour == 9


async def test_whom_to_tell_is_on_show_until_staff_say_that_they_know(kiosk: Kiosk) -> None:
    async with kiosk.working():
        await the_library_goes_away(kiosk)
        await kiosk.types(MAYA, LEFT_HAND, ":done")
        await kiosk.library_comes()
        await kiosk.until(lambda state: bool(state.library.to_tell))
    async with kiosk.working():
        await kiosk.until(lambda state: bool(state.library.to_tell))
        await kiosk.types(":told")
        await kiosk.until(lambda state: not state.library.to_tell)
        assert "Were told of the outage:" in reported(kiosk)
    async with kiosk.working():
        assert not (await kiosk.until(over)).library.to_tell


async def test_what_the_patron_at_the_desk_waited_for_belongs_to_the_report_too(
    kiosk: Kiosk,
) -> None:
    async with kiosk.working():
        await the_library_goes_away(kiosk)
        await kiosk.types(MAYA, LEFT_HAND, BRAIDING)
        await kiosk.library_comes()
        state = await kiosk.until(over)
        assert state.patron is not None
        assert state.library.last_run is not None
        assert state.library.last_run.kinds == {"checkout": 2}


async def test_an_outage_in_which_nothing_was_recorded_is_nobodys_business(kiosk: Kiosk) -> None:
    async with kiosk.working():
        await the_library_goes_away(kiosk)
        kiosk.machine.runs(HOUR)
        await kiosk.library_comes()
        await kiosk.until(lambda state: state.library.state == "online")
        await kiosk.types(MAYA, LEFT_HAND, ":done")
        await kiosk.delivered()
        assert kiosk.engine._picture().library.to_tell == ()
    assert runs(kiosk) == []
    with Daybook(kiosk.folder, read_only=True) as daybook:
        assert list(daybook.journal.scan("runs")) == []


async def test_without_a_library_system_the_report_says_what_waits_to_be_loaded(
    kiosk: Kiosk,
) -> None:
    kiosk.delivers = False
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, BRAIDING, ":done", ":checkin", BELOVED)
        assert reported(kiosk)[-4:] == [
            "Read this out on the phone, or mail it:",
            "This is desk demo-desk at Northside Branch.",
            (
                "3 transactions wait at this desk to be loaded, the oldest of "
                "Fri 15 Jan 2027 10:00: 2 checkouts, 1 return."
            ),
            "To call us back: Northside IT · 555 0199",
        ]
