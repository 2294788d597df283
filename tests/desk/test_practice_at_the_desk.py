"""What is told at the desk when a practice is over."""

from __future__ import annotations

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
