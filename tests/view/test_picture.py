"""The AppState: what of a desk is on show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk_script import (
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    SWEETGRASS,
    Day,
)
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.barcodes import luhn
from kiosk.desk.policy import NoncatKind
from kiosk.desk.session.sessions import Member, Place, Roster
from kiosk.desk.words import ending, say
from kiosk.view.picture import picture
from kiosk.view.state import (
    PAGE,
    AppState,
    BlockList,
    Clock,
    Device,
    DuePreset,
    LastVisit,
    Library,
    Space,
    Support,
)

LIBRARY = Library(state="online", waiting=2)
BLOCK_LIST = BlockList(state="old", made="2026-11-20", days=1, cards=3)
SCANNER = Device(name="ttyUSB0", kind="scanner")
FILLING = Space(state="low", headline=say("space.low"), lasting=say("space.lasts_long"))
SUPPORT = Support(name="Northside IT", phone="555 0199")


def shown(day: Day, now: datetime | None = None) -> AppState:
    return picture(
        day.desk,
        now or day.now,
        library=LIBRARY,
        devices=(SCANNER,),
        space=FILLING,
        block_list=BLOCK_LIST,
        support=SUPPORT,
    )


def test_an_idle_desk() -> None:
    state = shown(Day())
    assert (state.mode, state.patron, state.lines, state.items) == ("checkout", None, (), 0)
    assert (state.library_name, state.staff) == ("Northside Branch Library", "Ines")
    assert state.profile == "Circulation"
    assert (state.library, state.devices, state.support) == (LIBRARY, (SCANNER,), SUPPORT)
    assert state.space == FILLING
    assert state.block_list == BLOCK_LIST
    assert (state.question, state.alarm, state.last_visit) == (None, None, None)
    assert not state.closing
    assert not state.keep_off_shelves


def test_an_idle_desk_changes_with_the_minute_only() -> None:
    day = Day()
    first = shown(day, day.now)
    assert first.now == "2026-11-21T10:42:00+01:00"
    assert shown(day, day.now + timedelta(seconds=59)) == first
    assert shown(day, day.now + timedelta(seconds=60)) != first


def test_a_patron_is_a_name_and_the_end_of_a_number() -> None:
    day = Day(online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, name="Maya Lindqvist", refuses="Lost card.")
    patron = shown(day).patron
    assert patron is not None
    assert (patron.card_ending, patron.name) == ("4417", "Maya Lindqvist")
    assert patron.note == say("patron.blocked_words", words="Lost card.")


def test_lines_stand_newest_first_with_what_became_of_them() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.library_confirms(title="The Left Hand of Darkness")
    day.library_refuses("On hold.")
    second, first = shown(day).lines
    assert (first.number, first.item, first.stage) == (1, LEFT_HAND, "applied")
    assert (first.title, first.day) == ("The Left Hand of Darkness", "2026-12-12")
    assert first.at == day.now.isoformat()
    assert (second.number, second.stage) == (2, "refused")
    assert second.note == say("plain.text", text="On hold.")
    assert shown(day).items == 1


def test_a_long_visit_travels_a_page_at_a_time() -> None:
    day = Day()
    day.presses("checkin")
    for number in range(PAGE + 10):
        day.scans(str(number), "yes")
        day.disk_syncs()
    state = shown(day)
    assert len(state.lines) == PAGE
    assert state.lines[0].number == PAGE + 10
    assert state.items == PAGE + 10


def test_due_dates_to_choose_from() -> None:
    due = shown(Day()).due
    assert (due.day, due.default_day, due.default_days) == ("2026-12-12", "2026-12-12", 21)
    assert due.presets[0] == DuePreset(days=7, day="2026-11-28")


def test_another_due_date_is_in_force_for_this_patron() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:7")
    assert (shown(day).due.day, shown(day).due.default_day) == ("2026-11-28", "2026-12-12")
    day.scans(JONAS)
    assert shown(day).due.day == "2026-12-12"


def test_the_day_of_return() -> None:
    day = Day()
    day.presses("checkin")
    returned = shown(day).returned
    assert (returned.day, returned.yesterday) == ("2026-11-21", "2026-11-20")
    assert not returned.bookdrop
    day.presses("bookdrop:yesterday")
    assert shown(day).returned.bookdrop
    day.records(LEFT_HAND)
    assert shown(day).lines[0].day == "2026-11-20"


def test_returns_are_kept_off_the_shelves_until_the_library_has_answered() -> None:
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    assert shown(day).keep_off_shelves
    assert shown(day).returns.unanswered == 1
    day.library_is_reached()
    assert shown(day).keep_off_shelves
    day.library_confirms()
    assert not shown(day).keep_off_shelves


def test_a_question_stands_until_it_is_answered() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(MISREAD)
    question = shown(day).question
    assert question is not None
    assert question.headline == say("doubt.headline", number=MISREAD)
    assert (question.yes, question.no) == (say("doubt.yes_item"), say("doubt.no"))
    day.presses("no")
    assert shown(day).question is None


def test_the_alarm_says_why_and_until_when_all_is_safe() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.disk_fails("No space left on device")
    alarm = shown(day).alarm
    assert alarm is not None
    assert (alarm.reason, alarm.safe_until) == ("No space left on device", day.now.isoformat())


def test_done_under_way_and_the_visit_before() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert shown(day).closing
    day.seconds_pass(3)
    state = shown(day)
    assert not state.closing
    assert state.last_visit == LastVisit(at=day.now.isoformat(), items=1, card_ending="4417")


def test_the_answer_is_the_desks() -> None:
    day = Day()
    day.scans(MAYA)
    assert shown(day).answer == day.desk.state.answer


def test_a_picture_survives_the_link() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.scans(MISREAD)
    state = shown(day)
    assert msgspec.json.decode(msgspec.json.encode(state), type=AppState) == state


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 10**13 - 1), known=st.booleans())
def test_no_patrons_card_is_ever_whole_in_it(number: int, *, known: bool) -> None:
    start = f"2{number:013}"[:13]
    card = next(f"{start}{last}" for last in range(10) if luhn(f"{start}{last}"))
    day = Day(online=known)
    day.records(card, LEFT_HAND)
    if known:
        day.library_knows(card, "Somebody", refuses="")
    for step in ("done", card, LEFT_HAND, "reprint", f"reprint:{card}", JONAS, LEFT_HAND, "done"):
        day.scans(step)
        day.disk_syncs()
        assert card not in msgspec.json.encode(shown(day)).decode()


def test_a_short_cards_ending_does_not_give_it_away() -> None:
    assert [ending(card) for card in ("21234000094417", "123456", "1234", "12", "1", "")] == [
        "4417",
        "456",
        "34",
        "2",
        "",
        "",
    ]


def test_how_far_the_clock_can_be_trusted() -> None:
    day = Day()
    assert shown(day).clock == Clock(state="fine")
    day.clock_is("fine", "network")
    assert shown(day).clock == Clock(state="fine", by="network")
    day.clock_is("wrong", latest=day.now)
    assert shown(day).clock == Clock(state="wrong", latest="2026-11-21T10:42:00+01:00")


def test_who_is_on_duty_where_is_in_sight_with_codes_and_so_is_that_nobody_is() -> None:
    place = Place(library="Libby", library_code="LIBR1", profile="City", profile_code="CIRC")
    roster = Roster(members=(Member(number="1", name="Ines", role="supervisor"),))
    other = replace(place, library_code="KALI")
    day = Day(desk_settings(places=(place, other)), roster=roster, pins={"1": "2741"})
    state = shown(day)
    assert (state.locked, state.locked_how) == (say("duty.locked.start"), say("duty.how_staff"))
    day.logs_in("1", "1", "yes")
    state = shown(day)
    assert (state.staff, state.role, state.locked) == ("Ines", "supervisor", None)
    assert (state.library_name, state.library_code) == ("Libby", "LIBR1")
    assert (state.profile, state.profile_code) == ("City", "CIRC")


def test_a_block_list_that_staff_left_out_is_shown_as_not_used() -> None:
    day = Day(roster=Roster(members=(Member(number="1", name="Ines"),)), pins={"1": "2741"})
    day.disk.made = day.now.date()
    day.logs_in("1", "2", "1")
    assert shown(day).block_list == BlockList()


def test_items_without_a_barcode_count_one_by_one() -> None:
    day = Day(desk_settings(noncat=(NoncatKind(code="2", name="Paperback"),)))
    day.records(MAYA, LEFT_HAND)
    day.presses("noncat")
    day.types("3")
    day.disk_syncs()
    assert shown(day).items == 4
    day.presses("done")
    last = shown(day).last_visit
    assert last is not None
    assert last.items == 4


def test_while_the_desk_is_locked_nothing_of_a_patron_is_on_show() -> None:
    day = Day(roster=Roster(members=(Member(number="1", name="Ines"),)), pins={"1": "2741"})
    day.logs_in("1", "yes")
    day.records(MAYA, LEFT_HAND)
    day.library_knows(MAYA, "Maya Petersen")
    day.presses("lock")
    day.disk_syncs()
    before = len(day.told)
    day.library_knows(MAYA, "Maya Petersen")
    day.library_confirms(title="The Left Hand of Darkness")
    for told in (shown(day), day.told[before:]):
        text = msgspec.json.encode(told).decode()
        assert not any(x in text for x in ("Petersen", ending(MAYA), LEFT_HAND, "Left Hand"))
    day.types("1")
    day.types("2741")
    day.disk_syncs()
    assert shown(day).last_visit == LastVisit(
        at=day.now.isoformat(), items=1, card_ending=ending(MAYA)
    )
