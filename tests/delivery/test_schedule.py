"""When the backlog goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.daybook.pending import Pending
from kiosk.delivery.schedule import Schedule

VIENNA = ZoneInfo("Europe/Vienna")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIENNA)


def pending(recorded: datetime, number: int = 1) -> Pending:
    return Pending(number, f"t{number}", "i1", "v1", recorded)


def test_by_itself_everything_may_go() -> None:
    assert Schedule("", VIENNA, ask_first=False).may_go(pending(at(20, 9)), at(20, 9))


@pytest.mark.parametrize(
    ("recorded", "now", "goes"),
    [
        (at(20, 9), at(20, 19, 24), False),
        (at(20, 9), at(20, 19, 25), True),
        (at(20, 9), at(20, 23), True),  # the library was away at 19:25
        (at(20, 9), at(21, 8), True),  # or the kiosk was off
        (at(20, 19, 25), at(20, 19, 25), True),
        (at(20, 19, 26), at(20, 19, 26), False),
        (at(20, 19, 26), at(21, 19, 24), False),
        (at(20, 19, 26), at(21, 19, 25), True),
        (at(28, 9), at(20, 8), True),  # recorded by a clock that was days ahead
    ],
)
def test_at_a_time_of_the_day_what_was_recorded_before_it_goes(
    recorded: datetime, now: datetime, goes: bool
) -> None:
    schedule = Schedule("19:25", VIENNA, ask_first=False)
    assert schedule.may_go(pending(recorded), now) is goes
    assert schedule.next_load(now) == at(now.day + (now >= at(now.day, 19, 25)), 19, 25)


def test_the_time_of_the_day_is_that_of_the_clock_on_the_wall() -> None:
    schedule = Schedule("02:30", VIENNA, ask_first=False)
    evening = datetime(2026, 10, 24, 20, tzinfo=VIENNA)  # the clocks go back that night
    assert schedule.next_load(evening) == datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA)
    next_day = evening + timedelta(days=1)
    assert schedule.next_load(next_day) == datetime(2026, 10, 26, 2, 30, tzinfo=VIENNA)


@pytest.mark.parametrize(
    ("evening", "load"),
    [
        (datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["there is no 02:30", "it is 02:30 twice"],
)
def test_in_a_night_in_which_the_clocks_change_it_goes_once(
    evening: datetime, load: datetime
) -> None:
    schedule = Schedule("02:30", VIENNA, ask_first=False)
    for minute in range(9 * 60):
        now = (evening + timedelta(minutes=minute)).astimezone(VIENNA)
        before, after = pending(evening), pending(now + timedelta(seconds=1))
        assert schedule.may_go(before, now) is (now.astimezone(UTC) >= load)
        assert not schedule.may_go(after, now + timedelta(seconds=2))
        following = schedule.next_load(now)
        assert following is not None
        assert following.astimezone(UTC) > now.astimezone(UTC)
        assert (following.astimezone(UTC) == load) is (now.astimezone(UTC) < load)


def test_staffs_word_sends_what_was_recorded_so_far_and_nothing_of_later() -> None:
    schedule = Schedule("19:25", VIENNA, ask_first=False)
    schedule.send(7)
    assert schedule.may_go(pending(at(20, 9), 7), at(20, 10))
    assert not schedule.may_go(pending(at(20, 9), 8), at(20, 10))


def test_paused_nothing_goes_until_staff_say_so() -> None:
    schedule = Schedule("", VIENNA, ask_first=False)
    schedule.paused = True
    assert not schedule.may_go(pending(at(20, 9)), at(20, 10))
    schedule.send(1)
    assert not schedule.paused
    assert schedule.may_go(pending(at(20, 9)), at(20, 10))


def test_after_an_outage_the_backlog_waits_for_staff_where_they_want_to_look_first() -> None:
    schedule = Schedule("", VIENNA, ask_first=True)
    assert schedule.may_go(pending(at(20, 9), 3), at(20, 10))
    schedule.outage(5)
    assert not schedule.may_go(pending(at(20, 9), 5), at(20, 10))
    assert schedule.waits_for_staff(pending(at(20, 9), 5))
    assert schedule.may_go(pending(at(20, 9), 6), at(20, 10))  # it came after the outage
    schedule.send(5)
    assert schedule.may_go(pending(at(20, 9), 5), at(20, 10))
    assert not schedule.waits_for_staff(pending(at(20, 9), 5))
    assert not schedule.waits_for_staff(None)


@pytest.mark.parametrize("ask_first", [True, False])
def test_where_nobody_wants_to_look_first_an_outage_changes_nothing(ask_first: bool) -> None:
    schedule = Schedule("", VIENNA, ask_first=ask_first)
    schedule.outage(5)
    assert schedule.may_go(pending(at(20, 9), 5), at(20, 10)) is not ask_first
