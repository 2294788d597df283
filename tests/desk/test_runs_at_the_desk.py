"""`runs` and `told`: what staff have to say about a run that is over."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.desk import effects, events


def wanted(day: Day, command: str) -> list[effects.Effect]:
    """Give what a command has the engine do, beside telling."""
    done = day.desk.handle(events.Pressed(day.now, command))
    return [effect for effect in done if not isinstance(effect, effects.Tell)]


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("runs", effects.TellReport()),
        ("RUNS", effects.TellReport()),
        ("runs:print", effects.TellReport(to_print=True)),
        ("RUNS:PRINT", effects.TellReport(to_print=True)),
    ],
)
def test_the_report_is_told_or_printed(command: str, effect: effects.Effect) -> None:
    assert wanted(Day(), command) == [effect]


@pytest.mark.parametrize(
    ("command", "kept", "said"),
    [
        ("told", {"by": "Ines"}, "tell.told"),
        ("pause", {"by": "Ines", "paused": True}, "delivery.pausing"),
        ("send", {"by": "Ines", "paused": False}, "delivery.sending"),
    ],
)
def test_what_staff_want_of_delivery_is_acknowledged_when_it_is_on_the_disk(
    command: str, kept: dict[str, object], said: str
) -> None:
    day = Day()
    before = day.desk.state.answer
    day.presses(command)
    [fact] = day.waiting
    assert kept.items() <= asdict(fact).items()
    assert day.desk.state.answer == before
    assert day.desk.state.pending
    day.disk_syncs()
    assert day.answer[:2] == ("neutral", said)
    assert not day.desk.state.pending


@pytest.mark.parametrize("command", ["told", "pause", "send"])
def test_it_is_not_acknowledged_where_the_disk_does_not_take_it(command: str) -> None:
    day = Day()
    day.presses(command)
    day.disk_fails()
    assert day.answer[1] == "alarm.headline"
    day.disk_is_back()
    assert day.answer[1] == "alarm.over"
    assert not day.desk.state.pending


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
