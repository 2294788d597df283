"""A patron without a card: asked who it is, lent to as usual, entered by hand afterwards.

As in the KCLS offline application: name, and birth date or phone; a receipt for the patron, and a
slip with barcodes for staff.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from support.desk_script import LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day, rows
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.policy import NoncatKind
from kiosk.desk.transactions import Checkout, Guest, NoncatCheckout

ANNA = Guest(name="Anna Maier", born=date(1990, 4, 30))


def anna_comes(day: Day) -> None:
    day.presses("guest")
    for text in ("Anna Maier", "1990-04-30", ""):
        day.types(text)


def test_it_is_asked_who_it_is_and_the_loans_say_so() -> None:
    day = Day()
    anna_comes(day)
    assert day.answer == ("neutral", "visit.opened", "visit.guest")
    day.records(LEFT_HAND, SWEETGRASS)
    loans = list(day.disk.transactions.values())
    assert all(isinstance(x, Checkout) and (x.patron, x.guest) == ("", ANNA) for x in loans)
    assert day.answer[2] == "recorded.by_hand"


def test_birth_date_or_phone_one_of_them_is_needed() -> None:
    day = Day()
    day.presses("guest")
    for text in ("Anna Maier", "", ""):
        day.types(text)
    assert day.answer == ("look", "guest.born", "guest.one_of")
    day.presses("next")
    assert day.desk.state.form is not None
    assert day.desk.state.form.field.name == "phone"
    day.types("555 0100")
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.guest == Guest(name="Anna Maier", phone="555 0100")


def test_a_name_is_needed_and_nobody_is_born_tomorrow() -> None:
    day = Day()
    day.presses("guest")
    day.types("")
    assert day.answer == ("look", "guest.name", "form.needed")
    day.types("Anna Maier")
    day.types("2999-01-01")
    assert day.answer[2] == "form.date_range"


@pytest.mark.parametrize(
    "name",
    ["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0d9a\u0dca\u200d\u0dbb", "Zoë O'Neill"],
)
def test_a_name_is_taken_as_it_is_spelt(name: str) -> None:
    day = Day()
    day.presses("guest")
    day.types(name)
    form = day.desk.state.form
    assert form is not None
    assert form.value("name") == name


def test_a_name_that_reads_like_a_command_is_a_name() -> None:
    day = Day()
    day.presses("guest")
    day.types("Lock")
    assert day.answer[1] == "guest.born"
    day.types(":back")
    day.types(":no")
    assert day.desk.state.form is None


def test_an_item_typed_for_a_phone_number_is_pointed_out_once() -> None:
    day = Day()
    day.presses("guest")
    for text in ("Anna Maier", "1990-04-30", LEFT_HAND):
        day.types(text)
    assert day.answer == ("look", "guest.phone", "form.label_typed")
    assert day.patron is None
    day.types(LEFT_HAND)
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.guest == replace(ANNA, phone=LEFT_HAND)


def test_the_patron_gets_a_receipt_and_staff_a_slip() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND, SWEETGRASS)
    day.presses("done")
    assert day.answer == ("neutral", "done.lent", "visit.guest")
    receipt, slip = day.printed[0], day.slips[0]
    assert (receipt.card_ending, receipt.name, len(receipt.lines)) == ("", "Anna Maier", 2)
    assert (slip.card, slip.guest, slip.staff) == ("", ANNA, "Ines")
    assert [line.item for line in slip.lines] == [LEFT_HAND, SWEETGRASS]


def test_the_slip_comes_also_where_the_patron_wants_none() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done-noslip")
    assert (len(day.printed), len(day.slips)) == (0, 1)


def test_items_without_a_barcode_are_lent_so_too() -> None:
    day = Day(desk_settings(noncat=(NoncatKind(code="2", name="Paperback"),)))
    anna_comes(day)
    day.presses("noncat", "yes")
    day.disk_syncs()
    (noncat,) = day.disk.transactions.values()
    assert isinstance(noncat, NoncatCheckout)
    assert noncat.guest == ANNA
    day.presses("done")
    assert [line.title for line in day.slips[0].lines] == ["Paperback"]
    day.presses("today")
    assert rows(day)[0].startswith(
        "10:42  Checked out 1 Paperback · Anna Maier, without a card · due"
    )


def test_the_next_card_is_the_next_patron() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND, MAYA, SWEETGRASS)
    assert day.recorded[-1] == ("checkout", MAYA, SWEETGRASS)
    assert len(day.slips) == 1
    day.presses("done")
    assert len(day.slips) == 1  # a card needs none


def test_another_one_of_the_same_name_is_somebody_else() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done", "guest")
    for text in ("Anna Maier", "1980-01-01", ""):
        day.types(text)
    day.records(LEFT_HAND)
    assert day.answer == ("look", "out.headline_guest", "out.detail")
    assert len(day.recorded) == 1


def test_who_has_it_is_known_by_name() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done")
    day.scans(LEFT_HAND)
    assert day.answer[2] == "holder.guest"


def test_a_crash_leaves_somebody_without_a_card_at_the_desk() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.is_killed()
    day.records(PIPPI)
    day.presses("done")
    assert [line.item for line in day.slips[0].lines] == [LEFT_HAND, PIPPI]
    assert day.printed[0].name == "Anna Maier"


def test_once_entered_the_slip_takes_itself_off_the_list() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND, SWEETGRASS)
    for _ in range(2):
        day.goes_to_a_person()
    day.presses("done")
    reference = day.slips[0].reference
    day.scans(f"entered:{reference[:1]}")  # not the whole: it may be another slip's
    assert day.answer == ("not_taken", "entered.nothing", "entered.nothing_detail")
    day.scans(f"entered:{reference.upper()}")
    assert not day.disk.entered
    assert day.answer == ("not_taken", "entered.nothing", "entered.nothing_detail")  # as before
    day.disk_syncs()
    assert day.answer == ("neutral", "entered.done", "entered.done_detail")
    assert len(day.disk.entered) == 2
    day.scans(f"entered:{reference}")
    assert day.answer == ("not_taken", "entered.nothing", "entered.nothing_detail")


def test_what_a_person_has_entered_is_neither_undone_nor_put_on_a_slip_again() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND, SWEETGRASS)
    for _ in range(2):
        day.goes_to_a_person()
    day.presses("done")
    day.scans("today", "undo:1")
    day.disk_syncs()
    assert day.answer == ("recorded", "undo.done", "undo.done_on_slip")
    day.presses("reprint")
    assert [line.item for line in day.slips[-1].lines] == [LEFT_HAND]
    day.records(f"entered:{day.slips[0].reference}", "today", "undo:2")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_entered")
    day.presses("reprint", f"reprint:{LEFT_HAND}")
    assert len(day.slips) == 2
    assert [receipt.again for receipt in day.printed] == [False, True, True, True]


def test_its_receipt_can_be_had_again_by_an_item() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done", "reprint")
    assert day.printed[-1].again
    day.presses(f"reprint:{LEFT_HAND}")
    assert (day.printed[-1].name, day.answer) == (
        "Anna Maier",
        ("neutral", "reprint.done", ""),
    )


def test_what_somebody_without_a_card_has_is_still_out_for_everybody_else() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done", "guest")
    for text in ("Bert Huber", "", "555 0199"):
        day.types(text)
    day.scans(LEFT_HAND)
    assert day.answer[:2] == ("look", "out.headline_guest")
    day.presses("no", "done")
    anna_comes(day)
    day.scans(LEFT_HAND)
    assert day.desk.state.asked is None


def test_the_slip_can_be_had_again_too() -> None:
    day = Day()
    anna_comes(day)
    day.records(LEFT_HAND)
    day.presses("done", "reprint", f"reprint:{LEFT_HAND}")
    assert len(day.slips) == 3
    assert [line.item for line in day.slips[-1].lines] == [LEFT_HAND]
    assert day.slips[-1].guest == ANNA


def test_of_a_batch_without_a_receipt_the_slip_alone_comes_again() -> None:
    rules = FunctionRules(uncarried="by_hand")
    day = Day(desk_settings(functions=rules), carries=frozenset({"checkout", "checkin"}))
    day.records(MAYA, SWEETGRASS)
    day.presses("done", "inhouse")
    day.records(LEFT_HAND)
    day.presses("done", "reprint")
    assert (len(day.printed), len(day.slips)) == (1, 2)
    assert day.answer == ("neutral", "reprint.done", "")
    day.records(MAYA, SWEETGRASS)
    day.presses("done", "reprint")
    assert (len(day.printed), len(day.slips)) == (3, 2)  # Maya's visit needs no slip
