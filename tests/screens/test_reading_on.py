"""A report stays to be read where the clock is asked about, or set, over it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.desk import events
from kiosk.screens.overlays.question import TOO_SOON
from tests.screens.acting import Acting
from tests.screens.audit import words

OVER = "The practice is over. From now on everything counts"


@pytest.fixture
def staff(stage):
    """Read what was practised, while the clock is wrong."""
    practised, day = Day(), Day()
    practised.records(MAYA, LEFT_HAND)
    done = tuple(practised.disk.transactions.values())
    acting = Acting(stage, day)
    day.clock_is("wrong", latest=day.now + timedelta(hours=2))
    day._happens(events.PracticeEnded(day.now, done))
    acting.show()
    assert reads(acting)
    stage.wait(TOO_SOON + 0.1)
    return acting


def reads(acting):
    return acting.root.place == "report" and OVER in words(acting.root)


def test_the_question_about_the_clock_is_answered_and_the_report_is_still_there(staff):
    staff.touches("Yes")
    assert staff.root.state.clock.state == "fine"
    assert reads(staff)


def test_what_was_answered_about_the_clock_stands_at_the_desk_once_the_report_is_put_away(staff):
    staff.touches("Yes")
    staff.touches("Close")
    assert staff.root.place == "checkout"
    assert any(each.startswith("The clock was set") for each in words(staff.root))


def test_a_time_that_is_asked_about_once_more_leaves_the_report_as_well(staff):
    staff.day.presses("time:2027-03-01T10:00")
    staff.show()
    staff.stage.wait(TOO_SOON + 0.1)
    staff.touches("No, leave it")
    assert reads(staff)


def test_a_report_that_was_put_away_does_not_come_back(staff):
    staff.root.back()
    staff.touches("Yes")
    assert staff.root.place == "checkout"


def test_the_next_scan_ends_the_reading(staff):
    staff.touches("Yes")
    staff.scans(MAYA)
    assert staff.root.place == "checkout"
    staff.day.presses("time")
    staff.show()
    assert staff.root.place == "checkout"


def test_other_news_takes_the_place_of_the_report(staff):
    staff.touches("Yes")
    staff.day.presses("commands")
    staff.show()
    assert staff.root.place == "report"
    assert OVER not in words(staff.root)
