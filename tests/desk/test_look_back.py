"""Looking back: what was recorded today or on another day, and what can be done about any of it.

Issue 4, point 7. Of the documents: "CHECKOUT WIZARD" V (receipts) and "DISCHARGE/CHECKIN WIZARD" IV
(item and date stand in the window); neither lets staff mend a line of a patron who has gone.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    PIPPI,
    SWEETGRASS,
    Day,
    rows,
)

from kiosk.desk.afterwards import history
from kiosk.desk.transactions import Checkin
from kiosk.desk.words import say
from kiosk.words import Words

ALWAYS = ["Who has the item now?", "Its whole history"]
"""What is offered about every line with an item."""


def a_day() -> Day:
    """Two patrons and a return, all closed, nothing delivered."""
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS, JONAS, BELOVED)
    day.presses("done", "checkin")
    day.records(PIPPI)
    day.presses("done", "checkout")
    return day


def test_today_lists_what_was_recorded_the_newest_first() -> None:
    day = a_day()
    day.presses("today")
    assert day.answer[1:] == ("lookback.today", "lookback.count")
    assert rows(day) == [
        f"10:42  Checked in {PIPPI} · as of Sat 21 Nov · not delivered yet",
        f"10:42  Checked out {BELOVED} · card 4944 · due Sat 12 Dec · not delivered yet",
        f"10:42  Checked out {SWEETGRASS} · card 4417 · due Sat 12 Dec · not delivered yet",
        f"10:42  Checked out {LEFT_HAND} · card 4417 · due Sat 12 Dec · not delivered yet",
    ]


def test_a_card_or_an_item_is_looked_for_and_no_card_is_shown_whole() -> None:
    day = a_day()
    day.presses(f"find:{MAYA}")
    assert day.answer[1] == "lookback.card"
    assert len(rows(day)) == 2
    day.presses("find")
    day.scans(BELOVED)
    assert day.answer[1] == "lookback.item"
    assert len(rows(day)) == 1
    day.presses(f"today:{LEFT_HAND}")
    assert len(rows(day)) == 1
    assert MAYA not in str(day.told)


def test_the_ending_of_a_number_is_enough_as_of_a_card_nothing_else_is_shown() -> None:
    day = a_day()
    day.presses("find")
    day.types(MAYA[-4:])
    assert day.answer[1] == "lookback.ending"
    assert [row.split(" · ")[1] for row in rows(day)] == ["card 4417", "card 4417"]
    day.presses(f"find:{BELOVED[-4:]}")
    assert len(rows(day)) == 1
    day.presses("find:0000")
    assert day.answer == ("neutral", "lookback.ending", "lookback.nothing")


def test_who_had_no_card_is_told_by_name_or_not_at_all() -> None:
    day = Day()
    day.presses("guest")
    for text in ("Anna Maier", "1990-04-30", ""):
        day.types(text)
    day.records(LEFT_HAND)
    day.presses("done", "renew")
    day.records(SWEETGRASS)
    day.presses("done", "today")
    assert [row.split(" · ")[1] for row in rows(day)] == ["no card", "Anna Maier, without a card"]


def test_nothing_found_is_said() -> None:
    day = Day()
    day.presses("today")
    assert day.answer == ("neutral", "lookback.today", "lookback.nothing")
    day.presses(f"find:{PIPPI}")
    assert day.answer == ("neutral", "lookback.item", "lookback.nothing")
    day.presses(f"find:{MAYA}")
    assert day.answer == ("neutral", "lookback.card", "lookback.nothing")


def test_while_a_sheet_of_another_day_is_entered_today_is_that_day() -> None:
    day = Day()
    day.records(JONAS, SWEETGRASS)
    day.presses("done", "paper:2026-11-20T17:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("today")
    assert day.answer[1:] == ("lookback.day", "lookback.count")
    assert len(rows(day)) == 1
    day.presses("undo:1")
    day.disk_syncs()
    assert day.recorded == [("checkout", JONAS, SWEETGRASS)]
    day.presses("paper:off", "today")
    assert day.answer[1:] == ("lookback.today", "lookback.count")


def test_another_day_is_looked_up_by_its_date() -> None:
    day = a_day()
    day.seconds_pass(24 * 3600)
    day.presses("today")
    assert day.answer[2] == "lookback.nothing"
    day.presses("day:2026-11-21")
    assert len(rows(day)) == 4
    day.presses("day:yesterday")
    assert len(rows(day)) == 4
    day.presses("day:tomorrow")
    assert day.answer == ("not_taken", "lookback.unreadable", "lookback.how")


def test_undo_scanned_for_a_chosen_line_means_that_one_not_the_newest_at_the_desk() -> None:
    day = a_day()
    day.records(JONAS, PIPPI)
    day.presses("today", "choose:5", "undo")
    day.disk_syncs()
    assert day.answer[1] == "undo.done"
    items = [item for _, _, item in day.recorded]
    assert PIPPI in items
    assert LEFT_HAND not in items


def test_what_cannot_be_done_about_a_chosen_line_is_not_done_about_another() -> None:
    day = a_day()
    before = day.receipts
    day.presses("today", "choose:1", "reprint")  # a return has no receipt
    assert day.answer == ("look", "lookback.what", "form.choose")
    assert day.receipts == before


def test_any_line_of_today_can_be_undone_though_its_patron_has_gone() -> None:
    day = a_day()
    day.presses("today", "choose:3")
    assert day.answer[1] == "lookback.what"
    assert rows(day) == [
        "Undo it",
        "Print its receipt again",
        "Who has the item now?",
        "Its whole history",
    ]
    day.presses("choose:1")
    assert SWEETGRASS in [item for _, _, item in day.recorded]  # not before it is on the disk
    assert day.answer[1] != "undo.done"
    day.disk_syncs()
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")
    assert SWEETGRASS not in [item for _, _, item in day.recorded]
    day.presses("today", "reprint:4")
    assert day.receipts[-1] == ("4417", [LEFT_HAND])
    day.presses("today")
    assert rows(day)[2].endswith("undone")


def test_one_line_after_the_other_is_taken_from_the_same_list() -> None:
    day = a_day()
    day.presses("today", "undo:3", "undo:4", "who:1")
    day.disk_syncs()
    day.disk_syncs()
    assert [item for _, _, item in day.recorded] == [BELOVED, PIPPI]
    assert day.answer[1] == PIPPI


def test_the_last_receipt_follows_what_was_undone() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("done", "today", "undo:1")
    day.disk_syncs()
    day.presses("reprint")
    assert day.receipts[-1] == ("4417", [LEFT_HAND])
    day.presses("today", "undo:2")
    day.disk_syncs()
    day.presses("reprint")
    assert day.answer[1] == "reprint.nothing"


def test_the_last_receipt_follows_what_the_library_refused_afterwards() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("done")
    day.library_refuses("Unknown item.")
    day.presses("reprint")
    assert day.receipts[-1] == ("4417", [SWEETGRASS])


def test_no_visit_is_read_again_for_what_was_refused_of_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.records(JONAS, SWEETGRASS)
    day.presses("done")
    read = []
    visit_with = type(day.disk).visit_with
    monkeypatch.setattr(
        type(day.disk), "visit_with", lambda disk, entry: read.append(1) or visit_with(disk, entry)
    )
    day.library_refuses("Unknown item.")
    assert read == []  # thousands are refused after an outage, and visits may be long
    day.library_refuses("Unknown item.")
    assert read == [1]
    day.presses("reprint")
    assert day.answer[1] == "reprint.nothing"


def test_a_delivered_checkout_of_a_closed_visit_is_undone_by_a_linked_checkin() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.library_confirms()
    day.library_confirms()
    day.presses("done", "today", "undo:2")
    day.disk_syncs()
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")
    lent, _, back = day.disk.transactions.values()
    assert isinstance(back, Checkin)
    assert (back.item, back.undoes) == (LEFT_HAND, lent.id)
    day.presses("reprint")
    assert day.receipts[-1] == ("4417", [SWEETGRASS])
    day.is_killed()
    day.presses("reprint")
    assert day.receipts[-1] == ("4417", [SWEETGRASS])


def test_an_undo_is_listed_as_one_and_cannot_be_undone_itself() -> None:
    day = Day(online=True)
    day.disk.titles[LEFT_HAND] = "The Left Hand of Darkness"
    day.records(MAYA, LEFT_HAND)
    day.library_confirms()
    day.library_is_lost()
    day.presses("undo")
    day.disk_syncs()
    day.presses("today")
    assert rows(day) == [
        "10:42  Undone: the loan of The Left Hand of Darkness · not delivered yet",
        "10:42  Checked out The Left Hand of Darkness · card 4417 · due Sat 12 Dec · undone",
    ]
    day.presses("undo:1")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_undo")
    day.disk_syncs()
    checkin = list(day.disk.transactions.values())[-1]
    assert isinstance(checkin, Checkin)
    assert checkin.undoes
    assert checkin.id not in day.disk.voided


def test_while_another_patron_stands_there_their_visit_stays_whole() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_confirms()
    day.records(JONAS, SWEETGRASS)
    day.presses("today", "undo:2")
    day.disk_syncs()
    assert (day.patron, day.counting) == (JONAS, [SWEETGRASS])
    day.is_killed()
    assert (day.patron, day.counting) == (JONAS, [SWEETGRASS])


def test_a_line_of_the_open_visit_is_undone_in_its_place() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("today", "undo:2")
    day.disk_syncs()
    assert day.stages == [(LEFT_HAND, "voided"), (SWEETGRASS, "recorded")]


def test_a_delivered_return_cannot_be_undone() -> None:
    day = Day(online=True)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.library_confirms()
    day.presses("done", "today", "undo:1")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_checkin")


def test_what_is_on_its_way_to_the_library_waits() -> None:
    day = a_day()
    day.library_is_asked()
    day.presses("today", "undo:4")
    assert day.answer == ("not_taken", "undo.wait", "undo.wait_detail")


def test_of_one_item_what_came_last_is_undone_first() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "checkin")
    day.records(LEFT_HAND)
    day.presses("done", "today", "undo:2")
    assert day.answer == ("not_taken", "undo.later", "undo.later_detail")
    day.presses("today", "undo:1")
    day.disk_syncs()
    day.presses("today", "undo:2")
    day.disk_syncs()
    assert day.recorded == []


def test_what_was_undone_or_refused_cannot_be_undone() -> None:
    day = a_day()
    day.library_refuses("Card expired.")
    day.presses("today", "undo:4")
    assert day.answer == ("not_taken", "undo.gone", "undo.gone_detail")
    day.presses("today", "undo:3")
    day.disk_syncs()
    day.presses("today", "undo:3")
    assert day.answer == ("not_taken", "undo.gone", "undo.gone_detail")


def test_a_line_is_offered_only_what_can_be_done_about_it() -> None:
    day = a_day()
    day.library_refuses("Card expired.")
    day.presses("today", "undo:3")
    day.disk_syncs()
    day.presses("today", "choose:3")  # undone; nothing of its visit is left
    assert rows(day) == ALWAYS
    day.presses("no", "today", "choose:4")  # refused
    assert rows(day) == ALWAYS
    assert day.answer == ("look", "lookback.what", "undo.gone_detail")
    day.presses("no", "today", "choose:2")
    assert rows(day) == [
        "Undo it",
        "Print its receipt again",
        "Who has the item now?",
        "Its whole history",
    ]
    day.library_confirms()
    day.library_confirms()
    day.presses("no", "today", "choose:1")  # a return that was delivered
    assert rows(day) == ALWAYS


def test_the_bare_number_of_a_line_may_be_typed() -> None:
    day = a_day()
    day.presses("today")
    day.types("3")
    assert day.answer[1] == "lookback.what"
    day.presses("no", "today")
    day.types("77")  # no line of the page: it is a number like any other
    assert day.answer[1] != "lookback.what"
    day.presses("no", "today")
    day.scans("3")
    assert day.answer[1] != "lookback.what"


def test_pressed_twice_it_is_undone_once() -> None:
    day = a_day()
    day.presses("today", "undo:1", "today", "undo:1")
    day.disk_syncs()
    assert day.answer == ("not_taken", "undo.gone", "undo.gone_detail")
    assert len(day.disk.voided) == 1


def test_an_undo_that_the_disk_does_not_take_is_none() -> None:
    day = a_day()
    day.presses("today", "undo:1")
    day.disk_fails()
    assert day.desk.state.taking_back == {}
    day.presses("today", "undo:2")
    assert day.answer == ("not_taken", "alarm.not_recorded", "alarm.use_paper")


def test_a_line_of_the_open_visit_can_be_chosen_without_a_list() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    visit = day.desk.state.visit
    assert visit is not None
    older = visit.lines[0]
    day.presses(f"choose:#{older.id}")
    assert day.desk.state.form is not None
    day.presses("undo")
    day.disk_syncs()
    assert day.disk.voided == {older.id}
    assert day.desk.state.visit is not None
    day.presses("choose:#of-another-visit")
    assert day.desk.state.form is None


def test_a_line_of_the_open_visit_can_be_chosen_after_the_clock_was_set_to_another_day() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.clock_is("fine", "network", to=day.now + timedelta(days=400))
    day.presses(f"choose:#{day.lines[0].id}")
    form = day.desk.state.form
    assert form is not None
    assert form.kind == "line"


def test_what_was_said_of_a_line_of_the_open_visit_is_told_where_it_is_chosen() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    visit = day.desk.state.visit
    assert visit is not None
    day.library_is_asked()
    day.library_confirms(words="For display first")
    day.presses(f"choose:#{visit.lines[0].id}")
    form = day.desk.state.form
    assert form is not None
    assert form.detail == say("plain.text", text="For display first")
    assert form.field.options[0].words == say("lookback.to_undo")


def test_undo_of_no_line_on_show_says_so() -> None:
    day = a_day()
    day.presses("undo:1")
    assert day.answer == ("not_taken", "list.no_line", "lookback.how")
    day.presses("today", "undo:7")
    assert day.answer == ("not_taken", "list.no_line", "lookback.how")


def test_a_return_has_no_receipt() -> None:
    day = a_day()
    day.presses("today", "reprint:1")
    assert day.answer == ("not_taken", "reprint.nothing", "lookback.no_receipt")
    day.presses("today", "choose:1")
    assert rows(day) == ["Undo it", *ALWAYS]


def test_who_has_an_item_with_what_it_did_today() -> None:
    day = a_day()
    day.presses(f"who:{LEFT_HAND}")
    assert day.answer == ("look", LEFT_HAND, "holder.card")
    assert len(rows(day)) == 1
    day.presses("who")
    day.scans(PIPPI)
    assert day.answer == ("look", PIPPI, "holder.nobody")
    day.presses("today", "who:2")
    assert day.answer == ("look", BELOVED, "holder.card")
    day.presses("today", "choose:2", "choose:3")
    assert day.answer == ("look", BELOVED, "holder.card")


def test_a_card_is_no_item_and_is_not_shown() -> None:
    day = a_day()
    day.presses(f"who:{MAYA}")
    assert day.answer == ("not_taken", "lookback.no_item", "lookback.how")
    day.presses("who:21234000297721")  # of whom nothing is known today
    assert day.answer == ("not_taken", "lookback.no_item", "lookback.how")
    assert MAYA not in str(day.told)


def test_a_receipt_by_a_number_that_is_no_line_is_that_of_the_card_or_item() -> None:
    day = a_day()
    day.presses("today", f"reprint:{MAYA}")
    assert day.receipts[-1] == ("4417", [LEFT_HAND, SWEETGRASS])


LOOKS = st.lists(
    st.one_of(
        st.sampled_from([MAYA, JONAS, LEFT_HAND, SWEETGRASS]).map(lambda x: ("records", x)),
        st.sampled_from(
            ["today", "undo:1", "undo:2", "undo:3", "choose:1", "checkin", "done", "undo", "no"]
        ).map(lambda x: ("presses", x)),
        st.sampled_from(["library_confirms", "library_refuses", "is_killed", "disk_syncs"]).map(
            lambda x: (x, "")
        ),
    ),
    max_size=30,
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(LOOKS)
def test_whatever_is_undone_receipts_and_lists_tell_what_is_on_the_disk(
    steps: list[tuple[str, str]],
) -> None:
    day = Day()
    for what, text in steps:
        if what.startswith("library"):
            if day.deliverable:
                getattr(day, what)()
        elif text:
            getattr(day, what)(text)
        else:
            getattr(day, what)()
    day.disk_syncs()
    day.disk_syncs()
    undone = [x.undoes for x in day.disk.transactions.values() if isinstance(x, Checkin)]
    assert len([x for x in undone if x]) == len({x for x in undone if x})
    last = day.desk.state.last
    visit = day.disk.visit(last.visit) if last is not None else None
    if last is not None and visit is not None and day.desk.state.visit is None:
        assert [x.item for x in last.lines] == [x.item for x in visit.receipt("").lines]


def test_the_whole_history_of_a_line_is_looked_for_and_told() -> None:
    day = a_day()
    day.presses("today", "choose:2", "choose:4")
    assert day.answer[1] == "history.looking"
    assert day.desk.state.listing is not None  # to which one goes back
    past = day.disk.past(day.desk.state.listing.entries[1])
    told = history.told(past, [history.recorded(past.transaction)])
    assert [step.says.key for step in told.steps] == ["history.recorded_scan"]
    assert [Words()(row) for row in told.rows] == ["Sat 21 Nov 10:42  Recorded by Ines at desk-1"]


def test_where_nobody_was_on_duty_nothing_is_said_of_who_did_it() -> None:
    day = Day(staff="")
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "today", "choose:1")
    form = day.desk.state.form
    assert form is not None
    assert Words()(form.parts[-1]) == f"Item {LEFT_HAND}, Sat 21 Nov 2026  10:42, at desk-1."
    [entry] = day.disk.recorded_on(day.now.date())
    past = day.disk.past(entry)
    assert past is not None
    again = history.Happening(at=day.now, what="again")
    told = history.told(past, [history.recorded(past.transaction), again])
    assert [Words()(step.says) for step in told.steps] == [
        "Recorded at desk-1",
        "Sent again as it was",
    ]


@pytest.mark.parametrize("what", sorted(history.BY_STAFF))
@pytest.mark.parametrize("by", ["", "Ines"])
def test_whatever_somebody_did_names_them_where_they_are_known(what: history.What, by: str) -> None:
    day = a_day()
    past = day.disk.past("0")
    assert past is not None
    happened = history.Happening(at=day.now, what=what, by=by, name="desk-1", other="id9")
    [step] = history.told(past, [happened]).steps
    says = Words()(step.says)
    assert ("Ines" in says) == bool(by)
    assert " by" not in says.replace("by Ines", "")


def test_who_looks_for_nothing_after_all_comes_back_to_the_list() -> None:
    day = a_day()
    day.presses("today", "find", "no")
    assert day.desk.state.listing.kind == "recorded"
    assert day.answer[1] == "lookback.today"
