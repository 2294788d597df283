"""Whole flows at a real desk, by touch and scanner: from More to what is recorded."""

from __future__ import annotations

import pytest
from support.desk_script import LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day

from kiosk.desk.checks.blocklist import BlockListRules, Listed
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.policy import DeskSettings
from kiosk.desk.session.sessions import Member, Roster
from tests.screens.acting import Acting
from tests.screens.audit import words
from tests.screens.stage import COMPACT, NORMAL


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_an_item_used_five_times_in_the_library(stage, size):
    acting = Acting(stage, size=size)
    acting.touches("More", "In-house use", "5")
    acting.scans(LEFT_HAND)
    assert "1 time" in words(acting.root), "the next one counts once again"
    acting.scans(PIPPI)
    acting.touches("Done")
    assert [x[0] for x in acting.day.recorded] == ["in_house_use", "in_house_use"]
    assert "Scan what was used in the library" in words(acting.root)
    acting.touches("Check out")
    assert "Scan a library card" in words(acting.root)


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_a_sheet_of_paper_from_more_to_its_end(stage, size):
    acting = Acting(stage, size=size)
    acting.touches("More", "From paper")
    assert acting.root.place == "form"
    acting.day.presses("no")
    acting.day.presses("paper:8:05")
    acting.show()
    assert any(said.startswith("From paper:") for said in words(acting.root))
    acting.scans(MAYA, LEFT_HAND)
    assert any(said.startswith("From paper:") for said in words(acting.root))
    acting.touches("End")
    assert not any(said == "Other time" for said in words(acting.root))
    assert acting.day.desk.state.paper is None
    assert [x[0] for x in acting.day.recorded] == ["checkout"]


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_the_cart_from_the_first_item_to_the_last(stage, size):
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND, SWEETGRASS, PIPPI)
    day.presses("done")
    day.seconds_pass(3600)
    day.library_is_reached()
    day.library_confirms()
    day.library_notices("On hold for a patron.", route="hold")
    day.library_notices("Please send it on.", route="transit", to="Westside")
    acting = Acting(stage, day, size)
    acting.touches("More", "Sort the cart")
    acting.scans(LEFT_HAND)
    assert {"Shelve", "2 items"} <= {*words(acting.root)}
    acting.scans(SWEETGRASS)
    assert {"Hold shelf", "1 item"} <= {*words(acting.root)}
    acting.scans(PIPPI)
    assert {"To Westside", "The cart is empty"} <= {*words(acting.root)}
    acting.touches("Done")
    assert acting.root.place == "checkout"


def test_the_kind_of_the_next_item(stage):
    rule = LoanRule(kind="dvd", name="DVD", days=2)
    acting = Acting(stage, Day(DeskSettings(loans=(rule,))))
    acting.scans(MAYA)
    acting.touches("More", "Kind of item", "DVD")
    assert acting.root.place == "checkout"
    assert "DVD" in words(acting.root)
    acting.scans(LEFT_HAND)
    assert acting.day.desk.state.visit.lines[-1].loan == "DVD"


def test_the_scanner_is_tried_out(stage):
    acting = Acting(stage)
    acting.touches("More", "Devices", "Test the scanner")
    assert acting.root.place == "form"
    acting.scans(LEFT_HAND)
    assert any("an item of this library" in said for said in words(acting.root))
    assert LEFT_HAND not in "".join(words(acting.root))
    acting.touches("Cancel")
    assert acting.root.place == "checkout"
    assert acting.day.recorded == []


def test_a_test_slip(stage):
    acting = Acting(stage)
    acting.touches("More", "Devices", "Print a test receipt")
    assert len(acting.day.samples) == 1
    assert "A test receipt is printing" in words(acting.root)


def test_help_leaves_an_open_form_as_it_is(stage):
    acting = Acting(stage)
    acting.touches("More", "Who has it?")
    before = acting.day.desk.state.form
    assert before is not None
    acting.touches("More", "Help")
    assert acting.root.place == "help"
    acting.touches("Back")
    assert acting.root.place == "form"
    assert acting.day.desk.state.form == before


def test_help_leaves_a_visit_and_its_last_answer_as_they_are(stage):
    acting = Acting(stage)
    acting.scans(MAYA, LEFT_HAND)
    before = words(acting.root)
    acting.touches("More", "Help", "Back")
    assert words(acting.root) == before


def at_a_blocked_card(stage, size) -> Acting:
    tomas = Member(number="2", name="Tomas", role="supervisor")
    day = Day(
        online=False,
        block_list=BlockListRules(),
        roster=Roster(members=(tomas,)),
        pins={"2": "8316"},
    )
    day.disk.block_list[MAYA] = Listed(("lost",), day.now.date())
    for said in ("1", "8316", "yes"):
        day.types(said)
    day.disk_syncs()
    acting = Acting(stage, day, size)
    day.scans(MAYA)
    acting.show()
    return acting


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_a_blocked_card_is_decided_beside_the_page_that_says_why(stage, size):
    acting = at_a_blocked_card(stage, size)
    assert acting.root.topmost() is acting.root.ids.desk, "no panel says the same once more"
    acting.touches("Do not lend")
    assert acting.day.desk.state.asked is None
    acting.day.scans(MAYA)
    acting.show()
    acting.touches("Supervisor: lend anyway")
    assert acting.root.place == "form"


@pytest.mark.parametrize("key", ["enter", "escape"])
def test_the_keyboard_lends_nothing_to_a_blocked_card(stage, key):
    acting = at_a_blocked_card(stage, NORMAL)
    assert acting.day.desk.state.asked is not None
    stage.wait(0.4)  # a scanner may send two ends of a line
    acting.root.press_primary() if key == "enter" else acting.root.escape()
    acting.carry()
    assert acting.day.desk.state.asked is None
