"""What the desk is told at once: also where the disk does not give it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import Mock

import pytest
from support.transactions import MAYA, NOW, checkout, outcome

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Learnt
from kiosk.desk.dates.duedates import Length
from kiosk.memory import DeskMemory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def daybook(tmp_path: Path) -> Iterator[Daybook]:
    with Daybook(tmp_path) as daybook:
        lent = checkout("i1", MAYA, at=NOW)
        answered = Answered(outcome=outcome(lent))
        daybook.learn(daybook.commit([lent, answered, Learnt(item="i1", title="Beloved")]))
        yield daybook


def test_the_desk_is_told_what_was_recorded(daybook: Daybook) -> None:
    memory = DeskMemory(daybook, cast("Any", None))
    held, past = memory.holder("i1"), memory.past_visit(MAYA)
    assert held is not None
    assert held.at == NOW
    assert memory.title("i1") == "Beloved"
    assert past is not None
    assert [x.item for x in past.transactions] == ["i1"]


def test_the_desk_is_told_what_was_learnt_of_items_also_after_a_restart(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        for fact in (
            Learnt(item="3123", title="Beloved", days=7, lent=NOW.date()),
            Learnt(item="3123", title="Beloved", days=7),  # and a second time
            Learnt(item="3199", title="Pippi"),
        ):
            daybook.learn(daybook.commit([fact]))
        before = told(DeskMemory(daybook, cast("Any", None)))
    with Daybook(tmp_path) as daybook:
        assert told(DeskMemory(daybook, cast("Any", None))) == before
    assert before == (Length(7), None, True, False, "3123", "")


def told(memory: DeskMemory) -> tuple[object, ...]:
    lengths = memory.loan_length("3123"), memory.loan_length("3199")
    return (
        *lengths,
        memory.knows("3199"),
        memory.knows("312"),
        memory.longer("31"),
        memory.longer("3123"),
    )


def test_what_the_disk_does_not_give_is_not_known_and_the_desk_works_on(
    daybook: Daybook, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = checkout("i2")
    daybook.learn(daybook.commit([lent, Answered(outcome=outcome(lent, "noticed"))]))
    bad_sector = OSError(errno.EIO, "Input/output error")
    monkeypatch.setattr(daybook.journal, "load", Mock(side_effect=bad_sector))
    memory = DeskMemory(daybook, cast("Any", None))
    assert memory.holder("i1") is None
    assert memory.title("i1") == ""
    assert memory.past_visit(MAYA) is None
    assert not memory.knows("i2")
