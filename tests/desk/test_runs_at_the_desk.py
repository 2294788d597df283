"""`runs` and `told`: what staff have to say about a run that is over."""

from __future__ import annotations

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.desk import events


def wanted(day: Day, command: str) -> list[events.Effect]:
    """Give what a command has the engine do, beside telling."""
    effects = day.desk.handle(events.Pressed(day.now, command))
    return [effect for effect in effects if not isinstance(effect, events.Tell)]


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("runs", events.TellReport()),
        ("RUNS", events.TellReport()),
        ("runs:print", events.TellReport(to_print=True)),
        ("RUNS:PRINT", events.TellReport(to_print=True)),
        ("told", events.OutageTold(by="Ines")),
    ],
)
def test_the_report_is_told_or_printed_and_who_was_told_is_kept(
    command: str, effect: events.Effect
) -> None:
    assert wanted(Day(), command) == [effect]


def test_another_word_after_runs_is_explained() -> None:
    day = Day()
    assert wanted(day, "runs:yesterday") == []
    assert day.desk.state.answer is not None
    assert day.desk.state.answer.headline.key == "runs.how"


def test_the_patron_at_the_desk_stays_where_they_are() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    for command in ("runs", "told", "runs:print"):
        day.presses(command)
    assert day.desk.state.visit is not None


def test_nobody_was_told_while_nothing_is_recorded() -> None:
    day = Day()
    day.desk.handle(events.RecordFailed(day.now, frozenset(), "disk full"))
    assert wanted(day, "told") == []
    assert len(wanted(day, "runs")) == 1
