"""Lists on show: laid out a few at a time, looked at again on a change, chosen by name."""

from __future__ import annotations

import pytest
from support.desk_script import JONAS, MAYA, Day
from support.shift import with_check_digit

from kiosk.desk import effects, events
from kiosk.desk.asking.listing import AT_ONCE, MOST, PAGE


def item_number(number: int) -> str:
    return with_check_digit(f"3123400{number:06}")


def a_long_day(count: int) -> Day:
    day = Day()
    day.presses("checkin")
    for number in range(count):
        day.records(item_number(number))
    day.presses("done", "today")
    return day


def test_all_of_a_long_list_is_laid_out_and_a_page_of_it_told() -> None:
    day = a_long_day(70)
    listing = day.desk.state.listing
    assert len(listing.rows) == len(listing.entries) == 70
    assert len(day.told[-1].rows) == PAGE


def test_no_more_is_laid_out_than_anybody_reads() -> None:
    day = a_long_day(MOST + 30)
    listing = day.desk.state.listing
    assert len(listing.rows) == MOST
    assert len(listing.entries) == MOST + 30


def test_one_far_down_is_chosen_by_its_name() -> None:
    day = a_long_day(45)
    oldest = day.desk.state.listing.entries[-1]
    day.presses(f"choose:#{oldest}")
    assert day.desk.state.listing.chosen == oldest
    assert day.desk.state.form.kind == "line"
    assert item_number(0) in str(day.desk.state.form.headline.args["what"])


def test_a_name_that_is_not_on_the_list_is_refused() -> None:
    day = a_long_day(2)
    day.presses("choose:#nothing")
    assert day.answer[1] == "list.no_line"


def test_what_was_offered_about_a_line_means_nothing_on_the_list() -> None:
    day = a_long_day(2)
    day.presses("choose:=who:nothing")
    assert day.answer[1] == "doubt.nothing"
    assert day.desk.state.listing.chosen == ""


def test_rows_change_when_something_happened_to_them() -> None:
    day = Day(online=True)
    day.records(MAYA, item_number(1))
    day.presses("done", "today")
    assert day.desk.state.listing.rows[0].stage == "recorded"
    day.library_confirms()
    assert day.desk.state.listing.rows[0].stage == "applied"


class Unhurried(Day):
    """A day on which the rest of a list is laid out when the test says so."""

    lays_out = True
    waits = 0

    def _carry_out(self, effect: effects.Effect) -> None:
        if isinstance(effect, effects.GoOnListing) and not self.lays_out:
            self.waits += 1
        else:
            super()._carry_out(effect)

    def lays_out_more(self) -> None:
        self.waits -= 1
        self._happens(events.ListMore(self.now))


def test_rows_change_that_were_looked_at_just_before_something_happened_to_them() -> None:
    day = Unhurried(online=True)
    day.records(MAYA, *(item_number(n) for n in range(3 * AT_ONCE)))
    day.presses("done", "today")
    day.lays_out = False
    day.library_confirms()
    day.lays_out_more()  # the newest rows are looked at
    while day.deliverable:
        day.library_confirms()
    while day.waits > 0:
        day.lays_out_more()
    assert {row.stage for row in day.desk.state.listing.rows} == {"applied"}


def test_another_one_is_chosen_by_its_name_whatever_is_asked_about_the_first() -> None:
    day = a_long_day(3)
    newest, *_, oldest = day.desk.state.listing.entries
    day.presses(f"choose:#{newest}", f"choose:#{oldest}")
    assert day.desk.state.listing.chosen == oldest
    assert item_number(0) in str(day.desk.state.form.headline.args["what"])


def test_who_leaves_a_line_as_it_is_comes_back_to_the_list() -> None:
    day = a_long_day(3)
    day.presses("choose:1", "no")
    assert day.desk.state.form is None
    assert day.desk.state.listing.chosen == ""
    assert day.answer[1] == "lookback.today"


def test_a_list_that_is_left_leaves_nothing_of_it_on_show() -> None:
    day = a_long_day(3)
    day.presses("checkin")
    assert day.desk.state.listing is None
    assert day.desk.state.answer is None


