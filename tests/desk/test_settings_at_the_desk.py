"""The settings on the screen are opened by an administrator's PIN alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk_script import Day, settings

from kiosk.desk import effects
from kiosk.desk.session.sessions import Member, Roster, SessionRules
from kiosk.desk.words import say

ADA = Member(number="1", name="Ada", role="administrator", badge="ADA-1")
TOMAS = Member(number="2", name="Tomas", role="supervisor")
BOTH = Roster(members=(ADA, TOMAS))
PINS = {"1": "5093", "2": "8316"}


def opened(day: Day) -> list[effects.OpenSettings]:
    return [x for x in day.settings_effects if isinstance(x, effects.OpenSettings)]


def test_an_administrator_opens_them_with_a_pin() -> None:
    day = Day(roster=BOTH, pins=PINS)
    day.presses("settings")
    day.types("5093")
    assert opened(day) == [effects.OpenSettings("Ada")]
    assert day.answer[1] == "settings.opened"


def test_a_wrong_pin_opens_nothing() -> None:
    day = Day(roster=BOTH, pins=PINS)
    day.presses("settings")
    day.types("8316")
    assert opened(day) == []
    assert day.desk.state.form is not None


def test_nobody_else_is_offered() -> None:
    second = Member(number="3", name="Bo", role="administrator")
    day = Day(roster=Roster(members=(ADA, TOMAS, second)), pins=PINS)
    day.presses("settings")
    form = day.desk.state.form
    assert form is not None
    assert [option.value for option in form.field.options] == ["1", "3"]


def test_without_an_administrator_it_is_said_how_to_have_one() -> None:
    day = Day(roster=Roster(members=(TOMAS,)), pins=PINS)
    day.presses("settings")
    assert day.answer == ("not_taken", "settings.nobody", "settings.nobody_detail")


def test_they_are_closed_by_a_word() -> None:
    day = Day(roster=BOTH, pins=PINS)
    day.settings_effects.clear()
    day.presses("settings:CLOSE")
    assert [type(x) for x in day.settings_effects] == [effects.CloseSettings]


def test_a_desk_that_is_locked_closes_them() -> None:
    day = Day(roster=BOTH, pins=PINS)
    day.logs_in("1", "1", "1")
    day.settings_effects.clear()
    day.presses("lock")
    assert [type(x) for x in day.settings_effects] == [effects.CloseSettings]


@pytest.mark.parametrize(
    "now",
    [
        Roster(members=(replace(ADA, role="supervisor"), TOMAS)),
        Roster(members=(replace(ADA, number="1.b", name="Eve"),)),
        Roster(problem=say("duty.file_gone")),
    ],
)
def test_who_is_no_administrator_any_more_changes_nothing_more(now: Roster) -> None:
    day = Day(settings(session=SessionRules(required=False)), roster=BOTH, pins=PINS)
    day.presses("no", "settings")
    day.types("5093")
    assert opened(day)
    day.settings_effects.clear()
    day.staff_are(now)
    assert [type(x) for x in day.settings_effects] == [effects.CloseSettings]


def test_one_more_administrator_closes_nothing() -> None:
    day = Day(settings(session=SessionRules(required=False)), roster=BOTH, pins=PINS)
    day.settings_effects.clear()
    day.staff_are(Roster(members=(*BOTH.members, replace(ADA, number="3", name="Bo", badge=""))))
    assert day.settings_effects == []
