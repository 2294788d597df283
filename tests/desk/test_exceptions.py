"""The morning after: what the library did not just take is listed, and dealt with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    PIPPI,
    SWEETGRASS,
    Day,
    due_in,
    rows,
)
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.policy import NoncatKind
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.transactions import Checkin, Checkout, Override
from kiosk.desk.words import say
from kiosk.words import Words

RUTH = Member(number="2", name="Ruth", role="supervisor", badge="29999000000012")
INES = Member(number="1", name="Ines")
STAFF = Roster(members=(INES, RUTH))
PINS = {"1": "1111", "2": "2222"}


def after_an_outage(**more: object) -> Day:
    """Three were lent and one came back while the library was away; now it has answered."""
    day = Day(**more)  # type: ignore[arg-type]
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.presses("checkin")
    day.records(PIPPI)
    day.presses("checkout")
    day.records(JONAS, BELOVED)
    day.presses("done")
    day.library_is_reached()
    day.library_refuses("Patron debarred")
    day.library_loses_the_reply()
    day.library_notices("Item on hold", code="alert CV01", route="hold")
    day.library_refuses("Unknown item")
    return day


def ids(day: Day) -> list[str]:
    return [x.id for x in day.disk.transactions.values()]


def left(day: Day) -> list[str]:
    """The items that need a person, in the order of the list."""
    found = (day.disk.exception(entry) for entry in day.disk.to_fix())
    return [x.transaction.item for x in found if x is not None]


def options(day: Day) -> list[str]:
    form = day.desk.state.form
    assert form is not None
    return [option.value for option in form.field.options]


def chooses(day: Day, line: int, what: str) -> None:
    day.presses(f"choose:{line}")
    day.presses(f"choose:{options(day).index(what) + 1}")


def from_list(day: Day, line: int, what: str) -> None:
    """Open the list, and choose what to do about a line of it."""
    day.presses("exceptions")
    chooses(day, line, what)


def left_hand_comes_back(day: Day) -> None:
    """It is returned a minute later."""
    day.seconds_pass(60)
    day.presses("checkin")
    day.records(LEFT_HAND)


def one_refused(day: Day) -> Day:
    """One was lent, and refused after its visit."""
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_refuses("Patron debarred")
    return day


def corrected(day: Day) -> Checkout:
    """Give the loan that is sent in the place of another, once that is on the disk."""
    day.disk_syncs()
    [right] = day.disk.pending
    assert isinstance(right, Checkout)
    return right


# -- the list --------------------------------------------------------------------------------------


def test_the_list_has_the_doubtful_first_then_refused_then_noticed() -> None:
    day = after_an_outage()
    day.presses("exceptions")
    assert left(day) == [SWEETGRASS, LEFT_HAND, BELOVED, PIPPI]
    assert day.answer[:2] == ("neutral", "exceptions.count")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail is not None
    assert Words()(answer.detail).startswith("1 in doubt, 2 refused, 1 to look at")
    told = rows(day)
    assert told[1] == (
        f"Refused  Sat 21 Nov 10:42  Checked out {LEFT_HAND} · card 4417 · due Sat 12 Dec. "
        "The library says: “Patron debarred”. This patron may not borrow there. The item is "
        "out of the house all the same. Put the patron's account right there, then send it again."
    )
    assert "Put it on the hold shelf" in told[3]
    assert not any(card in row for row in told for card in (MAYA, JONAS))


def test_where_nothing_needs_a_person_it_says_so() -> None:
    day = Day()
    day.types("fix")
    assert day.answer == ("neutral", "exceptions.none", "exceptions.none_detail")


def test_the_visit_that_is_open_is_closed_first() -> None:
    day = after_an_outage()
    day.records(MAYA, PIPPI)
    day.presses("exceptions")
    assert day.patron is None
    assert day.receipts[-1] == ("4417", [PIPPI])
    assert day.answer[1] == "exceptions.count"


def test_a_line_tells_all_and_has_what_is_advised_first() -> None:
    day = after_an_outage()
    day.presses("exceptions", "choose:2")
    assert options(day) == ["resend", "correct", "settle", "print", "print_all"]
    story = day.told[-2].detail
    assert story is not None
    assert "“Patron debarred”" in Words()(story)
    assert "by Ines at desk-1" in Words()(story)
    assert rows(day)[0] == "Send again as it is (advised)"
    day.presses("no", "exceptions", "choose:3")
    assert options(day)[0] == "correct"  # the item is unknown there
    day.presses("no")
    assert day.desk.state.form is None


def test_where_nobody_was_on_duty_a_line_says_nothing_of_who_recorded_it() -> None:
    day = after_an_outage(staff="")
    day.presses("exceptions", "choose:2")
    story, form = day.told[-2].detail, day.desk.state.form
    assert story is not None
    assert form is not None
    facts = f"Item {LEFT_HAND}, Sat 21 Nov 2026  10:42, at desk-1, reference "
    assert facts in Words()(story)
    assert Words()(form.parts[-1]).startswith(facts)


# -- send again ------------------------------------------------------------------------------------


def test_what_was_refused_is_sent_again_once_that_is_on_the_disk() -> None:
    day = after_an_outage()
    from_list(day, 2, "resend")
    assert day.answer[1] != "exceptions.sent_again"
    assert day.disk.pending == []
    day.disk_syncs()
    assert day.answer[1] == "exceptions.sent_again"
    assert left(day) == [SWEETGRASS, BELOVED, PIPPI]
    assert [x.item for x in day.disk.pending] == [LEFT_HAND]
    assert day.disk.under_way(day.disk.pending[0].id)  # it cannot be voided: who knows
    day.library_confirms()
    assert [x.item for x in day.disk.pending] == []


@pytest.mark.parametrize(("line", "doubt"), [(1, "unknown"), (4, "noticed")])
def test_what_the_library_may_have_is_asked_about_first(line: int, doubt: str) -> None:
    day = after_an_outage()
    from_list(day, line, "resend")
    assert day.answer == ("look", "exceptions.twice", f"exceptions.twice_{doubt}")
    day.presses("no")
    assert day.answer[1] == "exceptions.left"
    assert len(left(day)) == 4
    from_list(day, line, "resend")
    day.presses("yes")
    day.disk_syncs()
    assert len(left(day)) == 3


def test_what_came_back_meanwhile_is_asked_about_before_it_is_lent_again() -> None:
    day = after_an_outage()
    left_hand_comes_back(day)
    day.library_confirms()
    from_list(day, 2, "resend")
    assert day.answer == ("look", "exceptions.twice", "exceptions.twice_overtaken")
    day.presses("no", "exceptions")
    chooses(day, 3, "correct")
    day.scans(LEFT_HAND)
    day.presses("yes")
    assert day.answer == ("look", "correct.overtaken", "exceptions.twice_overtaken")
    day.presses("yes")
    day.disk_syncs()
    assert [x.item for x in day.disk.pending] == [LEFT_HAND]


def test_so_is_what_came_back_although_the_library_knew_of_no_loan() -> None:
    day = after_an_outage()
    left_hand_comes_back(day)
    day.library_refuses("Item not checked out")
    day.presses("exceptions:print")
    line = left(day).index(LEFT_HAND) + 1
    from_list(day, line, "resend")
    assert day.answer == ("look", "exceptions.twice", "exceptions.twice_overtaken")


@pytest.mark.parametrize("refused", [True, False])
def test_what_came_back_meanwhile_is_advised_to_be_settled(*, refused: bool) -> None:
    day = after_an_outage()
    left_hand_comes_back(day)
    if refused:
        day.library_refuses("Item not checked out")
    day.presses("exceptions:print", "exceptions")
    day.presses(f"choose:{left(day).index(LEFT_HAND) + 1}")
    assert options(day)[0] == "settle"
    story = day.told[-2].detail
    assert story is not None
    assert "came back or was lent again here since" in Words()(story)


def test_a_renewal_since_says_nothing_against_sending_a_loan_again() -> None:
    day = after_an_outage()
    day.seconds_pass(60)
    day.presses("renew")
    day.records(LEFT_HAND)
    day.presses("exceptions:print", "exceptions")
    day.presses(f"choose:{left(day).index(LEFT_HAND) + 1}")
    assert options(day)[0] == "resend"


def test_a_correction_to_an_item_that_came_back_in_vain_is_asked_about() -> None:
    day = after_an_outage()
    left_hand_comes_back(day)
    day.library_refuses("Item not checked out")
    day.presses("exceptions:print", "exceptions")
    chooses(day, left(day).index(BELOVED) + 1, "correct")
    day.scans(LEFT_HAND)
    day.presses("yes")
    assert day.answer == ("look", "correct.overtaken", "exceptions.twice_overtaken")


def test_so_is_a_correction_to_an_item_that_is_lent_already() -> None:
    day = Day()
    day.records(JONAS, PIPPI)
    day.presses("done")
    day.library_confirms()
    one_refused(day)
    from_list(day, 1, "correct")
    day.scans(PIPPI)
    day.presses("next", "next")
    assert day.answer == ("look", "correct.overtaken", "exceptions.twice_lent")


def test_of_a_forgotten_patron_the_card_is_needed_to_correct_it() -> None:
    day = after_an_outage()
    for entry, lent in day.disk.transactions.items():
        if lent.item == LEFT_HAND:
            day.disk.transactions[entry] = replace(lent, patron="")
    day.presses("exceptions", "choose:2")
    assert options(day)[0] == "settle"
    assert "resend" not in options(day)
    day.presses("no", "exceptions")
    chooses(day, 2, "correct")
    day.presses("next", "next")
    form = day.desk.state.form
    assert form is not None
    assert form.field.name == "card"
    day.scans(MAYA)
    day.presses("yes")
    day.disk_syncs()
    assert [getattr(x, "patron", "") for x in day.disk.pending] == [MAYA]


def test_refused_again_it_is_on_the_list_again() -> None:
    day = after_an_outage()
    from_list(day, 2, "resend")
    day.disk_syncs()
    day.library_refuses("Patron debarred")
    day.presses("exceptions")
    assert LEFT_HAND in left(day)


# -- correct ---------------------------------------------------------------------------------------


def test_an_item_is_put_right_and_sent_in_the_place_of_the_wrong_one() -> None:
    day = after_an_outage()
    wrong = next(x for x in day.disk.transactions.values() if x.item == BELOVED)
    from_list(day, 3, "correct")
    day.scans(PIPPI)  # the item; card and due date stay
    day.presses("next", "next")
    assert left(day) == [SWEETGRASS, LEFT_HAND, BELOVED, PIPPI]  # not on the disk yet
    day.disk_syncs()
    assert day.answer[1] == "correct.done"
    assert left(day) == [SWEETGRASS, LEFT_HAND, PIPPI]
    [right] = day.disk.pending
    assert isinstance(right, Checkout)
    assert isinstance(wrong, Checkout)
    assert (right.item, right.patron, right.corrects) == (PIPPI, JONAS, wrong.id)
    same = ("at", "boot", "uptime", "visit", "due", "position", "staff")
    assert all(getattr(right, name) == getattr(wrong, name) for name in same)
    assert day.disk.entered[wrong.id].replaced_by == right.id
    assert day.disk.entered[wrong.id].by == "Ines"


@pytest.mark.parametrize(("line", "why"), [(1, "unknown"), (4, "noticed")])
def test_a_correction_of_what_the_library_may_have_is_asked_about_first(
    line: int, why: str
) -> None:
    day = after_an_outage()
    from_list(day, line, "correct")
    *_, last = day.desk.state.form.fields if day.desk.state.form else ()
    day.presses(*["next"] * (2 if last.name == "due" else 1))
    day.types("2026-11-20")
    assert day.answer == ("look", "correct.overtaken", f"exceptions.twice_{why}")
    day.presses("no")
    assert day.answer[1] == "exceptions.left"
    assert len(left(day)) == 4
    assert day.disk.pending == []
    from_list(day, line, "correct")
    day.presses(*["next"] * (2 if last.name == "due" else 1))
    day.types("2026-11-20")
    day.presses("yes")
    day.disk_syncs()
    assert len(day.disk.pending) == 1


def test_so_is_one_that_an_error_report_says_has_failed() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.library_confirms()
    day.presses("done", "report")
    day.types(f"Item not found {LEFT_HAND}")
    day.disk_syncs()
    day.presses("report", "exceptions")
    chooses(day, 1, "correct")
    day.presses("next", "next")
    day.types("2026-12-01")
    assert day.answer == ("look", "correct.overtaken", "exceptions.twice_reported")


@pytest.mark.parametrize("what", ["item", "card"])
def test_what_the_library_keeps_of_another_item_or_card_is_said_before_and_after(what: str) -> None:
    day = after_an_outage()
    from_list(day, 1, "correct")
    if what == "card":
        day.presses("next")
    day.scans(BELOVED if what == "item" else JONAS)
    day.presses("yes")
    assert day.answer == ("look", "correct.overtaken", "correct.stays")
    assert day.desk.state.answer is not None
    assert day.desk.state.answer.detail is not None
    assert Words()(day.desk.state.answer.detail) == (
        f"What the library has of the wrong one stays there: {SWEETGRASS} · card 4417. "
        "Look there, and take that back."
    )
    day.presses("yes")
    day.disk_syncs()
    said = Words()(day.desk.state.answer.headline)
    assert said.startswith("Corrected, and sent in its place: ")
    assert "take that back" in said
    assert [x.note for x in day.disk.entered.values()] == ["stays_there"]


def test_a_card_on_the_block_list_stands_in_the_correction_that_happened_on_it() -> None:
    day = after_an_outage()
    day.disk.block_list[JONAS] = Listed(("barred",), day.now.date())
    from_list(day, 2, "correct")
    day.presses("next")
    day.scans(JONAS)
    day.presses("yes")
    right = corrected(day)
    assert right.override == Override(supervisor="", reason="", against="barred")


def test_what_allowed_a_loan_on_one_card_allows_none_on_another() -> None:
    day = Day()
    day.disk.block_list[MAYA] = Listed(("barred",), day.now.date())
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.presses("paper:off")
    day.library_refuses("Patron debarred")
    from_list(day, 1, "correct")
    day.presses("next", "next")
    day.types("2026-12-01")
    same = corrected(day)
    assert same.override is not None
    day.library_refuses("Patron debarred")
    from_list(day, 1, "correct")
    day.presses("next")
    day.scans(JONAS)
    day.presses("yes")
    other = corrected(day)
    assert (other.patron, other.override) == (JONAS, None)


def test_a_card_is_scanned_anew_and_never_shown() -> None:
    day = after_an_outage()
    from_list(day, 2, "correct")
    day.presses("next")
    form = day.desk.state.form
    assert form is not None
    assert form.field.value == ""
    assert Words()(form.field.label) == (
        "The patron's card, scanned anew (now ending 4417); next leaves it"
    )
    day.scans(JONAS)
    day.presses("yes")
    right = corrected(day)
    assert (right.item, right.patron) == (LEFT_HAND, JONAS)


def test_numbers_are_looked_at_as_at_a_scan() -> None:
    day = after_an_outage()
    from_list(day, 3, "correct")
    day.scans(MAYA)
    assert day.answer[2] == "correct.not_item"
    form = day.desk.state.form
    assert form is not None
    assert MAYA not in str(form.fields)  # or it would be shown whole
    day.scans("31234000381409")  # its last digit does not fit
    day.presses("next", "next")
    assert day.answer[2] == "correct.doubtful"
    day.scans("31234000381409")
    day.presses("next", "next")
    day.disk_syncs()
    assert [x.item for x in day.disk.pending] == ["31234000381409"]


def test_nothing_different_is_no_correction() -> None:
    day = after_an_outage()
    from_list(day, 2, "correct")
    day.presses("yes")
    assert day.answer[2] == "correct.same"
    day.presses("no")
    assert day.disk.pending == []


def test_a_return_gets_another_day() -> None:
    day = after_an_outage()
    from_list(day, 4, "correct")
    day.presses("next")
    day.types("2026-11-19")
    day.presses("yes")  # the library has taken it
    day.disk_syncs()
    [right] = day.disk.pending
    assert isinstance(right, Checkin)
    assert str(right.returned) == "2026-11-19"


def test_a_correction_that_is_undone_leaves_the_first_to_a_person_again() -> None:
    day = after_an_outage()
    from_list(day, 3, "correct")
    day.scans(SWEETGRASS)
    day.presses("next", "next")
    day.disk_syncs()
    day.library_is_lost()
    day.presses("today")
    day.presses("undo:1")
    day.disk_syncs()
    assert BELOVED in left(day)


# -- settle ----------------------------------------------------------------------------------------


def test_it_is_settled_with_a_word_on_how() -> None:
    day = after_an_outage()
    from_list(day, 4, "settle")
    day.presses("choose:1")
    assert PIPPI in left(day)
    day.disk_syncs()
    assert day.answer[1] == "exceptions.settled"
    assert PIPPI not in left(day)
    [fact] = set(day.disk.entered.values())
    assert (fact.note, fact.by) == ("in_system", "Ines")


def test_of_a_card_in_these_words_no_more_than_its_ending_is_kept() -> None:
    day = after_an_outage()
    from_list(day, 4, "settle")
    day.presses("choose:5")
    day.types(f"lent to {MAYA} there")
    day.disk_syncs()
    [fact] = set(day.disk.entered.values())
    assert fact.note == "lent to ••••4417 there"


def test_or_in_other_words() -> None:
    day = after_an_outage()
    from_list(day, 2, "settle")
    day.presses("choose:5")
    day.types("")
    assert day.answer[2] == "form.needed"
    day.types("She has paid at the other desk")
    day.disk_syncs()
    [fact] = set(day.disk.entered.values())
    assert fact.note == "She has paid at the other desk"


def test_when_all_is_settled_it_says_so() -> None:
    day = one_refused(Day())
    from_list(day, 1, "settle")
    day.presses("choose:4")
    day.disk_syncs()
    assert day.answer == ("neutral", "exceptions.settled", "exceptions.none")


def test_nothing_is_decided_while_nothing_can_be_recorded() -> None:
    day = after_an_outage()
    day.presses("exceptions", "choose:2")
    day.disk_fails()
    day.presses("choose:1")
    assert day.answer[1] == "alarm.not_recorded"
    assert day.waiting == []


def test_a_decision_that_the_disk_does_not_take_is_not_said_to_be_taken() -> None:
    day = after_an_outage()
    from_list(day, 2, "resend")
    day.disk_fails()
    assert day.answer[1] == "alarm.headline"
    assert not day.desk.state.deciding
    day.disk_is_back()
    assert len(left(day)) == 4


def test_a_correction_that_the_disk_does_not_take_stands_to_be_given_once_more() -> None:
    day = after_an_outage()
    from_list(day, 3, "correct")
    day.scans(PIPPI)
    day.presses("next", "next")
    day.disk_fails()
    form = day.desk.state.form
    assert (form.kind, form.value("item")) == ("correct", PIPPI)
    assert form.problem == say("form.not_recorded")
    day.presses("yes")
    assert day.answer[1] == "alarm.not_recorded"
    day.disk_is_back()
    assert day.told[-1].detail == say("form.not_recorded")
    day.presses("yes")
    day.disk_syncs()
    assert day.answer[1] == "correct.done"
    assert day.desk.state.form is None
    assert not day.desk.state.handed_in


def test_what_is_given_during_the_alarm_stays_given() -> None:
    day = after_an_outage()
    from_list(day, 3, "correct")
    day.scans(PIPPI)
    day.presses("next")
    day.disk_fails()
    day.types("2026-12-24")
    assert day.answer[1] == "alarm.not_recorded"
    day.disk_is_back()
    assert day.desk.state.form.value("item") == PIPPI


def test_how_one_was_dealt_with_is_not_typed_twice_because_of_a_disk() -> None:
    day = after_an_outage()
    from_list(day, 1, "settle")
    day.presses("choose:=other")
    day.types("Put back on its shelf")
    day.disk_fails()
    assert day.desk.state.form.value("words") == "Put back on its shelf"
    day.disk_is_back()
    day.presses("yes")
    day.disk_syncs()
    assert day.answer[1] == "exceptions.settled"


# -- by hand ---------------------------------------------------------------------------------------


def test_what_is_entered_by_hand_is_only_settled() -> None:
    day = Day(desk_settings(noncat=(NoncatKind(code="2", name="Paperback"),)))
    day.records(MAYA)
    day.presses("noncat")
    day.types("1")
    day.types("2")
    day.disk_syncs()
    day.presses("done")
    day.goes_to_a_person()
    day.presses("exceptions", "choose:1")
    assert options(day)[0] == "settle"
    assert "resend" not in options(day)
    form = day.desk.state.form
    assert form is not None
    assert Words()(form.parts[-1]).startswith("Recorded Sat 21 Nov 2026  10:42, by Ines at desk-1")


def test_corrected_an_item_without_a_barcode_is_called_what_it_is() -> None:
    day = Day(desk_settings(noncat=(NoncatKind(code="2", name="Paperback"),)))
    day.records(MAYA)
    day.presses("noncat")
    day.types("1")
    day.types("2")
    day.disk_syncs()
    day.presses("done")
    day.library_refuses("Unknown patron")
    from_list(day, 1, "correct")
    day.types(JONAS)
    day.presses("yes")
    day.disk_syncs()
    said = day.desk.state.answer
    assert said is not None
    assert Words()(said.headline) == "Corrected, and sent in its place: Paperback"


def test_a_guest_who_brings_the_card_is_lent_to_on_it_after_all() -> None:
    day = Day()
    day.presses("guest")
    for text in ("Anna Maier", "", "555 0100"):
        day.types(text)
    day.records(LEFT_HAND)
    day.presses("done")
    day.goes_to_a_person()
    from_list(day, 1, "correct")
    day.presses("next")
    day.scans(MAYA)
    day.presses("yes")
    right = corrected(day)
    assert (right.patron, right.guest) == (MAYA, None)


# -- who may ---------------------------------------------------------------------------------------


def test_where_only_supervisors_settle_one_is_asked_for_and_named() -> None:
    settings = desk_settings(settle="supervisor")
    day = Day(settings, roster=STAFF, pins=PINS)
    day.logs_in("1", "yes")
    one_refused(day)
    from_list(day, 1, "settle")
    form = day.desk.state.form
    assert form is not None
    assert form.field.name == "staff"
    day.types("2")
    assert day.desk.state.form is not None
    day.presses("no")
    from_list(day, 1, "settle")
    day.scans(RUTH.badge)
    day.types("2222")
    day.presses("choose:1")
    day.disk_syncs()
    [fact] = set(day.disk.entered.values())
    assert fact.by == "Ruth"


def test_without_any_supervisor_nobody_does() -> None:
    day = one_refused(Day(desk_settings(settle="supervisor")))
    from_list(day, 1, "resend")
    assert day.answer[:2] == ("not_taken", "settle.no_supervisor")


# -- on paper --------------------------------------------------------------------------------------


def test_the_list_is_printed_without_cards_and_its_reference_goes_on_with_a_line() -> None:
    day = after_an_outage()
    day.presses("exceptions:print")
    [papers] = day.lists
    assert [line.item for line in papers.lines] == [SWEETGRASS, LEFT_HAND, BELOVED, PIPPI]
    assert {line.card for line in papers.lines} == {""}
    day.scans(f":fix:{papers.lines[1].reference}")
    assert options(day)[0] == "resend"


def test_on_paper_stands_what_the_library_says_also_until_when_it_has_lent() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_notices(code="due-differs", due=due_in(71))
    day.presses("exceptions:print")
    [papers] = day.lists
    assert Words()(papers.lines[0].said) == "In the library it is due Sun 31 Jan."


def test_one_is_printed_with_the_card_to_scan() -> None:
    day = after_an_outage()
    from_list(day, 2, "print")
    [papers] = day.lists
    assert [(line.item, line.card) for line in papers.lines] == [(LEFT_HAND, MAYA)]


def test_a_reference_of_something_settled_says_so() -> None:
    day = after_an_outage()
    day.scans(":fix:999999")
    assert day.answer == ("not_taken", "exceptions.no_reference", "exceptions.gone_detail")


def test_what_is_advised_is_marked_for_whoever_draws_it() -> None:
    day = after_an_outage()
    day.presses("exceptions", "choose:2")
    advised = [option.value for option in day.desk.state.form.field.options if option.advised]
    assert advised == options(day)[:1]


def test_the_list_stays_while_it_is_printed() -> None:
    day = after_an_outage()
    day.presses("exceptions", "exceptions:print")
    assert day.answer[1] == "exceptions.printed"
    assert day.desk.state.listing.kind == "exceptions"


def test_what_was_decided_is_said_and_the_list_keeps_its_own_headline() -> None:
    day = after_an_outage()
    from_list(day, 2, "settle")
    day.presses("choose:1")
    day.disk_syncs()
    assert day.answer[1] == "exceptions.settled"
    assert day.told[-1].detail == day.desk.state.listing.about
    assert day.desk.state.listing.headline.key == "exceptions.count"
