"""Trying out the devices: a slip that says it is a test, and scans that mean nothing.

Issue 7, point 2: devices.
"""

from __future__ import annotations

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.desk import effects, events

ISBN = "9780441478125"


def asked(day: Day) -> tuple[str, dict[str, object]]:
    """What the form of the scan test says now."""
    form = day.desk.state.form
    assert form is not None
    return form.field.label.key, dict(form.field.label.args)


def test_a_test_slip_names_the_desk_and_is_no_receipt() -> None:
    day = Day()
    day.presses("test-slip")
    assert day.answer == ("neutral", "test.slip", "test.slip_detail")
    [slip] = day.samples
    assert (slip.library, slip.terminal) == (day.desk.session.library, day.desk.session.terminal)
    assert day.printed == []


def test_a_test_slip_leaves_an_open_visit_open() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("test-slip")
    visit = day.desk.state.visit
    assert visit is not None
    assert visit.items == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [(MAYA, "card"), (LEFT_HAND, "item"), (ISBN, "isbn"), ("12", "doubtful")],
)
def test_a_test_scan_tells_what_came_and_records_nothing(text: str, what: str) -> None:
    day = Day()
    day.presses("test-scan")
    assert asked(day)[0] == "test.scan"
    day.scans(text)
    key, said = asked(day)
    assert (key, said["count"]) == ("test.read", len(text))
    assert getattr(said["what"], "key", "") == f"test.is_{what}"
    assert text not in str(said), "of a number no more is shown than its ending"
    assert day.desk.state.visit is None
    assert day.waiting == []


def test_one_scan_after_the_other_is_tried_until_staff_leave() -> None:
    day = Day()
    day.presses("test-scan")
    day.scans(MAYA, LEFT_HAND)
    assert asked(day)[0] == "test.read"
    day.presses("no")
    assert day.desk.state.form is None
    assert day.answer[2] == "test.over"
    day.records(MAYA, LEFT_HAND)
    assert day.desk.state.visit is not None


def test_what_takes_long_is_broken_off_and_an_open_visit_stays_open() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    assert effects.BreakOff() in day.desk.handle(events.Pressed(day.now, "stop"))
    assert day.answer == ("neutral", "stop.done", "stop.done_detail")
    visit = day.desk.state.visit
    assert visit is not None
    assert visit.items == 1
