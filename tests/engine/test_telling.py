"""What is told line by line comes in the order of what happened, whatever waits for the disk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.answers import news
from kiosk.desk.words import say
from kiosk.engine.telling import MANY, Telling
from kiosk.view.messages import Happened


def happened(number: int) -> Happened:
    return Happened(at=str(number), answer=news(say("plain.text", text="")))


def test_what_waits_for_nothing_is_told_at_once() -> None:
    told: list[Happened] = []
    telling = Telling(told.append)
    telling.turn().told.append(happened(1))
    telling.go_on()
    assert told == [happened(1)]


def test_what_comes_later_waits_for_what_waits_for_the_disk() -> None:
    told: list[Happened] = []
    telling = Telling(told.append)
    locked, answered = telling.turn(), telling.turn()
    locked.waits = 1
    answered.told.append(happened(2))
    telling.go_on()
    assert told == []
    locked.told.append(happened(1))
    locked.waits = 0
    telling.go_on()
    assert told == [happened(1), happened(2)]


@given(st.lists(st.booleans(), max_size=20), st.data())
def test_the_order_is_that_of_the_events_and_nothing_is_lost(
    writes: list[bool], data: st.DataObject
) -> None:
    told: list[Happened] = []
    telling = Telling(told.append)
    waiting = []
    for number, write in enumerate(writes):
        turn = telling.turn()
        if write:
            turn.waits = 1
            waiting.append((number, turn))
        else:
            turn.told.append(happened(number))
        telling.go_on()
    for number, turn in data.draw(st.permutations(waiting)):
        assert happened(number) not in told
        turn.told.append(happened(number))
        turn.waits = 0
        telling.go_on()
    assert told == [happened(number) for number in range(len(writes))]


def test_when_the_disk_fails_nothing_waits_for_it_any_more() -> None:
    told: list[Happened] = []
    telling = Telling(told.append)
    telling.turn().waits = 1
    telling.turn().told.append(happened(2))
    telling.wait_no_more()
    assert told == [happened(2)]


def test_it_does_not_follow_while_very_many_wait_for_the_disk() -> None:
    telling = Telling(lambda _: None)
    first = telling.turn()
    first.waits = 1
    for _ in range(MANY - 1):
        telling.turn()
    assert telling.follows.is_set()
    telling.turn()
    assert not telling.follows.is_set()
    first.waits = 0
    telling.go_on()
    assert telling.follows.is_set()
