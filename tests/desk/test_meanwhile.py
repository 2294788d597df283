"""What happens by itself while something is being filled in is told beside it, and again after."""

from __future__ import annotations

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day, settings

from kiosk.desk.policy import NoncatKind, RegistrationRules
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.words import say


@pytest.fixture
def day() -> Day:
    """A desk where a patron has just gone, and the next one is to be registered."""
    rules = RegistrationRules(fields=("family_name", "first_name"), required=("family_name",))
    day = Day(settings(registration=rules))
    day.records(MAYA, LEFT_HAND)
    day.presses("done", "register")
    return day


def test_a_receipt_that_fails_stands_beside_the_form_whatever_is_filled_in(day: Day) -> None:
    day.printer_fails("4417")
    assert day.desk.state.meanwhile is not None
    day.types("21234000777771")
    day.types("Lindqvist")
    said = day.desk.state.meanwhile
    assert said.headline == say("print.failed")
    assert said.detail.args["whose"] == say("visit.card", ending="4417")


def test_who_puts_the_form_away_is_told_again(day: Day) -> None:
    day.printer_fails("4417")
    day.types("21234000777771")
    day.presses("no")
    assert day.answer == ("look", "print.failed", "print.whose")


def test_where_nothing_happened_the_form_says_that_it_was_left(day: Day) -> None:
    day.presses("no")
    assert day.answer == ("neutral", "register.headline", "form.closed")


def test_nobody_reads_whose_receipt_it_was_while_nobody_is_on_duty() -> None:
    ines = Member(number="1", name="Ines", role="staff")
    day = Day(settings(), roster=Roster(members=(ines,)), pins={"1": "2741"})
    assert day.desk.state.locked
    assert day.desk.state.form is not None
    day.printer_fails("4417")
    assert day.answer == ("look", "print.failed", "printer.paper_out")


def test_what_the_library_refuses_of_the_open_visit_is_told_in_the_same_way() -> None:
    day = Day(
        settings(noncat=(NoncatKind(code="5", name="Magazine"), NoncatKind(code="6", name="Map")))
    )
    day.records(MAYA, LEFT_HAND)
    day.presses("noncat")
    assert day.desk.state.form is not None
    day.library_refuses("On hold for somebody else")
    assert day.desk.state.meanwhile.headline == say("refused.checkout")
    day.presses("no")
    assert day.answer == ("not_taken", "refused.checkout", "On hold for somebody else")
