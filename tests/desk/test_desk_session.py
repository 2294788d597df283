"""Who is on duty, and where: set at the start, locked, handed over, kept.

Proves the section "OFFLINE SESSION WIZARD" of the Symphony procedures (user access, library,
current date and time, default due date, delinquent list with its age), and point 1 of the desk.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import JONAS, LEFT_HAND, MAYA, MISREAD, MORNING, SWEETGRASS, Day
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.barcodes import BarcodeRules
from kiosk.desk.checks.blocklist import BlockListRules, Listed
from kiosk.desk.session.sessions import Member, Place, Roster, SessionRules, distance, look_alikes
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.vocabulary import ClockState

INES = Member(number="1", name="Ines", role="staff", badge="B-100")
TOMAS = Member(number="2", name="Tomas", role="supervisor")
STAFF = Roster(members=(INES, TOMAS))
PINS = {"1": "2741", "2": "8316"}

LIBBY = Place(
    library="Libby High School", library_code="LIBRHS", profile="HS", profile_code="LIBRHSCIRC"
)
CITY = Place(
    library="Libby City Library", library_code="LIBR1", profile="City", profile_code="LIBR1CIRC"
)
TODAY = MORNING.date()


def staffed(**changes: object) -> Day:
    return Day(desk_settings(**changes), roster=STAFF, pins=PINS)


def at_two_places(**changes: object) -> Day:
    return Day(desk_settings(places=(CITY, LIBBY), **changes), roster=STAFF, pins=PINS)


def asked(day: Day) -> str:
    """The key of what the open form asks, or "" with none open."""
    form = day.desk.state.form
    return form.field.label.key if form is not None else ""


# -- at the start ------------------------------------------------------------------------------


def test_without_staff_and_with_one_place_nothing_is_asked() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_the_form_comes_up_by_itself_and_nothing_is_recorded_before_it_is_filled_in() -> None:
    day = staffed()
    assert asked(day) == "duty.who"
    day.presses("no")
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == []
    assert day.patron is None
    assert day.answer == ("not_taken", "duty.not_taken", "duty.how_staff")
    day.presses("checkin")
    assert day.answer == ("not_taken", "duty.not_taken", "duty.how_staff")
    assert day.desk.state.mode == "checkout"


def test_a_card_scanned_while_it_is_asked_is_no_answer_and_says_so() -> None:
    day = staffed()
    day.scans(MAYA)
    assert day.answer == ("look", "duty.who", "form.label_scanned")


def test_a_card_from_a_scanner_that_types_is_no_answer_and_says_so() -> None:
    day = staffed()
    day.types(MAYA)
    assert day.answer == ("look", "duty.who", "form.label_scanned")


@pytest.mark.parametrize("typed", [("21234000194417",), ("1", "2123400019441799")])
def test_a_number_longer_than_any_answer_is_a_scan_also_where_no_labels_are_known(
    typed: tuple[str, ...],
) -> None:
    day = staffed(barcodes=BarcodeRules())
    for text in typed:
        day.types(text)
    assert day.answer[2] == "form.label_scanned"


def test_what_else_is_scanned_while_somebody_chooses_is_told_as_a_scan() -> None:
    day = staffed()
    day.scans("9780441007318")
    assert day.answer == ("look", "duty.who", "form.label_scanned")


def test_a_wrong_number_that_is_typed_is_told_the_right_ones() -> None:
    day = staffed()
    day.types("99")
    assert day.answer == ("look", "duty.who", "form.choose")
    assert day.patron is None


def test_a_shift_begins_with_name_pin_due_date() -> None:
    day = staffed()
    day.types("1")
    assert asked(day) == "duty.pin"
    day.types("2741")
    assert asked(day) == "duty.due"
    day.types("yes")
    day.disk_syncs()
    assert day.answer == ("neutral", "duty.on.staff", "Northside Branch Library · Circulation")
    day.records(MAYA, LEFT_HAND)
    (lent,) = day.disk.transactions.values()
    assert (lent.staff, lent.desk_session) == ("Ines", day.disk.duty[-1].id)


def test_nobody_is_on_duty_before_that_is_on_the_disk() -> None:
    day = staffed()
    day.types("1")
    day.types("2741")
    day.presses("yes")
    assert day.desk.state.locked == "start"
    assert day.told[-1].headline.key != "duty.on.staff"
    day.scans(MAYA, LEFT_HAND)  # it waits
    day.disk_syncs()
    day.disk_syncs()
    assert (day.desk.session.staff, day.recorded) == ("Ines", [("checkout", MAYA, LEFT_HAND)])


def test_where_the_disk_does_not_take_who_is_on_duty_nobody_is() -> None:
    day = staffed()
    day.types("1")
    day.types("2741")
    day.presses("yes")
    day.disk_fails()
    assert (day.desk.state.locked, day.desk.session.number) == ("start", "")
    day.disk_is_back()
    day.presses("login")
    day.logs_in("1", "yes")
    assert day.desk.session.staff == "Ines"


def test_where_the_alarm_comes_up_while_the_pin_is_checked_nobody_goes_on_duty() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("lock")
    day.checks_are_slow = True
    day.types("1")
    day.types("2741")
    day.disk_fails()
    day.check_ends()
    assert day.answer[1] == "alarm.not_recorded"
    day.disk_is_back()
    day.checks_are_slow = False
    day.presses("login")
    day.logs_in("1")
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_a_clock_that_is_set_while_somebody_goes_on_duty_makes_no_new_day() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.types("1")
    day.types("2741")
    day.clock_is("fine", "network")
    day.presses("yes")
    day.clock_is("fine", "network", to=day.now + timedelta(days=400))
    day.disk_syncs()
    day.seconds_pass(60)
    assert day.desk.state.locked == ""


def test_a_badge_says_who_it_is_and_the_pin_is_still_asked() -> None:
    day = staffed()
    day.scans("B-100")
    assert asked(day) == "duty.pin"
    day.types("2741")
    day.presses("yes")
    assert day.desk.session.staff == "Ines"


def test_where_it_is_enough_a_badge_goes_on_duty_by_itself() -> None:
    day = staffed(session=SessionRules(badge_is_enough=True))
    day.scans("B-100")
    assert day.verified == []
    day.presses("yes")
    assert day.desk.session.staff == "Ines"


def test_the_scanner_alone_is_enough() -> None:
    day = staffed()
    day.scans("B-100", "key:2", "key:7", "key:4", "key:1", "key:ok", "choose:4", "yes")
    day.disk_syncs()
    assert day.desk.session.staff == "Ines"
    assert day.desk.session.default_due == 7


def test_ok_scanned_twice_takes_what_stands_in_the_next_field() -> None:
    day = staffed()
    day.scans("B-100", "key:2", "key:7", "key:4", "key:1", "key:ok", "key:ok")
    assert day.desk.session.staff == "Ines"
    assert day.desk.session.default_due is None


def test_ok_does_not_stand_for_what_has_to_be_filled_in() -> None:
    day = staffed()
    day.scans("B-100", "key:ok")
    assert day.answer == ("look", "duty.pin", "form.needed")


def test_a_pin_is_never_on_show_nor_kept() -> None:
    day = staffed()
    day.types("1")
    day.types("2741")
    shown = [str(answer) for answer in day.told] + [str(day.desk.state)]
    assert not any("2741" in text for text in shown)


# -- PINs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [(), (MAYA,), ("checkin", LEFT_HAND)])
def test_a_pin_typed_where_none_is_asked_is_neither_shown_nor_used(before: tuple[str, ...]) -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.records(*before)
    lines = day.lines
    day.types("2741")
    assert day.answer == ("not_taken", "scan.may_be_pin", "scan.may_be_pin_detail")
    day.presses("yes")
    day.disk_syncs()
    assert "2741" not in str(day.told) + str(day.desk.state)
    assert day.lines == lines


def test_a_pin_that_is_typed_twice_is_not_shown_either() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("lock")
    day.checks_are_slow = True
    day.types("1")
    day.types("2741")
    day.types("2741")
    day.check_ends()
    day.disk_syncs()
    assert day.desk.state.locked == ""
    assert "2741" not in str(day.told) + str(day.desk.state)


def test_a_short_number_is_no_pin_where_labels_are_that_short_or_nobody_has_one() -> None:
    day = staffed(barcodes=BarcodeRules(item=(r"\d{5}",), check_digit=False))
    day.logs_in("1", "yes")
    day.records(MAYA)
    day.types("27418")
    assert [item for item, _ in day.stages] == ["27418"]
    unstaffed = Day()
    unstaffed.types("2741")
    assert unstaffed.answer[1] == "doubt.headline"


def test_a_label_read_by_a_scanner_that_types_is_no_pin() -> None:
    day = staffed()
    day.types("1")
    day.types(LEFT_HAND)
    assert day.answer == ("look", "duty.pin", "form.label_scanned")
    assert day.verified == []


def test_a_scanned_number_is_no_pin() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.scans("2741")
    assert day.answer[1] == "doubt.headline"


def test_a_wrong_pin_is_asked_again_and_says_how_many_tries_are_left() -> None:
    day = staffed()
    day.types("1")
    day.types("9999")
    assert day.answer == ("look", "duty.pin", "duty.wrong_pin")
    assert day.desk.state.locked == "start"
    day.types("2741")
    assert asked(day) == "duty.due"


def test_while_tries_are_put_off_it_is_said_for_how_long() -> None:
    day = staffed()
    day.put_off = 90
    day.types("1")
    day.types("2741")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail == say("duty.wait_seconds", count=90)
    day.put_off = 900
    day.types("2741")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail == say("duty.wait_minutes", count=15)


def test_what_is_scanned_while_a_pin_is_checked_waits_for_it() -> None:
    day = staffed(session=SessionRules(required=False))
    day.checks_are_slow = True
    day.presses("login")
    day.types("1")
    day.types("2741")
    day.scans("yes", MAYA)
    assert day.patron is None
    day.check_ends()
    day.disk_syncs()
    assert day.desk.session.staff == "Ines"
    assert day.patron == MAYA


def test_two_of_the_same_name_are_told_apart_by_number() -> None:
    other = Member(number="7", name="ines", role="staff")
    day = Day(roster=Roster(members=(INES, other)), pins={"1": "2741", "7": "5093"})
    day.types("2")
    day.types("5093")
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.session.staff == "ines (7)"
    assert day.desk.session.number == "7"


def test_a_badge_that_reads_as_a_card_is_a_card_while_somebody_is_on_duty() -> None:
    borrower = Member(number="1", name="Maya", role="staff", badge=MAYA)
    day = Day(roster=Roster(members=(borrower,)), pins={"1": "2741"})
    day.scans(MAYA)
    assert asked(day) == "duty.pin"
    day.types("2741")
    day.presses("yes")
    day.disk_syncs()
    day.scans(MAYA)
    assert day.patron == MAYA


def test_a_badge_unlike_any_card_hands_the_desk_over() -> None:
    day = staffed()
    day.logs_in("2", "yes")
    day.scans("B-100")
    assert asked(day) == "duty.pin"
    day.presses("no")
    assert day.desk.session.staff == "Tomas"


def test_a_staff_file_that_is_damaged_lets_nobody_on_duty_and_says_what_to_do() -> None:
    day = Day(roster=Roster(problem=say("duty.file_damaged")))
    assert asked(day) == ""
    day.records(MAYA)
    assert day.answer == ("not_taken", "duty.not_taken", "duty.file_damaged")
    day.presses("login")
    assert day.answer == ("not_taken", "duty.no_roster", "duty.file_damaged")
    day.staff_are(STAFF)
    assert day.desk.state.locked == "start"
    assert asked(day) == "duty.who"


def test_a_staff_file_that_is_damaged_later_leaves_who_is_on_duty() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.staff_are(Roster(problem=say("duty.file_damaged")))
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]
    day.is_killed()
    day.records(MAYA, SWEETGRASS)
    assert len(day.recorded) == 2


def test_one_who_was_removed_from_the_staff_is_not_on_duty_any_more() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.staff_are(Roster(members=(TOMAS,)))
    day.records(MAYA)
    assert day.patron is None
    assert day.desk.state.locked == "gone"


def test_who_is_no_supervisor_any_more_is_none_while_on_duty_either() -> None:
    day = staffed(barcodes=BarcodeRules(use_anyway="supervisor"))
    day.logs_in("2", "yes")
    day.staff_are(Roster(members=(INES, replace(TOMAS, role="staff"))))
    assert (day.desk.session.role, day.desk.session.since) == ("staff", MORNING)
    day.records(MAYA, MISREAD)
    assert day.answer == ("not_taken", "scan.not_taken", "scan.check_digit")
    assert [(change.number, change.role) for change in day.disk.duty[-1:]] == [("2", "staff")]


def test_a_restart_asks_the_staff_file_what_the_one_on_duty_may_do() -> None:
    day = staffed()
    day.logs_in("2", "yes")
    day.roster = Roster(members=(INES, replace(TOMAS, role="staff", name="Tom")))
    day.is_killed()
    assert (day.desk.state.locked, day.desk.session.role) == ("", "staff")
    assert day.desk.session.staff == "Tom"


def test_who_is_changed_while_going_on_duty_is_on_duty_as_changed() -> None:
    day = staffed()
    for text in ("2", "8316", "yes"):
        day.types(text)
    day.staff_are(Roster(members=(INES, replace(TOMAS, role="staff"))))
    day.disk_syncs()
    assert (day.desk.state.locked, day.desk.session.role) == ("", "staff")


@pytest.mark.parametrize("removed", [INES, TOMAS])
def test_the_form_of_a_locked_desk_offers_nobody_who_was_removed(removed: Member) -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("lock")
    day.staff_are(Roster(members=tuple(x for x in STAFF.members if x != removed)))
    form = day.desk.state.form
    assert form is not None
    assert removed.number not in [option.value for option in form.field.options]


@pytest.mark.parametrize("required", [True, False])
def test_while_the_staff_file_is_missing_nobody_goes_on_duty_and_then_only_by_pin(
    required: bool,
) -> None:
    day = staffed(session=SessionRules(required=required))
    day.presses("lock")
    day.staff_are(Roster(problem=say("duty.file_gone")))
    assert asked(day) == ""
    assert day.answer == ("not_taken", "duty.no_roster", "duty.file_gone")
    day.presses("yes")
    day.records(MAYA)
    assert (day.patron, day.desk.state.locked != "") == (None, True)
    day.staff_are(STAFF)
    assert asked(day) == "duty.who"
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.state.locked


def test_whoever_is_on_duty_goes_on_while_the_staff_file_is_missing() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.staff_are(Roster(problem=say("duty.file_gone")))
    day.records(MAYA, LEFT_HAND)
    day.staff_are(STAFF)
    assert (day.desk.state.locked, day.desk.session.number) == ("", "1")
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


@pytest.mark.parametrize("found", [STAFF, Roster(problem=say("duty.file_damaged"))])
def test_a_session_that_was_asked_before_there_were_staff_puts_nobody_on_duty(
    found: Roster,
) -> None:
    day = Day(desk_settings(places=(CITY, LIBBY)), pins=PINS)
    assert asked(day) == "duty.place"
    day.staff_are(found)
    assert asked(day) == ("duty.who" if found.members else "")
    for _ in range(3):
        day.presses("yes")
    day.disk_syncs()
    assert day.desk.state.locked


# -- library and access profile (A, B) ---------------------------------------------------------


def test_places_are_chosen_in_full_with_their_codes_and_look_alikes_are_pointed_out() -> None:
    day = at_two_places()
    day.types("1")
    day.types("2741")
    assert asked(day) == "duty.place"
    form = day.desk.state.form
    assert form is not None
    city, libby = (option.words for option in form.field.options)
    assert city.args["text"] == "Libby City Library (LIBR1) · City (LIBR1CIRC)"
    assert city.key == "duty.look_alike"
    assert city.args["code"] == "LIBR[1], LIBR[1]CIRC"
    assert city.args["other"] == "LIBR[HS], LIBR[HS]CIRC"
    assert libby.args["text"] == "Libby High School (LIBRHS) · HS (LIBRHSCIRC)"


def test_no_place_is_offered_before_one_was_chosen_and_then_it_is() -> None:
    day = at_two_places()
    day.types("1")
    day.types("2741")
    day.presses("yes")
    assert day.answer == ("look", "duty.place", "form.needed")
    day.types("2")
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.session.library == "Libby High School"
    day.seconds_pass(86_400)
    day.types("1")
    day.types("2741")
    form = day.desk.state.form
    assert form is not None
    assert form.value("place") == "2"


def test_transactions_carry_the_codes_and_the_session_of_the_moment() -> None:
    day = at_two_places()
    day.logs_in("1", "1", "yes")
    day.records(MAYA, LEFT_HAND)
    day.presses("login")
    day.logs_in("2", "2", "yes")
    day.records(SWEETGRASS)
    first, second = day.disk.transactions.values()
    assert (first.library, first.profile, first.staff) == ("LIBR1", "LIBR1CIRC", "Ines")
    assert (second.library, second.profile, second.staff) == ("LIBRHS", "LIBRHSCIRC", "Tomas")
    sessions = {change.id: change.library for change in day.disk.duty}
    assert sessions[first.desk_session] == "Libby City Library"
    assert sessions[second.desk_session] == "Libby High School"


def test_several_places_alone_have_to_be_chosen_from_too() -> None:
    day = Day(desk_settings(places=(CITY, LIBBY)))
    assert asked(day) == "duty.place"
    day.presses("no")
    day.scans(MAYA)
    assert day.answer == ("not_taken", "duty.not_taken", "duty.how_place")
    day.presses("login")
    day.types("1")
    day.presses("yes")
    day.disk_syncs()
    day.scans(MAYA)
    assert day.patron == MAYA


@given(st.text("LIBRHSC1", max_size=8), st.text("LIBRHSC1", max_size=8))
def test_the_distance_of_two_codes_is_that_of_their_letters(one: str, other: str) -> None:
    apart = distance(one, other)
    assert (apart == 0) == (one == other)
    assert apart == distance(other, one)
    assert abs(len(one) - len(other)) <= apart <= max(len(one), len(other))


def test_codes_that_have_little_in_common_are_no_look_alikes() -> None:
    other = Place(library="Kalispell", library_code="KALI", profile_code="KALICIRC")
    assert look_alikes(CITY, (CITY, other)) == ()
    assert [x.other for x in look_alikes(CITY, (CITY, LIBBY))] == ["LIBR[HS]", "LIBR[HS]CIRC"]


# -- date and time (C) -------------------------------------------------------------------------


def test_a_doubtful_time_is_confirmed_in_the_session() -> None:
    day = staffed()
    day.clock_is("unconfirmed")
    day.types("1")
    day.types("2741")
    assert asked(day) == "duty.clock"
    day.presses("yes")
    assert day.desk.state.clock.by == "staff"
    assert day.desk.session.staff == "Ines"


@pytest.mark.parametrize("said", ["2031-01-01T10:00", "ok", "soon"])
def test_nobody_sets_the_clock_of_a_locked_desk(said: str) -> None:
    day = staffed()
    day.clock_is("unconfirmed")
    day.presses(f"time:{said}")
    assert day.answer == ("not_taken", "duty.not_taken", "duty.how_staff")
    day.presses("yes")
    assert day.desk.state.clock.by == ""
    day.presses("time")
    assert day.answer[1] == "clock.now"


def test_but_one_that_cannot_be_right_may_be_set() -> None:
    day = staffed()
    day.clock_is("wrong", latest=MORNING + timedelta(days=1))
    day.presses("time:2026-11-22T10:00")
    assert day.desk.state.clock.by == "staff"


def test_a_wrong_time_is_set_in_the_session_also_by_digits_of_the_scanner() -> None:
    day = staffed()
    day.clock_is("unconfirmed")
    day.scans("B-100")
    day.types("2741")
    day.scans("choose:2", "yes", "key:1", "key:4", "key:0", "key:5", "key:ok")
    day.disk_syncs()
    assert day.now.strftime("%H:%M") == "14:05"
    assert day.desk.state.locked == ""


def test_a_clock_that_cannot_be_right_has_to_be_answered() -> None:
    day = staffed()
    day.clock_is("wrong", latest=MORNING + timedelta(days=1))
    day.types("1")
    day.types("2741")
    day.presses("yes")
    assert day.answer == ("look", "duty.clock", "form.needed")
    day.types("2")
    day.presses("yes")
    assert asked(day) == "duty.clock_time"
    day.types("half past two")
    assert day.answer == ("look", "duty.clock_time", "clock.how")
    day.types("14:05")
    assert day.desk.state.clock.by == "staff"


def test_a_time_that_is_days_away_is_asked_about_once_more() -> None:
    day = staffed()
    day.clock_is("unconfirmed")
    day.types("1")
    day.types("2741")
    day.types("2")
    day.presses("yes")
    day.types("2027-11-22T14:05")
    assert day.desk.state.asked is not None
    day.presses("no")
    assert day.now.year == 2026
    assert day.desk.session.staff == "Ines"


def test_who_goes_back_and_says_that_the_time_is_right_is_not_asked_for_it() -> None:
    day = staffed()
    day.clock_is("unconfirmed")
    for text in ("1", "2741", "2", "usual"):
        day.types(text)
    assert asked(day) == "duty.clock_time"
    for text in (":back", ":back", "1", "usual"):
        day.types(text)
    day.disk_syncs()
    assert day.desk.state.locked == ""
    assert day.desk.state.clock.by == "staff"


# -- default due date (D) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "chosen"), [("1", None), ("2", 0), ("3", 3), ("8", 30), ("9", 42), ("10", 365)]
)
def test_the_usual_due_date_is_as_configured_or_a_number_of_days(
    choice: str, chosen: int | None
) -> None:
    day = staffed()
    day.logs_in("1", choice)
    assert day.desk.session.default_due == chosen


def test_the_usual_due_date_may_be_any_day_to_come() -> None:
    day = staffed()
    day.types("1")
    day.types("2741")
    day.types("11")
    assert asked(day) == "duty.due_day"
    day.types("2026-11-20")
    assert day.answer == ("look", "duty.due_day", "form.date_range")
    day.types("20261224")
    day.disk_syncs()
    assert day.desk.session.default_due == date(2026, 12, 24)


def test_who_goes_back_from_another_day_may_choose_a_number_of_days() -> None:
    day = staffed()
    for text in ("1", "2741", "other"):
        day.types(text)
    assert asked(day) == "duty.due_day"
    day.presses("back")
    day.types("3")
    day.disk_syncs()
    assert day.desk.state.locked == ""
    assert day.desk.session.default_due == 3


def test_a_usual_due_date_is_offered_again_until_it_has_passed() -> None:
    day = staffed()
    day.logs_in("1", "11", "2026-11-22")
    day.seconds_pass(86_400)
    day.types("1")
    day.types("2741")
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.session.default_due == date(2026, 11, 22)
    day.seconds_pass(86_400)
    day.logs_in("1", "yes")
    assert day.desk.session.default_due is None


# -- the delinquent list (E) -------------------------------------------------------------------


def blocked_day(days: int) -> Day:
    day = staffed()
    day.disk.made = TODAY - timedelta(days=days)
    day.types("1")
    day.types("2741")
    return day


@pytest.mark.parametrize(("days", "label"), [(0, "duty.list_fresh"), (5, "duty.list_old")])
def test_a_current_list_is_shown_with_its_age_and_used_unless_staff_leave_it_out(
    days: int, label: str
) -> None:
    day = blocked_day(days)
    assert asked(day) == label
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.session.block_list is not None
    day = blocked_day(days)
    day.types("2")
    day.presses("yes")
    day.disk_syncs()
    assert day.desk.session.block_list is None
    assert say("duty.list_told.left", made=(TODAY - timedelta(days=days)).isoformat()) in rows(day)


def test_a_list_over_five_days_old_is_not_used_says_why_and_cannot_be_switched_on() -> None:
    day = blocked_day(6)
    assert asked(day) == "duty.list_too_old"
    form = day.desk.state.form
    assert form is not None
    assert [option.value for option in form.field.options] == ["leave"]
    day.presses("yes")
    day.disk_syncs()
    assert "duty.list_told.too_old" in [row.key for row in rows(day)]


@pytest.mark.parametrize(("choice", "used"), [("1", True), ("2", False)])
def test_a_list_that_is_still_being_loaded_is_asked_about_with_the_same_keys(
    choice: str, used: bool
) -> None:
    day = Day(roster=STAFF, pins=PINS, block_list=BlockListRules(has_source=True))
    day.types("1")
    day.types("2741")
    assert asked(day) == "duty.list_to_come"
    day.types(choice)
    day.types("4")
    day.disk_syncs()
    assert say("duty.list_told.to_come" if used else "duty.list_told.none") in rows(day)
    day.disk.block_list = {MAYA: Listed(("barred",), TODAY)}  # it has come
    day.records(MAYA, LEFT_HAND)
    assert (day.desk.session.default_due, bool(day.recorded)) == (7, not used)


def test_a_desk_to_which_no_list_comes_asks_about_none() -> None:
    day = staffed()
    day.types("1")
    day.types("2741")
    assert asked(day) == "duty.due"


def rows(day: Day) -> list[object]:
    answer = day.desk.state.answer
    assert answer is not None
    return list(answer.rows)


# -- locked, handed over, a new day ------------------------------------------------------------


def test_lock_closes_the_visit_with_its_receipt_and_takes_nothing_more() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.records(MAYA, LEFT_HAND)
    day.presses("lock")
    assert day.receipts == [("4417", [LEFT_HAND])]
    day.presses("no")
    day.records(JONAS, SWEETGRASS)
    assert len(day.recorded) == 1
    assert day.disk.duty[-1].locked == "lock"


def test_lock_waits_for_an_item_on_its_way_to_the_disk() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.presses("lock")
    assert day.desk.state.locked == ""
    day.disk_syncs()
    assert day.desk.state.locked == "lock"
    assert day.receipts == [("4417", [LEFT_HAND])]


def test_who_locked_goes_on_with_the_pin_alone_and_the_same_session() -> None:
    day = at_two_places()
    day.logs_in("1", "2", "3", "yes")
    session = day.desk.session
    day.presses("lock")
    day.logs_in("1")
    assert day.desk.session == session
    assert day.desk.state.locked == ""


def test_somebody_else_goes_on_at_the_same_place_in_a_session_of_their_own() -> None:
    day = at_two_places()
    day.logs_in("1", "2", "3", "yes")
    before = day.desk.session
    day.presses("lock")
    day.logs_in("2")
    after = day.desk.session
    assert (after.staff, after.library, after.default_due) == ("Tomas", before.library, 3)
    assert after.id != before.id


def test_a_desk_that_was_locked_when_the_disk_failed_is_locked_after_a_restart() -> None:
    day = staffed()
    day.logs_in("2", "usual")
    day.presses("lock")
    day.disk_fails()
    day.disk_is_back()
    day.is_killed()
    assert day.desk.state.locked == "lock"
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == []


def test_one_who_was_removed_during_an_alarm_is_not_on_duty_after_a_restart() -> None:
    day = staffed()
    day.logs_in("2", "usual")
    day.scans(MAYA, LEFT_HAND)
    day.disk_fails()
    day.staff_are(Roster(members=(INES,)))
    day.disk_fails()
    day.disk_is_back()
    day.staff_are(STAFF)
    day.is_killed()
    assert day.desk.state.locked == "gone"


def test_login_while_on_duty_asks_everything_and_no_leaves_all_as_it_was() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    session = day.desk.session
    day.presses("login")
    day.types("2")
    day.types("8316")
    assert asked(day) == "duty.due"
    day.presses("no")
    assert day.desk.session == session
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_a_desk_that_nobody_touches_locks_and_says_so() -> None:
    day = staffed(session=SessionRules(idle_minutes=30))
    day.logs_in("1", "yes")
    day.records(MAYA)
    day.seconds_pass(29 * 60)
    assert day.patron == MAYA
    day.seconds_pass(61)
    assert day.patron is None
    assert day.desk.state.locked == "idle"


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(days=400), -timedelta(hours=30)])
def test_a_clock_that_is_set_makes_no_idle_desk_and_no_new_day(jump: timedelta) -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.clock_is("fine", "network")
    day.clock_is("fine", "network", to=day.now + jump)
    day.seconds_pass(60)
    assert day.desk.state.locked == ""


def test_a_desk_may_stay_open_however_long_nobody_touches_it() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.logs_in("1", "yes")
    day.seconds_pass(5 * 3600)
    assert day.desk.state.locked == ""


def test_a_new_day_asks_anew_but_not_in_the_middle_of_a_visit() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.logs_in("1", "yes")
    day.seconds_pass(13 * 3600)
    day.records(MAYA)
    day.seconds_pass(20 * 60)  # past midnight
    assert day.desk.state.locked == "new_day"
    assert day.patron is None
    day.logs_in("1", "yes")
    assert day.desk.session.since == day.now


def test_an_open_visit_is_served_to_its_end_past_midnight() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.logs_in("1", "yes")
    day.seconds_pass(13 * 3600)
    day.records(MAYA)
    day.now = MORNING.replace(day=21, hour=23, minute=58)
    day.records(LEFT_HAND)
    day.seconds_pass(180)
    assert day.patron == MAYA
    day.presses("done")
    day.seconds_pass(60)
    assert day.desk.state.locked == "new_day"


def test_a_form_is_filled_in_to_its_end_past_midnight() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.logs_in("1", "yes")
    day.now = MORNING.replace(day=21, hour=23, minute=58)
    day.presses("guest")
    day.types("Rosa Diaz")
    day.seconds_pass(180)
    assert day.desk.state.form is not None
    day.presses("no")
    day.seconds_pass(60)
    assert day.desk.state.locked == "new_day"


def test_one_card_after_the_other_does_not_keep_a_new_day_from_beginning() -> None:
    day = staffed(session=SessionRules(idle_minutes=0))
    day.logs_in("1", "yes")
    day.now = MORNING.replace(day=21, hour=23, minute=58)
    day.records(MAYA, LEFT_HAND)
    day.seconds_pass(180)
    day.scans(JONAS)
    assert day.receipts == [("4417", [LEFT_HAND])]
    assert (day.desk.state.locked, day.patron) == ("new_day", None)
    day.logs_in("1", "yes")
    day.records(JONAS, SWEETGRASS)
    assert day.recorded[-1] == ("checkout", JONAS, SWEETGRASS)


def test_one_card_after_the_other_does_not_keep_the_first_staff_from_logging_in() -> None:
    day = Day(pins=PINS)
    day.records(MAYA, LEFT_HAND)
    day.staff_are(STAFF)
    assert day.desk.state.locked == ""
    day.scans(JONAS)
    assert (asked(day), day.patron) == ("duty.who", None)
    day.logs_in("1", "yes")
    day.records(JONAS, SWEETGRASS)
    assert day.disk.transactions[day.lines[0].id].staff == "Ines"


def test_done_asks_at_once_who_is_on_duty() -> None:
    day = Day()
    day.records(MAYA)
    day.staff_are(STAFF)
    day.presses("done")
    assert asked(day) == "duty.who"


def test_a_sheet_of_yesterday_begins_no_new_day() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("paper:2026-11-20T10:00")
    day.records(MAYA, LEFT_HAND, JONAS, SWEETGRASS)
    assert [item for _, _, item in day.recorded] == [LEFT_HAND, SWEETGRASS]


# -- over a restart ----------------------------------------------------------------------------


def test_a_restart_goes_on_with_the_same_session_of_the_same_day() -> None:
    day = at_two_places()
    day.disk.made = TODAY
    day.logs_in("2", "2", "2", "4")
    session = day.desk.session
    day.is_killed()
    assert day.desk.session == session
    assert day.desk.state.locked == ""


def test_a_restart_does_not_open_a_desk_that_was_locked() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("lock")
    day.disk_syncs()
    day.is_killed()
    assert day.desk.state.locked == "lock"
    day.records(MAYA)
    assert day.patron is None
    day.presses("login")
    day.logs_in("1")
    assert day.desk.state.locked == ""


def test_a_restart_on_another_day_asks_anew_and_offers_the_same_place() -> None:
    day = at_two_places()
    day.logs_in("1", "2", "yes")
    day.now += timedelta(days=1)
    day.is_killed()
    assert day.desk.state.locked == "start"
    day.types("1")
    day.types("2741")
    form = day.desk.state.form
    assert form is not None
    assert form.value("place") == "2"


def test_a_restart_puts_nobody_on_duty_who_was_removed_meanwhile() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.roster = Roster(members=(TOMAS,))
    day.is_killed()
    assert day.desk.state.locked == "start"
    day = staffed(session=SessionRules(required=False))
    day.presses("login")
    day.logs_in("2", "yes")
    day.roster = Roster(members=(INES,))
    day.is_killed()
    assert (day.desk.state.locked, day.desk.session.number) == ("", "")


def test_one_who_is_removed_in_the_middle_of_a_scan_has_it_recorded_and_is_off_duty_then() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.staff_are(Roster(members=(TOMAS,)))
    day.disk_syncs()
    assert day.desk.state.locked == "gone"
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]
    assert day.receipts == [("4417", [LEFT_HAND])]


# -- a staff file that was made anew: its numbers are others, although they read alike ------------

EVE = Member(number="1.b", name="Eve", role="administrator")
ZOE = Member(number="2.b", name="Zoe", role="supervisor")
OTHERS = Roster(members=(EVE, ZOE))


def test_whoever_is_on_duty_has_to_say_so_again() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.staff_are(OTHERS)
    assert day.desk.state.locked == "gone"
    assert asked(day) == "duty.who"
    assert day.desk.session.staff == "Ines"
    day.records(MAYA, LEFT_HAND)
    assert day.recorded == []


def test_who_gave_the_pin_before_is_not_on_duty_when_that_is_on_the_disk() -> None:
    day = staffed()
    for answer in ("1", PINS["1"]):
        day.types(answer)
    day.presses("yes")
    assert day.desk.state.going_on
    day.staff_are(OTHERS)
    day.disk_syncs()
    assert day.desk.state.locked
    assert not day.desk.session.number
    assert day.answer[:2] == ("not_taken", "duty.not_taken")


def test_who_was_on_duty_before_stays_so_where_only_the_next_one_is_gone() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("login")
    for answer in ("2", PINS["2"]):
        day.types(answer)
    day.presses("yes")
    assert day.desk.state.going_on
    day.staff_are(Roster(members=(INES,)))
    day.disk_syncs()
    day.disk_syncs()
    assert (day.desk.session.staff, day.desk.state.locked) == ("Ines", "")
    assert (day.disk.duty[-1].staff, day.disk.duty[-1].locked) == ("Ines", "")


def test_a_session_that_is_being_set_is_asked_anew() -> None:
    day = staffed()
    for answer in ("1", PINS["1"]):
        day.types(answer)
    assert asked(day) == "duty.due"
    day.staff_are(OTHERS)
    assert asked(day) == "duty.who"


def test_a_supervisor_who_is_being_asked_is_not_asked_on() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.staff_are(Roster(members=(INES, EVE)))
    day.disk.block_list[MAYA] = Listed(("blocked",), TODAY)
    day.scans(MAYA)
    day.presses("override")
    assert asked(day) == "override.who"
    day.staff_are(Roster(members=(INES, ZOE)))
    assert asked(day) == ""


def test_a_file_that_cannot_be_used_is_no_other_one() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.presses("login")
    day.types("2")
    day.staff_are(Roster(problem=say("duty.file_gone")))
    assert day.desk.session.staff == "Ines"
    day.staff_are(STAFF)
    assert not day.desk.state.locked


def test_nobody_reads_of_which_file_a_number_is() -> None:
    twins = Roster(members=(EVE, Member(number="3.b", name="eve")))
    assert twins.label(EVE) == "Eve (1)"


@pytest.mark.parametrize(("clock", "locked"), [("fine", ""), ("unconfirmed", "start")])
def test_a_machine_that_was_off_goes_on_only_where_the_time_is_sure(
    clock: ClockState, locked: str
) -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.power_returns(clock)
    assert day.desk.state.locked == locked
    day.records(MAYA, LEFT_HAND)
    assert bool(day.recorded) == (not locked)


def test_nobody_goes_on_with_a_visit_where_nobody_is_on_duty_after_a_restart() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.records(MAYA, LEFT_HAND)
    day.power_returns("unconfirmed")
    assert (day.desk.state.locked, day.patron) == ("start", None)
    assert day.receipts == [("4417", [LEFT_HAND])]
    day.records(LEFT_HAND)
    assert len(day.recorded) == 1
    day.is_killed()
    assert (day.desk.state.locked, day.patron) == ("start", None)
    assert len(day.receipts) == 1


def test_session_tells_who_where_until_when_and_whom_to_ask() -> None:
    day = at_two_places()
    day.logs_in("2", "1", "yes")
    day.presses("session")
    assert day.answer == ("neutral", "duty.on.supervisor", "duty.look_alike")
    assert [getattr(row, "key", "") for row in rows(day)] == [
        "duty.support",
        "duty.time",
        "duty.due_told",
        "duty.list_told.none",
    ]


def test_nothing_is_locked_or_changed_while_nothing_can_be_recorded() -> None:
    day = staffed()
    day.logs_in("1", "yes")
    day.disk_fails()
    day.presses("lock")
    assert day.desk.state.locked == ""
    day.seconds_pass(7200)
    assert day.desk.state.locked == ""
