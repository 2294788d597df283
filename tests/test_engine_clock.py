"""The engine's clock: what the machine says, unless somebody knows better."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.machine import BOOTED, FakeMachine

import kiosk.clock
from kiosk.clock import Clock, ThisMachine, boot_id
from kiosk.desk.dates.clocks import parse_time

if TYPE_CHECKING:
    from kiosk.daybook.facts import ClockReading

VIENNA = ZoneInfo("Europe/Vienna")
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NIGHT = -15 * HOUR
"""A machine that was off over night starts with the time of last evening."""


def clock_of(
    machine: FakeMachine, kept: ClockReading | None = None, latest: datetime | None = None
) -> Clock:
    return Clock(machine, VIENNA, "b1", kept=kept, latest=lambda: latest)


def is_right(clock: Clock, machine: FakeMachine) -> bool:
    return abs(clock.now() - machine.true_time) < timedelta(milliseconds=1)


# -- nobody knows ----------------------------------------------------------------------------------


def test_a_plausible_clock_is_taken_at_its_word_and_called_unconfirmed() -> None:
    machine = FakeMachine()
    clock = clock_of(machine, latest=BOOTED - HOUR)
    assert is_right(clock, machine)
    assert clock.for_desk.state == "unconfirmed"
    assert clock.reading is None


def test_the_time_goes_on_and_is_written_as_the_library_writes_it() -> None:
    machine = FakeMachine(seconds=0.0)
    clock = clock_of(machine)
    machine.runs(90)
    assert clock.now().isoformat() == "2026-11-22T10:01:30+01:00"
    assert not clock.look()


def test_a_change_to_summer_time_is_no_change_of_the_clock() -> None:
    machine = FakeMachine(seconds=0.0)
    clock = clock_of(machine)
    machine.runs(timedelta(days=160).total_seconds())
    assert not clock.look()
    assert clock.now().isoformat() == "2027-05-01T11:00:00+02:00"


def test_whatever_an_unconfirmed_clock_is_set_to_is_followed_while_it_is_plausible() -> None:
    machine = FakeMachine(NIGHT)
    clock = clock_of(machine, latest=BOOTED - 16 * HOUR)
    machine.is_set(timedelta())
    assert clock.look()
    assert is_right(clock, machine)
    assert clock.for_desk.state == "unconfirmed"
    assert not clock.look()


# -- it cannot be right ----------------------------------------------------------------------------


def test_a_clock_behind_the_last_transaction_is_wrong_and_time_goes_on_from_there() -> None:
    latest = BOOTED - HOUR
    machine = FakeMachine(-400 * DAY)
    clock = clock_of(machine, latest=latest)
    assert clock.for_desk.state == "wrong"
    assert clock.for_desk.latest == latest
    assert str(clock.for_desk.latest).endswith("+01:00")  # as the library reads it
    assert abs(clock.now() - latest) < SECOND
    machine.runs(60)
    assert abs(clock.now() - latest - 60 * SECOND) < SECOND


def test_a_few_seconds_behind_are_forgiven() -> None:
    machine = FakeMachine(seconds=0.0)
    assert clock_of(machine, latest=BOOTED + 4 * SECOND).for_desk.state == "unconfirmed"
    assert clock_of(machine, latest=BOOTED + 6 * SECOND).for_desk.state == "wrong"


def test_a_clock_from_before_daybook_existed_is_wrong_even_on_the_first_day() -> None:
    clock = clock_of(FakeMachine(-20_000 * DAY))
    assert clock.for_desk.state == "wrong"
    assert clock.now().year == 2025


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_staff_can_say_what_time_it_is_on_the_first_day_wherever_the_library_is(zone: str) -> None:
    machine = FakeMachine(-20_000 * DAY)
    clock = Clock(machine, ZoneInfo(zone), "b1", kept=None, latest=lambda: None)
    assert parse_time("14:05", clock.now()) is not None


def test_while_running_a_clock_set_back_behind_the_daybook_is_not_followed() -> None:
    machine = FakeMachine()
    clock = clock_of(machine, latest=BOOTED)
    machine.is_set(-DAY)
    assert clock.look()
    assert is_right(clock, machine)
    assert clock.for_desk.state == "wrong"


def test_a_wrong_clock_does_not_become_right_by_waiting() -> None:
    machine = FakeMachine(-HOUR)
    clock = clock_of(machine, latest=BOOTED)
    machine.runs(3 * 3600)
    assert not clock.look()
    assert clock.for_desk.state == "wrong"


def test_a_wrong_clock_that_is_set_to_a_plausible_time_is_followed() -> None:
    machine = FakeMachine(-DAY)
    clock = clock_of(machine, latest=BOOTED)
    machine.is_set(timedelta())
    assert clock.look()
    assert is_right(clock, machine)
    assert clock.for_desk.state == "unconfirmed"


# -- somebody knows --------------------------------------------------------------------------------


def test_what_the_network_says_is_taken_and_kept() -> None:
    machine = FakeMachine(NIGHT)
    clock = clock_of(machine)
    machine.is_synchronised()
    assert clock.look()
    assert is_right(clock, machine)
    assert (clock.for_desk.state, clock.for_desk.by) == ("fine", "network")
    assert clock.reading is not None
    assert (clock.reading.boot, clock.reading.by) == ("b1", "network")
    assert abs(clock.reading.started - BOOTED) < SECOND
    assert not clock.look()


def test_the_network_may_say_that_the_daybook_was_ahead() -> None:
    machine = FakeMachine(network=True)
    clock = clock_of(machine, latest=BOOTED + 400 * DAY)
    assert clock.look()
    assert is_right(clock, machine)
    assert clock.for_desk.state == "fine"


def test_small_corrections_of_the_network_are_not_kept_anew() -> None:
    machine = FakeMachine(network=True)
    clock = clock_of(machine)
    clock.look()
    machine.is_set(SECOND / 2)
    assert not clock.look()
    machine.is_set(2 * SECOND)
    assert clock.look()


def test_when_the_network_is_gone_the_time_it_set_stands() -> None:
    machine = FakeMachine(network=True)
    clock = clock_of(machine)
    clock.look()
    machine.network = False
    machine.is_set(-DAY)
    assert not clock.look()
    assert is_right(clock, machine)
    assert abs(clock.off + DAY.total_seconds()) < 1
    assert clock.for_desk.state == "fine"


def test_what_staff_say_is_taken_and_kept() -> None:
    machine = FakeMachine(-400 * DAY)
    clock = clock_of(machine, latest=BOOTED)
    clock.set(machine.true_time)
    assert is_right(clock, machine)
    assert (clock.for_desk.state, clock.for_desk.by) == ("fine", "staff")
    assert clock.reading is not None
    assert clock.reading.by == "staff"
    machine.runs(3600)
    assert not clock.look()
    assert is_right(clock, machine)


def test_the_network_knows_better_than_staff() -> None:
    machine = FakeMachine(NIGHT)
    clock = clock_of(machine)
    clock.set(machine.true_time + HOUR)
    machine.is_synchronised()
    assert clock.look()
    assert is_right(clock, machine)
    assert clock.for_desk.by == "network"


def test_what_is_known_of_a_boot_outlives_the_engine() -> None:
    machine = FakeMachine(NIGHT)
    first = clock_of(machine)
    first.set(machine.true_time)
    machine.runs(60)
    again = clock_of(machine, kept=first.reading)
    assert is_right(again, machine)
    assert not again.look()
    assert again.for_desk.state == "fine"


jumps = st.lists(
    st.tuples(
        st.timedeltas(-timedelta(days=4000), timedelta(days=4000)),
        st.floats(0, 100_000),
        st.sampled_from(["is set", "is synchronised", "loses the network", "staff say"]),
    ),
    max_size=12,
)


@given(jumps, st.none() | st.timedeltas(-timedelta(days=900), timedelta(days=900)))
def test_time_never_runs_back_unless_somebody_knows_better(
    events: list[tuple[timedelta, float, str]], latest: timedelta | None
) -> None:
    """And once the network has said it, the time is right for as long as the machine runs."""
    machine = FakeMachine()
    last = None if latest is None else BOOTED + latest
    clock = clock_of(machine, latest=last)
    known = False
    for wrong, seconds, what in events:
        machine.runs(seconds)
        if what == "is synchronised":
            machine.is_synchronised()
            known = True
        elif what == "loses the network":
            machine.network = False
        elif what == "staff say" and not known:
            clock.set(machine.true_time)
        elif what == "is set" and not machine.network:
            machine.is_set(wrong)
        clock.look()
        if clock.reading is not None:
            assert is_right(clock, machine)
        elif last is not None:
            assert clock.now() >= last - 6 * SECOND


# -- this machine ----------------------------------------------------------------------------------


def test_this_machine_has_clocks_that_agree_on_how_time_passes() -> None:
    machine = ThisMachine()
    before = machine.wall() - machine.uptime()
    assert abs(machine.wall() - machine.uptime() - before) < 1
    assert len(boot_id()) == 32


@pytest.mark.parametrize(("said", "synchronised"), [(0, True), (4, True), (5, False)])
def test_the_kernel_is_asked_whether_it_is_synchronised(
    said: int, synchronised: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.clock, "_adjtimex", lambda: lambda _: said)
    assert ThisMachine().synchronised() is synchronised


@pytest.mark.parametrize("there", [True, False])
def test_where_the_kernel_does_not_say_the_mark_of_timesyncd_counts(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "synchronized"
    if there:
        mark.touch()
    monkeypatch.setattr(kiosk.clock, "SYNCHRONISED", mark)
    monkeypatch.setattr(kiosk.clock, "_adjtimex", lambda: lambda _: -1)
    assert ThisMachine().synchronised() is there
    monkeypatch.setattr(kiosk.clock, "_adjtimex", lambda: None)
    assert ThisMachine().synchronised() is there


def test_the_service_may_ask_the_kernel_for_the_state_of_its_clock_and_may_not_set_it() -> None:
    unit = (Path(__file__).parents[1] / "systemd/kiosk-engine.service").read_text()
    settings = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
    assert {"adjtimex", "clock_adjtime"} <= set(settings["SystemCallFilter"].split())
    assert settings["CapabilityBoundingSet"] == ""


def test_asking_the_kernel_of_this_machine_gives_an_answer() -> None:
    assert kiosk.clock._kernel_says() in (True, False, None)
