"""What is told at the desk when a practice is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.desk import events


def test_a_practice_in_which_nothing_was_done_says_so() -> None:
    day = Day()
    day.desk.handle(events.PracticeEnded(day.now, ()))
    assert day.answer == ("look", "practice.ended", "practice.ended_nothing")


def test_what_was_done_in_it_is_counted_and_listed() -> None:
    day, practised = Day(), Day()
    practised.records(MAYA, LEFT_HAND)
    done = tuple(practised.disk.transactions.values())
    day.desk.handle(events.PracticeEnded(day.now, done))
    assert day.answer == ("look", "practice.ended", "practice.ended_detail")
    answer = day.desk.state.answer
    assert answer is not None
    assert len(answer.rows) == 1


def test_where_there_is_no_room_to_practise_that_is_on_show() -> None:
    day = Day()
    day.presses("practice")
    day.desk.handle(events.PracticeFailed(day.now))
    assert day.answer == ("look", "practice.failed", "practice.mend")


@pytest.mark.parametrize("said", ["time:ok", "time:09:00", "time:2026-12-24T09:00", "time:noon"])
def test_the_clock_is_not_set_while_practising_and_that_is_said(said: str) -> None:
    day = Day()
    day.desk._work.set(session=replace(day.desk.session, practice=True))
    day.presses(said)
    assert day.answer == ("not_taken", "clock.practice", "clock.practice_detail")
    assert day.desk.state.question is None


def test_what_time_it_is_is_told_while_practising() -> None:
    day = Day()
    day.desk._work.set(session=replace(day.desk.session, practice=True))
    day.presses("time")
    assert day.desk.state.answer is not None
    assert day.desk.state.answer.headline.key == "clock.now"
