"""What staff would touch next, at a real desk behind the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk_script import LEFT_HAND, MAYA, MISREAD, SWEETGRASS, Day, settings

from kiosk.desk.answers import refusal
from kiosk.desk.policy import NoncatKind, RegistrationRules
from kiosk.desk.words import say
from kiosk.screens.overlays.question import TOO_SOON
from tests.screens import states_forms, states_lists, states_modes
from tests.screens.acting import Acting
from tests.screens.audit import visible, words
from tests.screens.finding import button, pressed
from tests.screens.stage import COMPACT


@pytest.fixture
def staff(stage):
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    return Acting(stage, day)


def test_an_older_line_of_the_visit_is_touched_and_undone(staff):
    rows = [w for w, _ in visible(staff.root) if getattr(w, "line_id", "")]
    staff.stage.tap(min(rows, key=lambda row: row.y))
    staff.stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    staff.carry()
    assert staff.root.place == "form"
    staff.stage.wait(0.4)  # what has just come up takes no touch yet
    staff.touches("Undo it")
    assert staff.root.place == "checkout"
    stages = {line.item: line.stage for line in staff.root.state.lines}
    assert stages == {LEFT_HAND: "voided", SWEETGRASS: "recorded"}


def test_a_number_that_looks_wrong_is_rather_scanned_again(staff):
    staff.scans(MISREAD)
    staff.stage.wait(TOO_SOON + 0.1)
    staff.root.press_primary()
    staff.carry()
    assert staff.root.state.question is None
    assert staff.root.state.items == 2


def test_a_supervisor_is_offered_for_a_block_and_for_no_other_question(stage):
    staff = Acting(stage)
    staff.scans(MISREAD)
    said = words(staff.root)
    assert "Scan again" in said
    assert not any("supervisor" in each for each in said)
    assert "Default due date" in said


def test_a_supervisor_is_asked_beside_the_patron_who_may_not_borrow(staff, stage):
    state = staff.root.state
    assert "Ask a supervisor" not in words(staff.root)
    stage.show(replace(state, patron=replace(state.patron, overridable=True)))
    staff.stage.tap(staff._find("Ask a supervisor"))
    assert pressed(stage) == ["override"]


def test_what_is_scanned_while_the_desk_is_locked_is_seen_to_be_refused(stage):
    root = stage.fresh()
    locked = replace(states_forms.LOCKED, form=None, staff="Ines")
    stage.show(locked)
    assert "Ines" not in words(root)
    said = refusal(say("duty.not_taken"), say("duty.how_staff"))
    stage.show(replace(locked, answer=said, answers=locked.answers + 1, scans=1))
    assert root.place == "locked"
    assert "Not taken: nobody is on duty" in words(root)


def test_what_is_recorded_for_entering_by_hand_says_so_on_its_tile(stage):
    root = stage.fresh()
    stage.show(states_modes.OFFERED)
    root.go("more")
    stage.frames()
    assert "by hand" not in words(root)
    stage.show(replace(states_modes.OFFERED, by_hand=("inhouse", "register")))
    assert words(root).count("by hand") == 2


def test_the_list_of_the_cart_is_left_for_the_cart(stage):
    root = stage.fresh()
    listed = states_lists.STATES["cart-list"]
    stage.show(listed)
    assert root.place == "list"
    stage.wait(0.4)  # what has just come up takes no touch yet
    stage.tap(button(root, "Carry on scanning"))
    assert root.place == "cart"
    stage.show(replace(listed, answers=listed.answers + 1))
    assert root.place == "list"
    root.escape()
    assert root.place == "cart"
    assert pressed(stage) == []


def test_a_new_patron_is_no_item_but_can_be_taken_back(stage):
    rules = RegistrationRules(fields=("family_name",), required=("family_name",))
    staff = Acting(stage, Day(settings(registration=rules)))
    staff.day.presses("register")
    staff.show()
    assert staff.root.screen.on.says != "Finish"  # the name comes after the card
    staff.day.scans("21234000777771")
    staff.day.types("Lindqvist")
    staff.day.disk_syncs()
    staff.show()
    assert {"Done", "Undo"} <= {*words(staff.root)}
    staff.touches("Undo")
    assert staff.root.state.patron is None


def test_a_guest_has_no_card_and_what_has_no_barcode_is_counted(stage):
    staff = Acting(stage, Day(settings(noncat=(NoncatKind(code="5", name="Magazine"),))))
    staff.day.presses("guest")
    for text in ("Ngozi", "1990-01-01", "5550142"):
        staff.day.types(text)
    staff.day.disk_syncs()
    staff.show()
    assert "Without a card" in words(staff.root)
    assert not any("••••" in says for says in words(staff.root))
    staff.day.presses("noncat")
    staff.day.types("3")
    staff.day.disk_syncs()
    staff.show()
    assert words(staff.root).count("3 \u00d7 Magazine") == 2  # the answer, and the row under it
    assert "Done · 3 items" in words(staff.root)


def test_a_row_says_how_often_an_item_was_used(stage):
    staff = Acting(stage)
    staff.day.presses("inhouse", "count:3")
    staff.scans(LEFT_HAND)
    assert words(staff.root).count("3 times") == 3  # the answer, its row, and all of them


def test_on_a_small_screen_there_is_room_for_what_is_wrong_with_a_card_given_in_letters(stage):
    staff = Acting(stage, size=COMPACT)
    staff.day.presses("register")
    staff.day.types(MISREAD)
    staff.show()
    staff.touches("Letters")
    assert "Digits" in words(staff.root)


def test_a_receipt_that_fails_while_a_form_is_open_is_read_there_and_after_it(stage):
    rules = RegistrationRules(fields=("family_name",), required=("family_name",))
    staff = Acting(stage, Day(settings(registration=rules)))
    staff.scans(MAYA, LEFT_HAND)
    staff.day.presses("done", "register")
    staff.show()
    staff.day.printer_fails("4417")
    staff.show()
    assert staff.root.place == "form"
    assert any(said.startswith("The receipt was not printed. Card") for said in words(staff.root))
    staff.touches("Cancel")
    assert staff.root.place == "checkout"
    assert "The receipt was not printed" in words(staff.root)
