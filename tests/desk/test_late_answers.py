"""Two at one desk answer the same at once: the second one's answer is for nothing else.

They see what is asked (`AppState.prompt`), and their answers say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    MORNING,
    SWEETGRASS,
    Day,
    rows,
)
from support.shift import with_check_digit

from kiosk.desk.asking.prompts import Prompt
from kiosk.desk.session.sessions import Member, Roster

if TYPE_CHECKING:
    from kiosk.desk.state import DeskState

STAFF = Roster(
    members=(
        Member(number="1", name="Ines", role="supervisor"),
        Member(number="2", name="Tomas", role="administrator"),
    )
)
PINS = {"1": "2741", "2": "8316"}


def seen(day: Day) -> Prompt:
    return day.desk.state.prompt


def field(day: Day) -> str:
    form = day.desk.state.form
    return form.field.name if form is not None else ""


def given(state: DeskState) -> list[str]:
    return [x.value for x in state.form.fields] if state.form is not None else []


def asking_for_a_pin() -> Day:
    day = Day(roster=STAFF, pins=PINS)
    day.types("1")
    return day


# -- forms -----------------------------------------------------------------------------------------


def test_a_pin_given_twice_at_once_is_given_once() -> None:
    day = asking_for_a_pin()
    both = seen(day)
    day.types(PINS["1"], both)
    asks, standing = field(day), given(day.desk.state)
    day.types(PINS["1"], both)
    assert (field(day), given(day.desk.state)) == (asks, standing)
    assert day.verified == ["1"]


def test_a_wrong_pin_given_twice_at_once_is_one_wrong_try() -> None:
    day = asking_for_a_pin()
    both = seen(day)
    day.types("1111", both)
    day.types("1111", both)
    assert day.verified == ["1"]
    day.types(PINS["1"], seen(day))
    assert day.verified == ["1", "1"]


def test_so_it_is_while_the_first_one_is_being_checked() -> None:
    day = asking_for_a_pin()
    day.checks_are_slow = True
    both = seen(day)
    day.types("1111", both)
    day.types("1111", both)
    day.check_ends()
    assert day.verified == ["1"]
    assert field(day) == "pin"


def test_a_late_pin_is_neither_shown_nor_kept_and_takes_no_place_on_the_screen() -> None:
    day = asking_for_a_pin()
    both = seen(day)
    day.types(PINS["1"], both)
    shown, told = day.desk.state.answer, len(day.told)
    day.types(PINS["1"], both)
    assert day.desk.state.answer == shown
    assert [x.headline.key for x in day.told[told:]] == ["late.answered"]
    assert PINS["1"] not in repr((day.told, day.desk.state, day.disk))


def test_a_field_that_is_asked_again_takes_no_answer_to_the_one_before() -> None:
    day = Day()
    day.presses("register")
    day.scans(MAYA)
    both = seen(day)
    day.types("Lindqvist", both)
    day.types("Lindqvist", both)
    assert given(day.desk.state)[:2] == ["Lindqvist", ""]


def test_a_line_of_a_report_is_one_line_although_the_next_is_asked_in_the_same_words() -> None:
    day = Day()
    day.presses("report")
    both = seen(day)
    day.types("31234000517860 no such item", both)
    day.types("31234000517860 no such item", both)
    assert day.desk.state.report is not None
    assert day.desk.state.report.lines == 1


def test_a_word_for_a_form_that_was_put_away_is_no_command() -> None:
    day = Day()
    day.presses("register")
    day.scans(MAYA)
    both = seen(day)
    day.presses("no", prompt=both)
    day.types("checkin", both)
    assert day.desk.state.mode == "checkout"


def test_a_label_for_a_form_that_was_put_away_is_not_lent() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("find")
    both = seen(day)
    day.presses("no", prompt=both)
    day.types(LEFT_HAND, both)
    assert day.recorded == []


@pytest.mark.parametrize("late", ["no", "next", "back", "yes", "choose:1", "key:1"])
def test_a_button_of_a_field_that_is_asked_no_more_does_nothing(late: str) -> None:
    day = asking_for_a_pin()
    both = seen(day)
    day.types(PINS["1"], both)
    before = day.desk.state
    day.presses(late, prompt=both)
    assert day.desk.state == before
    assert field(day)


def test_a_choice_of_the_command_sheet_is_judged_by_what_is_asked_now() -> None:
    """A scanner does not look: what it reads is as it always was."""
    day = asking_for_a_pin()
    for digit in PINS["1"]:
        day.scans(f":key:{digit}")
    day.scans(":key:ok")
    assert day.verified == ["1"]


def test_digits_that_are_scanned_one_by_one_leave_the_field_the_same_one() -> None:
    day = asking_for_a_pin()
    before = seen(day)
    day.scans(":key:1")
    assert seen(day) == before


# -- what is typed for the desk --------------------------------------------------------------------


def test_a_number_typed_before_a_form_came_up_is_no_answer_to_it_and_that_is_told() -> None:
    day = Day()
    day.records(MAYA)
    before = seen(day)
    day.presses("find")
    day.types(LEFT_HAND, before)
    assert day.recorded == []
    assert field(day) != ""
    assert given(day.desk.state) == [""]
    assert day.desk.state.meanwhile is not None
    assert day.desk.state.meanwhile.headline.key == "late.not_taken"
    assert day.desk.state.meanwhile.tone == "not_taken"


def test_what_is_scanned_is_never_late() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, MISREAD, SWEETGRASS)  # it goes on where a question stands
    assert [item for _, _, item in day.recorded] == [LEFT_HAND, SWEETGRASS]


def test_a_number_typed_over_a_question_is_taken_whether_or_not_it_was_answered() -> None:
    day = Day()
    day.records(MAYA, MISREAD)
    both = seen(day)
    day.presses("no", prompt=both)
    day.types(LEFT_HAND, both)
    day.disk_syncs()
    assert [item for _, _, item in day.recorded] == [LEFT_HAND]


def test_a_command_that_is_no_answer_is_done_whatever_is_asked() -> None:
    day = Day()
    before = seen(day)
    day.presses("find")
    day.presses("checkin", prompt=before)
    assert day.desk.state.mode == "checkin"


# -- questions -------------------------------------------------------------------------------------


def test_a_yes_given_twice_at_once_answers_one_question() -> None:
    day = Day()
    day.records(MAYA, MISREAD)
    both = seen(day)
    day.presses("yes", prompt=both)
    day.disk_syncs()
    day.scans("31234000448208")
    assert day.desk.state.question is not None
    day.presses("yes", prompt=both)
    day.disk_syncs()
    assert day.desk.state.question is not None
    assert [item for _, _, item in day.recorded] == [MISREAD]


def test_a_yes_of_before_sets_no_clock() -> None:
    """With nothing asked, yes is for the clock, where that is wrong."""
    day = Day()
    day.records(MAYA, MISREAD)
    both = seen(day)
    day.presses("no", prompt=both)
    day.clock_is("wrong", latest=MORNING.replace(year=2027))
    answers = day.desk.state.answers
    day.presses("yes", prompt=both)
    assert day.desk.state.answers == answers
    assert day.desk.state.clock.state == "wrong"


def test_a_typed_yes_that_is_late_is_told_to_who_typed_it() -> None:
    day = Day()
    day.records(MAYA, MISREAD)
    both = seen(day)
    day.presses("no", prompt=both)
    shown = day.desk.state.answer
    day.types(":yes", both)
    assert day.told[-1].headline.key == "late.answered"
    assert day.desk.state.answer == shown


# -- lists -----------------------------------------------------------------------------------------


def with_a_list() -> Day:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS, JONAS, BELOVED)
    day.presses("done", "checkin")
    for number in range(24):
        day.records(with_check_digit(f"3123400{number:06d}"))
    day.presses("today")
    return day


def test_a_number_on_a_page_means_no_line_of_another_page() -> None:
    day = with_a_list()
    both = seen(day)
    day.presses("next", prompt=both)
    day.presses("next", prompt=both)
    assert day.desk.state.listing is not None
    assert day.desk.state.listing.page == 1
    day.presses("choose:1", prompt=both)
    assert day.desk.state.form is None


def test_a_line_that_is_named_is_meant_wherever_it_stands() -> None:
    day = with_a_list()
    before = seen(day)
    listing = day.desk.state.listing
    assert listing is not None
    day.presses("next")
    day.presses(f"choose:#{listing.entries[0]}", prompt=before)
    assert day.desk.state.form is not None


def test_undo_of_a_chosen_line_takes_back_no_other_line() -> None:
    """Where no line is chosen, undo is for the newest one of the visit."""
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    assert day.desk.state.visit is not None
    first = day.desk.state.visit.lines[0]
    day.presses(f"choose:#{first.id}")
    both = seen(day)
    day.presses("undo", prompt=both)
    day.disk_syncs()
    day.presses("undo", prompt=both)
    day.disk_syncs()
    assert day.counting == [SWEETGRASS]
    assert rows(day) == []


# -- its name --------------------------------------------------------------------------------------


def test_what_is_asked_has_one_name_until_something_else_is_asked() -> None:
    day = Day()
    nothing = seen(day)
    assert nothing == Prompt()
    day.presses("register")
    asked = seen(day)
    day.library_is_reached()
    day.seconds_pass(60)
    assert seen(day) == asked != nothing
    day.presses("no")
    assert seen(day) == nothing
    day.presses("register")
    assert seen(day) not in (asked, nothing)


# -- Done ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["done", "done-noslip"])
def test_done_for_the_visit_that_the_next_card_has_closed_leaves_that_patron_at_the_desk(
    word: str,
) -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    visit = day.desk.state.visit
    assert visit is not None
    day.scans(JONAS)  # a scanner is quicker than the finger
    day.presses(f"{word}:#{visit.id}")
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.patron == JONAS
    assert len(day.printed) == 1


def test_done_for_a_visit_that_is_over_says_nothing_more() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    visit = day.desk.state.visit
    assert visit is not None
    day.presses("done")
    answers = day.desk.state.answers
    day.presses(f"done:#{visit.id}")
    assert day.desk.state.answers == answers


def test_done_for_the_visit_on_show_ends_it() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    visit = day.desk.state.visit
    assert visit is not None
    day.presses(f"done-noslip:#{visit.id}")
    assert day.desk.state.visit is None
    assert day.printed == []