def test_a_list_with_nothing_in_it_is_still_that_list() -> None:
    day = Day()
    day.presses("exceptions")
    assert day.answer[1:] == ("exceptions.none", "exceptions.none_detail")
    assert day.desk.state.listing.kind == "exceptions"
    assert day.desk.state.listing.entries == ()
    day.presses("today")
    assert day.answer[1:] == ("lookback.today", "lookback.nothing")
    assert day.desk.state.listing.kind == "recorded"


def test_a_chosen_line_is_told_as_it_stands_once_the_library_has_answered() -> None:
    day = Day(online=True)
    day.records(MAYA, item_number(1))
    day.presses("done", "today", "choose:1")
    answers = day.desk.state.answers
    assert day.desk.state.form.parts[1].key == "lookback.stands_recorded"
    day.library_confirms()
    assert day.desk.state.form.parts[1].key == "lookback.stands_applied"
    assert day.desk.state.answers == answers


def test_what_comes_to_need_a_person_joins_the_list_on_show_at_its_end() -> None:
    day = Day(online=True)
    day.records(MAYA, item_number(1), item_number(2))
    day.presses("done")
    day.seconds_pass(5)
    day.library_refuses("Charged to another patron")
    day.presses("exceptions")
    first = day.desk.state.listing.rows
    day.library_refuses("On hold")
    listing = day.desk.state.listing
    assert (len(first), len(listing.rows), len(listing.entries)) == (1, 2, 2)
    assert listing.rows[0] == first[0]
    assert listing.headline.args["count"] == 2


def after_refusals(count: int) -> Unhurried:
    """A day on which that many are to be fixed, and as many are going to be."""
    day = Unhurried(online=True)
    day.records(MAYA, *(item_number(n) for n in range(2 * count)))
    day.presses("done")
    day.seconds_pass(5)
    for _ in range(count):
        day.library_refuses("Charged to another patron")
    return day


def test_a_list_that_is_opened_is_read_as_far_as_it_is_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = after_refusals(5 * PAGE)
    day.lays_out = False
    read = []
    exception = type(day.disk).exception
    monkeypatch.setattr(
        type(day.disk), "exception", lambda disk, entry: read.append(1) or exception(disk, entry)
    )
    day.presses("exceptions")
    assert day.desk.state.listing.headline.args["count"] == 5 * PAGE
    assert len(read) == PAGE


def test_what_joins_a_list_is_looked_for_once_in_a_round_however_much_has_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = after_refusals(3 * AT_ONCE)
    day.presses("exceptions")
    day.lays_out = False
    looked = []
    to_fix = type(day.disk).to_fix
    monkeypatch.setattr(type(day.disk), "to_fix", lambda disk: looked.append(1) or to_fix(disk))
    while day.deliverable:
        day.library_refuses("On hold")
    assert len(looked) == 1  # thousands, at each outcome, would hold up a scan
    while day.waits > 0:
        day.lays_out_more()
    assert len(looked) == 2
    listing = day.desk.state.listing
    assert len(listing.rows) == len(listing.entries) == listing.headline.args["count"]


@pytest.mark.parametrize("listed", ["today", "exceptions"])
def test_whoever_scans_the_next_card_goes_on_though_a_line_was_chosen(listed: str) -> None:
    day = Day(online=True)
    day.records(MAYA, item_number(1))
    day.presses("done")
    day.seconds_pass(5)
    day.library_refuses("Charged to another patron")
    day.presses(listed, "choose:1")
    assert day.desk.state.form is not None
    day.records(JONAS)
    assert (day.patron, day.desk.state.form, day.desk.state.listing) == (JONAS, None, None)


def test_whoever_scans_the_next_item_goes_on_though_a_line_of_the_visit_was_chosen() -> None:
    day = Day()
    day.records(MAYA, item_number(1))
    day.presses(f"choose:#{day.lines[0].id}")
    assert day.desk.state.form.kind == "line"
    day.records(item_number(2))
    assert [item for item, _ in day.stages] == [item_number(1), item_number(2)]
