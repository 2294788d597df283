"""True times from clocks that were wrong, and the times under which a library is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from support.transactions import NOW, checkin, checkout

from kiosk.daybook.clock import STEP, TOO_FAR, SentTimes, time_to_send, true_time
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import ClockReading, Sending
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.rebuild import rebuild

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.facts import Fact
    from kiosk.desk.transactions import Transaction

VIENNA = ZoneInfo("Europe/Vienna")
BOOTED = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)

wrong_by = st.timedeltas(-timedelta(days=4000), timedelta(days=4000))
uptimes = st.floats(0, 10_000_000)


def reading(started: datetime = BOOTED, boot: str = "b1") -> ClockReading:
    return ClockReading(boot=boot, started=started, by="network", at=NOW)


def lent(uptime: float, wrong: timedelta = timedelta(), boot: str = "b1") -> Transaction:
    """An item lent so many seconds after the boot, by a clock that was wrong by so much."""
    at = (BOOTED + timedelta(seconds=uptime) + wrong).astimezone(VIENNA)
    return checkout("i1", at=at, uptime=uptime, boot=boot)


# -- the true time ---------------------------------------------------------------------------------


@given(st.lists(st.tuples(uptimes, wrong_by)))
def test_however_the_clock_jumped_one_reading_gives_every_transaction_of_the_boot_its_true_time(
    day: list[tuple[float, timedelta]],
) -> None:
    for uptime, wrong in day:
        true = true_time(lent(uptime, wrong), reading())
        assert abs(true - (BOOTED + timedelta(seconds=uptime))) < timedelta(microseconds=10)


def test_without_a_reading_what_the_clock_said_stands() -> None:
    transaction = lent(60, -DAY)
    assert true_time(transaction, None) == transaction.at


def test_a_transaction_from_before_uptimes_were_kept_stays_as_it_is() -> None:
    transaction = checkout("i1", uptime=None)
    assert true_time(transaction, reading()) == transaction.at


def test_the_true_time_is_right_over_a_change_of_the_hour() -> None:
    booted = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # clocks go back at 1:00 UTC
    transaction = checkout("i1", at=datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA), uptime=4 * 3600.0)
    true = true_time(transaction, reading(booted))
    assert true.isoformat() == "2026-10-25T03:00:00+01:00"


# -- the time to send ------------------------------------------------------------------------------


@given(st.lists(wrong_by, min_size=1), st.booleans())
def test_sent_in_order_the_times_are_a_second_apart_at_least(
    jumps: list[timedelta], sure: bool
) -> None:
    last = None
    for jump in jumps:
        at = time_to_send(NOW + jump, last, sure=sure)
        assert at >= NOW + jump
        if last is not None and not (sure and last > NOW + jump + TOO_FAR):
            assert at >= last + STEP
        last = at


def test_what_happened_later_is_sent_with_its_own_time() -> None:
    assert time_to_send(NOW + HOUR, NOW, sure=False) == NOW + HOUR


def test_two_in_the_same_second_are_told_apart() -> None:
    assert time_to_send(NOW + SECOND / 3, NOW, sure=True) == NOW + SECOND


def test_a_clock_that_was_a_year_ahead_does_not_hold_those_who_know_better() -> None:
    assert time_to_send(NOW, NOW + 365 * DAY, sure=True) == NOW
    assert time_to_send(NOW, NOW + 365 * DAY, sure=False) == NOW + 365 * DAY + SECOND


class Naive:
    """What SentTimes shall do, in the plainest way."""

    def __init__(self) -> None:
        self.times: dict[int, datetime] = {}

    def before(self, number: int) -> datetime | None:
        return max((at for n, at in self.times.items() if n < number), default=None)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 80_000)), unique_by=lambda x: x[0]))
def test_the_latest_time_before_a_transaction_is_found_in_whatever_order_they_were_sent(
    sent: list[tuple[int, int]],
) -> None:
    times, naive = SentTimes(), Naive()
    for number, seconds in sent:
        times.add(number, NOW + timedelta(seconds=seconds))
        naive.times[number] = NOW + timedelta(seconds=seconds)
        for other in range(32):
            assert times.before(other) == naive.before(other)
    oldest = min((number for number, _ in sent[len(sent) // 2 :]), default=1)
    times.close(oldest)
    for other in range(oldest, 32):
        assert times.before(other) == naive.before(other)


def test_only_what_is_still_needed_is_kept() -> None:
    times = SentTimes()
    for number in range(1, 1000):
        times.add(number, NOW + number * SECOND)
        times.close(number)
    assert len(times._numbers) <= 2


# -- in a daybook ----------------------------------------------------------------------------------


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def send(daybook: Daybook, transaction: Transaction) -> datetime:
    """Decide under which time to send, and keep it, as the courier does."""
    at = daybook.indexes.time_to_send(daybook.indexes.pending[transaction.id], transaction)
    sending = Sending(transactions=(transaction.id,), no_block=True, at=NOW, times=(at,))
    record(daybook, sending)
    return at


def test_a_morning_recorded_by_yesterdays_clock_is_sent_with_its_true_times(
    daybook: Daybook,
) -> None:
    morning = [lent(60.0, -15 * HOUR), lent(90.0, -15 * HOUR)]
    record(daybook, *morning)
    record(daybook, reading())
    assert [send(daybook, x) for x in morning] == [
        BOOTED + timedelta(seconds=60),
        BOOTED + timedelta(seconds=90),
    ]


def test_a_reading_of_another_boot_says_nothing(daybook: Daybook) -> None:
    transaction = lent(60.0, -HOUR)
    record(daybook, transaction, reading(boot="b2"))
    assert send(daybook, transaction) == transaction.at


def test_the_newest_reading_of_a_boot_counts(daybook: Daybook) -> None:
    transaction = lent(60.0)
    record(daybook, transaction, reading(BOOTED - HOUR), reading())
    assert send(daybook, transaction) == transaction.at


def test_a_time_once_decided_holds_whatever_is_learnt_later(tmp_path: Path) -> None:
    transaction = lent(60.0, -DAY)
    with Daybook(tmp_path) as daybook:
        record(daybook, transaction)
        first = send(daybook, transaction)
        record(daybook, reading())
        assert send(daybook, transaction) == first
    with Daybook(tmp_path) as daybook:
        assert send(daybook, transaction) == first


def test_what_overtook_a_backlog_does_not_make_it_look_like_today(daybook: Daybook) -> None:
    old = [checkin("i2", at=NOW - 3 * DAY), checkin("i3", at=NOW - 2 * DAY)]
    fresh = checkout("i1", at=NOW)
    record(daybook, *old, fresh)
    assert send(daybook, fresh) == NOW
    assert [send(daybook, x) for x in old] == [NOW - 3 * DAY, NOW - 2 * DAY]


def test_after_a_restart_the_order_still_holds(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        early = checkout("i1", at=NOW)
        record(daybook, early)
        send(daybook, early)
    late = checkin("i1", at=NOW - HOUR)  # by a clock that was set back
    with Daybook(tmp_path) as daybook:
        record(daybook, late)
        assert send(daybook, late) == NOW + SECOND


def test_the_latest_moment_known_is_the_true_one(daybook: Daybook) -> None:
    assert daybook.latest() is None
    record(daybook, lent(60.0, -DAY), lent(90.0, -DAY))
    assert daybook.latest() == BOOTED + timedelta(seconds=90) - DAY
    record(daybook, reading())
    assert daybook.latest() == BOOTED + timedelta(seconds=90)


def test_a_line_from_paper_keeps_its_time_and_holds_nothing_else_to_it(daybook: Daybook) -> None:
    live, paper, after = checkin("i1"), checkin("i2", source="paper", at=NOW - DAY), checkin("i3")
    for transaction in (live, paper, after):
        record(daybook, transaction)
    assert [send(daybook, x) for x in (live, paper, after)] == [live.at, NOW - DAY, after.at]
    again = Indexes()
    rebuild(again, daybook.journal)
    assert again.time_to_send(again.pending[after.id], after) == after.at
    assert daybook.latest() == after.at


def test_a_line_from_paper_does_not_say_how_late_it_is(daybook: Daybook) -> None:
    live = checkin("i1")
    record(daybook, live)
    record(daybook, checkin("i2", source="paper", at=NOW - DAY))
    assert daybook.latest() == live.at
