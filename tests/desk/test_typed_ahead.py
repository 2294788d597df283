"""What comes faster than the disk takes it: lines that were piped in, thousands of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day

from kiosk.desk import events
from kiosk.desk.desk import Desk

if TYPE_CHECKING:
    import pytest

    from kiosk.desk.events import Event

SHIFT = (MAYA, LEFT_HAND, SWEETGRASS, JONAS, BELOVED, PIPPI)


def catches_up(day: Day) -> None:
    while day.waiting:
        day.disk_syncs()


def test_it_is_done_in_its_order_as_if_the_disk_had_kept_up() -> None:
    quick, slow = Day(), Day()
    quick.records(*SHIFT)
    slow.scans(*SHIFT)
    catches_up(slow)
    assert slow.recorded == quick.recorded
    assert slow.receipts == quick.receipts


def test_each_line_is_looked_at_a_few_times_however_many_come_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = Counter[datetime]()
    dispatch = Desk._dispatch

    def counted(self: Desk, event: Event) -> None:
        looked[event.at] += isinstance(event, events.Scanned)
        dispatch(self, event)

    day = Day()
    lines = [number for _ in range(30) for number in (MAYA, LEFT_HAND, JONAS, SWEETGRASS)]
    monkeypatch.setattr(Desk, "_dispatch", counted)
    for line in lines:
        day.now += timedelta(milliseconds=1)
        day.scans(line)
    catches_up(day)
    assert not day.desk.state.held
    assert max(looked.values()) <= 4
